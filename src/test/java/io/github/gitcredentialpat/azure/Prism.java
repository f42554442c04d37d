package io.github.gitcredentialpat.azure;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.github.gitcredentialpat.testing.Requires;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Prism between a client and {@link FakePats}: it hands on what keeps Microsoft's specification,
 * and answers what does not, from either side, with an error of its own. Where it stands the client
 * need not know: this handler takes the place of the fake, and leads by way of Prism to the fake.
 */
final class Prism implements HttpHandler, AutoCloseable {
  private static final Set<String> NOT_HANDED_ON =
      Set.of(
          "host", "connection", "content-length", "transfer-encoding", "upgrade", "http2-settings");

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Process> processes = new ArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<String> exchanges = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();
  private final int list;
  private final int one;
  private volatile @Nullable HttpHandler service;

  /**
   * Starts it.
   *
   * @param specification the folder that holds Microsoft's {@code
   *     specification/tokens/7.1/tokens.json}
   * @param program Prism
   * @param folder for files of its own
   */
  Prism(Path specification, Path program, Path folder) throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            service.handle(exchange);
          }
        });
    server.start();
    try {
      Process python =
          new ProcessBuilder(
                  "python3",
                  Path.of("src/test/prism/specification.py").toString(),
                  specification.toString(),
                  folder.toString())
              .inheritIO()
              .start();
      Requires.present(python.waitFor() == 0, "Microsoft's specification in " + specification);
      list = start(program, folder, "list");
      one = start(program, folder, "one");
      await(list, folder.resolve("list.log"));
      await(one, folder.resolve("one.log"));
    } catch (Exception | AssertionError e) {
      close();
      throw e;
    }
  }

  private int start(Path program, Path folder, String name) throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    processes.add(
        new ProcessBuilder(
                program.toString(),
                "proxy",
                "--errors",
                "--host",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                folder.resolve(name + ".json").toString(),
                "http://127.0.0.1:" + server.getAddress().getPort())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".log").toFile())
            .start());
    return port;
  }

  private void await(int port, Path log) throws Exception {
    for (int i = 0; i < 600; i++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        if (socket.isConnected()) {
          return;
        }
      } catch (IOException e) {
        if (!processes.stream().allMatch(Process::isAlive)) {
          break;
        }
        Thread.sleep(100);
      }
    }
    throw new IllegalStateException("Prism does not start: " + Files.readString(log));
  }

  /** From now on it stands before this service, and has seen nothing. */
  synchronized void standBefore(HttpHandler service) {
    this.service = service;
    exchanges.clear();
    violations.clear();
  }

  /** Method and status of what passed, such as {@code POST 200}. */
  synchronized List<String> exchanges() {
    return List.copyOf(exchanges);
  }

  /** What it found to break the specification. */
  synchronized List<String> violations() {
    return List.copyOf(violations);
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestMethod();
    String address = exchange.getRequestURI().toString();
    // Two operations share a path and a method, so there are two Prisms.
    boolean isList = method.equals("GET") && !address.contains("authorizationId=");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + (isList ? list : one) + address))
            .method(
                method,
                HttpRequest.BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
    for (Map.Entry<String, List<String>> header : exchange.getRequestHeaders().entrySet()) {
      if (!NOT_HANDED_ON.contains(header.getKey().toLowerCase(Locale.ROOT))) {
        header.getValue().forEach(value -> request.header(header.getKey(), value));
      }
    }
    HttpResponse<byte[]> response;
    try {
      response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    String type = response.headers().firstValue("Content-Type").orElse("");
    synchronized (this) {
      exchanges.add(method + " " + response.statusCode());
      if (type.startsWith("application/problem+json")) {
        violations.add(method + " " + address + ": " + new String(response.body(), UTF_8));
      } else {
        response.headers().firstValue("sl-violations").ifPresent(violations::add);
      }
    }
    response
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (!NOT_HANDED_ON.contains(name)) {
                exchange.getResponseHeaders().put(name, values);
              }
            });
    byte[] body = response.body();
    exchange.sendResponseHeaders(response.statusCode(), body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    for (Process process : processes) {
      process.destroy();
      try {
        process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
      } catch (CompletionException e) {
        process.destroyForcibly();
      }
    }
    server.stop(0);
    threads.shutdownNow();
  }
}
