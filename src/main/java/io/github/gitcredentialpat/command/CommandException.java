package io.github.gitcredentialpat.command;

import org.jspecify.annotations.Nullable;

/** Ends a command with a line for the person and an exit status. */
final class CommandException extends Exception {
  static final int WRONG_USAGE = 2;
  private static final int COULD_NOT = 1;
  private static final long serialVersionUID = 1L;

  private final int status;

  private CommandException(int status, @Nullable String message) {
    super(message);
    this.status = status;
  }

  /** The person typed something that is not understood; the command's help is pointed at. */
  static CommandException wrongUsage(String message) {
    return new CommandException(WRONG_USAGE, message);
  }

  /** It could not be done. */
  static CommandException couldNot(String message) {
    return new CommandException(COULD_NOT, message);
  }

  int status() {
    return status;
  }
}
