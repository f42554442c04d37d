package io.github.gitcredentialpat.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.testing.Pty;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
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

  private Path temporary;
  private Path home;
  private Path pid;
  private Path maven;
  private Path install = Path.of("install/install.sh").toAbsolutePath();

  @BeforeEach
  void come() throws Exception {
    temporary = Files.createDirectory(folder.resolve("temporary"));
    home = Files.createDirectory(folder.resolve("home"));
    pid = folder.resolve("pid");
    maven = Files.createDirectory(folder.resolve("programs")).resolve("mvn");
  }

  @Test
  void controlCEndsTheBuildTooAndLeavesNothing() throws Exception {
    program(maven, "echo $$ >'" + pid + "'\nexec sleep 60");
    interruptAt("Compile with Maven", "--java");
    assertThat(home).isEmptyDirectory();
  }

  /** Maven starts it, and leaves it behind when it is ended itself. */
  @Test
  void controlCEndsTheBuilderOfANativeImageToo() throws Exception {
    Path graalvm = Files.createDirectory(folder.resolve("graalvm"));
    Files.writeString(graalvm.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
    Files.createDirectory(graalvm.resolve("bin"));
    program(graalvm.resolve("bin/javac"), "exit 1");
    program(graalvm.resolve("bin/native-image"), "echo $$ >'" + pid + "'\nsleep 60\ntrue");
    // As a program whose death its children do not notice.
    program(
        maven,
        "case $* in *-Pnative*) '" + graalvm + "/bin/native-image' & sleep 60 & wait ;; esac");
    // A checkout that holds no finished image, which would be taken.
    Path project = Files.createDirectory(folder.resolve("project"));
    for (String part : List.of("install", "helper", "src", "pom.xml", ".mvn")) {
      Files.createSymbolicLink(project.resolve(part), Path.of(part).toAbsolutePath());
    }
    install = project.resolve("install/install.sh");
    interruptAt("Build a native image", "--native", Map.entry("GRAALVM_HOME", graalvm.toString()));
    assertThat(home.resolve(".local/lib/git-credential-pat")).isEmptyDirectory();
    assertThat(home.resolve(".local/bin")).doesNotExist();
  }

  @SafeVarargs
  private void interruptAt(String step, String form, Map.Entry<String, String>... more)
      throws Exception {
    // The shell outlives the installer, as a person's does.
    String command =
        "trap : INT; "
            + install
            + " "
            + form
            + "; echo status $?; kill -0 $(cat "
            + pid
            + ") && echo still builds; echo over";
    Map<String, String> person = new HashMap<>();
    person.putAll(
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
            maven.getParent() + ":" + System.getenv("PATH")));
    for (Map.Entry<String, String> variable : more) {
      person.put(variable.getKey(), variable.getValue());
    }
    try (Pty pty = new Pty(command, person)) {
      pty.waitFor(step, 1);
      while (!Files.exists(pid) || Files.size(pid) == 0) {
        Thread.sleep(5);
      }
      pty.type("\u0003");
      assertThat(pty.finish()).contains("status 1", "over").doesNotContain("still builds");
    }
    assertThat(temporary).isEmptyDirectory();
  }

  private static void program(Path path, String script) throws Exception {
    Files.writeString(path, "#!/bin/sh\n" + script + "\n");
    assertThat(path.toFile().setExecutable(true)).isTrue();
  }
}
