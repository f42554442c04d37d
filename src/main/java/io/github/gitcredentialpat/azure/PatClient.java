package io.github.gitcredentialpat.azure;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.gitcredentialpat.entra.AccessToken;
import io.github.gitcredentialpat.entra.EntraHttp;
import io.github.gitcredentialpat.http.FormEncoder;
import io.github.gitcredentialpat.http.Http;
import io.github.gitcredentialpat.http.JsonTrees;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.http.ServiceException.Reason;
import io.github.gitcredentialpat.http.ServiceText;
import io.github.gitcredentialpat.identity.OrganizationName;
import io.github.gitcredentialpat.identity.TokenPage;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

// More than 400 lines: one method for each call of the API, and what its answers mean.
/**
 * A person's tokens in one organization of Azure DevOps Services: its PAT lifecycle API, for which
 * no PAT is good but only an Entra access token of that person.
 *
 * <p>Every method throws an {@link ServiceException}: {@code UNAUTHORIZED} when the access token is
 * not accepted, {@code REFUSED} with the service's name for the error when a policy or a rule
 * forbids it, {@code UNSUPPORTED} where the organization has no such interface.
 */
public final class PatClient {
  /** Which tokens a list shows. */
  public enum Filter {
    /** Tokens that work. */
    ACTIVE,
    /** Revoked tokens. */
    REVOKED,
    /** Expired tokens. */
    EXPIRED,
    /** All tokens. */
    ALL;

    /** The name as the service and a person write it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final String VERSION = "7.1-preview.1";
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** The most that the service puts on one page. */
  private static final int PAGE = 100;

  /** Far more than a person has. */
  private static final int MOST_PAGES = 100;

  /** All pages of a list together may take this many times the limit of one request. */
  private static final int LIST_LIMIT = 4;

  private final Http http;
  private final String organization;
  private final byte[] bearer;
  private final Duration limit;

  /**
   * A client for one organization.
   *
   * @param organization its name
   * @param bearer an Entra access token with {@code vso.pats} and {@code vso.pats_manage}; kept,
   *     not copied, and the caller wipes it
   * @throws IllegalArgumentException when it is not the name of an organization
   */
  public PatClient(Http http, String organization, byte[] bearer) {
    this(http, organization, bearer, LIMIT);
  }

  /**
   * The same with another limit.
   *
   * @param limit for each request
   */
  public PatClient(Http http, String organization, byte[] bearer, Duration limit) {
    this.http = http;
    this.organization = OrganizationName.requirePlain(organization);
    this.bearer = bearer;
    this.limit = limit;
  }

  /** The page where a person manages tokens by hand. */
  private String tokenPage() {
    return TokenPage.ofOrganization(organization);
  }

  /** All tokens of that kind. */
  public List<Pat> list(Filter filter) throws ServiceException {
    // By their id: a token that is made meanwhile shifts the others to the next page.
    Map<String, Pat> tokens = new LinkedHashMap<>();
    String next = "";
    long end = System.nanoTime() + LIST_LIMIT * limit.toNanos();
    for (int page = 0; page < MOST_PAGES && System.nanoTime() < end; page++) {
      JsonNode answer = page(filter, PAGE, next);
      for (JsonNode node : answer.path("patTokens")) {
        Pat token = token(node, null);
        tokens.put(token.authorizationId(), token);
      }
      String previous = next;
      next = JsonTrees.text(answer, "continuationToken");
      if (next.isEmpty()) {
        return new ArrayList<>(tokens.values());
      }
      if (next.equals(previous)) {
        break;
      }
    }
    throw error(Reason.UNEXPECTED, "the list of tokens does not end", "try again later");
  }

  /** One token, without its secret; absent when there is none of that id. */
  public @Nullable Pat get(String authorizationId) throws ServiceException {
    Http.Answer answer = send("GET", query().add("authorizationId", authorizationId), null, null);
    if (answer.status() == 404) {
      requireOrganization();
      return null;
    }
    try {
      return result(answer, null);
    } catch (ServiceException e) {
      if (e.code() != null && isUnknownToken(e.code())) {
        return null;
      }
      throw e;
    }
  }

  /**
   * Makes a token for this organization alone.
   *
   * @param scope its scopes, joined by one space, as {@link Scopes#parse} gives them
   * @param validTo when it should expire; the service may decide on an earlier time
   * @return the token with its secret, which the caller wipes
   */
  public Pat create(String displayName, String scope, Instant validTo) throws ServiceException {
    ObjectNode body = JsonTrees.object();
    body.put("displayName", displayName);
    body.put("scope", scope);
    body.put("validTo", time(validTo));
    body.put("allOrgs", false);
    String change = "the token may or may not have been created";
    Pat token = result(send("POST", query(), body, change), change);
    if (token.secret() == null) {
      throw error(
          Reason.UNEXPECTED,
          "a token was created, but the answer lacks it",
          "revoke it on the token page: " + tokenPage());
    }
    return token;
  }

