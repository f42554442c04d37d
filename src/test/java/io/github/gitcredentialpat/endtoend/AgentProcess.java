package io.github.gitcredentialpat.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The packaged program as an agent, with the tokens of a person. */
final class AgentProcess implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final Path socket;
  private final Path errors;
  private final Process process;

  /** Starts it and waits until it listens. */
  AgentProcess(Path socket, Map<String, String> environment, String... options) throws Exception {
    this.socket = socket;
    errors = Files.createTempFile("agent", "");
    List<String> command =
        new ArrayList<>(
            List.of(
                Helper.launcher().toString(), "agent", "--socket", socket.toString(), "--store"));
    command.add("file");
    command.addAll(List.of(options));
    ProcessBuilder builder = new ProcessBuilder(command).directory(new File("/"));
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.redirectError(errors.toFile()).redirectInput(new File("/dev/null"));
    process = builder.start();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!said().contains("listening at")) {
      assertThat(process.isAlive()).as(said()).isTrue();
      assertThat(System.nanoTime()).as("not listening: " + said()).isLessThan(end);
      Thread.sleep(20);
    }
  }

  Path socket() {
    return socket;
  }

  /** What it wrote to standard error, where its log goes by default. */
  String said() throws IOException {
    return Files.readString(errors);
  }

  /** The lines of its log. */
  List<String> log() throws IOException {
    return said().lines().filter(line -> line.contains(" user=")).toList();
  }

  /** The programs that it runs now. */
  long children() {
    return process.descendants().count();
  }

  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Ends it as a service manager does, and returns its exit status. */
  int end() throws InterruptedException {
    process.destroy();
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  @Override
  public void close() throws IOException {
    kill();
    Files.deleteIfExists(errors);
  }
}
