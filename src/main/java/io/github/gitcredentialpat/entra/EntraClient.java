package io.github.gitcredentialpat.entra;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.gitcredentialpat.http.FormEncoder;
import io.github.gitcredentialpat.http.Http;
import io.github.gitcredentialpat.http.JsonTrees;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.http.ServiceException.Reason;
import io.github.gitcredentialpat.http.ServiceText;
import io.github.gitcredentialpat.identity.OrganizationName;
import io.github.gitcredentialpat.identity.TokenPage;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Microsoft Entra, which signs people in: access tokens for a service by way of a code that a
 * person enters in a browser (RFC 8628), for an application that the person or an administrator
 * registered. How to have one from the Azure CLI: {@link AzureCli}.
 */
public final class EntraClient {
  /** Azure DevOps, as Entra knows it. */
  public static final String AZURE_DEVOPS = "499b84ac-1321-427f-aa17-267ca6975798";

  /** The tenant that stands for the one of whoever signs in. */
  public static final String ANY_TENANT = "organizations";

  private static final long DAY = 86_400;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /**
   * What Entra says of a refresh token that is malformed, expired, or revoked with a password
   * (Microsoft: "Microsoft Entra authentication and authorization error codes").
   */
  private static final Set<String> DEAD =
      Set.of(
          "AADSTS70000",
          "AADSTS70008",
          "AADSTS70043",
          "AADSTS50089",
          "AADSTS50173",
          "AADSTS700081",
          "AADSTS700082",
          "AADSTS700084",
          "AADSTS9002313");

  /** What polling slows down by, and its pace where Entra names none (RFC 8628, section 3.5). */
  private static final Duration STEP = Duration.ofSeconds(5);

  /** Lets time pass. */
  interface Pause {
    /** Waits. */
    void of(Duration duration) throws InterruptedException;
  }

  private final Http http;
  private final URI authority;
  private final Duration limit;
  private final String scope;
  private final Clock clock;
  private final Pause pause;

  /** Asked in this way, for Azure DevOps. */
  public EntraClient(Http http) {
    this(http, LIMIT);
  }

  /**
   * The same with another limit.
   *
   * @param limit for each request
   */
  public EntraClient(Http http, Duration limit) {
    this(http, Authority.PUBLIC, limit, AZURE_DEVOPS);
  }

  /**
   * Asked at this authority, for this service.
   *
   * @param limit for each request
   * @param resource the service as Entra knows it
   */
  EntraClient(Http http, URI authority, Duration limit, String resource) {
    this(
        http,
        authority,
        limit,
        resource,
        Clock.systemUTC(),
        duration -> Thread.sleep(duration.toMillis()));
  }

  EntraClient(Http http, Clock clock, Pause pause) {
    this(http, Authority.PUBLIC, LIMIT, AZURE_DEVOPS, clock, pause);
  }

  private EntraClient(
      Http http, URI authority, Duration limit, String resource, Clock clock, Pause pause) {
    this.http = http;
    this.authority = authority;
    this.limit = limit;
    this.scope = resource + "/.default";
    this.clock = clock;
    this.pause = pause;
  }

  /**
   * The tenant that the people of an organization belong to.
   *
   * @return its id, or {@link #ANY_TENANT} when Azure DevOps does not say
   * @throws ServiceException {@code UNSUPPORTED} when they have personal Microsoft accounts, which
   *     Entra gives no access token of this kind
   */
  public String tenantOf(String organization) throws ServiceException {
    // No secret goes there: anybody may ask.
    Http.Answer answer =
        http.beginning(
            URI.create("https://dev.azure.com/" + OrganizationName.requirePlain(organization)),
            Map.of("Accept", "application/json", "X-TFS-FedAuthRedirect", "Suppress"),
            limit);
    String tenant = answer.header("X-VSS-ResourceTenant").trim();
    if (!Tenant.isId(tenant)) {
      tenant = "";
      for (String challenge : answer.headers().allValues("WWW-Authenticate")) {
        String named = Tenant.tenantIn(challenge);
        tenant = named == null ? tenant : named;
      }
    }
    if (tenant.equals(Tenant.NO_TENANT)) {
      throw new ServiceException(
          Reason.UNSUPPORTED,
          "cannot sign in to "
              + organization
              + ": it uses personal Microsoft accounts; manage tokens at "
              + TokenPage.ofOrganization(organization));
    }
    return tenant.isEmpty() ? ANY_TENANT : tenant.toLowerCase(Locale.ROOT);
  }

