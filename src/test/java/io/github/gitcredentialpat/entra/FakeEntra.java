package io.github.gitcredentialpat.entra;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.github.gitcredentialpat.azure.FakeOrganization;
import io.github.gitcredentialpat.azure.FakePats;
import java.io.IOException;
import java.net.URLDecoder;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Microsoft Entra as the host {@code login.microsoftonline.com} serves it to one application of one
 * tenant, asked by its id or as {@code organizations}: sign-ins by device code, refresh tokens, and
 * workload identity, where a token of another platform's proves who the application is.
 */
public final class FakeEntra implements HttpHandler {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Azure DevOps, as Entra knows it. */
  static final String AZURE_DEVOPS = "499b84ac-1321-427f-aa17-267ca6975798";

  private final Supplier<Instant> clock;
  private final Consumer<String> issued;
  private final String tenant;
  private final String clientId = UUID.randomUUID().toString();
  private final Deque<String> polls = new ArrayDeque<>();
  private final Set<String> refreshTokens = new HashSet<>();
  private String resource = AZURE_DEVOPS;
  private @Nullable String deviceCode;
  private int interval = 5;
  private int lifetime = 900;
  private int tokenLife = 3600;
  private @Nullable String assertion;
  private boolean confidential;
  private @Nullable String refreshError;
  private @Nullable String refreshSuberror;

  /**
   * A tenant with an application.
   *
   * @param tenant its id, such as that of {@link FakeOrganization#tenant}
   * @param clock the service's
   * @param issued told of each access token, such as {@link FakePats#accept}
   */
  public FakeEntra(String tenant, Supplier<Instant> clock, Consumer<String> issued) {
    this.tenant = tenant;
    this.clock = clock;
    this.issued = issued;
  }

  /** The application's id. */
  public String clientId() {
    return clientId;
  }

  /** How often sign-ins may be asked after, and how long they wait, in seconds. */
  public synchronized void pace(int interval, int lifetime) {
    this.interval = interval;
    this.lifetime = lifetime;
  }

  /**
   * What asking after the sign-in answers, one after the other; then that it is done.
   *
   * @param errors such as {@code authorization_pending}
   */
  public synchronized void answerPolls(String... errors) {
    polls.addAll(List.of(errors));
  }

  /** How long access tokens live from now on, in seconds. */
  public synchronized void tokensLive(int seconds) {
    tokenLife = seconds;
  }

  /** From now on tokens are for this service and no other, rather than for Azure DevOps. */
  public synchronized void serve(String resource) {
    this.resource = resource;
  }

  /** From now on this token of another platform's, and no other, proves who the application is. */
  public synchronized void federate(String platformToken) {
    assertion = platformToken;
  }

  /** The application's registration does not allow public client flows. */
  public synchronized void makeConfidential() {
    confidential = true;
  }

  /** From now on people have to sign in again. */
  public synchronized void revokeRefreshTokens() {
    refreshTokens.clear();
  }

  /**
   * From now on refresh tokens, which stay good, are answered {@code invalid_grant}; absent: no
   * more.
   *
   * @param description such as {@code AADSTS65001: …}
   * @param suberror such as {@code consent_required}; absent for none
   */
  public synchronized void wantPerson(@Nullable String description, @Nullable String suberror) {
    refreshError = description;
    refreshSuberror = suberror;
  }

  /** Whether this is a refresh token that is good. */
  public synchronized boolean knows(String refreshToken) {
    return refreshTokens.contains(refreshToken);
  }

  /** A refresh token of somebody who signed in earlier. */
  public synchronized String newRefreshToken() {
    String refreshToken = "1." + random(600) + "&=";
    refreshTokens.add(refreshToken);
    return refreshToken;
  }

  /** A token in the form of Entra's, which says that it dies then, and which nobody signed. */
  public static String newAccessToken(Instant expiry) {
    return newAccessToken(AZURE_DEVOPS, expiry);
  }

  private static String newAccessToken(String audience, Instant expiry) {
    ObjectNode claims = JSON.createObjectNode();
    claims.put("aud", audience);
    claims.put("exp", expiry.getEpochSecond());
    claims.put("jti", UUID.randomUUID().toString());
    return base64("{\"typ\":\"JWT\",\"alg\":\"RS256\"}".getBytes(UTF_8))
        + "."
        + base64(claims.toString().getBytes(UTF_8))
        + "."
        + random(256);
  }

  @Override
  public synchronized void handle(HttpExchange exchange) throws IOException {
    Map<String, String> form = form(exchange);
    String path = exchange.getRequestURI().getPath();
    String type = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
    if (!exchange.getRequestMethod().equals("POST")
        || !type.startsWith("application/x-www-form-urlencoded")) {
      fail(exchange, 400, "invalid_request", "AADSTS900144: The request is not understood.");
    } else if (!path.startsWith("/" + tenant + "/") && !path.startsWith("/organizations/")) {
      fail(exchange, 400, "invalid_request", "AADSTS90002: Tenant not found.");
    } else if (!clientId.equals(form.get("client_id"))) {
      fail(exchange, 400, "unauthorized_client", "AADSTS700016: Application was not found.");
    } else if (path.endsWith("/oauth2/v2.0/devicecode")) {
      begin(exchange, form);
    } else if ("client_credentials".equals(form.get("grant_type"))) {
      byAssertion(exchange, form);
    } else if (confidential) {
      fail(
          exchange,
          401,
          "invalid_client",
          "AADSTS7000218: The request body must contain 'client_assertion' or 'client_secret'.");
    } else if (String.valueOf(form.get("grant_type")).endsWith(":device_code")) {
      poll(exchange, form);
    } else {
      refresh(exchange, form);
    }
  }

