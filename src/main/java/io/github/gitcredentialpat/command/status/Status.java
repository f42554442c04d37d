package io.github.gitcredentialpat.command.status;

import io.github.gitcredentialpat.azure.Scopes;
import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.cli.JsonReport;
import io.github.gitcredentialpat.cli.Screen.Mark;
import io.github.gitcredentialpat.cli.TokenLifetime;
import io.github.gitcredentialpat.cli.TokenState;
import io.github.gitcredentialpat.git.GitCommand;
import io.github.gitcredentialpat.git.GitRepository;
import io.github.gitcredentialpat.helper.CredentialHelper;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.TypedPlace;
import io.github.gitcredentialpat.identity.UserName;
import io.github.gitcredentialpat.online.CreationSetting;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Program;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.tokens.Inventory;
import io.github.gitcredentialpat.tokens.StoredEntries;
import io.github.gitcredentialpat.tokens.StoredEntry;
import io.github.gitcredentialpat.tokens.Wording;
import java.io.IOException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows at a glance which token git gets for this repository, and what a fetch costs. */
@Command(
    name = "status",
    description = "Show the token that git gets here, its expiry and what a fetch costs.",
    footer = {
      "",
      "Exit status: 0 git gets a token, 1 it does not; with --short always 0.",
      "Example: git-credential-pat status"
    })
public final class Status implements Callable<Integer> {
  private final GlobalOptions global;

  @Parameters(
      arity = "0..1",
      paramLabel = "ORG|URL",
      description = "Organization, collection or host. Default: this repository's remote.")
  private @Nullable String place;

  @Option(
      names = "--short",
      description = "For a prompt: only stored tokens in their last week, as in \"contoso 6d\".")
  private boolean isShort;

  public Status(GlobalOptions global) {
    this.global = global;
  }

  /**
   * Answers {@code status --short}, which a shell calls at each prompt, without picocli's start.
   *
   * @param arguments all of the command line
   * @return the exit status; absent where these are not only the words that it knows
   */
  public static @Nullable Integer printShort(GlobalOptions global, String[] arguments)
      throws UserException, IOException {
    String stores = null;
    String place = null;
    boolean isCommand = false;
    boolean isShort = false;
    for (int i = 0; i < arguments.length; i++) {
      String word = arguments[i];
      if (word.equals("--store") && i + 1 < arguments.length) {
        stores = arguments[++i];
      } else if (word.startsWith("--store=")) {
        stores = word.substring("--store=".length());
      } else if (word.equals("--short")) {
        isShort = true;
      } else if (word.startsWith("-") || place != null) {
        return null;
      } else if (isCommand) {
        place = word;
      } else {
        isCommand = word.equals("status");
        if (!isCommand) {
          return null;
        }
      }
    }
    if (!isCommand || !isShort) {
      return null;
    }
    Resolution meant = place == null ? null : TypedPlace.resolve(place);
    return ShortStatus.print(global.promptInvocation(stores), global.out(), meant);
  }

  @Override
  public Integer call() throws UserException, IOException {
    if (isShort) {
      Resolution meant = place == null ? null : TypedPlace.resolve(place);
      return ShortStatus.print(global.silentContext().run(), global.out(), meant);
    }
    // A glance opens no store.
    CommandContext context = global.silentContext();
    GitCommand git = GitCommand.find(context.environment());
    String url = place == null ? GitRepository.azureRemote(git) : place;
    Resolution whose = TypedPlace.resolve(url);
    GitUse use = GitUse.of(git, place, url, whose);
    StoredEntry answered = CredentialHelper.answer(context.run(), request(whose, use));
    Inventory inventory = context.inventory();
    if (answered == null) {
      // Why there is none, which the answer to git's question left unsaid.
      answered = inventory.fetched(whose);
    }
    try (StoredEntries stored = inventory.entries(whose)) {
      StoredEntry shown = answered != null ? answered : newest(stored);
      boolean isGood = answered != null && use.isAsked() && !use.isSsh();
      if (context.json()) {
        context.print(json(context, whose, use, shown, answered != null));
      } else {
        boolean isComplete = inventory.isComplete();
        print(context, whose, use, shown, answered != null, isComplete, accounts(stored));
        advise(context, whose, use, shown, answered != null, inventory.isComplete());
        if (isGood) {
          adviseOnUnknownLife(context, whose, answered, accounts(stored));
        }
      }
      return isGood ? 0 : 1;
    } finally {
      if (answered != null) {
        answered.wipe();
      }
    }
  }

