package io.github.gitcredentialpat.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.testing.Pty;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the installer shows while it builds. */
@EnabledOnOs(OS.LINUX)
@Tag("slow")
final class InstallProgressTest {
  @TempDir Path folder;

  /** A line that is longer than the terminal is wide is not overwritten, but repeated. */
  @ParameterizedTest
  @ValueSource(ints = {40, 80})
  void staysOnItsLine(int columns) throws Exception {
    Path home = Files.createDirectory(folder.resolve("home"));
    Path maven = Files.createDirectory(folder.resolve("programs")).resolve("mvn");
    Files.writeString(
        maven,
        "#!/bin/sh\nsleep 1.2\necho 'Could not transfer x from/to y (https://repo/): no'\nexit 1\n");
    assertThat(maven.toFile().setExecutable(true)).isTrue();
    Map<String, String> person =
        Map.of(
            "HOME",
            home.toString(),
            "TERM",
            "xterm",
            "JAVA_HOME",
            System.getProperty("java.home"),
            "PATH",
            maven.getParent() + ":" + System.getenv("PATH"));
    String install = Path.of("install/install.sh").toAbsolutePath().toString();
    try (Pty pty = new Pty(install, person, columns)) {
      String shown = pty.finish();
      assertThat(shown).contains("Compile with", "(0 s)", "(1 s)");
      assertThat(shown.split("[\r\n]+"))
          .filteredOn(line -> line.contains("["))
          .filteredOn(line -> line.contains("Compile"))
          .hasSizeGreaterThan(1)
          .allSatisfy(
              line -> assertThat(line.replace("\u001b[K", "").length()).isLessThan(columns));
    }
  }
}
