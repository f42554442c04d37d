package io.github.gitcredentialpat.openbao;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.github.gitcredentialpat.testing.Certificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A server like OpenBao's and HashiCorp Vault's on this machine: secrets of KV version 2 in
 * namespaces, tokens with policies, and logins with AppRole, a JWT and as a pod. Other people's
 * client says in {@code HvacTest} that it is one.
 */
// More than 400 lines: secrets, tokens and logins of one server.
public final class FakeOpenBao implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final SecureRandom RANDOM = new SecureRandom();

  static {
    // Read once: without it each answer waits 40 ms for the client to acknowledge its head.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  /**
   * What was asked.
   *
   * @param path decoded, from behind {@code /v1/}
   * @param token of the header; absent for none
   */
  public record Request(String method, String path, @Nullable String token) {}

  /** A version of a secret; its deletion empties it until it is brought back. */
  private static final class Version {
    final String data;
    final String createdAt = Instant.now().toString();
    String deletedAt = "";
    boolean destroyed;

    Version(String data) {
      this.data = data;
    }

    boolean isThere() {
      return deletedAt.isEmpty() && !destroyed;
    }
  }

  /**
   * What a token may do.
   *
   * @param path the beginning of the paths
   * @param capabilities of read, list, create, update and delete
   */
  public record Rule(String path, Set<String> capabilities) {}

  private record ClientToken(List<Rule> rules, Instant expiry) {}

  private record Role(String mount, String name, String proof, List<Rule> rules) {}

  private final HttpServer server;
  private final boolean isTls;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, NavigableMap<Long, Version>> secrets = new TreeMap<>();
  private final Map<String, Integer> mounts = new HashMap<>();
  private final Map<String, ClientToken> tokens = new HashMap<>();
  private final List<Role> roles = new ArrayList<>();
  private final List<Request> requests = new ArrayList<>();
  private final String root = newToken("hvs.");
  private String namespace = "";
  private int lease = 3600;
  private @Nullable HttpHandler trouble;

  /** A server over TLS, with the certificate of this run and a mount {@code secret}. */
  public FakeOpenBao() {
    this(true);
  }

  /** The same, or one over plain http. */
  public FakeOpenBao(boolean isTls) {
    this.isTls = isTls;
    try {
      InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      if (isTls) {
        HttpsServer https = HttpsServer.create(address, 0);
        https.setHttpsConfigurator(new HttpsConfigurator(Certificate.ofThisRun().context()));
        server = https;
      } else {
        server = HttpServer.create(address, 0);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
    mount("secret", 2);
    tokens.put(root, new ClientToken(List.of(new Rule("", all())), Instant.MAX));
  }

  public static Set<String> all() {
    return Set.of("create", "read", "update", "delete", "list");
  }

  /** What a client is told of it. */
  public Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    environment.put("VAULT_ADDR", address());
    environment.put("VAULT_CACERT", Certificate.ofThisRun().pem().toString());
    return environment;
  }

  public String address() {
    return (isTls ? "https" : "http") + "://127.0.0.1:" + server.getAddress().getPort();
  }

  /** A token that may do everything. */
  public String root() {
    return root;
  }

  /** Mounts key-value secrets of this version. */
  public synchronized void mount(String path, int version) {
    mounts.put(path, version);
  }

  /** From now on all secrets are in this namespace, and in no other. */
  public synchronized void moveTo(String newNamespace) {
    namespace = newNamespace;
  }

  /** How long the tokens of logins live from now on, in seconds. */
  public synchronized void tokensLive(int seconds) {
    lease = seconds;
  }

  /** A token that may do this. */
  public synchronized String tokenFor(List<Rule> rules) {
    return issue(rules);
  }

  /** From now on no token but the root's is good. */
  public synchronized void revokeTokens() {
    tokens.keySet().removeIf(token -> !token.equals(root));
  }

  /**
   * Lets somebody log in.
   *
   * @param mount of the login, such as {@code approle}
   * @param name the role, or its id
   * @param proof the secret id, or the JWT
   */
  public synchronized void letIn(String mount, String name, String proof, List<Rule> rules) {
    roles.removeIf(role -> role.mount.equals(mount) && role.name.equals(name));
    roles.add(new Role(mount, name, proof, rules));
  }

  /** Every request is answered so from now on; absent: as it should be. */
  public synchronized void trouble(@Nullable HttpHandler handler) {
    trouble = handler;
  }

  /** Every request is answered with this status and error from now on. */
  public void fail(int status, String error, String... headers) {
    trouble(
        exchange -> {
          for (int i = 0; i < headers.length; i += 2) {
            exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
          }
          error(exchange, status, error);
        });
  }

  /** What was asked so far. */
  public synchronized List<Request> requests() {
    return List.copyOf(requests);
  }

  public synchronized void forgetRequests() {
    requests.clear();
  }

  /** The newest version of a secret of the mount {@code secret}, deleted or not. */
  public synchronized long version(String path) {
    NavigableMap<Long, Version> versions = secrets.get("secret/" + path);
    return versions == null ? 0 : versions.lastKey();
  }

  /** The newest version of a secret of the mount {@code secret}, as JSON; deleted or not. */
  public synchronized String current(String path) {
    return secrets.get("secret/" + path).lastEntry().getValue().data;
  }

  /** The paths in the mount {@code secret} that something was ever written to. */
  public synchronized List<String> paths() {
    return secrets.keySet().stream()
        .filter(path -> path.startsWith("secret/"))
        .map(path -> path.substring("secret/".length()))
        .toList();
  }

  /** Writes a version of a secret of the mount {@code secret}, as any other client may. */
  public synchronized void put(String path, String json) {
    NavigableMap<Long, Version> versions =
        secrets.computeIfAbsent("secret/" + path, absent -> new TreeMap<>());
    versions.put(versions.isEmpty() ? 1 : versions.lastKey() + 1, new Version(json));
  }

  /** Puts so many folders with an entry into a folder of the usual one. */
  public void fill(String folder, int count) {
    for (int i = 0; i < count; i++) {
      put("git-credential-pat/" + folder + "o" + i + "/_", "{\"token\":\"x\"}");
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      String query = String.valueOf(exchange.getRequestURI().getQuery());
      if (method.equals("GET") && query.contains("list=true")) {
        method = "LIST";
      }
      String all = exchange.getRequestURI().getPath();
      String path = all.startsWith("/v1/") ? all.substring(4) : all;
      String token = exchange.getRequestHeaders().getFirst("X-Vault-Token");
      byte[] body = exchange.getRequestBody().readAllBytes();
      HttpHandler instead;
      synchronized (this) {
        requests.add(new Request(method, path, token));
        instead = trouble;
      }
      if (instead != null) {
        instead.handle(exchange);
        return;
      }
      synchronized (this) {
        answer(exchange, method, path, token, body.length == 0 ? null : JSON.readTree(body));
      }
    }
  }

  private void answer(
      HttpExchange exchange,
      String method,
      String path,
      @Nullable String token,
      @Nullable JsonNode body)
      throws IOException {
    String there = exchange.getRequestHeaders().getFirst("X-Vault-Namespace");
    if (path.startsWith("auth/") && path.endsWith("/login") && body != null) {
      login(exchange, path.substring(5, path.length() - 6), body);
      return;
    }
    ClientToken known = token == null ? null : tokens.get(token);
    if (known == null || known.expiry.isBefore(Instant.now())) {
      error(exchange, 403, "permission denied");
    } else if (path.equals("auth/token/lookup-self")) {
      data(exchange, 200, JSON.createObjectNode().put("id", token));
    } else if (!namespace.equals(there == null ? "" : there.replaceAll("^/+|/+$", ""))) {
      error(exchange, 403, "permission denied");
    } else if (path.startsWith("sys/internal/ui/mounts/")) {
      mount(exchange, path.substring("sys/internal/ui/mounts/".length()));
    } else {
      secret(exchange, method, path, known, body);
    }
  }

  private void login(HttpExchange exchange, String mount, JsonNode body) throws IOException {
    if (roles.stream().noneMatch(role -> role.mount.equals(mount))) {
      error(
          exchange,
          404,
          "no handler for route \"auth/" + mount + "/login\". route entry not found.");
      return;
    }
    boolean isAppRole = body.has("role_id");
    String name = body.path(isAppRole ? "role_id" : "role").asText();
    String proof = body.path(isAppRole ? "secret_id" : "jwt").asText();
    for (Role role : roles) {
      if (role.mount.equals(mount) && role.name.equals(name) && role.proof.equals(proof)) {
        ObjectNode auth = JSON.createObjectNode();
        auth.put("client_token", issue(role.rules));
        auth.put("accessor", UUID.randomUUID().toString());
        auth.put("lease_duration", lease);
        auth.put("renewable", true);
        ObjectNode answer = envelope();
        answer.set("auth", auth);
        send(exchange, 200, answer.toString());
        return;
      }
    }
    error(
        exchange,
        isAppRole ? 400 : 403,
        isAppRole ? "invalid role or secret ID" : "permission denied");
  }

  private String issue(List<Rule> rules) {
    String token = newToken("hvs.");
    tokens.put(token, new ClientToken(rules, Instant.now().plusSeconds(lease)));
    return token;
  }

  private void mount(HttpExchange exchange, String path) throws IOException {
    String mount = mountOf(path);
    if (mount == null) {
      error(exchange, 403, "preflight capability check returned 403");
      return;
    }
    ObjectNode data = JSON.createObjectNode();
    data.put("path", mount + "/");
    data.put("type", mounts.get(mount) == 0 ? "pki" : "kv");
    if (mounts.get(mount) == 2) {
      data.putObject("options").put("version", "2");
    } else {
      data.putNull("options");
    }
    data(exchange, 200, data);
  }

  private @Nullable String mountOf(String path) {
    for (String mount : mounts.keySet()) {
      if (path.equals(mount) || path.startsWith(mount + "/")) {
        return mount;
      }
    }
    return null;
  }

  private void secret(
      HttpExchange exchange, String method, String path, ClientToken token, @Nullable JsonNode body)
      throws IOException {
    String mount = mountOf(path);
    // Theirs compare it so: a folder's own rule begins behind its name.
    String compared = method.equals("LIST") && !path.endsWith("/") ? path + "/" : path;
    String capability =
        switch (method) {
          case "GET" -> "read";
          case "LIST" -> "list";
          case "DELETE" -> "delete";
          default -> "update";
        };
    if (token.rules.stream()
        .noneMatch(
            rule -> compared.startsWith(rule.path) && rule.capabilities.contains(capability))) {
      error(exchange, 403, "1 error occurred:\n\t* permission denied\n\n");
    } else if (mount == null) {
      error(exchange, 404, "no handler for route \"" + path + "\". route entry not found.");
    } else if (path.contains("..")) {
      error(exchange, 500, "path cannot contain parent references");
    } else if (mounts.get(mount) == 1) {
      if (body == null) {
        error(exchange, 404, null);
      } else {
        secrets.put(path, new TreeMap<>(Map.of(1L, new Version(body.toString()))));
        exchange.sendResponseHeaders(204, -1);
      }
    } else {
      String[] parts = path.substring(mount.length() + 1).split("/", 2);
      String key = mount + "/" + (parts.length == 1 ? "" : parts[1]);
      switch (parts[0]) {
        case "data" -> data(exchange, method, key, body);
        case "metadata" -> metadata(exchange, method, key);
        case "delete", "undelete", "destroy" -> versions(exchange, parts[0], key, body);
        default -> error(exchange, 404, null);
      }
    }
  }

  private void data(HttpExchange exchange, String method, String key, @Nullable JsonNode body)
      throws IOException {
    NavigableMap<Long, Version> versions = secrets.getOrDefault(key, new TreeMap<>());
    switch (method) {
      case "GET" -> {
        String query = exchange.getRequestURI().getQuery();
        long wanted =
            query != null && query.startsWith("version=") && !query.equals("version=0")
                ? Long.parseLong(query.substring("version=".length()))
                : versions.isEmpty() ? 0 : versions.lastKey();
        Version version = versions.get(wanted);
        if (version == null) {
          error(exchange, 404, null);
          return;
        }
        ObjectNode data = JSON.createObjectNode();
        data.set("data", version.isThere() ? JSON.readTree(version.data) : null);
        data.set("metadata", metadata(version).put("version", wanted));
        data(exchange, version.isThere() ? 200 : 404, data);
      }
      case "POST", "PUT" -> {
        long current = versions.isEmpty() ? 0 : versions.lastKey();
        if (body == null || !body.path("data").isObject()) {
          error(exchange, 400, "no data provided");
        } else if (body.path("options").has("cas")
            && body.path("options").path("cas").asLong() != current) {
          error(exchange, 400, "check-and-set parameter did not match the current version");
        } else {
          Version version = new Version(body.path("data").toString());
          versions.put(current + 1, version);
          secrets.put(key, versions);
          data(exchange, 200, metadata(version).put("version", current + 1));
        }
      }
      case "DELETE" -> {
        if (!versions.isEmpty() && versions.lastEntry().getValue().isThere()) {
          versions.lastEntry().getValue().deletedAt = Instant.now().toString();
        }
        exchange.sendResponseHeaders(204, -1);
      }
      default -> error(exchange, 405, "unsupported operation");
    }
  }

  private static ObjectNode metadata(Version version) {
    ObjectNode metadata = JSON.createObjectNode();
    metadata.put("created_time", version.createdAt);
    metadata.put("deletion_time", version.deletedAt);
    metadata.put("destroyed", version.destroyed);
    metadata.putNull("custom_metadata");
    return metadata;
  }

  private void metadata(HttpExchange exchange, String method, String key) throws IOException {
    NavigableMap<Long, Version> versions = secrets.get(key);
    switch (method) {
      case "LIST" -> {
        String folder = key.endsWith("/") ? key : key + "/";
        Set<String> names = new LinkedHashSet<>();
        for (String path : secrets.keySet()) {
          if (path.startsWith(folder)) {
            String rest = path.substring(folder.length());
            int slash = rest.indexOf('/');
            names.add(slash < 0 ? rest : rest.substring(0, slash + 1));
          }
        }
        if (names.isEmpty()) {
          error(exchange, 404, null);
          return;
        }
        ObjectNode data = JSON.createObjectNode();
        ArrayNode keys = data.putArray("keys");
        names.forEach(keys::add);
        data(exchange, 200, data);
      }
      case "GET" -> {
        if (versions == null) {
          error(exchange, 404, null);
          return;
        }
        ObjectNode data = JSON.createObjectNode();
        data.put("current_version", versions.lastKey());
        data.put("cas_required", false);
        ObjectNode all = data.putObject("versions");
        versions.forEach((number, version) -> all.set(number.toString(), metadata(version)));
        data(exchange, 200, data);
      }
      case "DELETE" -> {
        secrets.remove(key);
        exchange.sendResponseHeaders(204, -1);
      }
      default -> error(exchange, 405, "unsupported operation");
    }
  }

  private void versions(
      HttpExchange exchange, String operation, String key, @Nullable JsonNode body)
      throws IOException {
    NavigableMap<Long, Version> versions = secrets.getOrDefault(key, new TreeMap<>());
    for (JsonNode number : body == null ? JSON.createArrayNode() : body.path("versions")) {
      Version version = versions.get(number.asLong());
      if (version != null) {
        switch (operation) {
          case "delete" -> version.deletedAt = Instant.now().toString();
          case "undelete" -> version.deletedAt = "";
          default -> version.destroyed = true;
        }
      }
    }
    exchange.sendResponseHeaders(204, -1);
  }

  private static ObjectNode envelope() {
    ObjectNode answer = JSON.createObjectNode();
    answer.put("request_id", UUID.randomUUID().toString());
    answer.put("lease_id", "");
    answer.put("renewable", false);
    answer.put("lease_duration", 0);
    for (String absent : List.of("data", "wrap_info", "warnings", "auth")) {
      answer.putNull(absent);
    }
    return answer;
  }

  private static void data(HttpExchange exchange, int status, ObjectNode data) throws IOException {
    ObjectNode answer = envelope();
    answer.set("data", data);
    send(exchange, status, answer.toString());
  }

  private static void error(HttpExchange exchange, int status, @Nullable String error)
      throws IOException {
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode errors = answer.putArray("errors");
    if (error != null) {
      errors.add(error);
    }
    send(exchange, status, answer.toString());
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    Arrays.fill(bytes, (byte) 0);
  }

  /** A token that no other run knows. */
  public static String newToken(String prefix) {
    byte[] random = new byte[16];
    RANDOM.nextBytes(random);
    return prefix + HexFormat.of().formatHex(random);
  }
}
