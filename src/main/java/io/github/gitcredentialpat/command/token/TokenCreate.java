package io.github.gitcredentialpat.command.token;

import io.github.gitcredentialpat.azure.Pat;
import io.github.gitcredentialpat.azure.ScopeNames;
import io.github.gitcredentialpat.azure.Scopes;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.cli.TokenLifetime;
import io.github.gitcredentialpat.cli.UserChoice;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.online.CreatedToken;
import io.github.gitcredentialpat.online.PatWording;
import io.github.gitcredentialpat.online.ProactiveOffer;
import io.github.gitcredentialpat.online.TokenDetails;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Program;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.TokenUse;
import io.github.gitcredentialpat.tokens.SharedStores;
import io.github.gitcredentialpat.tokens.StoredEntry;
import io.github.gitcredentialpat.tokens.TokenKeeper;
import io.github.gitcredentialpat.tokens.Wording;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Creates a token at the service and stores it at once; nobody ever sees it. */
@Command(
    name = "create",
    description = {
      "Create a token on the server and store it.",
      "A token that is not for git is stored beside git's token.",
      ""
    },
    footer = {
      "",
      "Scopes: git-read, git, packages, full-access; \"token scopes\" lists all names.",
      "Example: git-credential-pat token create contoso --scopes git --expires 90",
      "Example: git-credential-pat token create contoso --scopes packages",
      "Example: git-credential-pat token create contoso --scopes \"Agent Pools (Read & manage)\""
    })
final class TokenCreate extends TokenCommand {
  private static final Secret NO_SECRET = Secret.password(new byte[0]);

  @Option(names = "--name", paramLabel = "TEXT", description = "The token's name on the server.")
  private @Nullable String name;

  @Option(
      names = "--scopes",
      paramLabel = "SCOPES",
      completionCandidates = ScopeNames.class,
      defaultValue = "git",
      description = "Its scopes (default: ${DEFAULT-VALUE}).")
  private String scopes;

  @Option(
      names = "--expires",
      paramLabel = "DATE|DAYS",
      defaultValue = "30",
      description = "Expiry date or days (default: ${DEFAULT-VALUE} days).")
  private String expires;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description = "Store it for this account, beside other accounts' tokens.")
  private @Nullable String user;

  @Option(
      names = {"--replace", "--yes"},
      description = "Replace git's token even though the new one cannot be used for git.")
  private boolean replace;

  TokenCreate(GlobalOptions global) {
    super(global);
  }

  @Override
  public void checkArguments() throws UserException {
    TokenLifetime.end(expires, Instant.now().getEpochSecond());
    scopes(scopes);
  }

  @Override
  int run(Desk desk) throws ServiceException, UserException, StoreException {
    SharedStores.checkPlace(
        desk.context().run(), "token create " + Console.word(desk.organization()));
    Scopes.Parsed wanted = scopes(scopes);
    wanted.warnings().forEach(desk::say);
    boolean forGit = !TokenUse.GIT.isRuledOutBy(wanted.scope());
    String named = user != null || forGit ? user : nameBeside(desk, wanted.scope());
    TokenKeeper keeper = new TokenKeeper(desk.context().run(), desk.whose(), named);
    sayWhatIsReplaced(desk, keeper, named, wanted.scope());
    long end = TokenLifetime.end(expires, desk.now());
    String called = name == null ? defaultName(desk.now()) : name;
    Pat token = desk.pats().create(called, wanted.scope(), Instant.ofEpochSecond(end));
    Secret secret = CreatedToken.secret(token);
    Store store = null;
    try {
      Entry entry = TokenDetails.of(token).entry(desk.whose(), secret, desk.now());
      store = keeper.keep(entry, null);
    } finally {
      secret.wipe();
      if (store == null) {
        CreatedToken.takeBack(desk.context(), desk.pats(), desk.organization(), token);
      }
    }
    if (store == null) {
      return 1;
    }
    desk.context()
        .done(
            PatWording.summary("created", token, desk.organization())
                + PatWording.clamped(token, end)
                + ", stored in "
                + store.name()
                + (named == null ? "" : " (" + named + ")"));
    if (forGit) {
      ProactiveOffer.useFor(desk.context(), desk.whose().identity(), desk.organization());
    }
    return 0;
  }

  /** The user name under which a token that is not for git is stored beside git's. */
  private @Nullable String nameBeside(Desk desk, String scope) throws UserException {
    if (!replace) {
      return Scopes.page(scope);
    }
    List<EntryKey> keys =
        desk.stored().stream().map(each -> each.entry().key()).distinct().toList();
    if (keys.size() > 1) {
      throw UserException.wrongUsage(
          "several tokens are stored for "
              + desk.organization()
              + "; choose the account with --user: "
              + UserChoice.accounts(keys, key -> key));
    }
    return keys.isEmpty() ? null : keys.get(0).user();
  }

  /**
   * Warns, before anything is done, that the old token stays valid at the service while its secret
   * is gone.
   */
  private static void sayWhatIsReplaced(
      Desk desk, TokenKeeper keeper, @Nullable String named, String scope) {
    Entry token =
        new TokenDetails(null, scope, null, null).entry(desk.whose(), NO_SECRET, desk.now());
    List<Entry> stored = desk.stored().stream().map(StoredEntry::entry).toList();
    EntryKey found = keeper.replaced(stored, token, named);
    EntryKey replaced = found == null ? new EntryKey(desk.whose().identity(), named) : found;
    for (Entry each : stored) {
      if (!each.key().equals(replaced) || each.isOver(desk.now())) {
        continue;
      }
      String line =
          "warning: this replaces the token"
              + (each.name() == null ? "" : " " + each.name())
              + " of "
              + StoredEntry.describe(replaced)
              + ", which stays valid on the server until revoked";
      String id = each.authorizationId();
      desk.say(
          line,
          id == null ? null : "git-credential-pat token revoke " + desk.organization() + " " + id);
      return;
    }
  }

  /** A name with the day, since the service refuses a name that is taken. */
  private static String defaultName(long now) {
    String host = "this machine";
    try {
      host = InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      // It has no name.
    }
    return Program.NAME + " on " + host + " " + Wording.date(now);
  }
}
