package io.github.gitcredentialpat.command.agent;

import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.secret.SecretBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a client is answered: git's attributes, and beside them {@code error}, a word that says why
 * there are none, {@code message}, a line for a person, and {@code hint}, a command for them.
 */
final class Reply implements AutoCloseable {
  /** Why there is no answer. */
  enum Refusal {
    /** It is not for this organization. */
    ORGANIZATION("organization"),
    /** It is not for this user. */
    USER("user"),
    /** It only reads. */
    READ_ONLY("read-only"),
    /** The request is broken. */
    REQUEST("request"),
    /** Too many others ask. */
    BUSY("busy"),
    /** The answer took too long. */
    LATE("late"),
    /** Anything else. */
    FAILED("failed");

    private final String word;

    Refusal(String word) {
      this.word = word;
    }
  }

  private final SecretBuffer text = new SecretBuffer();
  private String outcome = "";

  /** A refusal, with its reason for a person and for the log. */
  static Reply refused(Refusal refusal, String why, @Nullable String hint) {
    Reply reply = new Reply();
    reply.text.add("error=" + refusal.word + "\n");
    reply.message(why);
    if (hint != null) {
      reply.hint(hint);
    }
    reply.outcome = "refused: " + why;
    return reply;
  }

  /** The refusal of one of too many. */
  static Reply busy() {
    return refused(Refusal.BUSY, "too many ask the agent at once; repeat the command", null);
  }

  /** Adds an attribute as it stands in its line, without the line feed. */
  void line(byte[] line) {
    text.add(line).add("\n");
  }

  /** Adds an attribute that is no secret. */
  void line(String key, String value) {
    text.add(key + "=" + Console.harmless(value) + "\n");
  }

  /** Ends a block of attributes. */
  void endBlock() {
    text.add("\n");
  }

  void message(String line) {
    line("message", line);
  }

  void hint(String command) {
    line("hint", command);
  }

  /** Says what came of it, for the log. */
  Reply withOutcome(String what) {
    outcome = what;
    return this;
  }

  String outcome() {
    return outcome;
  }

  /**
   * A copy of all of it, for the caller to wipe; two empty lines are its end, by which a client
   * tells it from half of it.
   */
  byte[] bytes() {
    return text.add("\n\n").bytes();
  }

  @Override
  public void close() {
    text.close();
  }
}
