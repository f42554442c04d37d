package io.github.gitcredentialpat.schedule;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.platform.PrivateFiles;
import io.github.gitcredentialpat.platform.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file of ours in a folder that a scheduler reads, known by a mark in it. */
record UnitFile(Path path) {
  /** Stands in each of these files, and in no other. */
  static final String MARK = "Added by git-credential-pat: daily renewal of tokens";

  private static final String UNFINISHED = ".git-credential-pat-";

  /** Its content; absent when it is not there. */
  private @Nullable String content() throws IOException {
    return Files.exists(path) ? new String(Files.readAllBytes(path), ISO_8859_1) : null;
  }

  /** Whether it is there and of this program. */
  boolean isOurs() throws IOException {
    String content = content();
    return content != null && content.contains(MARK);
  }

  /** Whether it has this content. */
  boolean has(String text) throws IOException {
    return new String(text.getBytes(UTF_8), ISO_8859_1).equals(content());
  }

  /**
   * Refuses to replace what somebody else wrote.
   *
   * @throws UserException when it is not of this program
   */
  void requireOurs() throws UserException, IOException {
    if (content() != null && !isOurs()) {
      throw UserException.couldNot(path + " is not of this program; rename it and try again");
    }
  }

  /** Writes it. */
  void write(String text) throws IOException {
    Path folder = path.getParent();
    PrivateFiles.makeFolder(folder);
    PrivateFiles.finish(
        PrivateFiles.writeUnfinished(folder, UNFINISHED, text.getBytes(UTF_8)), path);
  }

  /** Deletes it. */
  void delete() throws IOException {
    Files.deleteIfExists(path);
  }

  /** For a person: what is written. */
  Scheduler.Change added(String text) {
    return Scheduler.Change.of(path.toString(), "+ ", text);
  }

  /** For a person: what is taken out. */
  Scheduler.Change removed() throws IOException {
    String content = content();
    String text = content == null ? "" : new String(content.getBytes(ISO_8859_1), UTF_8);
    return Scheduler.Change.of(path.toString(), "- ", text);
  }
}
