package io.github.gitcredentialpat.keyvault;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.URLDecoder;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One vault of Azure Key Vault: its secrets with their versions, tags and attributes, soft delete
 * and its limits, as Microsoft documents them and as Microsoft's own client understands them.
 */
// More than 400 lines: the whole of an interface, and its bad days.
public final class FakeKeyVault implements HttpHandler {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_TAGS = 15;
  private static final int LONGEST_TAG = 256;
  private static final int LONGEST_VALUE = 25_600;

  private final String host;
  private final String tenant;
  private final Set<String> tokens = new HashSet<>();
  private final Map<String, List<ObjectNode>> secrets = new TreeMap<>();
  private final Map<String, List<ObjectNode>> deleted = new TreeMap<>();
  private final List<String> pages = new ArrayList<>();
  private final Deque<HttpHandler> next = new ArrayDeque<>();
  private final List<String> reads = new ArrayList<>();
  private final Map<String, Integer> moving = new HashMap<>();
  private @Nullable String refusal;
  private @Nullable String nextLink;
  private @Nullable String resource;
  private int slowMoves;

  /**
   * An empty vault.
   *
   * @param host such as {@code contoso.vault.azure.net}
   * @param tenant the id of the tenant that it trusts
   */
  public FakeKeyVault(String host, String tenant) {
    this.host = host;
    this.tenant = tenant;
    resource = "https://" + host.substring(host.indexOf('.') + 1);
  }

  /** From now on this access token is good. */
  public synchronized void accept(String token) {
    tokens.add(token);
  }

  /** From now on no access token is good. */
  public synchronized void rejectAll() {
    tokens.clear();
  }

  /** From now on it demands access tokens for this. */
  public synchronized void demand(String resource) {
    this.resource = resource;
  }

  /** From now on everybody is denied, with this code of the service's. */
  public synchronized void forbid(String code) {
    refusal = code;
  }

  /** From now on pages lead to this next one. */
  public synchronized void continueAt(String address) {
    nextLink = address;
  }

  /** From now on what is deleted or recovered takes as many requests more until it is there. */
  public synchronized void moveSlowly(int requests) {
    slowMoves = requests;
  }

  /** The next request with a good token is answered by this, and then the one after it. */
  public synchronized void answerOnce(HttpHandler handler) {
    next.add(handler);
  }

  /** The names of the secrets whose values were read. */
  public synchronized List<String> reads() {
    return List.copyOf(reads);
  }

  /** The names of the secrets that are not deleted. */
  public synchronized List<String> names() {
    return List.copyOf(secrets.keySet());
  }

  /** How many versions a secret has; 0 when there is none, or it is deleted. */
  public synchronized int versions(String name) {
    return secrets.getOrDefault(name, List.of()).size();
  }

  /** The current version of a secret, as it is read. */
  public synchronized ObjectNode current(String name) {
    List<ObjectNode> versions = secrets.get(name);
    return versions.get(versions.size() - 1);
  }

