package io.github.gitcredentialpat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Libraries of another platform, written for the tests in C with the same functions and layouts, so
 * that a binding runs here exactly as it does there.
 */
public final class NativeStandIn {
  private static final ConcurrentHashMap<String, Path> BUILT = new ConcurrentHashMap<>();

  private NativeStandIn() {}

  /**
   * The shared library made of all sources in {@code src/test/c/NAME}; built once in a run. Skips
   * the test elsewhere than on Linux, and where there is no C compiler.
   */
  public static Path library(String name) {
    return BUILT.computeIfAbsent(name, NativeStandIn::build);
  }

  private static Path build(String name) {
    Requires.present(
        System.getProperty("os.name").equals("Linux"), "Linux, for a stand-in library");
    try {
      Path folder = Files.createDirectories(Path.of("target", "native").toAbsolutePath());
      Path log = folder.resolve(name + ".log");
      Requires.present(run(log, List.of("gcc", "--version")) == 0, "gcc, for a stand-in library");
      Path part = Files.createTempFile(folder, name, ".so");
      List<String> command = new ArrayList<>();
      command.addAll(List.of("gcc", "-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror"));
      command.addAll(List.of("-g", "-O1", "-fPIC", "-shared", "-pthread", "-o", part.toString()));
      try (Stream<Path> files = Files.list(Path.of("src", "test", "c", name))) {
        files
            .map(Path::toString)
            .filter(file -> file.endsWith(".c"))
            .sorted()
            .forEach(command::add);
      }
      int status = run(log, command);
      assertThat(status).as(() -> read(log)).isZero();
      // Moved into place: another process may have the older one loaded.
      return Files.move(part, folder.resolve("lib" + name + ".so"), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int run(Path log, List<String> command) {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(log.toFile())
          .start()
          .waitFor();
    } catch (IOException e) {
      return -1;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String read(Path log) {
    try {
      return Files.readString(log, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
