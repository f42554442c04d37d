package io.github.gitcredentialpat.command.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.platform.Console;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** One line for each answer: when, to whom, what, and what came of it; never a secret. */
final class AgentLog {
  private final OutputStream out;
  private final Console messages;
  private boolean failed;

  /**
   * A log.
   *
   * @param messages where the lines go once they cannot be written there
   */
  AgentLog(OutputStream out, Console messages) {
    this.out = out;
    this.messages = messages;
  }

  /**
   * Adds a line.
   *
   * @param user who asked; {@code -} where that is not known
   * @param operation what they asked for, and for which organization
   * @param outcome what came of it
   */
  synchronized void add(String user, String operation, String outcome) {
    String line =
        Console.harmless(
            Instant.now().truncatedTo(ChronoUnit.MILLIS)
                + " user="
                + user
                + " "
                + operation
                + ": "
                + outcome);
    if (!failed) {
      try {
        out.write((line + "\n").getBytes(UTF_8));
        out.flush();
        return;
      } catch (IOException e) {
        // A full disk must not stop git, nor go unnoticed.
        failed = true;
        messages.trace(e);
        messages.say("warning: cannot write the log; its lines go on here");
      }
    }
    messages.say(line);
  }
}
