package io.github.gitcredentialpat.endtoend;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end. */
final class Programs {
  private static final Duration PATIENCE = Duration.ofSeconds(150);

  /**
   * What a program left behind.
   *
   * @param exit its exit status
   * @param out what it wrote to stdout
   * @param err what it wrote to stderr
   * @param took from start to end
   */
  record Result(int exit, String out, String err, Duration took) {}

  private Programs() {}

  /**
   * Runs it with this environment and no other.
   *
   * @throws IllegalStateException when it does not end in 150 seconds; it is killed then
   */
  static Result run(
      Path folder, Map<String, String> environment, String input, List<String> command)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile("out", null);
    Path err = Files.createTempFile("err", null);
    try {
      ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
      builder.environment().clear();
      builder.environment().putAll(environment);
      builder.redirectOutput(out.toFile()).redirectError(err.toFile());
      long start = System.nanoTime();
      Process process = builder.start();
      try (var in = process.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // It ended without reading.
      }
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new IllegalStateException(command + " hangs: " + Files.readString(err));
      }
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      return new Result(process.exitValue(), Files.readString(out), Files.readString(err), took);
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }
}
