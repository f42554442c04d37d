package io.github.gitcredentialpat.azure;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.URLEncoder;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

// More than 400 lines: one answer for each state of a token, as the service words them.
/**
 * An organization of Azure DevOps Services, or a collection of Azure DevOps Server, as a client
 * with a token meets it: {@code _apis/connectionData}, {@code _apis/git/repositories} and git's
 * {@code info/refs}. Its refusals are those that people have published.
 */
public final class FakeOrganization {
  /** The day on which tokens for all organizations stop working. */
  public static final Instant GLOBAL_TOKENS_END = Instant.parse("2026-12-01T00:00:00Z");

  private static final String ANONYMOUS = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";
  private static final List<String> READ =
      List.of("app_token", "vso.code", "vso.code_write", "vso.code_manage", "vso.code_full");

  /** What an organization may be like besides. */
  public enum Trait {
    /** Some projects are open to all, so that nobody is sent away at the door. */
    PUBLIC_PROJECTS,
    /** Refuses everybody with VS403463, in JSON. */
    CONDITIONAL_ACCESS,
    /** The same as a web page. */
    CONDITIONAL_ACCESS_PAGE,
    /** Says why it refuses a token, which the real one seldom does. */
    SAYS_WHY,
    /** {@code connectionData} needs full access, as measured at some. */
    GUARDS_CONNECTION_DATA,
    /** Shows its sign-in page with 203 instead of 302. */
    SIGN_IN_WITH_203,
    /** Shows its sign-in page although it was asked not to. */
    SIGN_IN_ALWAYS,
    /** A Server whose IIS asks for passwords itself. */
    IIS_BASIC
  }

  /** Who may do what with a repository. */
  public enum Access {
    /** Its owner may fetch and push. */
    ALL,
    /** Everybody may fetch. */
    PUBLIC,
    /** The owner of the tokens may not see it: TF401019. */
    HIDDEN,
    /** The owner of the tokens may not push: TF401027. */
    NO_CONTRIBUTE,
    /** The branch's policy forbids a push: TF402455. */
    BRANCH_POLICY
  }

  /**
   * A token as the service knows it.
   *
   * @param scopes such as {@code vso.code_write}
   * @param validTo when it expires
   * @param global whether it is one for all organizations
   */
  public record Grant(Set<String> scopes, Instant validTo, boolean global) {}

  private final FakeAzureDevOps fake;
  private final @Nullable String server;
  private final String owner = "Alice Example";
  private final String account = "alice@example.com";
  private final String ownerId = UUID.randomUUID().toString();
  private final Map<String, Grant> grants = new ConcurrentHashMap<>();
  private final Set<String> strangers = ConcurrentHashMap.newKeySet();
  private final Set<String> newcomers = ConcurrentHashMap.newKeySet();
  private final Map<String, Access> repositories = new ConcurrentHashMap<>();
  private final Set<Trait> traits = EnumSet.noneOf(Trait.class);
  private volatile @Nullable HttpHandler git;
  private volatile String tenant = UUID.randomUUID().toString();

  /**
   * An organization or a collection.
   *
   * @param fake for its clock
   * @param server the address above a Server's collections; absent for an organization
   */
  FakeOrganization(FakeAzureDevOps fake, @Nullable String server) {
    this.fake = fake;
    this.server = server;
  }

  /** A new token of Alice with these scopes, for thirty days; returns it. */
  public String grant(String... scopes) {
    String token = fake.newToken();
    grant(token, new Grant(Set.of(scopes), fake.now().plus(Duration.ofDays(30)), false));
    return token;
  }

  /** From now on it knows this token of Alice. */
  public void grant(String token, Grant grant) {
    grants.put(token, grant);
  }

  /** From now on it does not. */
  public void revoke(String token) {
    grants.remove(token);
  }

  /** A good token of Bob, who does not belong to the organization. */
  public void grantToStranger(String token) {
    strangers.add(token);
  }

  /** A good token of Carol, who never signed in. */
  public void grantToNewcomer(String token) {
    newcomers.add(token);
  }

  /** A repository, such as {@code Web/_git/site}. */
  public void repository(String path, Access access) {
    repositories.put(path, access);
  }

  /** Lets a real git serve the repositories to those who may come in. */
  public void serve(HttpHandler git) {
    this.git = git;
  }

  /** It is like this from now on. */
  public void become(Trait trait) {
    traits.add(trait);
  }

  /** Belongs to personal Microsoft accounts from now on. */
  public void belongToPersonalAccounts() {
    tenant = new UUID(0, 0).toString();
  }

  public String tenant() {
    return tenant;
  }

  public String owner() {
    return owner;
  }

  public String account() {
    return account;
  }

  public String ownerId() {
    return ownerId;
  }

