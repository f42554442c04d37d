package io.github.gitcredentialpat.platform;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** What a person is told when the operating system does not let a file be read or written. */
public final class FileProblem {
  private FileProblem() {}

  /**
   * One line that names the file and the system's reason, such as {@code cannot write
   * /home/me/.netrc: No space left on device}.
   *
   * @param what {@code read} or {@code write}
   */
  public static String describe(String what, Path file, IOException problem) {
    String doing = "cannot " + what + " " + file;
    if (problem instanceof AccessDeniedException) {
      return doing + ": permission denied";
    }
    String reason =
        problem instanceof FileSystemException named ? named.getReason() : problem.getMessage();
    return reason == null || reason.isBlank() ? doing : doing + ": " + reason;
  }
}
