package io.github.gitcredentialpat.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.github.gitcredentialpat.testing.Certificate;
import io.github.gitcredentialpat.testing.ConnectProxy;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A real git server on the loopback interface: {@code git http-backend} behind a {@link Site}. */
final class GitServer implements AutoCloseable {
  static {
    // Without it every answer waits 40 ms for an acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  /**
   * A request that was answered.
   *
   * @param scheme the scheme of its Authorization header, or {@code none}
   */
  record Request(String method, String host, String path, String scheme, int status) {}

  private final HttpServer server;
  private final @Nullable ConnectProxy proxy;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Path repositories;
  private final Site site;
  private final Map<String, byte[]> largeFiles = new ConcurrentHashMap<>();
  private final List<Request> requests = new ArrayList<>();
  private volatile Duration delay = Duration.ZERO;

  /**
   * Starts a server on a free port, which speaks plain http.
   *
   * @param repositories the folder where bare repositories are made
   */
  GitServer(Path repositories, Site site) throws IOException {
    this(repositories, site, HttpServer.create(anyPort(), 0), null);
  }

  private GitServer(Path repositories, Site site, HttpServer server, @Nullable ConnectProxy proxy) {
    this.server = server;
    this.proxy = proxy;
    this.repositories = repositories;
    this.site = site;
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /**
   * Starts a server that is every https host, by the certificate of this run, for those who ask its
   * proxy.
   *
   * @param folder gets a folder with bare repositories
   */
  static GitServer ofAzure(Path folder, AzureSite site) throws IOException {
    return ofAzure(folder, site, null);
  }

  /** The same behind a proxy that demands {@code user:password}. */
  static GitServer ofAzure(Path folder, AzureSite site, @Nullable String proxyCredentials)
      throws IOException {
    HttpsServer server = HttpsServer.create(anyPort(), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(Certificate.ofThisRun().context()));
    return new GitServer(
        Files.createDirectory(folder.resolve("azure")),
        site,
        server,
        new ConnectProxy(server.getAddress().getPort(), proxyCredentials));
  }

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /** The proxy before it. */
  ConnectProxy proxy() {
    return Objects.requireNonNull(proxy);
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** The time that every answer takes longer. */
  void delay(Duration time) {
    delay = time;
  }

  /** What was asked since the last time {@link #forget} was called. */
  List<Request> requests() {
    synchronized (requests) {
      return List.copyOf(requests);
    }
  }

  /** Starts counting anew. */
  void forget() {
    synchronized (requests) {
      requests.clear();
    }
  }

  /** Makes a bare repository with one commit, which has the file {@code README} with this text. */
  Path repository(String path, String text) throws Exception {
    Path bare = repositories.resolve(path);
    Files.createDirectories(bare);
    git(bare, "", "init", "-q", "--bare", "-b", "main");
    git(bare, "", "config", "http.receivepack", "true");
    git(bare, "", "config", "uploadpack.allowFilter", "true");
    git(bare, "", "config", "receive.autogc", "false");
    String blob = git(bare, text, "hash-object", "-w", "--stdin");
    String tree = git(bare, "100644 blob " + blob + "\tREADME\n", "mktree");
    git(bare, "", "update-ref", "refs/heads/main", git(bare, "", "commit-tree", tree, "-m", "one"));
    git(bare, "", "update-server-info");
    return bare;
  }

  /** The text of {@code README} on the branch main, as the server has it. */
  String readme(String path) throws Exception {
    return git(repositories.resolve(path), "", "show", "main:README");
  }

  @Override
  public void close() throws IOException {
    if (proxy != null) {
      proxy.close();
    }
    server.stop(0);
    threads.shutdownNow();
  }

  /** Answers a request, which another server may have taken. */
  void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      Thread.sleep(delay.toMillis());
      Visit visit = visit(exchange);
      List<String> challenges = site.challenges(visit);
      if (!challenges.isEmpty()) {
        exchange.getResponseHeaders().put("WWW-Authenticate", challenges);
        send(exchange, visit, 401, new byte[0]);
      } else if (visit.path().contains("/info/lfs/")) {
        largeFile(exchange, visit, body);
      } else if (site.dumb()) {
        file(exchange, visit);
      } else {
        backend(exchange, visit, body);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Visit visit(HttpExchange exchange) {
    String path = exchange.getRequestURI().getPath();
    String uri = exchange.getRequestURI().toString();
    return new Visit(
        exchange.getRequestMethod(),
        exchange.getRequestHeaders().getFirst("Host"),
        path,
        uri,
        uri.endsWith("service=git-receive-pack") || path.endsWith("/git-receive-pack"),
        exchange.getRequestHeaders().getFirst("Authorization"));
  }

  private void file(HttpExchange exchange, Visit visit) throws IOException {
    Path file = repositories.resolve(site.locate(visit.host(), visit.path()).substring(1));
    if (Files.isRegularFile(file)) {
      exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
      send(exchange, visit, 200, Files.readAllBytes(file));
    } else {
      send(exchange, visit, 404, new byte[0]);
    }
  }

  /** Git LFS: a batch names for each object where it goes or comes from, which is here. */
  private void largeFile(HttpExchange exchange, Visit visit, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/vnd.git-lfs+json");
    int data = visit.path().indexOf("/info/lfs/data/");
    if (data >= 0) {
      String oid = visit.path().substring(data);
      if (visit.method().equals("PUT")) {
        largeFiles.put(oid, body);
      }
      send(exchange, visit, 200, visit.method().equals("PUT") ? new byte[0] : largeFiles.get(oid));
    } else if (visit.path().endsWith("/locks/verify")) {
      send(exchange, visit, 200, "{\"ours\":[],\"theirs\":[]}".getBytes(StandardCharsets.UTF_8));
    } else {
      send(exchange, visit, 200, batch(visit, body));
    }
  }

  private byte[] batch(Visit visit, byte[] body) throws IOException {
    ObjectMapper json = new ObjectMapper();
    JsonNode request = json.readTree(body);
    String folder = visit.path().substring(0, visit.path().indexOf("/info/lfs/"));
    ObjectNode answer = json.createObjectNode().put("transfer", "basic");
    for (JsonNode object : request.path("objects")) {
      ObjectNode each = answer.withArray("objects").addObject();
      each.put("oid", object.path("oid").asText()).put("size", object.path("size").asLong());
      String action = request.path("operation").asText();
      each.putObject("actions")
          .putObject(action)
          .put(
              "href",
              "https://" + visit.host() + folder + "/info/lfs/data/" + object.path("oid").asText());
    }
    return json.writeValueAsBytes(answer);
  }

  /** Runs git http-backend, a CGI program, for one request. */
  private void backend(HttpExchange exchange, Visit visit, byte[] body) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("git", "http-backend");
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    Map<String, String> cgi = environment(builder);
    cgi.put("GIT_PROJECT_ROOT", repositories.toString());
    cgi.put("GIT_HTTP_EXPORT_ALL", "1");
    cgi.put("REQUEST_METHOD", visit.method());
    cgi.put("PATH_INFO", site.locate(visit.host(), visit.path()));
    cgi.put("CONTENT_LENGTH", Integer.toString(body.length));
    cgi.put("REMOTE_ADDR", "127.0.0.1");
    String query = exchange.getRequestURI().getRawQuery();
    cgi.put("QUERY_STRING", query == null ? "" : query);
    header(exchange, "Content-Type", cgi, "CONTENT_TYPE");
    header(exchange, "Content-Encoding", cgi, "HTTP_CONTENT_ENCODING");
    header(exchange, "Git-Protocol", cgi, "GIT_PROTOCOL");
    Process process = builder.start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(body);
    }
    byte[] answer = process.getInputStream().readAllBytes();

    int status = 200;
    int start = 0;
    for (int end = lineEnd(answer, start); end > start; end = lineEnd(answer, start)) {
      String[] line = new String(answer, start, end - start, StandardCharsets.UTF_8).split(": ", 2);
      if (line[0].equals("Status")) {
        status = Integer.parseInt(line[1].substring(0, 3));
      } else {
        exchange.getResponseHeaders().set(line[0], line[1].trim());
      }
      start = end + 2;
    }
    byte[] content = new byte[Math.max(0, answer.length - start - 2)];
    System.arraycopy(answer, answer.length - content.length, content, 0, content.length);
    send(exchange, visit, status, content);
  }

  private static int lineEnd(byte[] answer, int start) {
    int end = start;
    while (end < answer.length && answer[end] != '\r') {
      end++;
    }
    return end;
  }

  private static void header(
      HttpExchange exchange, String name, Map<String, String> cgi, String variable) {
    String value = exchange.getRequestHeaders().getFirst(name);
    if (value != null) {
      cgi.put(variable, value);
    }
  }

  private void send(HttpExchange exchange, Visit visit, int status, byte[] content)
      throws IOException {
    synchronized (requests) {
      requests.add(new Request(visit.method(), visit.host(), visit.path(), visit.scheme(), status));
    }
    exchange.sendResponseHeaders(status, content.length == 0 ? -1 : content.length);
    exchange.getResponseBody().write(content);
  }

  private String git(Path folder, String input, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.redirectErrorStream(true);
    environment(builder);
    Process process = builder.start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    }
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
    if (process.waitFor() != 0) {
      throw new IllegalStateException(command + ": " + output);
    }
    return output;
  }

  /** The server's git knows nothing of the person's. */
  private Map<String, String> environment(ProcessBuilder builder) {
    Map<String, String> environment = builder.environment();
    String path = environment.get("PATH");
    environment.clear();
    environment.put("PATH", path);
    environment.put("HOME", repositories.toString());
    environment.put("GIT_CONFIG_NOSYSTEM", "1");
    environment.put("GIT_AUTHOR_NAME", "server");
    environment.put("GIT_AUTHOR_EMAIL", "server@example.com");
    environment.put("GIT_COMMITTER_NAME", "server");
    environment.put("GIT_COMMITTER_EMAIL", "server@example.com");
    return environment;
  }
}