  /**
   * Answers.
   *
   * @param path below the organization or collection, without a leading slash
   */
  public void answer(HttpExchange exchange, String path) throws IOException {
    exchange.getResponseHeaders().set("X-TFS-ProcessId", UUID.randomUUID().toString());
    if (server == null) {
      exchange.getResponseHeaders().set("X-VSS-ResourceTenant", tenant);
    }
    if (traits.contains(Trait.IIS_BASIC)) {
      exchange.getResponseHeaders().remove("X-TFS-ProcessId");
      exchange.getResponseHeaders().set("Server", "Microsoft-IIS/10.0");
      challenge(exchange, "Basic realm=\"tfs\"", "NTLM", "Negotiate");
      send(exchange, 401, "text/html", "<title>401 - Unauthorized</title>");
      return;
    }
    String token = token(exchange);
    if (path.equals("_apis/connectionData")) {
      connectionData(exchange, token);
    } else if (path.equals("_apis/git/repositories")) {
      if (isLetIn(exchange, token, READ)) {
        String list = "{\"value\":[{\"id\":\"" + ownerId + "\",\"name\":\"site\"}],\"count\":1}";
        send(exchange, 200, "application/json; charset=utf-8", list);
      }
    } else if (path.endsWith("/info/refs")) {
      refs(exchange, token, path.substring(0, path.length() - "/info/refs".length()));
    } else if (git != null && path.endsWith("/git-upload-pack")) {
      if (isLetIn(exchange, token, READ)) {
        git.handle(exchange);
      }
    } else if (git != null && path.endsWith("/git-receive-pack")) {
      if (isLetIn(exchange, token, READ.stream().filter(s -> !s.equals("vso.code")).toList())) {
        git.handle(exchange);
      }
    } else {
      error(exchange, 404, "VS800075", "There is nothing at " + path, false);
    }
  }

  private void connectionData(HttpExchange exchange, @Nullable String token) throws IOException {
    if (traits.contains(Trait.PUBLIC_PROJECTS) && (token == null || !isAlive(token))) {
      send(exchange, 200, "application/json; charset=utf-8", user(ANONYMOUS, "Anonymous", ""));
      return;
    }
    List<String> scopes =
        traits.contains(Trait.GUARDS_CONNECTION_DATA) ? List.of("app_token") : List.of();
    if (isLetIn(exchange, token, scopes)) {
      send(exchange, 200, "application/json; charset=utf-8", user(ownerId, owner, account));
    }
  }

  private void refs(HttpExchange exchange, @Nullable String token, String path) throws IOException {
    String service = exchange.getRequestURI().getQuery().substring("service=".length());
    boolean push = service.equals("git-receive-pack");
    Access access = repositories.getOrDefault(path, Access.HIDDEN);
    if (access != Access.PUBLIC || push || (token != null && isAlive(token))) {
      List<String> scopes = push ? READ.stream().filter(s -> !s.equals("vso.code")).toList() : READ;
      if (!isLetIn(exchange, token, scopes)) {
        return;
      }
    }
    if (access == Access.HIDDEN) {
      String name = path.substring(path.lastIndexOf('/') + 1);
      error(
          exchange,
          404,
          "TF401019",
          "The Git repository with name or identifier "
              + name
              + " does not exist or you do not have permissions for the operation you are"
              + " attempting.",
          false);
    } else if (push && access == Access.NO_CONTRIBUTE) {
      String text = "You need the Git 'GenericContribute' permission to perform this action.";
      error(exchange, 403, "TF401027", text, false);
    } else if (push && access == Access.BRANCH_POLICY) {
      String text =
          "Pushes to this branch are not permitted; you must use a pull request to update this"
              + " branch.";
      error(exchange, 403, "TF402455", text, false);
    } else if (git != null) {
      git.handle(exchange);
    } else {
      String type = "application/x-" + service + "-advertisement";
      String line = "# service=" + service + "\n";
      send(exchange, 200, type, String.format("%04x", line.length() + 4) + line + "00000000");
    }
  }

  private boolean isAlive(String token) {
    Grant grant = grants.get(token);
    return grant != null && fake.now().isBefore(grant.validTo());
  }

  /** Whether a token with one of these scopes was shown; otherwise the refusal has been sent. */
  private boolean isLetIn(HttpExchange exchange, @Nullable String token, List<String> scopes)
      throws IOException {
    Grant grant = token == null ? null : grants.get(token);
    if (token != null && newcomers.contains(token)) {
      String text =
          "Please sign-in at least once as "
              + tenant
              + "\\carol@example.com in a web browser to enable access to the service.";
      error(exchange, 401, "TF401444", text, true);
    } else if (token != null && strangers.contains(token)) {
      challenge(exchange, "TFS-Federated", bearer());
      error(exchange, 401, "TF400813", unauthorized("bob@example.com"), false);
    } else if (grant == null) {
      refuseUnknown(exchange);
    } else if (!fake.now().isBefore(grant.validTo())) {
      refuse(exchange, "Access Denied: The Personal Access Token used has expired.");
    } else if (grant.global() && !fake.now().isBefore(GLOBAL_TOKENS_END)) {
      refuseAloud(
          exchange,
          "The organization prohibits access by global Personal Access Tokens."
              + " Use a token of this organization.");
    } else if (traits.contains(Trait.CONDITIONAL_ACCESS)) {
      error(exchange, 403, "VS403463", conditions(), false);
    } else if (traits.contains(Trait.CONDITIONAL_ACCESS_PAGE)) {
      String page =
          "<html><head><title>Azure DevOps</title></head><body>VS403463: "
              + conditions()
              + "</body></html>";
      send(exchange, 403, "text/html; charset=utf-8", page);
    } else if (!scopes.isEmpty() && scopes.stream().noneMatch(grant.scopes()::contains)) {
      refuse(exchange, "TF400813: " + unauthorized(account));
    } else {
      return true;
    }
    return false;
  }

