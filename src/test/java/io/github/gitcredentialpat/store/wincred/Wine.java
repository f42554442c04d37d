package io.github.gitcredentialpat.store.wincred;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.NativeLibrary;
import io.github.gitcredentialpat.testing.CSources;
import io.github.gitcredentialpat.testing.Requires;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A Windows of Wine's under target/wine, and a Linux library whose credential functions are Wine's.
 * The first use makes that Windows, which takes half a minute.
 */
final class Wine {
  private static final Path FOLDER = Path.of("target/wine").toAbsolutePath();
  private static final Path TEMPORARY = FOLDER.resolve("tmp");

  private final Path path;
  private final NativeLibrary library;

  /** Locked until it is stopped: another process' tests would be stopped along. */
  private final FileChannel turn;

  /** Starts it; skips the test where there is no Wine. */
  Wine() throws Exception {
    Requires.present(
        CSources.isOnPath("wine") && Files.exists(Path.of("/usr/lib/wine/wine64")),
        "the package wine64");
    Path bridge =
        CSources.windowsProgram(CSources.source("wine/wine_bridge.c"), "-Wall", "-ladvapi32");
    path = CSources.library("wine/wine_advapi32.c");
    library = NativeLibrary.getInstance(path.toString());
    Files.createDirectories(TEMPORARY);
    turn =
        FileChannel.open(
            FOLDER.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    turn.lock();
    if (!Files.exists(FOLDER.resolve("prefix/system.reg"))) {
      // By itself: two programs that start in a Windows that is not there yet may fail.
      builder(List.of("wine", "wineboot", "--init")).start().waitFor();
      builder(List.of("wineserver", "-w")).start().waitFor();
    }
    List<String> command = new ArrayList<>(List.of("env"));
    environment().forEach((name, value) -> command.add(name + "=" + value));
    command.addAll(List.of("wine", bridge.toString()));
    int error = call("wine_start", (Object) command.toArray(String[]::new));
    assertThat(error).as("errno").isZero();
  }

  private static Map<String, String> environment() {
    return Map.of(
        "HOME", FOLDER.toString(),
        // Else the server's socket stays in /tmp when it is gone.
        "TMPDIR", TEMPORARY.toString(),
        "XDG_RUNTIME_DIR", TEMPORARY.toString(),
        "WINEPREFIX", FOLDER.resolve("prefix").toString(),
        "WINEDEBUG", "-all",
        // Neither a browser nor .NET is asked for.
        "WINEDLLOVERRIDES", "mscoree,mshtml=",
        "DISPLAY", "");
  }

  /** The library. */
  String path() {
    return path.toString();
  }

  int call(String function, Object... arguments) {
    return library.getFunction(function).invokeInt(arguments);
  }

  /** Runs a Windows program with this input; its output. */
  String run(Path program, String input, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("wine", program.toString()));
    command.addAll(List.of(arguments));
    Process process = builder(command).start();
    process.getOutputStream().write(input.getBytes(UTF_8));
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  /** What a Windows program printed, and its exit status. */
  record Result(int status, String output) {}

  /** Runs a Windows program in a folder, with more variables in its environment. */
  Result run(Path folder, Map<String, String> variables, List<String> command) throws Exception {
    List<String> inWine = new ArrayList<>(List.of("wine"));
    inWine.addAll(command);
    ProcessBuilder builder = builder(inWine).directory(folder.toFile());
    builder.environment().putAll(variables);
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Result(process.waitFor(), output);
  }

  private static ProcessBuilder builder(List<String> command) {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment());
    return builder;
  }

  /** Ends all of it. */
  void stop() throws Exception {
    int status = call("wine_stop");
    builder(List.of("wineserver", "-k")).start().waitFor();
    turn.close();
    assertThat(status).as("wait status").isZero();
  }
}
