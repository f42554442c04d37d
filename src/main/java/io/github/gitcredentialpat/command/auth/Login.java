package io.github.gitcredentialpat.command.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.azure.Verdict;
import io.github.gitcredentialpat.cli.Browser;
import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.cli.TokenLifetime;
import io.github.gitcredentialpat.git.GitCommand;
import io.github.gitcredentialpat.git.GitRepository;
import io.github.gitcredentialpat.git.HelperCheck;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.TokenFormat;
import io.github.gitcredentialpat.identity.TokenPage;
import io.github.gitcredentialpat.identity.TypedPlace;
import io.github.gitcredentialpat.online.ProactiveOffer;
import io.github.gitcredentialpat.online.TokenChecker;
import io.github.gitcredentialpat.online.TokenDetails;
import io.github.gitcredentialpat.online.VerdictAdvice;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Terminal;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.tokens.Inventory;
import io.github.gitcredentialpat.tokens.Invocation;
import io.github.gitcredentialpat.tokens.SharedStores;
import io.github.gitcredentialpat.tokens.StoredEntries;
import io.github.gitcredentialpat.tokens.StoredEntry;
import io.github.gitcredentialpat.tokens.TokenKeeper;
import io.github.gitcredentialpat.tokens.Wording;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads a token from a person, without echo or from a pipe, and stores it once it proved good. */
@Command(
    name = "login",
    description = {
      "Store a token for git.",
      "Opens the token page, reads the token (hidden, or from a pipe), checks it with the server and"
          + " stores it.",
      ""
    },
    footer = {"", "Example: git-credential-pat login contoso --expires 90"})
final class Login implements Callable<Integer> {
  /** The longest line of git's protocol, less the key: no longer secret could be answered. */
  private static final int LONGEST = 65_000;

  private final GlobalOptions global;