  /**
   * Changes a token that still works; its secret stays the same.
   *
   * @param displayName its new name; absent to keep it
   * @param scope its new scopes; absent to keep them
   * @param validTo its new end; absent to keep it
   * @return the token as it is now, without its secret
   */
  public Pat update(
      String authorizationId,
      @Nullable String displayName,
      @Nullable String scope,
      @Nullable Instant validTo)
      throws ServiceException {
    if (displayName == null && scope == null && validTo == null) {
      throw new IllegalArgumentException("nothing to change");
    }
    ObjectNode body = JsonTrees.object();
    body.put("authorizationId", authorizationId);
    if (displayName != null) {
      body.put("displayName", displayName);
    }
    if (scope != null) {
      body.put("scope", scope);
    }
    if (validTo != null) {
      body.put("validTo", time(validTo));
    }
    String change = "the token may or may not have been changed";
    return result(send("PUT", query(), body, change), change);
  }

  /**
   * Revokes a token for good.
   *
   * @return whether it was there; false when it was gone already
   */
  public boolean revoke(String authorizationId) throws ServiceException {
    String change = "the token may or may not have been revoked";
    Http.Answer answer =
        send("DELETE", query().add("authorizationId", authorizationId), null, change);
    if (answer.status() == 404) {
      // The same answer as for an organization that does not exist: saying then that a token is
      // gone would leave it alive.
      requireOrganization();
      return false;
    }
    requireSuccess(answer, change);
    if (answer.status() == 204 || answer.body().isEmpty()) {
      return true;
    }
    ObjectNode result = json(answer, change);
    String code = JsonTrees.text(result, "patTokenError");
    if (isUnknownToken(code)) {
      return false;
    }
    requireNoError(code, result);
    return true;
  }

  private void requireOrganization() throws ServiceException {
    page(Filter.ACTIVE, 1, "");
  }

  private JsonNode page(Filter filter, int size, String next) throws ServiceException {
    FormEncoder query =
        query().add("displayFilterOption", filter.toString()).add("$top", Integer.toString(size));
    if (!next.isEmpty()) {
      query.add("continuationToken", next);
    }
    Http.Answer answer = send("GET", query, null, null);
    requireSuccess(answer, null);
    JsonNode page = json(answer, null);
    if (!page.path("patTokens").isArray()) {
      throw notUnderstood(null);
    }
    return page;
  }

  private static FormEncoder query() {
    return new FormEncoder().add("api-version", VERSION);
  }

  private Http.Answer send(
      String method, FormEncoder query, @Nullable ObjectNode body, @Nullable String change)
      throws ServiceException {
    URI uri =
        URI.create(
            "https://"
                + EntraHttp.LIFECYCLE
                + "/"
                + organization
                + "/_apis/tokens/pats?"
                + query.query());
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Authorization", EntraHttp.bearer(bearer));
    headers.put("Accept", "application/json");
    // Without it the answer to a bad access token is a page to sign in on.
    headers.put("X-TFS-FedAuthRedirect", "Suppress");
    if (body != null) {
      headers.put("Content-Type", "application/json");
    }
    try {
      return EntraHttp.send(
          http, method, uri, headers, body == null ? null : JsonTrees.bytes(body), limit);
    } catch (ServiceException e) {
      if (change == null || wasNotSent(e)) {
        throw e;
      }
      String message = String.valueOf(e.getMessage());
      int semicolon = message.indexOf(';');
      String what = semicolon < 0 ? message : message.substring(0, semicolon);
      throw new ServiceException(e.reason(), message(what, change), e).withHint(list());
    }
  }

  /** Whether a request failed before it was sent, so that nothing can have changed. */
  private static boolean wasNotSent(ServiceException e) {
    if (e.reason() != Reason.UNREACHABLE) {
      return false;
    }
    Throwable cause = e.getCause();
    boolean wasSent = cause != null;
    for (int i = 0; cause != null && i < 10; i++) {
      wasSent &=
          !(cause instanceof ConnectException
              || cause instanceof UnknownHostException
              || cause instanceof UnresolvedAddressException
              || cause instanceof SSLHandshakeException
              || String.valueOf(cause.getMessage()).startsWith("Tunnel failed"));
      cause = cause.getCause();
    }
    return !wasSent;
  }

  private Pat result(Http.Answer answer, @Nullable String change) throws ServiceException {
    requireSuccess(answer, change);
    ObjectNode result = json(answer, change);
    requireNoError(JsonTrees.text(result, "patTokenError"), result);
    return token(result.path("patToken"), change);
  }

