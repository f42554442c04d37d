package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.azure.Verdict;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.TokenUse;
import io.github.gitcredentialpat.tokens.Inventory;
import io.github.gitcredentialpat.tokens.StoredEntry;
import io.github.gitcredentialpat.tokens.TokenKeeper;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Asks the service whether a token is good, whose it is, and what it lacks. */
@Command(
    name = "check",
    description = "Ask the service whether a token is good, whose it is and what it lacks.",
    footer = {
      "",
      "Exit status: 0 good, 1 bad, 3 could not tell.",
      "Example: git-credential-pat check https://dev.azure.com/contoso/Web/_git/site"
    },
    exitCodeOnExecutionException = Check.COULD_NOT_TELL)
final class Check implements Callable<Integer> {
  private static final int GOOD = 0;
  static final int BAD = 1;
  static final int COULD_NOT_TELL = 3;

  @ParentCommand private Commands commands;

  @Parameters(
      arity = "0..1",
      paramLabel = "ORG|URL",
      description = "The organisation, collection or repository; else this repository's remote.")
  private @Nullable String place;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description = "Only the token of this account, of several.")
  private @Nullable String user;

  @Override
  public Integer call() throws CommandException, IOException {
    Session session = commands.session();
    String url = place == null ? session.remote() : place;
    Resolution whose = Session.whose(url);
    URI repository = whose.isAzure() ? Checker.repository(url) : null;
    Inventory inventory = session.inventory();
    List<StoredEntry> kept = inventory.entries(whose);
    if (kept.isEmpty()) {
      // What a store that cannot be read may hold is neither good nor bad.
      if (!inventory.isComplete()) {
        return COULD_NOT_TELL;
      }
      String name = whose.identity().display();
      session.say("no token is stored for " + name);
      session.messages().hint("git-credential-pat login " + name);
      return BAD;
    }
    Checker checker = new Checker(session);
    Json json = new Json("checks");
    int status = GOOD;
    for (StoredEntry each : UserChoice.of(kept, key -> key.entry().key(), whose, user)) {
      Verdict verdict =
          checker.check(each.identity(), repository, each.entry().secret(), Checker.LIMIT);
      correct(session, each, verdict);
      String line =
          Advice.on(
              verdict,
              StoredEntry.describe(each.entry().key()),
              each.identity(),
              session.run().now());
      if (session.json()) {
        describe(json.add(), each, verdict).put("message", line);
      } else {
        session.print(Console.harmless(line + setAside(each)) + "\n");
      }
      status = worse(status, status(verdict));
      each.entry().wipe();
    }
    if (session.json()) {
      session.print(json.text());
    }
    return status;
  }

  /** The exit status for a verdict. */
  static int status(Verdict verdict) {
    return switch (verdict.kind()) {
      // A token that is to fetch only lacks nothing.
      case GOOD, LACKS_CODE_WRITE, REPOSITORY_NOT_VISIBLE, PUSH_NOT_PERMITTED -> GOOD;
      case CONDITIONAL_ACCESS, NOT_CHECKABLE, COULD_NOT_TELL -> COULD_NOT_TELL;
      default -> BAD;
    };
  }

  private static int worse(int one, int other) {
    return one == BAD || other == BAD ? BAD : Math.max(one, other);
  }

  private static String setAside(StoredEntry kept) {
    return kept.entry().setAsideAt() == 0
        ? ""
        : "; it is set aside, bring it back with: git-credential-pat login --restore "
            + kept.identity().display();
  }

  private static Json.Item describe(Json.Item item, StoredEntry kept, Verdict verdict) {
    item.place(kept.identity())
        .put("user", kept.entry().key().user())
        .put("store", kept.store().name())
        .put("verdict", word(verdict));
    if (verdict.owner() != null) {
      item.put("owner", verdict.owner().name()).put("account", verdict.owner().account());
    }
    return item;
  }

  /** A verdict's kind in lower camel case. */
  static String word(Verdict verdict) {
    StringBuilder word = new StringBuilder();
    for (String part : verdict.kind().name().toLowerCase(Locale.ROOT).split("_")) {
      word.append(word.length() == 0 ? part.charAt(0) : Character.toUpperCase(part.charAt(0)));
      word.append(part, 1, part.length());
    }
    return word.toString();
  }

  /**
   * The service knows better: what was said to have expired and is good has another end, and what
   * reads code has other scopes than those that are known.
   */
  static void correct(Session session, StoredEntry kept, Verdict verdict) {
    Entry entry = kept.entry();
    boolean over = entry.expiry() != null && entry.expiry().at() <= session.run().now();
    boolean readsCode = verdict.isGood() && verdict.unknown() == null;
    boolean widened = readsCode && TokenUse.GIT.isRuledOutBy(entry.scopes());
    if (!verdict.isAlive() || !(over || widened)) {
      return;
    }
    Entry corrected = over ? entry.with(null, entry.refreshToken()) : entry;
    TokenKeeper.replaceIfUnchanged(
        session.run(), kept, widened ? corrected.withScopes(null) : corrected);
  }
}
