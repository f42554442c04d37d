package io.github.gitcredentialpat.platform;

import org.jspecify.annotations.Nullable;

/** Ends a command with a line for the person and an exit status. */
public final class UserException extends Exception {
  public static final int WRONG_USAGE = 2;
  private static final int COULD_NOT = 1;
  private static final long serialVersionUID = 1L;

  private final int status;
  private final @Nullable String hint;

  private UserException(int status, @Nullable String message, @Nullable String hint) {
    super(message);
    this.status = status;
    this.hint = hint;
  }

  /**
   * The person typed something that is not understood; the message points to the command's help.
   */
  public static UserException wrongUsage(String message) {
    return new UserException(WRONG_USAGE, message, null);
  }

  /** The command could not do what was asked. */
  public static UserException couldNot(String message) {
    return new UserException(COULD_NOT, message, null);
  }

  /** Adds the command to type next. */
  public UserException withHint(String command) {
    return new UserException(status, getMessage(), command);
  }

  /** The command to type next; absent where there is none. */
  public @Nullable String hint() {
    return hint;
  }

  /** What happened and what to type next in one line, for another program. */
  public String inOneLine() {
    return hint == null ? String.valueOf(getMessage()) : getMessage() + "; run: " + hint;
  }

  /** The exit status of the command. */
  public int status() {
    return status;
  }
}
