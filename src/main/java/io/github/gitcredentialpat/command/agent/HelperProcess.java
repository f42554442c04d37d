package io.github.gitcredentialpat.command.agent;

import io.github.gitcredentialpat.platform.Subprocess;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Starts this program for each request, so that an answer is what git would get at that moment, has
 * its own deadline, and leaves nothing behind in a process that lives for days. Nobody is there to
 * be asked.
 */
final class HelperProcess implements Helper {
  /** A run ends itself when its time is over; this is for one that cannot even do that. */
  private static final long MILLIS = 25_000;

  private static final int MOST_OUTPUT = 1 << 20;

  private final List<String> command;
  private final Map<String, String> environment;

  /**
   * Runs of this program.
   *
   * @param command its file, and the options that choose its stores
   * @param environment the agent's own
   * @param writable whether something may be changed here: else no token is created, either
   */
  HelperProcess(List<String> command, Map<String, String> environment, boolean writable) {
    this.command = command;
    this.environment = new HashMap<>(environment);
    this.environment.put("GIT_TERMINAL_PROMPT", "0");
    if (!writable) {
      this.environment.put("GIT_CREDENTIAL_PAT_CREATE", "0");
    }
    // What is traced is for whoever started the agent, not for its clients.
    this.environment.remove("GIT_CREDENTIAL_PAT_TRACE");
  }

  @Override
  public Run run(List<String> words, byte[] request) throws IOException {
    List<String> all = new ArrayList<>(command);
    all.addAll(words);
    ProcessBuilder builder = Subprocess.prepare(all, environment).directory(new File("/"));
    Subprocess run = Subprocess.run(builder, request, MILLIS, MOST_OUTPUT);
    return new Run(run.hasEnded(), run.hasSucceeded(), run.output(), run.errors());
  }
}
