package io.github.gitcredentialpat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.jna.Native;
import io.github.gitcredentialpat.testing.FaultyDisk;
import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** git's configuration file on a disk that has a fault: one line, and all is as it was. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the fault is preloaded as Linux does")
@Tag("slow")
final class FaultyGitConfigurationTest {
  private static final String BEFORE = "[user]\n\tname = Ada";

  @TempDir Path home;

  @ParameterizedTest
  @CsvSource({
    "chmod, 1, '*/.gitconfig.lock', cannot write %s (Operation not permitted)",
    "open, 30, '*/.gitconfig.lock', cannot write %s (Read-only file system)",
    "open, 24, '*/.gitconfig.lock', cannot write %s (Too many open files)",
    "write, 28, '*/.gitconfig.lock', cannot write %s (No space left on device)",
    "fsync, 5, '*/.gitconfig.lock', cannot write %s (Input/output error)",
    "rename, 28, '*/.gitconfig', cannot write %s (No space left on device)",
    "read, 5, '*/.gitconfig', cannot read %s (Input/output error)"
  })
  void isLeftAsItWas(String call, int errno, String path, String line) throws Exception {
    Path global = Files.writeString(home.resolve(".gitconfig"), BEFORE);
    Files.setPosixFilePermissions(global, PosixFilePermissions.fromString("rw-rw-rw-"));
    Path launcher = Files.writeString(home.resolve("git-credential-pat"), "#!/bin/sh\n");
    // The mask takes away what has to be given back by chmod.
    List<String> command =
        List.of(
            "/bin/sh",
            "-c",
            "umask 077; exec \"$@\"",
            "sh",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "-Dgit-credential-pat.launcher=" + launcher,
            "-cp",
            classPath(),
            Main.class.getName(),
            "configure");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "PATH", "/usr/bin:/bin",
                "HOME", home.toString(),
                "GIT_CONFIG_NOSYSTEM", "1",
                "LC_ALL", "C.UTF-8"));
    builder.environment().putAll(new FaultyDisk(call, errno, path).environment());
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).describedAs(said).isEqualTo(1);
    assertThat(said).contains(line.formatted(global)).hasLineCount(1);
    assertThat(global).content().isEqualTo(BEFORE);
    try (Stream<Path> files = Files.list(home)) {
      assertThat(files).containsExactlyInAnyOrder(global, launcher);
    }
  }

  /** What configure needs, wherever the tests' own loader has it from. */
  private static String classPath() throws Exception {
    List<String> places = new ArrayList<>();
    for (Class<?> needed :
        List.of(
            Main.class,
            CommandLine.class,
            Native.class,
            ObjectMapper.class,
            JsonFactory.class,
            JsonInclude.class)) {
      URI place = needed.getProtectionDomain().getCodeSource().getLocation().toURI();
      places.add(Path.of(place).toString());
    }
    return String.join(File.pathSeparator, places);
  }
}
