package io.github.gitcredentialpat.tokens;

import io.github.gitcredentialpat.platform.PrivateFiles;
import io.github.gitcredentialpat.store.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;

/**
 * Deletes set-aside tokens after seven days, which two runs that are a day apart have to see. So a
 * clock that runs ahead for a while, as after a start without a network, costs no token that may be
 * good.
 */
final class SetAsidePurge {
  private static final long DAY = 86_400;
  private static final long KEPT_ASIDE = 7 * DAY;

  private SetAsidePurge() {}

  /** Whether the entry is to be deleted now; remembers when that was first the case. */
  static boolean isDue(Invocation run, Entry entry) {
    if (entry.setAsideAt() == 0
        || entry.setAsideAt() + KEPT_ASIDE >= run.now()
        || entry.storedAt() > run.now()) {
      return false;
    }
    Path folder = run.surroundings().stateFolder().resolve("set-aside");
    Path mark =
        folder.resolve(Integer.toHexString(entry.key().hashCode()) + "-" + entry.setAsideAt());
    try {
      if (Files.exists(mark)) {
        long seen = Files.getLastModifiedTime(mark).to(TimeUnit.SECONDS);
        if (seen + DAY <= run.now()) {
          Files.delete(mark);
          return true;
        }
        if (seen <= run.now()) {
          return false;
        }
      } else {
        PrivateFiles.makeFolder(folder);
        Files.createFile(mark);
      }
      Files.setLastModifiedTime(mark, FileTime.from(run.now(), TimeUnit.SECONDS));
    } catch (IOException e) {
      // Without a record it stays, until the person removes it.
      run.messages().trace(e);
    }
    return false;
  }
}
