package io.github.gitcredentialpat.command.auth;

import io.github.gitcredentialpat.azure.Verdict;
import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.cli.JsonReport;
import io.github.gitcredentialpat.cli.Screen;
import io.github.gitcredentialpat.cli.Screen.Mark;
import io.github.gitcredentialpat.cli.TextTable;
import io.github.gitcredentialpat.cli.TokenLifetime;
import io.github.gitcredentialpat.cli.TokenState;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.TokenFormat;
import io.github.gitcredentialpat.identity.TypedPlace;
import io.github.gitcredentialpat.online.TokenChecker;
import io.github.gitcredentialpat.online.VerdictAdvice;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.tokens.Inventory;
import io.github.gitcredentialpat.tokens.StoredEntry;
import io.github.gitcredentialpat.tokens.Wording;
import java.io.IOException;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** One line for each token that is stored, never with a secret. */
@Command(
    name = "list",
    description = "List stored tokens and when they expire.",
    footer = {"", "Example: git-credential-pat list --json"})
final class ListTokens implements Callable<Integer> {
  /** A full bar is a month. */
  private static final int BAR = 10;

  private static final int DAYS_A_CELL = 3;

  private static final List<String> HEADS =
      List.of("TOKEN FOR", "USER", "STORE", "NAME", "SCOPES", "ISSUED", "EXPIRES", "LEFT");

  private final GlobalOptions global;

  @Parameters(
      arity = "0..1",
      paramLabel = "ORG|URL",
      description = "Only this organization, collection or host.")
  private @Nullable String place;

  @Option(names = "--check", description = "Check each token with the server.")
  private boolean check;

  @Option(
      names = "--wide",
      description = "Print each token on one line, however wide the terminal is.")
  private boolean wide;

