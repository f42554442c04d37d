package io.github.gitcredentialpat.entra;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.git.ServiceConnection;
import io.github.gitcredentialpat.http.Http;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.http.ServiceException.Reason;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.TokenFormat;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.StoreChain;
import io.github.gitcredentialpat.tokens.Invocation;
import io.github.gitcredentialpat.tokens.SignInKeeper;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ways to an access token that need no person, one after the other as Microsoft's own clients
 * try them: workload identity, App Service, a virtual machine, for an organization of Azure DevOps
 * a pipeline, the Azure CLI, and a sign-in that is remembered. One that is not set up here is
 * passed over in silence; one that is set up and fails leaves its reason, and the next one is
 * tried.
 */
public final class AccessTokenLadder {
  public static final String PIPELINE_TOKEN = "SYSTEM_ACCESSTOKEN";
  public static final String PIPELINE_COLLECTION = "SYSTEM_COLLECTIONURI";
  public static final String APPLICATION = "GIT_CREDENTIAL_PAT_CLIENT_ID";

  /** A job's token that does not say when it dies. */
  private static final Duration UNKNOWN_LIFE = Duration.ofHours(1);

  /** The least that is left of one that the Azure CLI hands out; too little to keep it. */
  private static final Duration SHORT_LIFE = Duration.ofMinutes(5);

  /** Where sign-ins are remembered. */
  public interface SignIns {
    /** The stores to look in; opened only where no other way led anywhere. */
    StoreChain open();
  }

  /**
   * Why a way led nowhere.
   *
   * @param rung the way, for a person
   * @param problem what happened, and what to do
   */
  public record Failure(String rung, ServiceException problem) {}

  private final Environment surroundings;
  private final SignIns signIns;
  private final Audience audience;
  private final List<Failure> failures = new ArrayList<>();
  private @Nullable Failure notSignedIn;
  private @Nullable Http http;
  private @Nullable String tenant;

  /**
   * For one service.
   *
   * @param audience what the token is for
   */
  public AccessTokenLadder(Environment surroundings, SignIns signIns, Audience audience) {
    this.surroundings = surroundings;
    this.signIns = signIns;
    this.audience = audience;
  }

  /** What went wrong on the way; where nothing was found at all, also that nobody is signed in. */
  public List<Failure> failures() {
    return failures;
  }

  /**
   * The first access token that can be had, which the caller wipes; absent when there is none.
   *
   * @param refused one that a server refused: a way that leads to it again leads nowhere; absent
   *     for none
   */
  public @Nullable IssuedToken climb(byte @Nullable [] refused) {
    for (Rung rung : Rung.values()) {
      surroundings
          .deadline()
          .doing("asking " + rung.asked + " for an access token (" + rung.display + ")");
      try {
        EntraTokens tokens = ask(rung);
        if (tokens != null) {
          if (tokens.refreshToken() != null) {
            Arrays.fill(tokens.refreshToken(), (byte) 0);
          }
          EntraHttp.bearer(tokens.accessToken());
          if (refused != null && Arrays.equals(tokens.accessToken(), refused)) {
            Arrays.fill(tokens.accessToken(), (byte) 0);
            throw refusedAgain();
          }
          return new IssuedToken(rung.display, tokens.accessToken(), tokens.expiresAt());
        }
      } catch (ServiceException e) {
        Failure failure = new Failure(rung.display, e);
        if (rung == Rung.AZURE_CLI && e.reason() == Reason.UNAUTHORIZED) {
          // It may be here for other things; of interest only where nobody else answers.
          notSignedIn = failure;
        } else {
          failures.add(failure);
        }
      }
    }
    if (notSignedIn != null) {
      failures.add(notSignedIn);
    }
    return null;
  }

  private ServiceException refusedAgain() {
    return new ServiceException(
            Reason.REFUSED,
            "gave the access token again that the server rejected; make sure that its account is "
                + audience.requiredOfAccounts())
        .withHint(audience.commandAfterRejection());
  }

  private enum Rung {
    WORKLOAD_IDENTITY("workload identity", "Entra"),
    APP_SERVICE("App Service identity", "App Service"),
    VIRTUAL_MACHINE("virtual machine identity", "the metadata service"),
    PIPELINE("pipeline", "the pipeline"),
    AZURE_CLI("Azure CLI", "the Azure CLI"),
    SIGN_IN("remembered sign-in", "Entra");

    private final String display;
    private final String asked;

    Rung(String display, String asked) {
      this.display = display;
      this.asked = asked;
    }
  }

