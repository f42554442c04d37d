package io.github.gitcredentialpat.azure;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.github.gitcredentialpat.http.HttpSettings;
import io.github.gitcredentialpat.testing.Certificate;
import io.github.gitcredentialpat.testing.ConnectProxy;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The hosts of Azure DevOps on this machine: a proxy leads every name to one server, which answers
 * by the {@code Host} header, over TLS and in plain http. Organizations and collections are there
 * once they were made; what other hosts say is a handler's business, and one that nobody registered
 * answers 404.
 *
 * <p>For clients in this JVM and for processes alike: see {@link #settings()} and {@link
 * #environment()}.
 */
public final class FakeAzureDevOps implements AutoCloseable {
  static {
    // Without it every answer waits 40 ms for an acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  /**
   * A request as it arrived.
   *
   * @param host the Host header in lower case
   * @param path path and query
   * @param scheme the scheme of its Authorization header, or {@code none}
   * @param body its body as UTF-8
   */
  public record Request(String method, String host, String path, String scheme, String body) {}

  private final Certificate certificate = Certificate.ofThisRun();
  private final HttpsServer server;
  private final HttpServer plainServer;
  private final ConnectProxy proxy;
  private final @Nullable String proxyCredentials;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, HttpHandler> handlers = new ConcurrentHashMap<>();
  private final Map<String, FakeOrganization> organizations = new ConcurrentHashMap<>();
  private final List<Request> requests = new ArrayList<>();
  private volatile @Nullable Instant time;

  /** Starts on free ports, and speaks TLS with the certificate of this run. */
  public FakeAzureDevOps() {
    this(null);
  }

  /** The same behind a proxy that demands {@code user:password}. */
  public FakeAzureDevOps(@Nullable String proxyCredentials) {
    this.proxyCredentials = proxyCredentials;
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try {
      server = HttpsServer.create(anyPort, 0);
      server.setHttpsConfigurator(new HttpsConfigurator(certificate.context()));
      plainServer = HttpServer.create(anyPort, 0);
      for (HttpServer each : List.of(server, plainServer)) {
        each.setExecutor(threads);
        each.createContext("/", this::answer);
        each.start();
      }
      proxy =
          new ConnectProxy(
              server.getAddress().getPort(), plainServer.getAddress().getPort(), proxyCredentials);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    on(
        "dev.azure.com",
        exchange -> {
          String[] path = path(exchange).split("/", 2);
          organization(exchange, path[0], path.length > 1 ? path[1] : "");
        });
    on(
        "*.visualstudio.com",
        exchange -> {
          String path = path(exchange);
          organization(
              exchange,
              exchange.getRequestHeaders().getFirst("Host").split("\\.", 2)[0],
              path.startsWith("DefaultCollection/") ? path.substring(18) : path);
        });
  }

  /**
   * An organization of Azure DevOps Services, at both of its hosts; one that was not made is
   * answered with a 404.
   */
  public FakeOrganization organization(String name) {
    return organizations.computeIfAbsent(
        name.toLowerCase(Locale.ROOT), absent -> new FakeOrganization(this, null));
  }

  /**
   * A collection of Azure DevOps Server, the only one on its host.
   *
   * @param address such as {@code http://tfs.corp.local:8080/tfs/DefaultCollection}; for https
   *     under {@code corp.local}
   */
  public FakeOrganization collection(String address) {
    URI uri = URI.create(address);
    String base = uri.getPath().substring(1) + "/";
    FakeOrganization collection =
        new FakeOrganization(this, address.substring(0, address.lastIndexOf('/')));
    on(
        uri.getAuthority(),
        exchange -> {
          String path = path(exchange);
          if (path.regionMatches(true, 0, base, 0, base.length())) {
            collection.answer(exchange, path.substring(base.length()));
          } else {
            exchange.sendResponseHeaders(404, -1);
          }
        });
    return collection;
  }

  /** A token in the form of today, issued in the month of the service's clock, known to nobody. */
  public String newToken() {
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    StringBuilder token = new StringBuilder();
    while (token.length() < 84) {
      token.append(alphabet.charAt(ThreadLocalRandom.current().nextInt(alphabet.length())));
    }
    LocalDate today = LocalDate.ofInstant(now(), ZoneOffset.UTC);
    String issued =
        "JQQJ99" + (char) ('A' + today.getYear() - 2024) + (char) ('A' + today.getMonthValue() - 1);
    return token.replace(52, 60, issued).replace(76, 80, "AZDO").toString();
  }

  /**
   * Lets a handler answer for a host; a later one replaces it.
   *
   * @param host as in the Host header, such as {@code dev.azure.com}, or {@code *.} and a suffix
   * @param handler may read the request's body, and need not close the exchange
   */
  public void on(String host, HttpHandler handler) {
    handlers.put(host, handler);
  }

  /** What was asked since the last time {@link #forget} was called. */
  public List<Request> requests() {
    synchronized (requests) {
      return List.copyOf(requests);
    }
  }

  /** Starts counting anew. */
  public void forget() {
    synchronized (requests) {
      requests.clear();
    }
  }

  /** The time by the service's clock: this machine's unless one was set. */
  public Instant now() {
    Instant set = time;
    return set == null ? Instant.now() : set;
  }

  /** Stops the service's clock at this time. */
  public void setTime(Instant time) {
    this.time = time;
  }

  /** How a client in this JVM finds the hosts and trusts them. */
  public HttpSettings settings() {
    return new HttpSettings(URI.create(proxy()), List.of(), certificate.pem());
  }

  /** The same for a process: variables of its environment. */
  public Map<String, String> environment() {
    return Map.of(
        "https_proxy", proxy(),
        "http_proxy", proxy(),
        "GIT_SSL_CAINFO", certificate.pem().toString());
  }

  /** The proxy's address with the credentials that it demands. */
  public String proxy() {
    return proxyCredentials == null
        ? proxy.address()
        : proxy.address().replace("://", "://" + proxyCredentials + "@");
  }

  /** 200 or 407 for every request at the proxy. */
  public List<Integer> proxyAnswers() {
    return proxy.answers();
  }

  @Override
  public void close() throws IOException {
    proxy.close();
    server.stop(0);
    plainServer.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String host = exchange.getRequestHeaders().getFirst("Host").toLowerCase(Locale.ROOT);
      String authorization = exchange.getRequestHeaders().getFirst("Authorization");
      synchronized (requests) {
        requests.add(
            new Request(
                exchange.getRequestMethod(),
                host,
                pathAndQuery(exchange.getRequestURI()),
                authorization == null ? "none" : authorization.split(" ", 2)[0],
                new String(body, UTF_8)));
      }
      HttpHandler handler = handlers.get(host);
      if (handler == null) {
        handler = handlers.get("*" + host.substring(Math.max(0, host.indexOf('.'))));
      }
      if (handler == null) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      exchange.setStreams(new ByteArrayInputStream(body), null);
      handler.handle(exchange);
    }
  }

  /** A proxy in front of plain http is asked for whole addresses. */
  private static String pathAndQuery(URI uri) {
    return uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
  }

  private void organization(HttpExchange exchange, String name, String path) throws IOException {
    FakeOrganization organization = organizations.get(name.toLowerCase(Locale.ROOT));
    if (organization == null) {
      byte[] page = "<html><head><title>Azure DevOps Services | 404</title>".getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
      exchange.sendResponseHeaders(404, page.length);
      exchange.getResponseBody().write(page);
    } else {
      organization.answer(exchange, path);
    }
  }

  private static String path(HttpExchange exchange) {
    return exchange.getRequestURI().getPath().substring(1);
  }
}