  /**
   * Begins a sign-in.
   *
   * @param tenant the id or a domain of the tenant, or {@link #ANY_TENANT}
   * @param clientId the id of an application that allows public client flows
   * @throws ServiceException {@code REFUSED} when there is no such tenant or application
   * @throws IllegalArgumentException when it can be no tenant
   */
  public DeviceCode begin(String tenant, String clientId) throws ServiceException {
    FormEncoder form =
        new FormEncoder().add("client_id", clientId).add("scope", scope + " offline_access");
    ObjectNode answer = post(tenant, "devicecode", form);
    EntraError.requireNoError(answer, tenant, clientId);
    String userCode = JsonTrees.text(answer, "user_code");
    String address = JsonTrees.text(answer, "verification_uri");
    String deviceCode = JsonTrees.text(answer, "device_code");
    if (userCode.isEmpty() || deviceCode.isEmpty() || !isWebAddress(address)) {
      throw EntraError.notUnderstood(tenant);
    }
    return new DeviceCode(
        ServiceText.oneLine(userCode),
        address,
        deviceCode.getBytes(UTF_8),
        Duration.ofSeconds(seconds(answer, "interval", STEP.toSeconds(), 60)),
        clock.instant().plusSeconds(seconds(answer, "expires_in", 900, DAY)),
        ServiceText.oneLine(JsonTrees.text(answer, "message")));
  }