  /** What git would send, which may then have learned more from the server. */
  private static String request(Resolution whose, GitUse use) {
    Identity place = whose.identity();
    StringBuilder request = new StringBuilder();
    request.append("capability[]=authtype\ncapability[]=state\n");
    request.append("protocol=").append(place.protocol()).append('\n');
    request.append("host=").append(place.host()).append('\n');
    if (place.path() != null) {
      String repository = whose.isAzure() ? "/_git/x" : "";
      request.append("path=").append(place.path()).append(repository).append('\n');
    }
    if (use.user() != null) {
      request.append("username=").append(Console.harmless(use.user())).append('\n');
    }
    return request.toString();
  }

  private static @Nullable StoredEntry newest(StoredEntries stored) {
    StoredEntry newest = null;
    for (StoredEntry each : stored) {
      if (newest == null || each.entry().storedAt() >= newest.entry().storedAt()) {
        newest = each;
      }
    }
    return newest;
  }

  private static int accounts(StoredEntries stored) {
    Set<String> accounts = new HashSet<>();
    for (StoredEntry each : stored) {
      String user = each.entry().key().user();
      accounts.add(user == null ? "" : user);
    }
    return accounts.size();
  }

  // --- for a person ---

  private static void print(
      CommandContext context,
      Resolution whose,
      GitUse use,
      @Nullable StoredEntry shown,
      boolean isAnswered,
      boolean isComplete,
      int accounts)
      throws IOException {
    String name = whose.identity().display();
    StringBuilder text = new StringBuilder();
    long now = context.run().now();
    String others = accounts < 2 ? "" : " (one of " + accounts + " accounts)";
    if (shown == null) {
      String none = isComplete ? ": no token is stored" : ": cannot tell, a store cannot be read";
      text.append(context.screen().marked(Mark.BAD, name + none)).append('\n');
    } else {
      Entry entry = shown.entry();
      boolean isSoon = TokenState.of(entry, now) == TokenState.EXPIRING;
      Mark mark = !isAnswered ? Mark.BAD : isSoon ? Mark.WARNING : Mark.GOOD;
      String token = name + ": " + token(whose, shown) + others;
      text.append(context.screen().marked(mark, token)).append('\n');
      line(
          context,
          text,
          isRenewed(entry)
              ? "  until " + Wording.minute(entry.expiry().at()) + ", then a new one is fetched"
              : "  " + scopes(entry) + "; " + life(entry, isAnswered, now));
    }
    line(context, text, "  " + use.text(whose));
    CreationSetting creation = creation(context, whose);
    if (creation != null) {
      line(
          context,
          text,
          "  a missing token is created: "
              + Scopes.describe(creation.scope())
              + ", for "
              + TokenLifetime.days(creation.days()));
    }
    context.print(text.toString());
  }

  private static @Nullable CreationSetting creation(CommandContext context, Resolution whose) {
    return whose.kind() == Resolution.Kind.ORGANIZATION
        ? CreationSetting.of(context.run().surroundings())
        : null;
  }

  private static void line(CommandContext context, StringBuilder text, String line) {
    text.append(context.screen().wrap(line, "    ")).append('\n');
  }

