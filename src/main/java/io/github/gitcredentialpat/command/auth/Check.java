package io.github.gitcredentialpat.command.auth;

import io.github.gitcredentialpat.azure.Verdict;
import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.cli.JsonReport;
import io.github.gitcredentialpat.cli.Screen.Mark;
import io.github.gitcredentialpat.cli.UserChoice;
import io.github.gitcredentialpat.git.GitCommand;
import io.github.gitcredentialpat.git.GitRepository;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.TypedPlace;
import io.github.gitcredentialpat.online.TokenChecker;
import io.github.gitcredentialpat.online.VerdictAdvice;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.TokenUse;
import io.github.gitcredentialpat.tokens.Inventory;
import io.github.gitcredentialpat.tokens.StoredEntry;
import io.github.gitcredentialpat.tokens.TokenKeeper;
import io.github.gitcredentialpat.tokens.Wording;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks the service whether a token is good, whose it is, and what it lacks. */
@Command(
    name = "check",
    description =
        "Check with the server that a token works, whose it is and which scopes are missing.",
    footer = {
      "",
      "Exit status: 0 valid, 1 not valid, 3 cannot tell.",
      "Example: git-credential-pat check https://dev.azure.com/contoso/Web/_git/site"
    },
    exitCodeOnExecutionException = Check.COULD_NOT_TELL)
public final class Check implements Callable<Integer> {
  private static final int GOOD = 0;
  static final int BAD = 1;
  public static final int COULD_NOT_TELL = 3;

  private final GlobalOptions global;

  @Parameters(
      arity = "0..1",
      paramLabel = "ORG|URL",
      description = "Organization, collection or repository. Default: this repository's remote.")
  private @Nullable String place;

  @Option(names = "--user", paramLabel = "NAME", description = "Only this account's token.")
  private @Nullable String user;

  Check(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public Integer call() throws UserException, IOException {
    CommandContext context = global.context();
    String url =
        place == null ? GitRepository.azureRemote(GitCommand.find(context.environment())) : place;
    Resolution whose = TypedPlace.resolve(url);
    URI repository = whose.isAzure() ? TokenChecker.repository(url) : null;
    Inventory inventory = context.inventory();
    List<StoredEntry> stored = inventory.entries(whose);
    StoredEntry fetched = stored.isEmpty() ? inventory.fetched(whose) : null;
    if (fetched != null) {
      stored.add(fetched);
    }
    if (stored.isEmpty()) {
      // What a store that cannot be read may hold is neither good nor bad.
      if (!inventory.isComplete()) {
        return COULD_NOT_TELL;
      }
      String name = whose.identity().display();
      context.say("no token for " + name, "git-credential-pat login " + Wording.argument(name));
      return BAD;
    }
    TokenChecker checker = new TokenChecker(context);
    JsonReport json = new JsonReport("checks");
    int status = GOOD;
    for (StoredEntry each : UserChoice.of(stored, key -> key.entry().key(), whose, user)) {
      Verdict verdict =
          checker.check(each.identity(), repository, each.entry().secret(), TokenChecker.LIMIT);
      boolean isBack = correct(context, each, verdict);
      String line =
          VerdictAdvice.on(
              verdict,
              StoredEntry.describe(each.entry().key()),
              each.identity(),
              context.run().now());
      if (context.json()) {
        describe(json.add(), each, verdict).put("message", line);
      } else {
        String text =
            Console.harmless(line + (isBack ? "; it was set aside and is back" : setAside(each)));
        context.print(context.screen().marked(mark(verdict), text) + "\n");
        String todo = VerdictAdvice.whatToDo(verdict, each.identity());
        if (todo != null) {
          context.say(todo, VerdictAdvice.command(verdict, each.identity()));
        }
      }
      status = worse(status, status(verdict));
      each.entry().wipe();
    }
    if (context.json()) {
      context.print(json.text());
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

  /** The mark for a verdict. */
  static Mark mark(Verdict verdict) {
    return switch (status(verdict)) {
      case GOOD -> verdict.isGood() ? Mark.GOOD : Mark.WARNING;
      case BAD -> Mark.BAD;
      default -> Mark.OPEN;
    };
  }

  private static int worse(int one, int other) {
    return one == BAD || other == BAD ? BAD : Math.max(one, other);
  }

  private static String setAside(StoredEntry stored) {
    return stored.entry().setAsideAt() == 0
        ? ""
        : "; set aside (restore it with: git-credential-pat login --restore "
            + Wording.argument(stored.identity().display())
            + ")";
  }

  private static JsonReport.Item describe(
      JsonReport.Item item, StoredEntry stored, Verdict verdict) {
    item.place(stored.identity())
        .put("user", stored.entry().key().user())
        .put("store", stored.store().name())
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
   * Corrects the entry by what the service says: a good token has not expired, and one that reads
   * code has other scopes than noted. One that was set aside and works for git is restored.
   *
   * @return whether it was restored
   */
  private static boolean correct(CommandContext context, StoredEntry stored, Verdict verdict) {
    Entry entry = stored.entry();
    boolean over = entry.expiry() != null && entry.expiry().at() <= context.run().now();
    boolean readsCode = verdict.isGood() && verdict.unknown() == null;
    boolean widened = readsCode && TokenUse.GIT.isRuledOutBy(entry.scopes());
    boolean refused = entry.setAsideAt() != 0 && status(verdict) == GOOD;
    if (!verdict.isAlive() || !(over || widened || refused)) {
      return false;
    }
    Entry corrected = over ? entry.with(null, entry.refreshToken()) : entry;
    corrected = widened ? corrected.withScopes(null) : corrected;
    corrected = refused ? corrected.setAsideAt(0) : corrected;
    TokenKeeper.Change change = TokenKeeper.replaceIfUnchanged(context.run(), stored, corrected);
    return refused && change == TokenKeeper.Change.DONE;
  }
}
