package io.github.gitcredentialpat.entra;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.gitcredentialpat.azure.FakePats;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints on a machine of Azure's that hand out access tokens: that of App Service, and the
 * metadata service of a virtual machine, as Microsoft documents them.
 */
public final class FakeIdentityEndpoint implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String APP_SERVICE = "/msi/token";
  private static final String VIRTUAL_MACHINE = "/metadata/identity/oauth2/token";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Consumer<String> issued;
  private final String header = UUID.randomUUID().toString();
  private final List<String> requests = new ArrayList<>();
  private String resource = FakeEntra.AZURE_DEVOPS;
  private @Nullable String same;
  private @Nullable String refusal;
  private @Nullable String redirect;
  private boolean silent;

  /**
   * Starts on a free port.
   *
   * @param issued told of each access token
   */
  public FakeIdentityEndpoint(Consumer<String> issued) {
    this.issued = issued;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** Its address, without a path. */
  public String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** What an app finds in its environment. */
  public Map<String, String> appService() {
    return Map.of("IDENTITY_ENDPOINT", address() + APP_SERVICE, "IDENTITY_HEADER", header);
  }

  /** What sends clients here that look for the metadata service. */
  public Map<String, String> virtualMachine() {
    return Map.of("AZURE_POD_IDENTITY_AUTHORITY_HOST", address());
  }

  /** From now on tokens are for this service and no other, rather than for Azure DevOps. */
  public synchronized void serve(String resource) {
    this.resource = resource;
  }

  /** From now on one token is handed out again and again, as the real ones do. */
  public synchronized void handOut(String token) {
    same = token;
  }

  /** From now on everybody is refused with status 400 and this. */
  public synchronized void refuse(String description) {
    refusal = description;
  }

  /** From now on everybody is sent elsewhere. */
  public synchronized void redirect(String address) {
    redirect = address;
  }

  /** From now on nobody is answered. */
  public synchronized void fallSilent() {
    silent = true;
  }

  /** The paths that were asked. */
  public synchronized List<String> requests() {
    return List.copyOf(requests);
  }

  private void handle(HttpExchange exchange) throws IOException {
    switch (path(exchange)) {
      case APP_SERVICE -> appService(exchange);
      case VIRTUAL_MACHINE -> virtualMachine(exchange);
      default -> exchange.sendResponseHeaders(404, -1);
    }
  }

  /** Microsoft's client puts one slash more in front, or behind. */
  private static String path(HttpExchange exchange) {
    String asked = exchange.getRequestURI().toString().split("\\?", 2)[0];
    return asked.replaceFirst("^/+", "/").replaceFirst("/+$", "");
  }

  private void appService(HttpExchange exchange) throws IOException {
    boolean isKnown = header.equals(exchange.getRequestHeaders().getFirst("X-IDENTITY-HEADER"));
    answer(exchange, "2019-08-01", isKnown, false);
  }

  private void virtualMachine(HttpExchange exchange) throws IOException {
    boolean isKnown = "true".equals(exchange.getRequestHeaders().getFirst("Metadata"));
    answer(exchange, "2018-02-01", isKnown, true);
  }

  private void answer(HttpExchange exchange, String version, boolean isKnown, boolean isMachine)
      throws IOException {
    Map<String, String> query = query(exchange);
    String answered;
    synchronized (this) {
      requests.add(path(exchange));
      answered = refusal;
    }
    try (exchange) {
      if (isSilent()) {
        closed.await();
      } else if (redirect != null) {
        exchange.getResponseHeaders().set("Location", redirect);
        exchange.sendResponseHeaders(307, -1);
      } else if (!isKnown
          || !version.equals(query.get("api-version"))
          || !String.valueOf(query.get("resource")).startsWith(resource)) {
        fail(exchange, "invalid_request", "The request is not understood");
      } else if (answered != null) {
        fail(exchange, "invalid_request", answered);
      } else {
        issue(exchange, isMachine);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean isSilent() {
    return silent;
  }

  private void issue(HttpExchange exchange, boolean isMachine) throws IOException {
    Instant end = Instant.now().plusSeconds(86_000);
    String token = same == null ? FakeEntra.newAccessToken(end) : same;
    issued.accept(token);
    ObjectNode answer = JSON.createObjectNode();
    answer.put("access_token", token);
    answer.put("expires_on", Long.toString(end.getEpochSecond()));
    answer.put("resource", resource);
    answer.put("token_type", "Bearer");
    if (isMachine) {
      answer.put("expires_in", "86000");
      answer.put("ext_expires_in", "86000");
      answer.put("not_before", Long.toString(Instant.now().getEpochSecond()));
    }
    FakePats.answer(exchange, 200, answer);
  }

  private static void fail(HttpExchange exchange, String error, String description)
      throws IOException {
    ObjectNode answer = JSON.createObjectNode();
    answer.put("error", error);
    answer.put("error_description", description);
    FakePats.answer(exchange, 400, answer);
  }

  private static Map<String, String> query(HttpExchange exchange) {
    Map<String, String> query = new HashMap<>();
    for (String pair : String.valueOf(exchange.getRequestURI().getRawQuery()).split("&")) {
      String[] parts = pair.split("=", 2);
      query.put(parts[0], parts.length == 1 ? "" : URLDecoder.decode(parts[1], UTF_8));
    }
    return query;
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
