package io.github.gitcredentialpat.azure;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.github.gitcredentialpat.entra.FakeEntra;
import java.io.IOException;
import java.net.URLDecoder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

// More than 400 lines: the whole of the token API, as its specification has it.
/**
 * The PAT lifecycle API of one organization, as the host {@code vssps.dev.azure.com} serves it:
 * what Microsoft's specification says and what is known of the real one besides. Stricter than that
 * in one thing: it refuses query parameters and fields that the specification does not know.
 */
public final class FakePats implements HttpHandler {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ACCOUNT = UUID.randomUUID().toString();
  private static final Set<String> FILTERS = Set.of("active", "revoked", "expired", "all");
  private static final Set<String> LIST_PARAMETERS =
      Set.of("api-version", "displayFilterOption", "$top", "continuationToken");
  private static final Set<String> ONE_PARAMETERS = Set.of("api-version", "authorizationId");
  private static final Set<String> CREATE_FIELDS =
      Set.of("displayName", "scope", "validTo", "allOrgs");
  private static final Set<String> UPDATE_FIELDS =
      Set.of("authorizationId", "displayName", "scope", "validTo", "allOrgs");

  /** A token and what became of it. */
  private static final class Pat {
    final String id = UUID.randomUUID().toString();
    final String secret;
    final Instant validFrom;
    String name;
    String scope;
    Instant validTo;
    boolean global;
    boolean revoked;

    Pat(
        String secret,
        String name,
        String scope,
        Instant validFrom,
        Instant validTo,
        boolean global) {
      this.secret = secret;
      this.name = name;
      this.scope = scope;
      this.validFrom = stored(validFrom);
      this.validTo = stored(validTo);
      this.global = global;
    }
  }

  /** A token as the organization's administrators see it. */
  public record Seen(
      String displayName,
      String scope,
      Instant validFrom,
      Instant validTo,
      boolean global,
      boolean revoked) {}

  private final String organization;
  private final FakeAzureDevOps fake;
  private final Map<String, Pat> pats = new LinkedHashMap<>();
  private final Map<String, Set<String>> signedIn = new HashMap<>();
  private final Deque<HttpHandler> instead = new ArrayDeque<>();
  private boolean personalAccounts;
  private boolean creationForbidden;
  private boolean fullScopeForbidden;
  private boolean globalForbidden;
  private @Nullable Duration longestLife;
  private int longestPage = 100;
  private boolean followsClient;

  /**
   * An organization without policies, where nobody is signed in. Its tokens are good at {@link
   * FakeAzureDevOps#organization}, too, as long as they live.
   *
   * @param fake for the service's clock, and for the organization
   * @param organization its name in lower case
   */
  public FakePats(FakeAzureDevOps fake, String organization) {
    this.fake = fake;
    this.organization = organization;
  }

  // What Entra and administrators do.

  /** Somebody signs in, and all that managing tokens takes is consented to; the access token. */
  public String signIn() {
    return signIn("vso.pats", "vso.pats_manage");
  }

  /** Somebody signs in with only these scopes. */
  public synchronized String signIn(String... scopes) {
    // By this machine's clock, with which a client compares it, not by the service's.
    String accessToken = FakeEntra.newAccessToken(Instant.now().plusSeconds(3600));
    signedIn.put(accessToken, Set.of(scopes));
    return accessToken;
  }

  /** From now on this access token, which {@link FakeEntra} issued, is good for everything. */
  public synchronized void accept(String accessToken) {
    signedIn.put(accessToken, Set.of("vso.pats", "vso.pats_manage"));
  }

  /** From now on no access token is good. */
  public synchronized void signOutEverybody() {
    signedIn.clear();
  }

  /** The organization belongs to personal Microsoft accounts, and has no such API. */
  public synchronized void belongToPersonalAccounts() {
    personalAccounts = true;
    fake.organization(organization).belongToPersonalAccounts();
  }

  /** Policy: no new tokens. */
  public synchronized void forbidCreation() {
    creationForbidden = true;
  }

  /** Policy: none with full access. */
  public synchronized void forbidFullScope() {
    fullScopeForbidden = true;
  }

  /** Policy: none for all organizations. */
  public synchronized void forbidGlobal() {
    globalForbidden = true;
  }

  /** Policy: none lives longer; a later {@code validTo} is pulled in. */
  public synchronized void limitLife(Duration longest) {
    longestLife = longest;
  }

  /**
   * From now on all times are told, and understood, by this machine's clock, however far ahead the
   * service's is set: a client then sees its tokens grow old.
   */
  public synchronized void speakByTheClientsClock() {
    followsClient = true;
  }

  private Duration ahead() {
    return followsClient ? Duration.between(Instant.now(), fake.now()) : Duration.ZERO;
  }

