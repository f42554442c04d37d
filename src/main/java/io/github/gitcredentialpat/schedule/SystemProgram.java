package io.github.gitcredentialpat.schedule;

import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.Subprocess;
import io.github.gitcredentialpat.platform.UserException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The program that a scheduler is spoken to with.
 *
 * @param path its absolute path
 * @param surroundings its environment
 */
record SystemProgram(Path path, Environment surroundings) {
  private static final long MILLIS = 15_000;
  private static final int MOST_OUTPUT = 1 << 20;

  /** Runs it, with its messages in English, and with this on standard input. */
  Subprocess run(byte[] input, List<String> arguments) throws UserException, IOException {
    List<String> command = new ArrayList<>();
    command.add(path.toString());
    command.addAll(arguments);
    Map<String, String> variables = new HashMap<>(surroundings.environment());
    variables.put("LC_ALL", "C");
    Subprocess result =
        Subprocess.run(Subprocess.prepare(command, variables), input, MILLIS, MOST_OUTPUT);
    if (!result.hasEnded()) {
      throw UserException.couldNot(name() + " did not end in time");
    }
    return result;
  }

  /** The same without input. */
  Subprocess run(String... arguments) throws UserException, IOException {
    return run(new byte[0], List.of(arguments));
  }

  /**
   * The same, where it has to succeed.
   *
   * @throws UserException with what it said
   */
  void require(String... arguments) throws UserException, IOException {
    Subprocess result = run(arguments);
    if (result.status() != 0) {
      throw failed(result);
    }
  }

  /** What is said when it failed. */
  UserException failed(Subprocess result) {
    String said = result.errors().strip().lines().findFirst().orElse("");
    return UserException.couldNot(
        name() + " failed" + (said.isEmpty() ? " (status " + result.status() + ")" : ": " + said));
  }

  private String name() {
    return path.getFileName().toString();
  }
}