  private void begin(HttpExchange exchange, Map<String, String> form) throws IOException {
    if (!personScope().equals(form.get("scope"))) {
      fail(exchange, 400, "invalid_scope", "AADSTS70011: The scope is not valid.");
      return;
    }
    deviceCode = random(150) + "+/=&";
    ObjectNode answer = JSON.createObjectNode();
    answer.put("user_code", "A1B2C3D4E");
    answer.put("device_code", deviceCode);
    answer.put("verification_uri", "https://microsoft.com/devicelogin");
    answer.put("expires_in", lifetime);
    answer.put("interval", interval);
    answer.put(
        "message",
        "To sign in, open https://microsoft.com/devicelogin and enter the code A1B2C3D4E.");
    FakePats.answer(exchange, 200, answer);
  }

  private void poll(HttpExchange exchange, Map<String, String> form) throws IOException {
    if (!String.valueOf(form.get("device_code")).equals(deviceCode)) {
      fail(exchange, 400, "bad_verification_code", "AADSTS70020: The code is not recognized.");
      return;
    }
    String error = polls.poll();
    if (error != null) {
      fail(exchange, 400, error, "AADSTS70016: Not yet, or not at all.");
      return;
    }
    deviceCode = null;
    issue(exchange);
  }

  private void byAssertion(HttpExchange exchange, Map<String, String> form) throws IOException {
    // Microsoft's own client asks for more scopes beside this one.
    if (!List.of(String.valueOf(form.get("scope")).split(" ")).contains(scope())) {
      fail(exchange, 400, "invalid_scope", "AADSTS70011: The scope is not valid.");
    } else if (!"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        .equals(form.get("client_assertion_type"))) {
      fail(exchange, 400, "invalid_request", "AADSTS50027: The assertion type is not known.");
    } else if (assertion == null || !assertion.equals(form.get("client_assertion"))) {
      fail(
          exchange,
          401,
          "invalid_client",
          "AADSTS700213: No matching federated identity record found for presented assertion.");
    } else {
      issue(exchange, false);
    }
  }

  private void refresh(HttpExchange exchange, Map<String, String> form) throws IOException {
    if (!"refresh_token".equals(form.get("grant_type"))) {
      fail(exchange, 400, "unsupported_grant_type", "AADSTS70003: The grant is not supported.");
    } else if (!personScope().equals(form.get("scope"))) {
      fail(exchange, 400, "invalid_scope", "AADSTS70011: The scope is not valid.");
    } else if (refreshError != null) {
      fail(exchange, 400, "invalid_grant", refreshError, refreshSuberror);
    } else if (!refreshTokens.remove(form.get("refresh_token"))) {
      fail(exchange, 400, "invalid_grant", "AADSTS700082: The refresh token has expired.");
    } else {
      issue(exchange);
    }
  }

  private String scope() {
    return resource + "/.default";
  }

  private String personScope() {
    return scope() + " offline_access";
  }

  private void issue(HttpExchange exchange) throws IOException {
    issue(exchange, true);
  }

  private void issue(HttpExchange exchange, boolean forPerson) throws IOException {
    String accessToken = newAccessToken(resource, clock.get().plusSeconds(tokenLife));
    issued.accept(accessToken);
    ObjectNode answer = JSON.createObjectNode();
    answer.put("token_type", "Bearer");
    answer.put("scope", scope());
    answer.put("expires_in", tokenLife);
    answer.put("access_token", accessToken);
    if (forPerson) {
      answer.put("refresh_token", newRefreshToken());
    }
    FakePats.answer(exchange, 200, answer);
  }

  private void fail(HttpExchange exchange, int status, String error, String description)
      throws IOException {
    fail(exchange, status, error, description, null);
  }

  private void fail(
      HttpExchange exchange,
      int status,
      String error,
      String description,
      @Nullable String suberror)
      throws IOException {
    ObjectNode answer = JSON.createObjectNode();
    answer.put("error", error);
    if (suberror != null) {
      answer.put("suberror", suberror);
    }
    answer.put(
        "error_description",
        description + " Trace ID: " + UUID.randomUUID() + " Timestamp: " + clock.get());
    FakePats.answer(exchange, status, answer);
  }

  private static Map<String, String> form(HttpExchange exchange) throws IOException {
    Map<String, String> form = new HashMap<>();
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    for (String pair : body.split("&")) {
      String[] parts = pair.split("=", 2);
      form.put(
          URLDecoder.decode(parts[0], UTF_8),
          parts.length == 1 ? "" : URLDecoder.decode(parts[1], UTF_8));
    }
    return form;
  }

  private static String random(int bytes) {
    byte[] random = new byte[bytes];
    RANDOM.nextBytes(random);
    return base64(random);
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