  private void requireSuccess(Http.Answer answer, @Nullable String change) throws ServiceException {
    int status = answer.status();
    boolean isWebPage = answer.header("Content-Type").startsWith("text/html");
    if (status == 401) {
      throw error(Reason.UNAUTHORIZED, notSignedIn() + says(answer), "sign in again");
    }
    if (status == 403) {
      throw error(
          Reason.UNAUTHORIZED,
          "this sign-in may not manage tokens" + says(answer),
          "ask an administrator, or use " + tokenPage());
    }
    if (status == 203 || (status >= 300 && status < 400) || (status == 200 && isWebPage)) {
      throw error(
          Reason.UNSUPPORTED,
          "tokens can only be managed on the web (as with personal Microsoft accounts)",
          "use " + tokenPage());
    }
    if (status == 404) {
      throw error(
          Reason.REFUSED,
          "Azure DevOps found no tokens" + says(answer),
          "check the organization's name");
    }
    if (status == 400) {
      throw error(Reason.REFUSED, "Azure DevOps rejected the request" + says(answer), "correct it");
    }
    if (status == 429 || (status == 503 && !answer.header("Retry-After").isEmpty())) {
      throw error(Reason.UNEXPECTED, "Azure DevOps is too busy", "try again " + answer.retry());
    }
    if (status != 200 && status != 204) {
      String what = "Azure DevOps failed (HTTP " + status + ")";
      // A gateway's answer says nothing about what the service behind it did.
      throw change != null && status >= 500
          ? new ServiceException(Reason.UNEXPECTED, message(what, change)).withHint(list())
          : error(Reason.UNEXPECTED, what + says(answer), "try again later");
    }
  }

  private String notSignedIn() {
    Instant expiry = AccessToken.expiryOf(bearer);
    return expiry != null && expiry.isBefore(Instant.now())
        ? "Entra's access token has expired"
        : "Azure DevOps does not accept the sign-in, which needs vso.pats and vso.pats_manage";
  }

  /** The service's words, in parentheses; empty when it says nothing. */
  private static String says(Http.Answer answer) {
    return says(new ProbeAnswer(answer).said());
  }

  private static String says(String text) {
    return text.isBlank() ? "" : " (" + ServiceText.oneLine(text) + ")";
  }

  private ObjectNode json(Http.Answer answer, @Nullable String change) throws ServiceException {
    ObjectNode object = JsonTrees.object(answer.body());
    if (object == null) {
      throw notUnderstood(change);
    }
    return object;
  }

  private ServiceException notUnderstood(@Nullable String change) {
    String what = "cannot understand the answer of Azure DevOps";
    return change == null
        ? error(Reason.UNEXPECTED, what, "try again later, or use " + tokenPage())
        : new ServiceException(Reason.UNEXPECTED, message(what, change)).withHint(list());
  }

  private void requireNoError(String code, ObjectNode result) throws ServiceException {
    if (code.isEmpty() || code.equals("none")) {
      return;
    }
    // Since 7.2 the service adds a text.
    String says = says(JsonTrees.text(result, "patTokenErrorMessage"));
    PatError refusal = PatError.of(code, organization);
    throw new ServiceException(
            Reason.REFUSED,
            message(refusal.what() + says, refusal.next()),
            ServiceText.oneLine(code))
        .withHint(refusal.hint());
  }

  /** Whether an error code means that there is no such token. */
  private static boolean isUnknownToken(String code) {
    return code.equals("tokenNotFound")
        || code.equals("authorizationNotFound")
        || code.equals("hostAuthorizationNotFound");
  }

  private Pat token(JsonNode node, @Nullable String change) throws ServiceException {
    String id = JsonTrees.text(node, "authorizationId");
    Instant from = time(JsonTrees.text(node, "validFrom"));
    Instant to = time(JsonTrees.text(node, "validTo"));
    String secret = JsonTrees.text(node, "token");
    if (id.isEmpty() || from == null || to == null) {
      throw notUnderstood(change);
    }
    return new Pat(
        JsonTrees.text(node, "displayName"),
        id,
        JsonTrees.text(node, "scope"),
        from,
        to,
        !node.path("targetAccounts").isArray(),
        secret.isEmpty() ? null : secret.getBytes(US_ASCII));
  }

  /** A time in ISO 8601 with milliseconds, the most that the service keeps. */
  private static String time(Instant time) {
    return time.truncatedTo(ChronoUnit.MILLIS).toString();
  }

  private static @Nullable Instant time(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      try {
        // Without a zone, as .NET writes a time that was never set.
        return LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
      } catch (DateTimeParseException again) {
        return null;
      }
    }
  }

  private ServiceException error(Reason reason, String what, String next) {
    return new ServiceException(reason, message(what, next));
  }

  private String message(String what, @Nullable String next) {
    return what + " for " + organization + (next == null ? "" : "; " + next);
  }

  private String list() {
    return "git-credential-pat token list " + organization;
  }
}
