package io.github.gitcredentialpat.command.token;

import io.github.gitcredentialpat.azure.Pat;
import io.github.gitcredentialpat.azure.PatClient;
import io.github.gitcredentialpat.azure.Scopes;
import io.github.gitcredentialpat.cli.Browser;
import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.cli.UserChoice;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.http.ServiceException.Reason;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.TokenPage;
import io.github.gitcredentialpat.identity.TypedPlace;
import io.github.gitcredentialpat.online.SignIn;
import io.github.gitcredentialpat.online.TokenDetails;
import io.github.gitcredentialpat.online.TokenSelector;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.tokens.SharedStores;
import io.github.gitcredentialpat.tokens.StoredEntry;
import io.github.gitcredentialpat.tokens.TokenKeeper;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Parameters;

/** The base of the commands for tokens at the service: an organization and a sign-in. */
public abstract class TokenCommand implements Callable<Integer> {
  private final GlobalOptions global;

  @Parameters(
      index = "0",
      paramLabel = "ORG|URL",
      description = "Organization of Azure DevOps Services.")
  private String place;

  TokenCommand(GlobalOptions global) {
    this.global = global;
  }

  /**
   * What such a command works with.
   *
   * @param context the context
   * @param whose the organization
   * @param pats its tokens at the service
   * @param stored what is stored here for it
   */
  record Desk(CommandContext context, Resolution whose, PatClient pats, List<StoredEntry> stored) {
    String organization() {
      return whose.identity().path();
    }

    long now() {
      return context.run().now();
    }

    void say(String line) {
      context.say(line);
    }

    void say(String line, @Nullable String command) {
      context.say(line, command);
    }

    /**
     * Checks that the stored copies of a token may be changed along with it.
     *
     * @param command what the person typed, such as {@code token revoke}
     */
    void check(Pat token, String command) throws UserException {
      for (StoredEntry each : stored) {
        if (TokenSelector.isSame(token, each.entry())) {
          SharedStores.check(each.store(), command + " " + Console.word(organization()));
        }
      }
    }

    /** Updates the stored copies of a token by what the service now says. */
    void update(Pat token) {
      for (StoredEntry each : stored) {
        Entry entry = each.entry();
        if (!TokenSelector.isSame(token, entry)) {
          continue;
        }
        Entry updated =
            TokenDetails.of(token)
                .entry(entry.key(), entry.secret(), entry.storedAt())
                .setAsideAt(entry.setAsideAt());
        TokenKeeper.replaceIfUnchanged(context.run(), each, updated);
      }
    }
  }

  @Override
  public final Integer call() throws ServiceException, UserException, IOException, StoreException {
    checkArguments();
    CommandContext context = global.context();
    Resolution whose = TypedPlace.resolve(place);
    String page = TokenPage.of(whose);
    if (whose.kind() != Resolution.Kind.ORGANIZATION) {
      boolean opened = page != null && Browser.open(page, context.environment());
      throw UserException.couldNot(
          "only Azure DevOps Services lets programs manage tokens, not "
              + whose.identity().display()
              + (page == null
                  ? ""
                  : "; manage them at " + page + (opened ? ", which opens now" : "")));
    }
    try (SignIn signIn = SignIn.to(context, whose)) {
      List<StoredEntry> stored = context.inventory().entries(whose);
      try {
        List<StoredEntry> meant =
            UserChoice.of(stored, each -> each.entry().key(), whose, account());
        return run(new Desk(context, whose, signIn.pats(), meant));
      } finally {
        stored.forEach(each -> each.entry().wipe());
      }
    } catch (ServiceException e) {
      if (e.reason() == Reason.UNSUPPORTED && page != null) {
        Browser.open(page, context.environment());
      }
      throw e;
    }
  }

  /** Checks the arguments before anybody is asked to sign in. */
  public void checkArguments() throws UserException {}

  /** The account whose tokens are meant, of several that are stored; absent for all. */
  @Nullable String account() {
    return null;
  }

  /** Runs after signing in. */
  abstract int run(Desk desk) throws ServiceException, UserException, IOException, StoreException;

  /** What a person typed after {@code --scopes}, as the service wants it. */
  static Scopes.Parsed scopes(String typed) throws UserException {
    try {
      return Scopes.parse(typed);
    } catch (IllegalArgumentException e) {
      throw UserException.wrongUsage(e.getMessage());
    }
  }
}