  @Parameters(
      arity = "0..1",
      paramLabel = "ORG|URL",
      description = "Organization, collection or host. Default: this repository's remote.")
  private @Nullable String place;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description = "Store it for this account, beside other accounts' tokens.")
  private @Nullable String user;

  @Option(
      names = "--name",
      paramLabel = "TEXT",
      description = "The token's name on the server, for lists.")
  private @Nullable String name;

  @Option(
      names = "--expires",
      paramLabel = "DATE|DAYS",
      description = "Expiry date (2027-02-01) or days (90); you are warned a week before.")
  private @Nullable String expires;

  @Option(names = "--no-check", description = "Do not check the token with the server.")
  private boolean noCheck;

  @Option(
      names = "--no-browser",
      description = "Print the token page's address instead of opening it.")
  private boolean noBrowser;

  @Option(names = "--no-configure", description = "Do not change git's configuration.")
  private boolean noConfigure;

  @Option(
      names = "--proactive",
      description = "Fail if git cannot be set to send the token with its first request.")
  private boolean proactive;

  @Option(
      names = "--restore",
      description = "Restore a token that was set aside after a server rejected it.")
  private boolean restore;

  Login(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public Integer call() throws UserException, IOException, StoreException {
    CommandContext context = global.context();
    String url =
        place == null ? GitRepository.azureRemote(GitCommand.find(context.environment())) : place;
    Resolution whose = collectionOr(context, TypedPlace.resolve(url));
    if (restore) {
      return restore(context, whose);
    }
    Expiry expiry = expiry(context.run().now());
    SharedStores.checkPlace(context.run(), "login " + Console.word(whose.identity().display()));
    if (user == null && whose.kind() == Resolution.Kind.HOST) {
      throw UserException.wrongUsage(
          whose.identity().display()
              + " is not Azure DevOps and needs a user name; add --user NAME");
    }
    Secret token = Secret.password(token(context, whose));
    try {
      if (!TokenFormat.isLike(new String(token.bytes(), UTF_8)) && whose.isAzure()) {
        context.say("warning: this does not look like a personal access token");
      }
      Verdict verdict = verdict(context, whose, token);
      if (verdict != null && isRefused(verdict)) {
        String name = whose.identity().display();
        sayVerdict(context, verdict, name, whose.identity());
        context.say("not stored (use --no-check to store it anyway)");
        return 1;
      }
      if (!keep(context, whose, token, expiry, verdict)) {
        return 1;
      }
      if (!noConfigure
          && !new HelperCheck(context.messages(), context.environment(), global.helperOptions())
              .setUp(whose, url)) {
        return 1;
      }
      boolean isProven = verdict != null && verdict.isGood();
      String whyNot =
          isProven && whose.kind() == Resolution.Kind.ORGANIZATION
              ? ProactiveOffer.useFor(
                  context, whose.identity(), TypedPlace.spelling(url, whose.identity().display()))
              : null;
      if (proactive && whyNot != null) {
        context.say("error: " + whyNot + "; the token is stored anyway");
      }
      return proactive && whyNot != null ? 1 : 0;
    } finally {
      token.wipe();
    }
  }

  /**
   * A Server's collection is known by the form of its repositories' URLs, not by that of its own: a
   * host with a path is asked, without a token, whether it is one.
   */
  private Resolution collectionOr(CommandContext context, Resolution whose) {
    Identity host = whose.identity();
    if (noCheck || whose.kind() != Resolution.Kind.HOST || host.path() == null) {
      return whose;
    }
    Resolution server =
        Resolution.resolve(host.protocol(), host.host(), host.path() + "/_git/any", null);
    boolean isServer =
        server.kind() == Resolution.Kind.COLLECTION
            && new TokenChecker(context).isAzureDevOps(server.identity());
    return isServer ? server : whose;
  }

  private @Nullable Expiry expiry(long now) throws UserException {
    return expires == null
        ? null
        : new Expiry(TokenLifetime.end(expires, now), Expiry.Source.PERSON);
  }

  // --- the token ---

  private byte[] token(CommandContext context, Resolution whose) throws UserException, IOException {
    byte[] typed;
    if (Terminal.isTerminal(Terminal.INPUT)) {
      showPage(context, whose);
      char[] line = context.askSecret("Token for " + whose.identity().display() + ": ");
      if (line == null) {
        throw UserException.couldNot("no token given; not stored");
      }
      typed = utf8(line);
      Arrays.fill(line, '\0');
    } else {
      byte[] piped = new byte[LONGEST + 1];
      typed = Arrays.copyOf(piped, context.in().readNBytes(piped, 0, piped.length));
      Arrays.fill(piped, (byte) 0);
    }
    byte[] token = whose.isAzure() ? TokenFormat.bare(typed) : TokenFormat.trimmed(typed);
    boolean isMarked = whose.isAzure() && TokenFormat.isMarked(typed);
    if (token != typed) {
      Arrays.fill(typed, (byte) 0);
    }
    if (token.length == 0) {
      throw UserException.couldNot(
          "no token on standard input; run the command in a terminal or pipe the token into it");
    }
    String fault =
        token.length >= LONGEST
            ? "it is longer than git accepts"
            : hasControls(token)
                ? "it contains a line break or another control character"
                : whose.isAzure() && TokenFormat.isUnresolved(token)
                    ? "it is an expression that the pipeline did not replace"
                    : null;
    if (fault != null) {
      Arrays.fill(token, (byte) 0);
      throw UserException.couldNot("not stored: " + fault);
    }
    if (isMarked) {
      context.say("removed quotes or invisible characters around the token");
    }
    return token;
  }

  private static byte[] utf8(char[] text) {
    ByteBuffer encoded = UTF_8.encode(CharBuffer.wrap(text));
    byte[] bytes = new byte[encoded.remaining()];
    encoded.get(bytes).rewind();
    while (encoded.hasRemaining()) {
      encoded.put((byte) 0);
    }
    return bytes;
  }

  private void showPage(CommandContext context, Resolution whose) {
    String page = TokenPage.of(whose);
    if (page == null) {
      return;
    }
    boolean opened = !noBrowser && Browser.open(page, context.environment());
    context.say(
        "create a token with the scope Code (Read & write) "
            + (opened ? "on the page that opens now:" : "at"));
    context.say(TokenPage.inMessage(whose.identity()));
    context.say("and paste it here");
  }

  private static boolean hasControls(byte[] text) {
    for (byte b : text) {
      if ((b >= 0 && b < ' ') || b == 0x7f) {
        return true;
      }
    }
    return false;
  }

  // --- is it good? ---

  private @Nullable Verdict verdict(CommandContext context, Resolution whose, Secret token) {
    return noCheck || whose.kind() == Resolution.Kind.HOST
        ? null
        : new TokenChecker(context).check(whose.identity(), null, token, TokenChecker.LIMIT);
  }

  /** With a check mark where it is good. */
  private static void sayVerdict(
      CommandContext context, Verdict verdict, String what, Identity place) {
    long now = context.run().now();
    if (verdict.isGood()) {
      context.done(VerdictAdvice.on(verdict, what, place, now));
    } else {
      VerdictAdvice.say(context.messages(), verdict, what, place, now);
    }
  }

  /**
   * Whether the verdict keeps a token from being stored. One that lacks git's scopes is stored:
   * feeds want others.
   */
  private static boolean isRefused(Verdict verdict) {
    return verdict.isBad() || verdict.kind() == Verdict.Kind.IIS_BASIC;
  }

  // --- keeping it ---

  private boolean keep(
      CommandContext context,
      Resolution whose,
      Secret token,
      @Nullable Expiry expiry,
      @Nullable Verdict verdict)
      throws StoreException, IOException {
    Invocation run = context.run();
    String owner = verdict == null || verdict.owner() == null ? null : verdict.owner().account();
    Entry entry = details(context, whose, expiry).entry(whose, token, run.now());
    Store store = new TokenKeeper(run, whose, user).keep(entry, owner);
    if (store == null) {
      return false;
    }
    String what = Wording.secretOf(whose);
    if (verdict == null) {
      context.done("stored " + what + " in " + store.name());
      return true;
    }
    sayVerdict(context, verdict, whose.identity().display(), whose.identity());
    Expiry end = entry.expiry();
    if (end == null) {
      String place = Console.word(whose.identity().display());
      context.say(
          "stored in " + store.name() + "; expiry unknown (to be warned, add it)",
          "git-credential-pat note " + place + " --expires 30");
    } else {
      String day = Wording.date(TokenLifetime.warningDay(end.at()));
      context.say("stored in " + store.name() + "; you will be warned from " + day);
    }
    return true;
  }

  /** What is known of the token, from its name, or from the person. */
  private TokenDetails details(CommandContext context, Resolution whose, @Nullable Expiry expiry)
      throws IOException {
    TokenIdentification identification = new TokenIdentification(context, whose, !noCheck);
    TokenDetails found = name == null ? null : identification.named(name);
    if (found == null && expiry == null && whose.isAzure() && context.isAttended()) {
      try (StoredEntries stored = context.inventory().entries(whose)) {
        found = identification.ask(stored);
      }
    }
    if (found == null) {
      return new TokenDetails(name, null, null, expiry);
    }
    return new TokenDetails(
        found.name() == null ? name : found.name(),
        found.scopes(),
        found.authorizationId(),
        found.expiry());
  }

  // --- bringing one back ---

  private int restore(CommandContext context, Resolution whose) {
    Inventory inventory = context.inventory();
    try (StoredEntries entries = inventory.entries(whose)) {
      StoredEntry newest =
          entries.stream()
              .filter(each -> each.entry().setAsideAt() != 0)
              .filter(each -> user == null || whose.isSameUser(user, each.entry().key().user()))
              .max(Comparator.comparing(each -> each.entry().setAsideAt()))
              .orElse(null);
      if (newest == null) {
        String place = whose.identity().display();
        if (inventory.isComplete()) {
          context.say("no token is set aside for " + place, "git-credential-pat list " + place);
        }
        return 1;
      }
      return restore(context, whose, newest);
    }
  }

  private int restore(CommandContext context, Resolution whose, StoredEntry newest) {
    String what = StoredEntry.describe(newest.store(), newest.entry().key());
    Verdict verdict = verdict(context, whose, newest.entry().secret());
    if (verdict != null && isRefused(verdict)) {
      sayVerdict(context, verdict, what, newest.identity());
      context.say("not restored (use --no-check to restore it anyway)");
      return 1;
    }
    TokenKeeper.Change change =
        TokenKeeper.replaceIfUnchanged(context.run(), newest, newest.entry().setAsideAt(0));
    if (change.isOvertaken()) {
      context.say("not restored: " + what + " was changed in the meantime");
    } else if (change != TokenKeeper.Change.DONE) {
      context.say("not restored: " + what);
    }
    if (change != TokenKeeper.Change.DONE) {
      return 1;
    }
    if (verdict == null) {
      context.done("restored " + what);
    } else {
      sayVerdict(context, verdict, "restored " + what, newest.identity());
    }
    return 0;
  }
}
