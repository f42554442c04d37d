package io.github.gitcredentialpat.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.testing.Pty;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C while the installer builds. */
@EnabledOnOs(OS.LINUX)
@Tag("slow")
final class InterruptedInstallTest {
  @TempDir Path folder;

  @Test
  void controlCEndsTheBuildTooAndLeavesNothing() throws Exception {
    Path temporary = Files.createDirectory(folder.resolve("temporary"));
    Path home = Files.createDirectory(folder.resolve("home"));
    Path pid = folder.resolve("pid");
    Path maven = Files.createDirectory(folder.resolve("programs")).resolve("mvn");
    Files.writeString(maven, "#!/bin/sh\necho $$ >'" + pid + "'\nexec sleep 60\n");
    assertThat(maven.toFile().setExecutable(true)).isTrue();
    String install = Path.of("install/install.sh").toAbsolutePath().toString();
    // The shell outlives the installer, as a person's does.
    String command =
        "trap : INT; "
            + install
            + "; echo status $?; kill -0 $(cat "
            + pid
            + ") && echo still builds; echo over";
    Map<String, String> person =
        Map.of(
            "HOME",
            home.toString(),
            "TMPDIR",
            temporary.toString(),
            "TERM",
            "xterm",
            "JAVA_HOME",
            System.getProperty("java.home"),
            "PATH",
            maven.getParent() + ":" + System.getenv("PATH"));
    try (Pty pty = new Pty(command, person)) {
      pty.waitFor("Compile with Maven", 1);
      while (!Files.exists(pid) || Files.size(pid) == 0) {
        Thread.sleep(5);
      }
      pty.type("\u0003");
      assertThat(pty.finish()).contains("status 1", "over").doesNotContain("still builds");
    }
    assertThat(temporary).isEmptyDirectory();
    assertThat(home).isEmptyDirectory();
  }
}
