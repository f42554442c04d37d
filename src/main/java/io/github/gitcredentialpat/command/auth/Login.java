package io.github.gitcredentialpat.command.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.azure.Pat;
import io.github.gitcredentialpat.azure.Verdict;
import io.github.gitcredentialpat.cli.Browser;
import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.cli.TokenLifetime;
import io.github.gitcredentialpat.git.GitCommand;
import io.github.gitcredentialpat.git.GitRepository;
import io.github.gitcredentialpat.git.HelperCheck;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.TokenFormat;
import io.github.gitcredentialpat.identity.TypedPlace;
import io.github.gitcredentialpat.online.ProactiveOffer;
import io.github.gitcredentialpat.online.SignIn;
import io.github.gitcredentialpat.online.TokenChecker;
import io.github.gitcredentialpat.online.TokenDetails;
import io.github.gitcredentialpat.online.TokenSelector;
import io.github.gitcredentialpat.online.VerdictAdvice;
import io.github.gitcredentialpat.platform.Terminal;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.tokens.Inventory;
import io.github.gitcredentialpat.tokens.Invocation;
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

/** Takes a token from a person, without echo or from a pipe, and keeps it once it proved good. */
@Command(
    name = "login",
    description = {
      "Keep a token for git.",
      "Opens the page where it is made, reads it without echo, or from a pipe, asks the service"
          + " whether it is good, and stores it.",
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
      description = "The organization, collection or host; else that of this repository's remote.")
  private @Nullable String place;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description = "Keep it beside those of other accounts of the organization.")
  private @Nullable String user;

  @Option(
      names = "--name",
      paramLabel = "TEXT",
      description = "The token's name at the service, for lists.")
  private @Nullable String name;

  @Option(
      names = "--expires",
      paramLabel = "DATE|DAYS",
      description = "When it expires, as in 2027-02-01 or 90, to be warned before.")
  private @Nullable String expires;

  @Option(names = "--no-check", description = "Do not ask the service whether it is good.")
  private boolean noCheck;

  @Option(names = "--no-browser", description = "Print the page's address, do not open it.")
  private boolean noBrowser;

  @Option(
      names = "--no-configure",
      description = "Leave git as it is, even if it does not ask this helper yet.")
  private boolean noConfigure;

  @Option(
      names = "--proactive",
      description = "Fail where git cannot be told to send it with its first request.")
  private boolean proactive;

  @Option(
      names = "--restore",
      description = "Bring back a token that a server refused and that was set aside.")
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
    if (user == null && whose.kind() == Resolution.Kind.HOST) {
      throw UserException.wrongUsage(
          whose.identity().display() + " is not Azure DevOps and wants a user name; add --user");
    }
    Secret token = Secret.password(token(context, whose));
    try {
      if (!TokenFormat.isLike(new String(token.bytes(), UTF_8)) && whose.isAzure()) {
        context.say("this does not look like a personal access token; going on all the same");
      }
      Verdict verdict = verdict(context, whose, token);
      if (verdict != null && isRefused(verdict)) {
        String what = "what was typed";
        context.say(VerdictAdvice.on(verdict, what, whose.identity(), context.run().now()));
        context.say("nothing is stored; --no-check would store it all the same");
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
        context.say(whyNot + "; the token is stored all the same");
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
        throw UserException.couldNot("no token was typed; nothing is stored");
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
          "no token came from standard input; type the command in a terminal, or pipe the token"
              + " into it");
    }
    String fault =
        token.length >= LONGEST
            ? "is longer than git can take"
            : hasControls(token)
                ? "holds a line break or another control character"
                : whose.isAzure() && TokenFormat.isUnresolved(token)
                    ? "is an expression that the pipeline did not replace"
                    : null;
    if (fault != null) {
      Arrays.fill(token, (byte) 0);
      throw UserException.couldNot("what came in " + fault + "; nothing is stored");
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
    String page = whose.tokenPage();
    if (page == null) {
      return;
    }
    boolean opened = !noBrowser && Browser.open(page, context.environment());
    context.say(
        "make a token at "
            + Resolution.tokenPages(whose.identity())
            + (opened ? ", which opens now," : "")
            + " with the scope Code (Read & write), and paste it here");
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

  /** A token that may do nothing for git is kept all the same: feeds want other scopes. */
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
      throws StoreException {
    Invocation run = context.run();
    String owner = verdict == null || verdict.owner() == null ? null : verdict.owner().account();
    Entry entry = details(context, whose, expiry).entry(whose, token, run.now());
    Store store = new TokenKeeper(run, whose, user).keep(entry, owner);
    if (store == null) {
      return false;
    }
    String what = Wording.secretOf(whose);
    context.say(
        verdict == null
            ? what + " is stored in " + store.name()
            : VerdictAdvice.on(verdict, what, whose.identity(), run.now()));
    if (verdict != null) {
      context.say("it is stored in " + store.name() + expiryLine(entry.expiry()));
    }
    return true;
  }

  private static String expiryLine(@Nullable Expiry expiry) {
    return expiry == null
        ? "; add --expires to be warned before it dies"
        : ", and you are warned a week before " + Wording.date(expiry.at());
  }

  /** What the service knows of the token with the name that the person gave. */
  private TokenDetails details(CommandContext context, Resolution whose, @Nullable Expiry expiry) {
    TokenDetails typed = new TokenDetails(name, null, null, expiry);
    if (name == null || noCheck || whose.kind() != Resolution.Kind.ORGANIZATION) {
      return typed;
    }
    try (SignIn signIn = SignIn.withoutAsking(context, whose)) {
      Pat found = signIn == null ? null : TokenSelector.named(signIn.pats(), name);
      if (found == null) {
        return typed;
      }
      VerdictAdvice.onGlobal(context, found, whose.identity().display());
      return TokenDetails.of(found);
    } catch (ServiceException | UserException | IOException | StoreException e) {
      context.messages().trace(e);
      return typed;
    }
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
          context.say("no token is set aside for " + place);
          context.messages().hint("git-credential-pat list " + place);
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
      context.say(VerdictAdvice.on(verdict, what, newest.identity(), context.run().now()));
      context.say("it stays set aside; --no-check would bring it back all the same");
      return 1;
    }
    TokenKeeper.Change change =
        TokenKeeper.replaceIfUnchanged(context.run(), newest, newest.entry().setAsideAt(0));
    if (change.isOvertaken()) {
      context.say(what + " was changed meanwhile; it stays as it is");
    } else if (change != TokenKeeper.Change.DONE) {
      context.say(what + " could not be brought back");
    }
    if (change != TokenKeeper.Change.DONE) {
      return 1;
    }
    context.say(
        verdict == null
            ? what + " is back"
            : VerdictAdvice.on(
                verdict, what + ", which is back,", newest.identity(), context.run().now()));
    return 0;
  }
}
