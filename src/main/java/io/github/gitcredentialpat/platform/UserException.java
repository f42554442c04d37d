package io.github.gitcredentialpat.platform;

import org.jspecify.annotations.Nullable;

/** Ends a command with a line for the person and an exit status. */
public final class UserException extends Exception {
  public static final int WRONG_USAGE = 2;
  private static final int COULD_NOT = 1;
  private static final long serialVersionUID = 1L;

  private final int status;

  private UserException(int status, @Nullable String message) {
    super(message);
    this.status = status;
  }

  /** The person typed something that is not understood; the command's help is pointed at. */
  public static UserException wrongUsage(String message) {
    return new UserException(WRONG_USAGE, message);
  }

  /** It could not be done. */
  public static UserException couldNot(String message) {
    return new UserException(COULD_NOT, message);
  }

  public int status() {
    return status;
  }
}