  private @Nullable EntraTokens ask(Rung rung) throws ServiceException {
    return switch (rung) {
      case WORKLOAD_IDENTITY ->
          WorkloadIdentity.isSet(surroundings)
              ? WorkloadIdentity.token(surroundings, audience.resource(), http(), limit())
              : null;
      case APP_SERVICE -> {
        ManagedIdentity identity = new ManagedIdentity(surroundings, audience.resource());
        yield identity.isAppService() ? identity.ofAppService(limit()) : null;
      }
      case VIRTUAL_MACHINE ->
          new ManagedIdentity(surroundings, audience.resource()).ofVirtualMachine(limit());
      case PIPELINE -> ofPipeline();
      case AZURE_CLI -> ofAzureCli();
      case SIGN_IN -> ofSignIn();
    };
  }

  /** A job's token is made for the organization that its agent works for, and goes to no other. */
  private @Nullable EntraTokens ofPipeline() throws ServiceException {
    String token = surroundings.variable(PIPELINE_TOKEN);
    if (token == null || !audience.place().isOrganization()) {
      return null;
    }
    String collection = surroundings.variable(PIPELINE_COLLECTION);
    if (collection == null) {
      throw new ServiceException(
          Reason.UNSUPPORTED,
          PIPELINE_TOKEN + " is ignored, since " + PIPELINE_COLLECTION + " is not set; set both");
    }
    Identity identity = Resolution.parse(collection.strip()).identity();
    if (identity == null || !identity.equals(audience.place())) {
      return null;
    }
    byte[] bare = TokenFormat.bare(token.getBytes(UTF_8));
    if (bare.length == 0 || TokenFormat.isUnresolved(bare)) {
      throw new ServiceException(
          Reason.UNSUPPORTED,
          PIPELINE_TOKEN + " is an expression that the pipeline did not replace; map it in env:");
    }
    Instant expiry = AccessToken.expiryOf(bare);
    Instant now = Instant.now();
    if (expiry != null && !expiry.isAfter(now)) {
      throw new ServiceException(
          Reason.UNAUTHORIZED, "the job's token has expired; raise the job's time limit");
    }
    return new EntraTokens(bare, null, expiry == null ? now.plus(UNKNOWN_LIFE) : expiry);
  }

  private @Nullable EntraTokens ofAzureCli() throws ServiceException {
    AzureCli cli = new AzureCli(surroundings.environment());
    if (!cli.isThere()) {
      return null;
    }
    String named = tenant();
    byte[] token =
        new AzureCli(surroundings.environment(), limit())
            .accessToken(audience.resource(), named.equals(EntraClient.ANY_TENANT) ? null : named);
    if (token == null) {
      return null;
    }
    Instant expiry = AccessToken.expiryOf(token);
    return new EntraTokens(token, null, expiry == null ? Instant.now().plus(SHORT_LIFE) : expiry);
  }

  private @Nullable EntraTokens ofSignIn() throws ServiceException {
    String application = surroundings.variable(APPLICATION);
    if (application == null || !audience.isInPublicCloud()) {
      return null;
    }
    String named = tenant();
    EntraClient entra = new EntraClient(http(), Authority.PUBLIC, limit(), audience.resource());
    // Stores that are read give the run its whole time again: only a prompt may do that here.
    Deadline deadline = surroundings.deadline();
    long end = deadline.remainingMillis() + System.nanoTime() / 1_000_000;
    try {
      return RememberedSignIn.refresh(
          entra, new SignInKeeper(invocation(), named, application), named, application);
    } finally {
      deadline.shortenTo(end - System.nanoTime() / 1_000_000);
    }
  }

  private Invocation invocation() {
    Console messages = surroundings.messages();
    return new Invocation(
        signIns.open(),
        surroundings,
        messages == null ? new Console(OutputStream.nullOutputStream(), false) : messages,
        Instant.now().getEpochSecond());
  }

  /** Asked of the service itself, once for all who need to know. */
  private String tenant() throws ServiceException {
    if (tenant == null) {
      tenant = audience.tenant(http(), limit());
    }
    return tenant;
  }

  private Http http() throws ServiceException {
    if (http == null) {
      try {
        http = ServiceConnection.open(audience.place(), surroundings.environment());
      } catch (UserException | IOException e) {
        throw new ServiceException(Reason.UNREACHABLE, String.valueOf(e.getMessage()), e);
      }
    }
    return http;
  }

  /** What is left of the run, of which git waits for the whole. */
  private Duration limit() throws ServiceException {
    long millis = surroundings.deadline().exchangeMillis();
    if (millis == 0) {
      throw new ServiceException(Reason.TIMEOUT, "no time left while git waits; ask without git")
          .withHint(audience.commandWithoutGit());
    }
    return Duration.ofMillis(millis);
  }
}
