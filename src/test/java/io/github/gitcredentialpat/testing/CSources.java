package io.github.gitcredentialpat.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** Builds the C sources under src/test/c into target/native, for the tests that need them. */
public final class CSources {
  private static final Path SOURCES = Path.of("src/test/c");
  private static final Path BUILT = Path.of("target/native");

  private CSources() {}

  /** The shared library that is made of one source; skips the test where there is no gcc. */
  public static Path library(String source, String... moreArguments) throws Exception {
    String name = Path.of(source).getFileName().toString().replace(".c", "");
    Path library = BUILT.resolve("lib" + name + ".so");
    List<String> arguments = new ArrayList<>(List.of("-std=c11", "-Wall", "-Wextra", "-Werror"));
    arguments.addAll(List.of("-O1", "-g", "-fPIC", "-shared"));
    arguments.addAll(List.of(moreArguments));
    return build("gcc", "gcc", SOURCES.resolve(source), library, arguments);
  }

  /**
   * The program that is made of one source, which is not ours, and libraries that pkg-config knows;
   * skips the test where there is no gcc.
   */
  public static Path program(Path source, String... libraries) throws Exception {
    Requires.present(isOnPath("pkg-config"), "the package pkg-config");
    List<String> command = new ArrayList<>(List.of("pkg-config", "--cflags", "--libs"));
    command.addAll(List.of(libraries));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String flags = new String(process.getInputStream().readAllBytes(), UTF_8);
    Requires.present(process.waitFor() == 0, flags);
    String name = source.getFileName().toString().replace(".c", "");
    return build("gcc", "gcc", source, BUILT.resolve(name), List.of(flags.strip().split("\\s+")));
  }

  /** A program of our own, built to this place from a source and what else the compiler is told. */
  public static Path program(Path source, Path built, String... moreArguments) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("-Wall", "-Wextra", "-Werror", "-O1"));
    arguments.addAll(List.of(moreArguments));
    return build("gcc", "gcc", source, built, arguments);
  }

  /** The 64-bit Windows program that is made of one source; skips the test without MinGW. */
  public static Path windowsProgram(Path source, String... arguments) throws Exception {
    String name = source.getFileName().toString().replace(".c", "");
    return build(
        "x86_64-w64-mingw32-gcc",
        "the package gcc-mingw-w64-x86-64",
        source,
        BUILT.resolve(name + ".exe"),
        List.of(arguments));
  }

  /** A file of our own C sources. */
  public static Path source(String name) {
    return SOURCES.resolve(name);
  }

  private static Path build(
      String compiler, String what, Path source, Path built, List<String> arguments)
      throws Exception {
    Requires.present(isOnPath(compiler), what);
    Files.createDirectories(BUILT);
    // Under another name, for tests of another process may be running the one that is there.
    Path fresh = Files.createTempFile(built.getParent(), built.getFileName().toString(), "");
    List<String> command = new ArrayList<>(List.of(compiler, "-o", fresh.toString()));
    command.add(source.toString());
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + "\n" + output);
    }
    Files.move(fresh, built, StandardCopyOption.ATOMIC_MOVE);
    return built.toAbsolutePath();
  }

  /** Whether a program of that name is on the PATH. */
  public static boolean isOnPath(String program) {
    for (String folder : System.getenv("PATH").split(":")) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }
}
