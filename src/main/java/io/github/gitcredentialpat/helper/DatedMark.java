package io.github.gitcredentialpat.helper;

import io.github.gitcredentialpat.platform.PrivateFiles;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.tokens.Invocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;

/**
 * Remembers when something was last done about a token, so that it is not repeated at every get: by
 * the modification time of an empty file in the state folder.
 */
public final class DatedMark {
  /** The person was told that the token expires soon. */
  static final String WARNED = "warned";

  /** The service was asked whether the token that is set aside is good after all. */
  public static final String ASKED = "asked";

  private final Invocation run;
  private final Path file;

  /**
   * The mark of one token.
   *
   * @param what what was done, such as {@link #ASKED}
   */
  public DatedMark(Invocation run, String what, EntryKey key) {
    this.run = run;
    file =
        run.surroundings()
            .stateFolder()
            .resolve(what)
            .resolve(AnswerState.nameOf(key.identity().display() + "\n" + key.user()));
  }

  /** Whether it was done at this time or later, in seconds since the epoch. */
  public boolean isSetSince(long time) {
    try {
      return Files.exists(file) && Files.getLastModifiedTime(file).to(TimeUnit.SECONDS) >= time;
    } catch (IOException e) {
      return false;
    }
  }

  /** Records that it was done now. Returns whether that could be written. */
  public boolean set() {
    try {
      PrivateFiles.makeFolder(file.getParent());
      if (!Files.exists(file)) {
        Files.createFile(file);
      }
      Files.setLastModifiedTime(file, FileTime.from(run.now(), TimeUnit.SECONDS));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