  ListTokens(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public Integer call() throws UserException, IOException {
    CommandContext context = global.context();
    Resolution whose = place == null ? null : TypedPlace.resolve(place);
    Inventory inventory = context.inventory();
    List<StoredEntry> stored = inventory.entries(whose);
    long now = context.run().now();
    List<Verdict> verdicts = check ? new TokenChecker(context).checkAll(stored) : List.of();
    if (context.json()) {
      JsonReport json = new JsonReport("entries");
      for (int i = 0; i < stored.size(); i++) {
        JsonReport.Item item = describe(json.add(), stored.get(i), now);
        if (check) {
          item.put("verdict", Check.word(verdicts.get(i)));
        }
      }
      context.print(json.text());
    } else if (stored.isEmpty() && inventory.isComplete()) {
      context.say("no tokens stored" + (whose == null ? "" : " for " + whose.identity().display()));
    } else if (!stored.isEmpty()) {
      Screen screen = context.screen();
      context.print(
          table(stored, verdicts, now, screen).text(wide ? screen.withoutEdge() : screen));
      printAdvice(context, stored, verdicts, now);
      sayUnknown(context, stored);
    }
    boolean good = verdicts.stream().noneMatch(verdict -> Check.status(verdict) == Check.BAD);
    stored.forEach(each -> each.entry().wipe());
    return inventory.isComplete() && good ? 0 : 1;
  }

  private static JsonReport.Item describe(JsonReport.Item item, StoredEntry stored, long now) {
    Identity identity = stored.identity();
    Entry entry = stored.entry();
    item.place(identity)
        .put("protocol", identity.protocol())
        .put("host", identity.host())
        .put("path", identity.path())
        .put("user", entry.key().user())
        .put("store", stored.store().name())
        .put("name", entry.name())
        .put("scopes", entry.scopes())
        .put("authorizationId", entry.authorizationId())
        .time("storedAt", entry.storedAt())
        .put("issuedAt", issued(entry));
    Expiry expiry = entry.expiry();
    if (expiry != null) {
      item.time("expiresAt", expiry.at())
          .put("expiryFrom", expiry.source().word())
          .put("daysLeft", TokenLifetime.daysLeft(expiry.at(), now));
    }
    return item.put("state", TokenState.of(entry, now).word());
  }

  /** Names the first token whose expiry is unknown, so that no warning is possible. */
  private static void sayUnknown(CommandContext context, List<StoredEntry> stored) {
    for (StoredEntry each : stored) {
      if (isOfUnknownLife(each)) {
        String user = each.entry().key().user();
        boolean isOneOfSeveral =
            stored.stream().filter(other -> other.identity().equals(each.identity())).count() > 1;
        context.say(
            "expiry unknown: "
                + StoredEntry.describe(each.entry().key())
                + " (to be warned, add it)",
            "git-credential-pat note "
                + Console.word(each.identity().display())
                + (isOneOfSeveral && user != null ? " --user " + Console.word(user) : ""));
        return;
      }
    }
  }

  private static boolean isOfUnknownLife(StoredEntry stored) {
    Entry entry = stored.entry();
    Identity place = stored.identity();
    return entry.expiry() == null
        && entry.setAsideAt() == 0
        && stored.store().capacity().writable()
        && Resolution.of(place).isAzure();
  }

  /** Prints below the table what to do about each token that is not simply good. */
  private static void printAdvice(
      CommandContext context, List<StoredEntry> stored, List<Verdict> verdicts, long now)
      throws IOException {
    String gap = "\n";
    for (int i = 0; i < verdicts.size(); i++) {
      if (verdicts.get(i).kind() != Verdict.Kind.GOOD) {
        StoredEntry each = stored.get(i);
        String token = StoredEntry.describe(each.entry().key());
        String line = VerdictAdvice.on(verdicts.get(i), token, each.identity(), now);
        context.print(gap + context.screen().wrap(Console.harmless(line), "  ") + "\n");
        gap = "";
      }
    }
  }

  private static TextTable table(
      List<StoredEntry> stored, List<Verdict> verdicts, long now, Screen screen) {
    List<String> heads = new ArrayList<>(HEADS);
    if (!verdicts.isEmpty()) {
      heads.add("VERDICT");
      heads.add("OWNER");
    }
    TextTable table = new TextTable(heads.toArray(String[]::new));
    for (int i = 0; i < stored.size(); i++) {
      StoredEntry each = stored.get(i);
      Entry entry = each.entry();
      List<String> cells = new ArrayList<>();
      cells.add(each.identity().display());
      cells.add(known(entry.key().user()));
      cells.add(each.store().name());
      cells.add(known(entry.name()));
      cells.add(known(entry.scopes()));
      cells.add(known(issued(entry)));
      cells.add(expires(entry.expiry()));
      cells.add(left(entry, now));
      Mark mark = null;
      if (!verdicts.isEmpty()) {
        Verdict verdict = verdicts.get(i);
        mark = Check.mark(verdict);
        cells.add(screen.mark(mark) + " " + VerdictAdvice.brief(verdict));
        cells.add(verdict.owner() == null ? "-" : known(verdict.owner().account()));
      }
      TextTable.Row row = table.add(cells.toArray(String[]::new));
      TokenState state = isOfUnknownLife(each) ? TokenState.EXPIRING : TokenState.of(entry, now);
      row.color(HEADS.indexOf("LEFT"), state.color());
      if (mark != null) {
        row.color(HEADS.size(), mark.color());
      }
    }
    return verdicts.isEmpty() ? table.below(5, 4, 3, 6) : table.below(5, 4, 3, 9, 6, 2, 1);
  }

  private static String known(@Nullable String value) {
    return value == null || value.isEmpty() ? "-" : value;
  }

  /** The month of issue in ISO 8601, read from the token itself; absent when its form has none. */
  private static @Nullable String issued(Entry entry) {
    YearMonth month = TokenFormat.issuedIn(entry.secret().bytes());
    return month == null ? null : month.toString();
  }

  private static String expires(@Nullable Expiry expiry) {
    return expiry == null
        ? "unknown"
        : (expiry.isRenewed() ? Wording.minute(expiry.at()) : Wording.date(expiry.at()))
            + " ("
            + expiry.source().word()
            + ")";
  }

  private static String left(Entry entry, long now) {
    return switch (TokenState.of(entry, now)) {
      case SET_ASIDE -> "set aside on " + Wording.date(entry.setAsideAt());
      case EXPIRED -> "expired";
      default ->
          entry.expiry() == null
              ? "?"
              : entry.expiry().isRenewed()
                  ? "-"
                  : bar(TokenLifetime.daysLeft(entry.expiry().at(), now));
    };
  }

  private static String bar(long days) {
    int cells = (int) Math.min(BAR, days / DAYS_A_CELL + 1);
    return "#".repeat(cells) + ".".repeat(BAR - cells) + " " + TokenLifetime.days(days);
  }
}