  private static String token(Resolution whose, StoredEntry shown) {
    Entry entry = shown.entry();
    String user = whose.user(entry.key().user());
    if (isRenewed(entry)) {
      return "access token (" + entry.name() + "), from " + shown.store().name();
    }
    return Console.harmless(
        (whose.isAzure() ? "token" : "password")
            + (entry.name() == null ? "" : " \"" + entry.name() + "\"")
            + (user == null ? "" : " of " + UserName.shown(user))
            + ", stored in "
            + shown.store().name());
  }

  private static boolean isRenewed(Entry entry) {
    return entry.expiry() != null && entry.expiry().isRenewed();
  }

  private static String scopes(Entry entry) {
    return Console.harmless(
        entry.scopes() == null ? "scopes unknown" : Scopes.describe(entry.scopes()));
  }

  private static String life(Entry entry, boolean isAnswered, long now) {
    Expiry expiry = entry.expiry();
    if (entry.setAsideAt() != 0) {
      return "rejected by the server and set aside on " + Wording.date(entry.setAsideAt());
    }
    String unused = isAnswered ? "" : ", not for git here";
    if (expiry == null) {
      return "expiry unknown" + unused;
    }
    String day = Wording.date(expiry.at());
    return expiry.at() <= now
        ? "expired " + day
        : "expires "
            + day
            + " ("
            + TokenLifetime.days(TokenLifetime.daysLeft(expiry.at(), now))
            + " left)"
            + unused;
  }

  private static void advise(
      CommandContext context,
      Resolution whose,
      GitUse use,
      @Nullable StoredEntry shown,
      boolean isAnswered,
      boolean isComplete) {
    if (use.isSsh()) {
      return;
    }
    String name = Console.word(whose.identity().display());
    if (!isAnswered && (shown != null || isComplete)) {
      boolean isSetAside = shown != null && shown.entry().setAsideAt() != 0;
      context.messages().hint(Program.NAME + " login " + (isSetAside ? "--restore " : "") + name);
    }
    if (!use.isAsked()) {
      String option =
          switch (whose.kind()) {
            case ORGANIZATION -> "";
            case COLLECTION -> " --server " + name;
            default -> " --all-hosts";
          };
      context.messages().hint(Program.NAME + " configure" + option);
    }
  }

  /** Advises on a token of unknown expiry, of which nobody can be warned. */
  private static void adviseOnUnknownLife(
      CommandContext context, Resolution whose, StoredEntry answered, int accounts) {
    String user = answered.entry().key().user();
    if (whose.isAzure()
        && answered.entry().expiry() == null
        && answered.store().capacity().writable()) {
      context
          .messages()
          .hint(
              Program.NAME
                  + " note "
                  + Console.word(whose.identity().display())
                  + (accounts > 1 && user != null ? " --user " + Console.word(user) : ""));
    }
  }

  // --- for programs ---

  private static String json(
      CommandContext context,
      Resolution whose,
      GitUse use,
      @Nullable StoredEntry shown,
      boolean isAnswered) {
    long now = context.run().now();
    JsonReport json = new JsonReport("status");
    JsonReport.Item item = json.add().place(whose.identity());
    if (shown != null) {
      Entry entry = shown.entry();
      item.put("user", entry.key().user())
          .put("store", shown.store().name())
          .put("name", entry.name())
          .put("scopes", entry.scopes());
      Expiry expiry = entry.expiry();
      if (expiry != null) {
        item.time("expiresAt", expiry.at())
            .put("expiryFrom", expiry.source().name().toLowerCase(Locale.ROOT))
            .put("daysLeft", TokenLifetime.daysLeft(expiry.at(), now));
      }
      item.put("state", TokenState.of(entry, now).word());
    }
    item.put("answered", isAnswered).put("helperAsked", use.isAsked() && !use.isSsh());
    if (whose.kind() == Resolution.Kind.ORGANIZATION) {
      item.put("createsMissing", creation(context, whose) != null);
    }
    if (whose.isAzure() && !use.isSsh()) {
      item.put("proactive", use.isProactive()).put("requestsPerFetch", use.requests());
    }
    return json.text();
  }
}
