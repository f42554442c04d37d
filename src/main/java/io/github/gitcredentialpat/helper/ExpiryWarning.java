package io.github.gitcredentialpat.helper;

import io.github.gitcredentialpat.identity.Whose;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Surroundings;
import io.github.gitcredentialpat.tokens.Invocation;
import io.github.gitcredentialpat.tokens.Wording;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;

/** Says, at most once a day for each token, that it dies within a week. */
final class ExpiryWarning {
  private static final long DAY = 86_400;
  private static final long AHEAD = 7 * DAY;

  private ExpiryWarning() {}

  static void warn(Invocation run, Whose whose, Entry entry) {
    // What can be refreshed lives for minutes and is renewed without anybody's doing.
    if (entry.expiry() == null || entry.refreshToken() != null) {
      return;
    }
    long at = entry.expiry().at();
    if (at > run.now() + AHEAD || saidToday(run, entry.key())) {
      return;
    }
    String verb = at <= run.now() ? " was to expire on " : " expires on ";
    run.messages()
        .say(Wording.secretOf(whose) + verb + Wording.date(at) + "; " + Wording.renewal(whose));
  }

  /** Whether it was said within a day; remembers that it is said now. */
  private static boolean saidToday(Invocation run, EntryKey key) {
    Path folder = run.surroundings().stateFolder().resolve("warned");
    Path mark = folder.resolve(State.nameOf(key.identity().display() + "\n" + key.user()));
    try {
      if (Files.exists(mark)
          && Files.getLastModifiedTime(mark).to(TimeUnit.SECONDS) > run.now() - DAY) {
        return true;
      }
      Surroundings.makePrivate(folder);
      if (!Files.exists(mark)) {
        Files.createFile(mark);
      }
      Files.setLastModifiedTime(mark, FileTime.from(run.now(), TimeUnit.SECONDS));
    } catch (IOException e) {
      // Without a record it is said each time, which is better than never.
    }
    return false;
  }
}
