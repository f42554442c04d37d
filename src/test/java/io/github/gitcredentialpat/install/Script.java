package io.github.gitcredentialpat.install;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.gitcredentialpat.testing.Requires;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Programs as a person with an empty home and nothing in the environment would run them. */
final class Script {
  private final Path folder;
  private final Map<String, String> environment = new TreeMap<>();

  /**
   * A person.
   *
   * @param home an empty folder
   * @param folder where the programs are run
   */
  Script(Path home, Path folder) {
    this.folder = folder;
    environment.put("HOME", home.toString());
    environment.put("PATH", System.getenv("PATH"));
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("GIT_CONFIG_NOSYSTEM", "1");
    environment.put("GIT_TERMINAL_PROMPT", "0");
    // No keychain of the machine is touched: nothing answers on this bus.
    environment.put("DBUS_SESSION_BUS_ADDRESS", "unix:path=" + home.resolve("no-bus"));
    environment.put("MAVEN_OPTS", "-Dmaven.repo.local=" + System.getProperty("maven.repo.local"));
  }

  /** The same with one more variable. */
  Script with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /** What a program printed, and its exit status. */
  record Result(int status, String out, String err) {}

  /** Runs a program with this standard input, to its end. */
  Result run(String input, List<String> command) throws IOException, InterruptedException {
    Path out = Files.createTempFile("out", "");
    Path err = Files.createTempFile("err", "");
    try {
      Process process = start(command, out, err);
      try (OutputStream stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(UTF_8));
      } catch (IOException e) {
        // It did not want to read; what it printed says why.
      }
      if (!process.waitFor(10, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new IOException("no end of " + command);
      }
      return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  /** Starts a program that is ended by the caller. */
  Process start(List<String> command, Path out, Path err) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
  }

  /** A file of YAML, which Python reads. */
  JsonNode readYaml(Path file) throws IOException, InterruptedException {
    Requires.present(
        run("", List.of("python3", "-c", "import yaml")).status() == 0, "the package python3-yaml");
    String program =
        "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1])), default=str))";
    Result json = run("", List.of("python3", "-c", program, file.toAbsolutePath().toString()));
    assertThat(json.status()).as(json.toString()).isZero();
    return new ObjectMapper().readTree(json.out());
  }
}