  /** An answer with this status and body. */
  public static HttpHandler saying(int status, String body, String... headers) {
    return exchange -> {
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
      }
      send(exchange, status, body);
    };
  }

  /** No answer, until the server is closed. */
  public static HttpHandler silence() {
    return exchange -> {
      try {
        new CountDownLatch(1).await(60, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    };
  }

  /** The first half of an answer. */
  public static HttpHandler half(String body) {
    return exchange -> {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, 2L * body.length());
      exchange.getResponseBody().write(body.getBytes(UTF_8));
      exchange.getResponseBody().flush();
      exchange.close();
    };
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    HttpHandler instead = authorize(exchange);
    if (instead != null) {
      instead.handle(exchange);
      return;
    }
    synchronized (this) {
      answer(exchange);
    }
  }

  private synchronized @Nullable HttpHandler authorize(HttpExchange exchange) {
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    if (authorization == null || !tokens.contains(authorization.replaceFirst("^Bearer ", ""))) {
      return saying(
          401,
          error("Unauthorized", "AKV10000: Request is missing a Bearer or PoP token.", null),
          "WWW-Authenticate",
          "Bearer authorization=\"https://login.microsoftonline.com/"
              + tenant
              + "\", resource=\""
              + resource
              + "\"");
    }
    if (refusal != null) {
      return saying(403, error("Forbidden", "The caller is not allowed to.", refusal));
    }
    return next.poll();
  }

  private void answer(HttpExchange exchange) throws IOException {
    Map<String, String> query = query(exchange);
    String version = query.get("api-version");
    String[] path = exchange.getRequestURI().getPath().replaceFirst("/+$", "").split("/");
    String what = path.length > 1 ? path[1] : "";
    String name = path.length > 2 ? path[2] : "";
    String more = path.length > 3 ? path[3] : "";
    if (version == null || !version.matches("7\\.[3-6](-.*)?|202[56]-.*")) {
      fail(exchange, 400, "BadParameter", "The API version is not supported.");
    } else if (!name.isEmpty() && !name.matches("[0-9a-zA-Z-]{1,127}")) {
      fail(exchange, 400, "BadParameter", "The request URI contains an invalid name.");
    } else {
      switch (exchange.getRequestMethod() + " " + what + (name.isEmpty() ? "" : " name")) {
        case "GET secrets" -> list(exchange, query, secrets);
        case "GET deletedsecrets" -> list(exchange, query, deleted);
        case "GET secrets name" -> get(exchange, name, more);
        case "PUT secrets name" -> put(exchange, name);
        case "PATCH secrets name" -> patch(exchange, name, more);
        case "DELETE secrets name" -> delete(exchange, name);
        case "GET deletedsecrets name" -> {
          if (deleted.containsKey(name) && !isMoving(name)) {
            send(exchange, 200, deletedBundle(name).toString());
          } else {
            notFound(exchange, name);
          }
        }
        case "POST deletedsecrets name" -> recover(exchange, name);
        case "DELETE deletedsecrets name" -> {
          boolean wasThere = deleted.remove(name) != null;
          exchange.sendResponseHeaders(wasThere ? 204 : 404, -1);
        }
        default -> fail(exchange, 405, "MethodNotAllowed", "There is no such operation.");
      }
    }
  }

  private boolean isMoving(String name) {
    Integer left = moving.get(name);
    if (left == null) {
      return false;
    }
    moving.put(name, left - 1);
    if (left <= 1) {
      moving.remove(name);
    }
    return true;
  }

  private void move(String name) {
    if (slowMoves > 0) {
      moving.put(name, slowMoves);
    }
  }

  private void list(
      HttpExchange exchange, Map<String, String> query, Map<String, List<ObjectNode>> from)
      throws IOException {
    int most = Integer.parseInt(query.getOrDefault("maxresults", "25"));
    if (most < 1 || most > 25) {
      fail(exchange, 400, "BadParameter", "maxresults must be between 1 and 25.");
      return;
    }
    int skip = 0;
    String token = query.get("$skiptoken");
    if (token != null) {
      skip = pages.indexOf(token) < 0 ? 0 : Integer.parseInt(token.substring(token.length() - 6));
    }
    List<String> names = new ArrayList<>(from.keySet());
    ObjectNode body = JSON.createObjectNode();
    for (String name : names.subList(skip, Math.min(names.size(), skip + most))) {
      ObjectNode item =
          from == deleted
              ? deletedBundle(name)
              : from.get(name).get(from.get(name).size() - 1).deepCopy();
      item.remove("value");
      item.put("id", "https://" + host + "/secrets/" + name);
      body.withArray("value").add(item);
    }
    body.withArray("value");
    if (nextLink != null) {
      body.put("nextLink", nextLink);
    } else if (skip + most < names.size()) {
      String page = "eyJOZXh0TWFya2VyIjoi" + String.format("%06d", skip + most);
      pages.add(page);
      body.put(
          "nextLink",
          "https://"
              + host
              + ":443"
              + exchange.getRequestURI().getPath()
              + "?api-version="
              + query.get("api-version")
              + "&$skiptoken="
              + page
              + "&maxresults="
              + most);
    } else {
      body.putNull("nextLink");
    }
    send(exchange, 200, body.toString());
  }

  private void get(HttpExchange exchange, String name, String version) throws IOException {
    List<ObjectNode> versions = secrets.get(name);
    if (versions == null || isMoving(name)) {
      notFound(exchange, name);
    } else if (version.equals("versions")) {
      ObjectNode body = JSON.createObjectNode();
      for (ObjectNode each : versions) {
        ObjectNode item = each.deepCopy();
        item.remove("value");
        body.withArray("value").add(item);
      }
      body.putNull("nextLink");
      send(exchange, 200, body.toString());
    } else {
      for (int i = versions.size() - 1; i >= 0; i--) {
        ObjectNode each = versions.get(i);
        if (version.isEmpty() || each.get("id").textValue().endsWith("/" + version)) {
          if (each.path("attributes").path("enabled").asBoolean()) {
            reads.add(name);
            send(exchange, 200, each.toString());
          } else {
            send(
                exchange,
                403,
                error("Forbidden", "Operation get is not allowed.", "SecretDisabled"));
          }
          return;
        }
      }
      notFound(exchange, name);
    }
  }

  private void put(HttpExchange exchange, String name) throws IOException {
    JsonNode asked = JSON.readTree(exchange.getRequestBody().readAllBytes());
    if (deleted.containsKey(name)) {
      String code = isMoving(name) ? "ObjectIsBeingDeleted" : "ObjectIsDeletedButRecoverable";
      send(exchange, 409, error("Conflict", "Secret " + name + " is deleted.", code));
      return;
    }
    if (isMoving(name)) {
      send(exchange, 409, error("Conflict", "It is being recovered.", "ObjectIsBeingRecovered"));
      return;
    }
    if (!asked.path("value").isTextual()
        || asked.path("value").textValue().getBytes(UTF_8).length > LONGEST_VALUE
        || asked.path("tags").size() > MOST_TAGS) {
      fail(exchange, 400, "BadParameter", "The value or the number of tags is not allowed.");
      return;
    }
    for (Iterator<JsonNode> tags = asked.path("tags").elements(); tags.hasNext(); ) {
      if (tags.next().asText().length() > LONGEST_TAG) {
        fail(exchange, 400, "BadParameter", "A tag is too long.");
        return;
      }
    }
    ObjectNode bundle = JSON.createObjectNode();
    bundle.set("value", asked.get("value"));
    for (String field : List.of("contentType", "tags")) {
      if (asked.hasNonNull(field)) {
        bundle.set(field, asked.get(field));
      }
    }
    String version = UUID.randomUUID().toString().replace("-", "");
    bundle.put("id", "https://" + host + "/secrets/" + name + "/" + version);
    attributes(bundle, asked.path("attributes"));
    secrets.computeIfAbsent(name, absent -> new ArrayList<>()).add(bundle);
    send(exchange, 200, bundle.toString());
  }

  private static void attributes(ObjectNode bundle, JsonNode asked) {
    long now = Instant.now().getEpochSecond();
    ObjectNode attributes = bundle.withObject("/attributes");
    attributes.put("enabled", asked.path("enabled").asBoolean(true));
    for (String field : List.of("nbf", "exp")) {
      if (asked.hasNonNull(field)) {
        attributes.set(field, asked.get(field));
      }
    }
    if (!attributes.has("created")) {
      attributes.put("created", now);
    }
    attributes.put("updated", now);
    attributes.put("recoveryLevel", "Recoverable+Purgeable");
    attributes.put("recoverableDays", 90);
  }

  private void patch(HttpExchange exchange, String name, String version) throws IOException {
    JsonNode asked = JSON.readTree(exchange.getRequestBody().readAllBytes());
    for (ObjectNode each : secrets.getOrDefault(name, List.of())) {
      if (each.get("id").textValue().endsWith("/" + version)) {
        if (asked.hasNonNull("tags")) {
          each.set("tags", asked.get("tags"));
        }
        attributes(each, asked.path("attributes"));
        ObjectNode answer = each.deepCopy();
        answer.remove("value");
        send(exchange, 200, answer.toString());
        return;
      }
    }
    notFound(exchange, name);
  }

  private void delete(HttpExchange exchange, String name) throws IOException {
    List<ObjectNode> versions = secrets.remove(name);
    if (versions == null) {
      notFound(exchange, name);
      return;
    }
    deleted.put(name, versions);
    move(name);
    send(exchange, 200, deletedBundle(name).toString());
  }

  private void recover(HttpExchange exchange, String name) throws IOException {
    List<ObjectNode> versions = isMoving(name) ? null : deleted.remove(name);
    if (versions == null) {
      notFound(exchange, name);
      return;
    }
    secrets.put(name, versions);
    move(name);
    ObjectNode answer = versions.get(versions.size() - 1).deepCopy();
    answer.remove("value");
    send(exchange, 200, answer.toString());
  }

  private ObjectNode deletedBundle(String name) {
    List<ObjectNode> versions = deleted.get(name);
    ObjectNode bundle = versions.get(versions.size() - 1).deepCopy();
    bundle.remove("value");
    bundle.put("recoveryId", "https://" + host + "/deletedsecrets/" + name);
    bundle.put("deletedDate", Instant.now().getEpochSecond());
    bundle.put("scheduledPurgeDate", Instant.now().plusSeconds(90L * 86_400).getEpochSecond());
    return bundle;
  }

  private static void notFound(HttpExchange exchange, String name) throws IOException {
    fail(
        exchange,
        404,
        "SecretNotFound",
        "A secret with (name/id) "
            + name
            + " was not found in this key vault. If you recently deleted this secret you may be"
            + " able to recover it using the correct recovery command.");
  }

  private static void fail(HttpExchange exchange, int status, String code, String message)
      throws IOException {
    send(exchange, status, error(code, message, null));
  }

  /** An error as the service writes it. */
  public static String error(String code, String message, @Nullable String inner) {
    ObjectNode body = JSON.createObjectNode();
    ObjectNode error = body.putObject("error").put("code", code).put("message", message);
    if (inner != null) {
      error.putObject("innererror").put("code", inner);
    }
    return body.toString();
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static Map<String, String> query(HttpExchange exchange) {
    Map<String, String> query = new HashMap<>();
    for (String pair : String.valueOf(exchange.getRequestURI().getRawQuery()).split("&")) {
      String[] parts = pair.split("=", 2);
      query.put(
          URLDecoder.decode(parts[0], UTF_8),
          parts.length == 1 ? "" : URLDecoder.decode(parts[1], UTF_8));
    }
    return query;
  }
}