  private void refuseUnknown(HttpExchange exchange) throws IOException {
    boolean git = exchange.getRequestURI().getPath().endsWith("/info/refs");
    boolean suppressed =
        "Suppress".equals(exchange.getRequestHeaders().getFirst("X-TFS-FedAuthRedirect"))
            && !traits.contains(Trait.SIGN_IN_ALWAYS);
    if (server != null || git || suppressed) {
      refuse(exchange, "TF400813: " + unauthorized(ANONYMOUS));
    } else if (traits.contains(Trait.SIGN_IN_WITH_203)) {
      String page = "<html><head><title>\r\n\tAzure DevOps Services | Sign In\r\n</title></head>";
      send(exchange, 203, "text/html; charset=utf-8", page);
    } else {
      exchange
          .getResponseHeaders()
          .set(
              "Location",
              "https://spsprodweu1.vssps.visualstudio.com/_signin?realm=dev.azure.com&reply_to=x");
      send(exchange, 302, "text/html; charset=utf-8", "<html><head><title>Object moved</title>");
    }
  }

  /** A 401 as for most reasons, which keeps the reason to itself unless it is told to say it. */
  private void refuse(HttpExchange exchange, String why) throws IOException {
    if (traits.contains(Trait.SAYS_WHY)) {
      refuseAloud(exchange, why);
      return;
    }
    challengeAll(exchange);
    exchange.sendResponseHeaders(401, -1);
  }

  private void refuseAloud(HttpExchange exchange, String why) throws IOException {
    challengeAll(exchange);
    exchange
        .getResponseHeaders()
        .set("X-TFS-ServiceError", URLEncoder.encode(why, UTF_8).replace("+", "%20"));
    exchange.sendResponseHeaders(401, -1);
  }

  private void challengeAll(HttpExchange exchange) {
    if (server == null) {
      String basic = "Basic realm=\"https://tfsprodweu1.visualstudio.com/\"";
      challenge(exchange, bearer(), basic, "TFS-Federated");
    } else {
      challenge(exchange, "Bearer", "Basic realm=\"" + server + "\"", "NTLM", "Negotiate");
    }
  }

  private static void challenge(HttpExchange exchange, String... schemes) {
    exchange.getResponseHeaders().put("WWW-Authenticate", List.of(schemes));
  }

  private String bearer() {
    return "Bearer authorization_uri=https://login.microsoftonline.com/" + tenant;
  }

  private static String unauthorized(String who) {
    return "The user '" + who + "' is not authorized to access this resource.";
  }

  private static String conditions() {
    return "The conditional access policy defined by your Azure Active Directory administrator has"
        + " failed.";
  }

  private static void error(
      HttpExchange exchange, int status, String code, String text, boolean inHeader)
      throws IOException {
    String message = code + ": " + text;
    if (inHeader) {
      exchange
          .getResponseHeaders()
          .set("X-TFS-ServiceError", URLEncoder.encode(message, UTF_8).replace("+", "%20"));
    }
    send(
        exchange,
        status,
        "application/json; charset=utf-8",
        "\ufeff{\"$id\":\"1\",\"innerException\":null,\"message\":\""
            + message.replace("\\", "\\\\").replace("'", "\\u0027")
            + "\",\"typeKey\":\"Exception\",\"errorCode\":0,\"eventId\":3000}");
  }

  private String user(String id, String name, String account) {
    String user =
        "{\"id\":\""
            + id
            + "\",\"descriptor\":\"Microsoft.IdentityModel.Claims.ClaimsIdentity;x\","
            + "\"providerDisplayName\":\""
            + name
            + "\",\"isActive\":true,\"properties\":{"
            + (account.isEmpty()
                ? ""
                : "\"Account\":{\"$type\":\"System.String\",\"$value\":\"" + account + "\"}")
            + "},\"resourceVersion\":2,\"metaTypeId\":0}";
    return "{\"authenticatedUser\":"
        + user
        + ",\"authorizedUser\":"
        + user
        + ",\"instanceId\":\""
        + UUID.randomUUID()
        + "\",\"deploymentId\":\""
        + UUID.randomUUID()
        + "\",\"deploymentType\":\""
        + (server == null ? "hosted" : "onPremises")
        + "\",\"locationServiceData\":{\"defaultAccessMappingMoniker\":\"PublicAccessMapping\"}}";
  }

  private static void send(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  /** The password of a Basic authorization; absent without one. */
  private static @Nullable String token(HttpExchange exchange) {
    String header = exchange.getRequestHeaders().getFirst("Authorization");
    if (header == null || !header.startsWith("Basic ")) {
      return null;
    }
    String pair = new String(Base64.getDecoder().decode(header.substring(6)), UTF_8);
    return pair.substring(pair.indexOf(':') + 1);
  }
}