  /** Puts no more tokens than this on a page, whatever is asked for. */
  public synchronized void limitPages(int longest) {
    longestPage = longest;
  }

  /** The next answer is this error, as the API tells errors. */
  public void refuse(String error) {
    refuse(error, null);
  }

  /** The same with the text that version 7.2 adds. */
  public void refuse(String error, @Nullable String message) {
    instead(exchange -> answer(exchange, 200, refusal(error, message)));
  }

  /** The next request is somebody else's, such as a gateway's on a bad day. */
  public synchronized void instead(HttpHandler other) {
    instead.add(other);
  }

  /** A token that was made on the page, good from now on; its id. */
  public synchronized String add(String name, String scope, Instant validTo) {
    return make(name, scope, validTo, false).id;
  }

  /** The same for all organizations. */
  public synchronized String addGlobal(String name, String scope, Instant validTo) {
    return make(name, scope, validTo, true).id;
  }

  /** All tokens by their id, revoked ones too. */
  public synchronized Map<String, Seen> pats() {
    Map<String, Seen> seen = new LinkedHashMap<>();
    for (Pat pat : pats.values()) {
      seen.put(
          pat.id,
          new Seen(pat.name, pat.scope, pat.validFrom, pat.validTo, pat.global, pat.revoked));
    }
    return seen;
  }

  /** The token itself. */
  public synchronized String secretOf(String id) {
    return pats.get(id).secret;
  }

  /** The scopes of a token; absent when it is unknown, expired or revoked. */
  public synchronized @Nullable String scopeOf(String secret) {
    for (Pat pat : pats.values()) {
      if (pat.secret.equals(secret) && isActive(pat)) {
        return pat.scope;
      }
    }
    return null;
  }

