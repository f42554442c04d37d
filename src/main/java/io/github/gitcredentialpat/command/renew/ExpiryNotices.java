package io.github.gitcredentialpat.command.renew;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.TokenLifetime;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.notice.Desktop;
import io.github.gitcredentialpat.notice.Notice;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.Program;
import io.github.gitcredentialpat.platform.StateRecord;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.tokens.StoredEntry;
import io.github.gitcredentialpat.tokens.Wording;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;

/**
 * Tells a person on their desktop that a token expires: seven days before, three, and one, each
 * once for a token.
 */
final class ExpiryNotices {
  private static final long DAY = 86_400;
  private static final int[] DAYS_BEFORE = {1, 3, 7};

  private static final String EXPIRY = "expiry";
  private static final String SHOWN = "shown";

  private final CommandContext context;
  private final Environment surroundings;

  ExpiryNotices(CommandContext context) {
    this.context = context;
    surroundings = context.run().surroundings();
  }

  /** Tells of this token, if it is time to. */
  void look(StoredEntry stored) {
    Entry entry = stored.entry();
    if (entry.expiry() == null
        || entry.expiry().isRenewed()
        || entry.refreshToken() != null
        || entry.setAsideAt() != 0
        || !isAzure(entry.key())) {
      return;
    }
    long end = entry.expiry().at();
    int due = due(end - context.run().now());
    Path file = file(entry.key());
    try {
      if (due == 0) {
        Files.deleteIfExists(file);
        return;
      }
      Properties before = StateRecord.read(file);
      boolean isSameToken = StateRecord.number(before, EXPIRY) == end;
      if (isSameToken && StateRecord.number(before, SHOWN) <= due) {
        return;
      }
      // Where nobody was there to be shown it, it is tried again.
      if (Desktop.show(notice(stored, due), surroundings)) {
        StateRecord.write(file, Map.of(EXPIRY, Long.toString(end), SHOWN, Integer.toString(due)));
      }
    } catch (IOException e) {
      context.messages().trace(e);
    }
  }

  private static boolean isAzure(EntryKey key) {
    Identity place = key.identity();
    return Resolution.of(place).isAzure();
  }

  /** Which of the days it is, if any: the last one that has come; 0 for none. */
  private static int due(long left) {
    for (int days : DAYS_BEFORE) {
      if (left > 0 && left <= days * DAY) {
        return days;
      }
    }
    return 0;
  }

  private Path file(EntryKey key) {
    String token = key.identity().display() + "\n" + key.user();
    return surroundings
        .stateFolder()
        .resolve("notices")
        .resolve(UUID.nameUUIDFromBytes(token.getBytes(UTF_8)).toString());
  }

  private Notice notice(StoredEntry stored, int due) {
    Entry entry = stored.entry();
    long days = TokenLifetime.daysLeft(entry.expiry().at(), context.run().now());
    String when =
        (days == 0 ? "within a day" : "in " + TokenLifetime.days(days))
            + " ("
            + Wording.date(entry.expiry().at())
            + ")";
    boolean isKnown = entry.authorizationId() != null || entry.name() != null;
    String command = isKnown && stored.identity().isOrganization() ? "renew" : "login";
    return new Notice(
        "The token for " + StoredEntry.describe(entry.key()) + " expires " + when,
        "To get a new one, type: "
            + Program.NAME
            + " "
            + command
            + " "
            + Wording.argument(stored.identity().display()),
        due == DAYS_BEFORE[0]);
  }
}