  /**
   * Waits until the person has signed in. A network that fails meanwhile is no reason to give up.
   *
   * @param tenant as it was begun with
   * @param clientId as it was begun with
   * @param stillWaiting called each time that the person has not yet done it
   * @throws ServiceException {@code UNAUTHORIZED} when the person declined or was too late
   * @throws InterruptedException when this thread was interrupted
   */
  public EntraTokens await(String tenant, String clientId, DeviceCode code, Runnable stillWaiting)
      throws ServiceException, InterruptedException {
    Duration interval = code.interval();
    ServiceException trouble = null;
    while (clock.instant().isBefore(code.expiresAt())) {
      pause.of(interval);
      ObjectNode answer = null;
      try {
        answer =
            post(
                tenant,
                "token",
                new FormEncoder()
                    .add("grant_type", "urn:ietf:params:oauth:grant-type:device_code")
                    .add("client_id", clientId)
                    .add("device_code", code.deviceCode()));
        trouble = null;
      } catch (ServiceException e) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        trouble = e;
      }
      String error = answer == null ? "" : JsonTrees.text(answer, "error");
      if (answer == null || error.equals("slow_down")) {
        interval = interval.plus(STEP);
      } else if (!error.equals("authorization_pending")) {
        EntraError.requireNoError(answer, tenant, clientId);
        return tokens(answer, tenant);
      }
      stillWaiting.run();
    }
    if (trouble != null) {
      throw trouble;
    }
    throw EntraError.tooLate(tenant);
  }

  /**
   * A new access token without the person.
   *
   * @return absent when the refresh token is of no use any more: expired, revoked or unknown
   * @throws ServiceException {@code UNAUTHORIZED} when the person has to do something, such as to
   *     give consent or another factor: the refresh token itself is still good
   */
  public @Nullable EntraTokens refresh(String tenant, String clientId, byte[] refreshToken)
      throws ServiceException {
    ObjectNode answer =
        post(
            tenant,
            "token",
            new FormEncoder()
                .add("grant_type", "refresh_token")
                .add("client_id", clientId)
                .add("scope", scope + " offline_access")
                .add("refresh_token", refreshToken));
    if (isDead(answer)) {
      return null;
    }
    EntraError.requireNoError(answer, tenant, clientId);
    return tokens(answer, tenant);
  }

  /**
   * An access token for an application that proves who it is with a token of its platform's
   * (workload identity federation).
   *
   * @param assertion the platform's token
   * @throws ServiceException {@code REFUSED} when Entra does not take it
   */
  EntraTokens byAssertion(String tenant, String clientId, byte[] assertion)
      throws ServiceException {
    ObjectNode answer =
        post(
            tenant,
            "token",
            new FormEncoder()
                .add("grant_type", "client_credentials")
                .add("client_id", clientId)
                .add("scope", scope)
                .add(
                    "client_assertion_type",
                    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
                .add("client_assertion", assertion));
    String error = JsonTrees.text(answer, "error");
    if (!error.isEmpty()) {
      throw EntraError.refused(
          Reason.REFUSED,
          "Entra refused the federated token"
              + EntraError.says(JsonTrees.text(answer, "error_description")),
          tenant,
          "check the federated credential of application " + ServiceText.oneLine(clientId),
          error);
    }
    return tokens(answer, tenant);
  }

  /**
   * Whether Entra says of the refresh token itself that it is no good. It answers {@code
   * invalid_grant} to much else too: where consent or another factor is missing, or a policy
   * forbids this device.
   */
  private static boolean isDead(ObjectNode answer) {
    if (!JsonTrees.text(answer, "error").equals("invalid_grant")) {
      return false;
    }
    String suberror = JsonTrees.text(answer, "suberror");
    if (!suberror.isEmpty()) {
      return suberror.equals("bad_token") || suberror.equals("token_expired");
    }
    // AADSTS700082: The refresh token has expired due to inactivity. …
    String text = JsonTrees.text(answer, "error_description");
    int end = text.indexOf(':');
    return end > 0 && DEAD.contains(text.substring(0, end));
  }

  private ObjectNode post(String tenant, String what, FormEncoder form) throws ServiceException {
    URI uri = URI.create(authority + "/" + Tenant.requireTenant(tenant) + "/oauth2/v2.0/" + what);
    byte[] body = form.bytes();
    try {
      Http.Answer answer = EntraHttp.post(http, authority, uri, body, limit);
      ObjectNode object = JsonTrees.object(answer.body());
      // What is wrong is told in JSON with status 400 or 401; of a bad day say nothing else.
      boolean isItsFault = answer.status() == 429 || answer.status() >= 500;
      if (isItsFault || (answer.status() != 200 && JsonTrees.text(object, "error").isEmpty())) {
        throw new ServiceException(
            Reason.UNEXPECTED,
            "Entra "
                + (answer.status() == 429 ? "is too busy" : "failed")
                + " (HTTP "
                + answer.status()
                + ") for tenant "
                + tenant
                + "; try again "
                + answer.retry());
      }
      if (object == null) {
        throw EntraError.notUnderstood(tenant);
      }
      return object;
    } finally {
      Arrays.fill(body, (byte) 0);
      form.wipe();
    }
  }

  private EntraTokens tokens(ObjectNode answer, String tenant) throws ServiceException {
    String access = JsonTrees.text(answer, "access_token");
    String refresh = JsonTrees.text(answer, "refresh_token");
    if (access.isEmpty()) {
      throw EntraError.notUnderstood(tenant);
    }
    return new EntraTokens(
        access.getBytes(US_ASCII),
        refresh.isEmpty() ? null : refresh.getBytes(US_ASCII),
        clock.instant().plusSeconds(seconds(answer, "expires_in", 3600, DAY)));
  }

  /** A number that makes sense, whatever the service says. */
  private static long seconds(ObjectNode answer, String field, long otherwise, long most) {
    return Math.min(most, Math.max(1, answer.path(field).asLong(otherwise)));
  }

  private static boolean isWebAddress(String text) {
    try {
      URI uri = new URI(text);
      return "https".equals(uri.getScheme()) && uri.getHost() != null;
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
