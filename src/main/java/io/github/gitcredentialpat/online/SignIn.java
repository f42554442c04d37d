package io.github.gitcredentialpat.online;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.azure.PatClient;
import io.github.gitcredentialpat.cli.Browser;
import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.Spinner;
import io.github.gitcredentialpat.entra.AzureCli;
import io.github.gitcredentialpat.entra.DeviceCode;
import io.github.gitcredentialpat.entra.EntraClient;
import io.github.gitcredentialpat.entra.EntraTokens;
import io.github.gitcredentialpat.entra.RememberedSignIn;
import io.github.gitcredentialpat.git.ServiceConnection;
import io.github.gitcredentialpat.http.Http;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.http.ServiceException.Reason;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.TokenFormat;
import io.github.gitcredentialpat.platform.Terminal;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.tokens.SignInKeeper;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A person's sign-in to the service that manages tokens, for which no token is good: an access
 * token of Entra, from the environment, from a sign-in that was remembered, from the Azure CLI, or
 * with a code that the person enters on a web page.
 */
public final class SignIn implements AutoCloseable {
  private static final String ACCESS_TOKEN = "AZURE_DEVOPS_ENTRA_TOKEN";
  private static final String CLIENT_ID = "GIT_CREDENTIAL_PAT_CLIENT_ID";

  private final String organization;
  private final Http http;
  private final byte[] bearer;

  private SignIn(String organization, Http http, byte[] bearer) {
    this.organization = organization;
    this.http = http;
    this.bearer = bearer;
  }

  /**
   * Signs in; asks the person if necessary and allowed.
   *
   * @param whose an organization of Azure DevOps Services
   */
  public static SignIn to(CommandContext context, Resolution whose)
      throws ServiceException, UserException, IOException, StoreException {
    return new Attempt(context, whose, null).signIn(true);
  }

  /** Signs in if that is possible without the person; absent when it is not. */
  public static @Nullable SignIn withoutAsking(CommandContext context, Resolution whose)
      throws ServiceException, UserException, IOException, StoreException {
    return new Attempt(context, whose, null).signIn(false);
  }

  /**
   * The same where somebody waits for it.
   *
   * @param limit for each request, and for the Azure CLI
   */
  static @Nullable SignIn withoutAsking(CommandContext context, Resolution whose, Duration limit)
      throws ServiceException, UserException, IOException, StoreException {
    return new Attempt(context, whose, limit).signIn(false);
  }

  /** The tokens of the organization. */
  public PatClient pats() {
    return new PatClient(http, organization, bearer);
  }

  /** The same with another limit for each request. */
  PatClient pats(Duration limit) {
    return new PatClient(http, organization, bearer, limit);
  }

  @Override
  public void close() {
    Arrays.fill(bearer, (byte) 0);
  }

  /** Tries the ways to sign in, one after the other. */
  private static final class Attempt {
    private final CommandContext context;
    private final String organization;
    private final Http http;
    private final EntraClient entra;
    private final @Nullable String clientId;
    private final AzureCli azureCli;

    Attempt(CommandContext context, Resolution whose, @Nullable Duration limit)
        throws ServiceException, UserException, IOException {
      this.context = context;
      organization = whose.identity().path();
      http = ServiceConnection.open(whose.identity(), context.environment());
      entra = limit == null ? new EntraClient(http) : new EntraClient(http, limit);
      azureCli =
          limit == null
              ? new AzureCli(context.environment())
              : new AzureCli(context.environment(), limit);
      clientId = context.run().surroundings().variable(CLIENT_ID);
    }

    @Nullable SignIn signIn(boolean mayAsk) throws ServiceException, UserException, StoreException {
      String given = context.run().surroundings().variable(ACCESS_TOKEN);
      if (given != null) {
        return with(TokenFormat.bare(given.getBytes(UTF_8)));
      }
      String tenant = entra.tenantOf(organization);
      SignInKeeper keeper =
          clientId == null ? null : new SignInKeeper(context.signIns(), tenant, clientId);
      ServiceException trouble = null;
      byte[] bearer = null;
      try {
        bearer = keeper == null ? null : remembered(keeper, tenant);
      } catch (ServiceException e) {
        // The person is wanted, for whom there are other ways below.
        if (e.reason() != Reason.UNAUTHORIZED) {
          throw e;
        }
        context.messages().trace(e);
        trouble = e;
      }
      if (bearer == null) {
        try {
          String named = tenant.equals(EntraClient.ANY_TENANT) ? null : tenant;
          bearer = azureCli.accessToken(named);
        } catch (ServiceException e) {
          context.messages().trace(e);
          trouble = trouble == null ? e : trouble;
        }
      }
      if (bearer == null && mayAsk && keeper != null && isSomebodyThere()) {
        bearer = byCode(keeper, tenant);
      }
      if (bearer == null && mayAsk) {
        if (trouble != null) {
          throw trouble;
        }
        throw notSignedIn();
      }
      return bearer == null ? null : with(bearer);
    }

    private UserException notSignedIn() {
      return UserException.couldNot(
              "not signed in to "
                  + organization
                  + "; use the Azure CLI, set "
                  + CLIENT_ID
                  + " to your app registration and run this in a terminal, or set "
                  + ACCESS_TOKEN
                  + " to an access token")
          .withHint("az login");
    }

    private SignIn with(byte[] bearer) {
      return new SignIn(organization, http, bearer);
    }

    private boolean isSomebodyThere() {
      return context.run().surroundings().mayPrompt() && Terminal.isTerminal(Terminal.ERROR);
    }

    private byte @Nullable [] remembered(SignInKeeper keeper, String tenant)
        throws ServiceException {
      EntraTokens tokens = RememberedSignIn.refresh(entra, keeper, tenant, clientId);
      return tokens == null ? null : tokens.accessToken();
    }

    private byte[] byCode(SignInKeeper keeper, String tenant)
        throws ServiceException, UserException {
      DeviceCode code = entra.begin(tenant, clientId);
      context.say("to sign in to " + organization + " open " + code.verificationUri());
      context.say("and enter the code " + code.userCode());
      Browser.open(code.verificationUri(), context.environment());
      Spinner spinner = new Spinner(context.messages(), "waiting for the sign-in");
      try {
        EntraTokens tokens = entra.await(tenant, clientId, code, spinner);
        spinner.end();
        if (tokens.refreshToken() != null && !keeper.keep(tokens.refreshToken())) {
          context.say("warning: the sign-in is not remembered, since no store can be written");
        }
        return tokens.accessToken();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw UserException.couldNot("sign-in interrupted; nothing done");
      } finally {
        spinner.end();
        code.wipe();
      }
    }
  }
}