  // What the API does.

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    HttpHandler other;
    synchronized (this) {
      other = instead.poll();
    }
    if (other != null) {
      other.handle(exchange);
      return;
    }
    synchronized (this) {
      serve(exchange);
    }
  }

  private void serve(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestMethod();
    Map<String, String> query = query(exchange);
    String path = exchange.getRequestURI().getPath();
    if (personalAccounts) {
      exchange
          .getResponseHeaders()
          .set(
              "Location",
              "https://spsprodeus22.vssps.visualstudio.com/_signin?realm=dev.azure.com");
      exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
      exchange.sendResponseHeaders(302, -1);
      return;
    }
    if (!path.equalsIgnoreCase("/" + organization + "/_apis/tokens/pats")) {
      fail(exchange, 404, "The resource cannot be found.", "NotFoundException");
      return;
    }
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    Set<String> scopes =
        authorization == null || !authorization.startsWith("Bearer ")
            ? Set.of()
            : signedIn.getOrDefault(authorization.substring(7), Set.of());
    if (!scopes.contains("vso.pats")
        || (!method.equals("GET") && !scopes.contains("vso.pats_manage"))) {
      exchange
          .getResponseHeaders()
          .set("WWW-Authenticate", "Bearer authorization_uri=https://sign-in.example/" + ACCOUNT);
      fail(
          exchange,
          401,
          "TF400813: The user '' is not authorized to access this resource.",
          "UnauthorizedRequestException");
      return;
    }
    if (!query.getOrDefault("api-version", "").equals("7.1-preview.1")) {
      fail(exchange, 400, "No such api-version.", "VssVersionNotSpecifiedException");
      return;
    }
    switch (method) {
      case "GET" -> {
        if (query.containsKey("authorizationId")) {
          get(exchange, query);
        } else {
          list(exchange, query);
        }
      }
      case "POST" -> create(exchange, query);
      case "PUT" -> update(exchange, query);
      case "DELETE" -> revoke(exchange, query);
      default -> fail(exchange, 405, "Not allowed.", "VssRequestContentTypeNotSupportedException");
    }
  }

  private void list(HttpExchange exchange, Map<String, String> query) throws IOException {
    String filter = query.getOrDefault("displayFilterOption", "active");
    int top = Integer.parseInt(query.getOrDefault("$top", "100"));
    String token = query.getOrDefault("continuationToken", "");
    // Nothing in it survives a client that does not encode it, or that changes the filter.
    String begin = "?>?>" + filter + "/" + top + "/";
    int start = 0;
    if (!token.isEmpty()) {
      String decoded = new String(Base64.getDecoder().decode(token), UTF_8);
      if (!decoded.startsWith(begin)) {
        fail(exchange, 400, "Repeat the filters on every page.", "InvalidRequestException");
        return;
      }
      start = Integer.parseInt(decoded.substring(begin.length()));
    }
    if (!LIST_PARAMETERS.containsAll(query.keySet())
        || !FILTERS.contains(filter)
        || top < 1
        || top > 100) {
      fail(exchange, 400, "Unknown parameters: " + query, "InvalidRequestException");
      return;
    }
    List<Pat> all = pats.values().stream().filter(pat -> isShown(pat, filter)).toList();
    int end = Math.min(all.size(), start + Math.min(top, longestPage));
    ObjectNode answer = JSON.createObjectNode();
    answer.put(
        "continuationToken",
        end == all.size() ? "" : Base64.getEncoder().encodeToString((begin + end).getBytes(UTF_8)));
    ArrayNode shown = answer.putArray("patTokens");
    for (Pat pat : all.subList(start, end)) {
      shown.add(node(pat, false));
    }
    answer(exchange, 200, answer);
  }

  private void get(HttpExchange exchange, Map<String, String> query) throws IOException {
    Pat pat = pats.get(query.get("authorizationId"));
    if (!ONE_PARAMETERS.equals(query.keySet())) {
      fail(exchange, 400, "Unknown parameters: " + query, "InvalidRequestException");
    } else if (pat == null) {
      answer(exchange, 200, refusal("authorizationNotFound", null));
    } else {
      answer(exchange, 200, result(pat, false));
    }
  }

  private void create(HttpExchange exchange, Map<String, String> query) throws IOException {
    JsonNode body = body(exchange, query, CREATE_FIELDS);
    if (body == null) {
      return;
    }
    Instant now = fake.now();
    boolean global = body.path("allOrgs").asBoolean();
    String error = error(body, now);
    if (creationForbidden) {
      error = "disablePatCreationPolicyViolation";
    } else if (global && globalForbidden) {
      error = "globalPatPolicyViolation";
    }
    if (!error.equals("none")) {
      answer(exchange, 200, refusal(error, null));
      return;
    }
    Instant asked = Instant.parse(body.path("validTo").textValue()).plus(ahead());
    Pat pat =
        make(
            body.path("displayName").textValue(),
            body.path("scope").textValue(),
            limited(asked, now),
            global);
    answer(exchange, 200, result(pat, true));
  }

  private void update(HttpExchange exchange, Map<String, String> query) throws IOException {
    JsonNode body = body(exchange, query, UPDATE_FIELDS);
    if (body == null) {
      return;
    }
    Pat pat = pats.get(body.path("authorizationId").asText());
    Instant now = fake.now();
    if (pat == null || pat.revoked) {
      answer(exchange, 200, refusal("authorizationNotFound", null));
      return;
    }
    if (!isActive(pat)) {
      answer(exchange, 200, refusal("expiredPatCannotBeExtended", null));
      return;
    }
    ObjectNode changed = JSON.createObjectNode();
    changed.put("displayName", body.path("displayName").asText(pat.name));
    changed.put("scope", body.path("scope").asText(pat.scope));
    changed.put("validTo", body.path("validTo").asText(pat.validTo.toString()));
    String error = error(changed, now);
    if (!error.equals("none")) {
      answer(exchange, 200, refusal(error, null));
      return;
    }
    pat.name = changed.path("displayName").textValue();
    pat.scope = changed.path("scope").textValue();
    // Counted from the day when it was made.
    Instant asked = Instant.parse(changed.path("validTo").textValue());
    pat.validTo = stored(limited(asked, pat.validFrom));
    pat.global = body.path("allOrgs").asBoolean(pat.global);
    grant(pat);
    answer(exchange, 200, result(pat, false));
  }

  private void revoke(HttpExchange exchange, Map<String, String> query) throws IOException {
    Pat pat = pats.get(query.getOrDefault("authorizationId", ""));
    if (!ONE_PARAMETERS.equals(query.keySet())) {
      fail(exchange, 400, "Unknown parameters: " + query, "InvalidRequestException");
    } else if (pat == null) {
      fail(exchange, 404, "There is no such authorization.", "AuthorizationNotFoundException");
    } else {
      pat.revoked = true;
      fake.organization(organization).revoke(pat.secret);
      exchange.sendResponseHeaders(204, -1);
    }
  }

  private Pat make(String name, String scope, Instant validTo, boolean global) {
    Pat pat = new Pat(fake.newToken(), name, scope, fake.now(), validTo, global);
    pats.put(pat.id, pat);
    grant(pat);
    return pat;
  }

  private void grant(Pat pat) {
    fake.organization(organization)
        .grant(
            pat.secret,
            new FakeOrganization.Grant(Set.of(pat.scope.split(" ")), pat.validTo, pat.global));
  }

  /** The API's name for what is wrong with a token that is to be. */
  private String error(JsonNode wanted, Instant now) {
    String name = wanted.path("displayName").asText();
    String scope = wanted.path("scope").asText();
    if (name.isEmpty()) {
      return "displayNameRequired";
    }
    if (name.isBlank() || name.length() > 256) {
      return "invalidDisplayName";
    }
    for (String word : scope.split(" ", -1)) {
      if (!word.equals("app_token") && !word.startsWith("vso.")) {
        return "invalidScope";
      }
      if (word.equals("app_token") && fullScopeForbidden) {
        return "fullScopePatPolicyViolation";
      }
    }
    Instant end = Instant.parse(wanted.path("validTo").asText()).plus(ahead());
    return end.isAfter(now) ? "none" : "invalidValidTo";
  }

  private Instant limited(Instant asked, Instant from) {
    Instant latest = from.plus(longestLife == null ? Duration.ofDays(366) : longestLife);
    return asked.isAfter(latest) ? latest : asked;
  }

  private boolean isActive(Pat pat) {
    return !pat.revoked && pat.validTo.isAfter(fake.now());
  }

  private boolean isShown(Pat pat, String filter) {
    return switch (filter) {
      case "active" -> isActive(pat);
      case "revoked" -> pat.revoked;
      case "expired" -> !pat.revoked && !isActive(pat);
      default -> true;
    };
  }

  /** The body; absent when it was refused. */
  private static @Nullable JsonNode body(
      HttpExchange exchange, Map<String, String> query, Set<String> fields) throws IOException {
    JsonNode body = JSON.readTree(exchange.getRequestBody().readAllBytes());
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    boolean known = body.isObject() && Set.of("api-version").equals(query.keySet());
    for (Map.Entry<String, JsonNode> field : body.properties()) {
      known &= fields.contains(field.getKey());
    }
    if (!known || type == null || !type.startsWith("application/json")) {
      fail(exchange, 400, "Unknown fields or parameters.", "InvalidRequestException");
      return null;
    }
    return body;
  }

  private static Map<String, String> query(HttpExchange exchange) {
    Map<String, String> query = new TreeMap<>();
    String raw = exchange.getRequestURI().getRawQuery();
    for (String pair : raw == null ? new String[0] : raw.split("&")) {
      String[] parts = pair.split("=", 2);
      query.put(
          URLDecoder.decode(parts[0], UTF_8),
          parts.length == 1 ? "" : URLDecoder.decode(parts[1], UTF_8));
    }
    return query;
  }

  private ObjectNode result(Pat pat, boolean withSecret) {
    ObjectNode result = JSON.createObjectNode();
    result.set("patToken", node(pat, withSecret));
    result.put("patTokenError", "none");
    return result;
  }

  private static ObjectNode refusal(String error, @Nullable String message) {
    ObjectNode result = JSON.createObjectNode();
    result.putNull("patToken");
    result.put("patTokenError", error);
    if (message != null) {
      result.put("patTokenErrorMessage", message);
    }
    return result;
  }

  private ObjectNode node(Pat pat, boolean withSecret) {
    ObjectNode node = JSON.createObjectNode();
    node.put("displayName", pat.name);
    node.put("validTo", written(pat.validTo.minus(ahead())));
    node.put("scope", pat.scope);
    if (pat.global) {
      node.putNull("targetAccounts");
    } else {
      node.putArray("targetAccounts").add(ACCOUNT);
    }
    node.put("validFrom", written(pat.validFrom.minus(ahead())));
    node.put("authorizationId", pat.id);
    if (withSecret) {
      node.put("token", pat.secret);
    } else {
      node.putNull("token");
    }
    return node;
  }

  static void fail(HttpExchange exchange, int status, String message, String type)
      throws IOException {
    ObjectNode error = JSON.createObjectNode();
    error.put("$id", "1");
    error.putNull("innerException");
    error.put("message", message);
    error.put("typeName", "Microsoft.VisualStudio.Services." + type);
    error.put("typeKey", type);
    error.put("errorCode", 0);
    error.put("eventId", 3000);
    answer(exchange, status, error);
  }

  public static void answer(HttpExchange exchange, int status, ObjectNode body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
    byte[] bytes = JSON.writeValueAsBytes(body);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  /** As the service's database keeps a time: in steps of a three-hundredth of a second. */
  static Instant stored(Instant time) {
    long steps = Math.round(time.getNano() * 300 / 1e9);
    long tenMillionths = Math.round(steps * 1e7 / 300);
    return Instant.ofEpochSecond(time.getEpochSecond(), 0).plusNanos(tenMillionths * 100);
  }

  /** With two to seven digits after the point. */
  private static String written(Instant time) {
    StringBuilder digits = new StringBuilder(String.format("%09d", time.getNano()));
    digits.setLength(7);
    while (digits.length() > 2 && digits.charAt(digits.length() - 1) == '0') {
      digits.setLength(digits.length() - 1);
    }
    String seconds = Instant.ofEpochSecond(time.getEpochSecond()).toString();
    return seconds.replace("Z", "." + digits + "Z");
  }
}
