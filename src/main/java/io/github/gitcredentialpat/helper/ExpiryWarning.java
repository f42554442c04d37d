package io.github.gitcredentialpat.helper;

import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.tokens.Invocation;
import io.github.gitcredentialpat.tokens.Wording;

/** Warns, at most once a day for each token, that it expires within a week. */
final class ExpiryWarning {
  private static final long DAY = 86_400;
  private static final long AHEAD = 7 * DAY;

  private ExpiryWarning() {}

  static void warn(Invocation run, Resolution whose, Entry entry) {
    // What can be refreshed lives for minutes and is renewed without anybody's doing.
    if (entry.expiry() == null
        || entry.refreshToken() != null
        || entry.expiry().isRenewed()
        || entry.expiry().isWatchedElsewhere()) {
      return;
    }
    long at = entry.expiry().at();
    if (at > run.now() + AHEAD) {
      return;
    }
    DatedMark said = new DatedMark(run, DatedMark.WARNED, entry.key());
    if (said.isSetSince(run.now() - DAY + 1)) {
      return;
    }
    // Without a record it is said each time, which is better than never.
    said.set();
    String verb = at <= run.now() ? " should have expired on " : " expires on ";
    String line = "warning: " + Wording.secretOf(whose) + verb + Wording.date(at);
    Wording.sayHowToRenew(run, whose, line, "");
  }
}
