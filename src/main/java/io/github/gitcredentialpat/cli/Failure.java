package io.github.gitcredentialpat.cli;

import io.github.gitcredentialpat.platform.Console;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.jspecify.annotations.Nullable;

/**
 * The last exception handler: reports in one line what ended a run. The stack trace is shown only
 * with {@code --trace}.
 */
public final class Failure {
  private Failure() {}

  /** Reports what happened; a closed standard output, as by {@code head}, is not reported. */
  public static void report(Console messages, Throwable problem) {
    try {
      messages.trace(problem);
      String line = line(problem);
      if (line != null) {
        messages.say(line);
      }
    } catch (RuntimeException | Error e) {
      // As when no memory is left to say that none is left: the exit status has to do.
    }
  }

  /** Reports a failure of git's operations, which only read the request and write the answer. */
  public static void reportOfRequest(Console messages, IOException problem) {
    report(
        messages,
        StandardStreams.isClosedPipe(problem)
            ? new StandardStreams.ClosedException(problem)
            : new IOException("cannot read the request or write the answer", problem));
  }

  /** The line for a person; absent where there is nothing to say. */
  static @Nullable String line(Throwable problem) {
    if (problem instanceof StandardStreams.ClosedException) {
      return null;
    }
    if (problem instanceof UncheckedIOException && problem.getCause() != null) {
      return line(problem.getCause());
    }
    if (problem instanceof InterruptedException) {
      return "interrupted";
    }
    if (problem instanceof FileSystemException file && file.getFile() != null) {
      return "cannot read or write " + file.getFile() + ": " + reason(file);
    }
    if (problem instanceof IOException io) {
      return io.getMessage() != null && io.getCause() instanceof IOException cause
          ? io.getMessage() + ": " + reason(cause)
          : "cannot read or write: " + reason(io);
    }
    return "internal error ("
        + problem.getClass().getSimpleName()
        + "); set GIT_CREDENTIAL_PAT_TRACE=1 to see where";
  }

  /** The system's reason, in plain words. */
  private static String reason(IOException problem) {
    if (problem instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (problem instanceof NoSuchFileException) {
      return "no such file or folder";
    }
    if (problem instanceof FileAlreadyExistsException) {
      return "it already exists";
    }
    if (problem instanceof NotDirectoryException) {
      return "it is not a folder";
    }
    String told =
        problem instanceof FileSystemException file ? file.getReason() : problem.getMessage();
    return told == null || told.isEmpty()
        ? problem.getClass().getSimpleName()
        : switch (told) {
          case "No space left on device", "There is not enough space on the disk" ->
              "the disk is full";
          case "Disk quota exceeded" -> "the disk quota is used up";
          case "Read-only file system" -> "the file system is read-only";
          case "Is a directory" -> "it is a folder";
          default -> Character.toLowerCase(told.charAt(0)) + told.substring(1);
        };
  }
}
