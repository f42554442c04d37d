package io.github.gitcredentialpat.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import io.github.gitcredentialpat.http.ServiceException.Reason;
import io.github.gitcredentialpat.testing.Certificate;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

// More than 400 lines: one test for each way in which a connection can go wrong.
@Timeout(60)
@Tag("slow")
final class HttpTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final URI SITE = URI.create("https://dev.azure.com/contoso/_apis?a=b");
  private static final String SECRET = "not-a-token";

  @TempDir Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();
  @AutoClose private final FakeAzureDevOps fake = new FakeAzureDevOps();

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  @Test
  void sendsWhatItIsGivenAndReturnsTheWholeAnswer() throws Exception {
    fake.on(
        "dev.azure.com",
        exchange -> {
          exchange.getResponseHeaders().set("X-Said", "yes");
          say(exchange, 418, "\u00fcber " + new String(body(exchange), UTF_8));
        });

    Http.Answer answer =
        new Http(fake.settings())
            .send(
                "POST",
                SITE,
                Map.of("Authorization", "Bearer " + SECRET),
                utf8("b\u00f6dy"),
                LIMIT);

    assertThat(answer.status()).isEqualTo(418);
    assertThat(answer.header("x-said")).isEqualTo("yes");
    assertThat(answer.header("x-not-said")).isEmpty();
    assertThat(answer.body()).isEqualTo("\u00fcber b\u00f6dy");
    assertThat(answer.toString()).doesNotContain("ber");
    assertThat(fake.requests())
        .containsExactly(
            new FakeAzureDevOps.Request(
                "POST", "dev.azure.com", "/contoso/_apis?a=b", "Bearer", "b\u00f6dy"));
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void followsNoRedirect(int status) throws Exception {
    fake.on(
        "dev.azure.com",
        exchange -> {
          exchange.getResponseHeaders().set("Location", "https://login.microsoftonline.com/");
          say(exchange, status, "");
        });

    assertThat(get(fake.settings()).status()).isEqualTo(status);

    assertThat(fake.requests()).hasSize(1);
  }

  @Test
  void returnsA401ThatNamesNoScheme() throws Exception {
    fake.on("dev.azure.com", exchange -> say(exchange, 401, ""));

    assertThat(get(fake.settings()).status()).isEqualTo(401);
  }

  @Test
  void keepsNoCookies() throws Exception {
    List<Headers> seen = Collections.synchronizedList(new ArrayList<>());
    fake.on(
        "dev.azure.com",
        exchange -> {
          seen.add(exchange.getRequestHeaders());
          exchange.getResponseHeaders().set("Set-Cookie", "session=1; Path=/");
          say(exchange, 200, "");
        });
    Http http = new Http(fake.settings());

    http.send("GET", SITE, Map.of(), null, LIMIT);
    http.send("GET", SITE, Map.of(), null, LIMIT);

    assertThat(seen).hasSize(2).noneMatch(headers -> headers.containsKey("Cookie"));
  }

  @Test
  void onlyTheProxySeesTheProxysPassword() throws Exception {
    ProxyStub stub = new ProxyStub("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
    open.add(stub);
    Http http =
        new Http(
            new HttpSettings(
                URI.create("http://carol:a%40b%20c@127.0.0.1:" + stub.port()),
                List.of(),
                Certificate.ofThisRun().pem()));
    assertThatThrownBy(
            () -> http.send("GET", SITE, Map.of("Authorization", "Basic x"), null, LIMIT))
        .isInstanceOf(ServiceException.class)
        .hasMessageContaining("127.0.0.1:" + stub.port())
        .hasMessageContaining("502")
        .hasMessageNotContaining("carol");
    assertThat(stub.received())
        .startsWith("CONNECT dev.azure.com:443 ")
        .contains("Proxy-Authorization: Basic " + base64("carol:a@b c") + "\r\n")
        .doesNotContain("\r\nAuthorization:");
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://dev.azure.com/contoso", "http://tfs.corp.local:8080/tfs"})
  void aProxyThatWantsAPasswordLetsThrough(String url) throws Exception {
    List<Headers> seen = Collections.synchronizedList(new ArrayList<>());
    FakeAzureDevOps guarded = new FakeAzureDevOps("carol:secret");
    open.add(guarded);
    String host = URI.create(url).getAuthority();
    guarded.on(
        host,
        exchange -> {
          seen.add(exchange.getRequestHeaders());
          say(exchange, 200, "");
        });

    Http.Answer answer =
        new Http(guarded.settings()).send("GET", URI.create(url), Map.of(), null, LIMIT);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(guarded.proxyAnswers()).containsExactly(200);
    assertThat(seen).singleElement().matches(h -> !h.containsKey("Proxy-Authorization"));
  }

  @Test
  void aProxyThatWantsAPasswordIsNamed() throws Exception {
    FakeAzureDevOps guarded = new FakeAzureDevOps("carol:secret");
    open.add(guarded);
    URI address = URI.create(guarded.proxy().replace("carol:secret@", ""));

    assertThat(failure(new HttpSettings(address, List.of(), Certificate.ofThisRun().pem())))
        .hasMessageContaining(address.getAuthority())
        .hasMessageContaining("requires a user name and password");
    URI wrong = URI.create(guarded.proxy().replace("secret", "wrong"));
    assertThat(failure(new HttpSettings(wrong, List.of(), Certificate.ofThisRun().pem())))
        .hasMessageContaining("rejected the user name and password")
        .hasMessageNotContaining("wrong")
        .hasMessageNotContaining("carol");
  }

  @Test
  void aProxyThatSpeaksNtlmOnlyIsNamed() throws Exception {
    ProxyStub stub =
        new ProxyStub("HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n");
    open.add(stub);

    assertThat(failure(behind(stub))).hasMessageContaining("unsupported authentication scheme");
  }

  @Test
  void aNameThatIsNotFoundIsSaid() {
    HttpSettings direct = new HttpSettings(null, List.of(), Certificate.ofThisRun().pem());
    ServiceException failure =
        catchThrowableOfType(
            ServiceException.class,
            () ->
                new Http(direct)
                    .send("GET", URI.create("https://tfs.invalid/tfs"), Map.of(), null, LIMIT));

    assertThat(failure.reason()).isEqualTo(Reason.UNREACHABLE);
    assertThat(failure).hasMessageContaining("tfs.invalid cannot be resolved");
    assertThat(
            failure(
                new HttpSettings(
                    URI.create("http://proxy.invalid:3128"),
                    List.of(),
                    Certificate.ofThisRun().pem())))
        .hasMessageContaining("proxy proxy.invalid:3128 cannot be resolved");
  }

  @Test
  void aRefusedConnectionIsSaid() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    HttpSettings settings =
        new HttpSettings(
            URI.create("http://127.0.0.1:" + port), List.of(), Certificate.ofThisRun().pem());

    assertThat(failure(settings))
        .hasMessageContaining("proxy 127.0.0.1:" + port + " refused the connection");
  }

  @Test
  void aCertificateOfNobodyIsRefusedAndTheSettingNamed() throws Exception {
    fake.on("dev.azure.com", exchange -> say(exchange, 200, ""));
    HttpSettings platform = new HttpSettings(fake.settings().proxy(), List.of(), null);
    Path other = Certificate.make(Files.createDirectory(folder.resolve("other"))).pem();

    assertThat(failure(platform)).hasMessageContaining("http.sslCAInfo");
    assertThat(failure(new HttpSettings(fake.settings().proxy(), List.of(), other)))
        .hasMessageContaining("not trusted (trusting " + other)
        .hasMessageContaining("http.sslCAInfo");
    assertThat(fake.requests()).isEmpty();
  }

  @Test
  void aCertificateForAnotherNameIsRefused() {
    ServiceException failure =
        catchThrowableOfType(
            ServiceException.class,
            () ->
                new Http(fake.settings())
                    .send("GET", URI.create("https://other.example/"), Map.of(), null, LIMIT));

    assertThat(failure.reason()).isEqualTo(Reason.UNREACHABLE);
    assertThat(failure)
        .hasMessageContaining("other.example")
        .hasMessageContaining("for another host");
    assertThat(fake.requests()).isEmpty();
  }

  @Test
  void aFileWithoutCertificatesIsAnError() throws Exception {
    Path empty = Files.createFile(folder.resolve("empty.pem"));
    Path broken =
        Files.writeString(
            folder.resolve("broken.pem"),
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");

    for (Path file : List.of(empty, broken, folder.resolve("absent.pem"))) {
      assertThat(failure(new HttpSettings(fake.settings().proxy(), List.of(), file)))
          .hasMessageContaining(file.toString());
    }
    assertThat(fake.requests()).isEmpty();
  }

  @Test
  void aSilentServerIsNotWaitedForLongerThanTheLimit() {
    fake.on("dev.azure.com", exchange -> sleep(30_000));

    assertThat(timeOut()).hasMessageContaining("dev.azure.com");
  }

  @Test
  void aServerThatDribblesIsNotWaitedForLongerThanTheLimit() {
    fake.on(
        "dev.azure.com",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          OutputStream out = exchange.getResponseBody();
          for (int i = 0; i < 300; i++) {
            out.write('.');
            out.flush();
            sleep(100);
          }
        });

    assertThat(timeOut()).hasMessageContaining("dev.azure.com");
  }

  @Test
  void aProxyThatDoesNotAnswerIsNotWaitedForLongerThanTheLimit() throws Exception {
    ProxyStub silent = new ProxyStub(null);
    open.add(silent);
    long start = System.nanoTime();

    ServiceException failure =
        catchThrowableOfType(
            ServiceException.class,
            () ->
                new Http(behind(silent)).send("GET", SITE, Map.of(), null, Duration.ofSeconds(1)));

    assertThat(failure.reason()).isEqualTo(Reason.TIMEOUT);
    assertThat(failure).hasMessageContaining("127.0.0.1:" + silent.port());
    assertThat(System.nanoTime() - start).isLessThan(Duration.ofSeconds(5).toNanos());
  }

  @Test
  void anAnswerWithoutEndIsCutOff() {
    fake.on(
        "dev.azure.com",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          OutputStream out = exchange.getResponseBody();
          byte[] block = new byte[1 << 16];
          for (int i = 0; i < 1000; i++) {
            out.write(block);
          }
        });

    assertThat(failure(fake.settings()).reason()).isEqualTo(Reason.UNEXPECTED);
  }

  @Test
  void aCutOffAnswerIsNoAnswer() {
    fake.on(
        "dev.azure.com",
        exchange -> {
          exchange.sendResponseHeaders(200, 100);
          exchange.getResponseBody().write(utf8("{\"half\":"));
          exchange.getResponseBody().flush();
          throw new IOException("the line is cut");
        });

    assertThat(failure(fake.settings()).reason()).isEqualTo(Reason.UNREACHABLE);
  }

  @Test
  void whatIsNotHttpIsSaid() throws Exception {
    ProxyStub stub = new ProxyStub("220 mail.example.com ESMTP\r\n\r\n");
    open.add(stub);
    HttpSettings direct = new HttpSettings(null, List.of(), null);

    ServiceException failure =
        catchThrowableOfType(
            ServiceException.class,
            () ->
                new Http(direct)
                    .send(
                        "GET",
                        URI.create("http://127.0.0.1:" + stub.port() + "/tfs"),
                        Map.of(),
                        null,
                        LIMIT));

    assertThat(failure.reason()).isEqualTo(Reason.UNEXPECTED);
  }

  @Test
  void aHeaderThatCannotBeSentIsNotShown() {
    assertThatThrownBy(
            () ->
                new Http(fake.settings())
                    .send(
                        "GET",
                        SITE,
                        Map.of("Authorization", "Bearer " + SECRET + "\r\n"),
                        null,
                        LIMIT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Authorization")
        .hasMessageNotContaining(SECRET)
        .hasNoCause();
  }

  private Http.Answer get(HttpSettings settings) throws ServiceException {
    return new Http(settings).send("GET", SITE, Map.of(), null, LIMIT);
  }

  private ServiceException failure(HttpSettings settings) {
    ServiceException failure = catchThrowableOfType(ServiceException.class, () -> get(settings));
    assertThat(failure.reason()).isIn(Reason.UNREACHABLE, Reason.UNEXPECTED);
    return failure;
  }

  private ServiceException timeOut() {
    long start = System.nanoTime();
    ServiceException failure =
        catchThrowableOfType(
            ServiceException.class,
            () ->
                new Http(fake.settings()).send("GET", SITE, Map.of(), null, Duration.ofSeconds(5)));
    assertThat(failure.reason()).isEqualTo(Reason.TIMEOUT);
    assertThat(System.nanoTime() - start).isLessThan(Duration.ofSeconds(15).toNanos());
    assertThat(fake.requests()).hasSize(1);
    return failure;
  }

  private static HttpSettings behind(ProxyStub stub) {
    return new HttpSettings(
        URI.create("http://127.0.0.1:" + stub.port()), List.of(), Certificate.ofThisRun().pem());
  }

  private static void say(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = utf8(text);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static byte[] body(HttpExchange exchange) throws IOException {
    return exchange.getRequestBody().readAllBytes();
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }

  private static String base64(String text) {
    return java.util.Base64.getEncoder().encodeToString(utf8(text));
  }

  /** Keeps the head of every request and gives one answer; none at all when it is absent. */
  private static final class ProxyStub implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<String> received = Collections.synchronizedList(new ArrayList<>());
    private final List<Socket> sockets = Collections.synchronizedList(new ArrayList<>());

    ProxyStub(String answer) throws IOException {
      Thread thread =
          new Thread(
              () -> {
                try {
                  while (true) {
                    Socket socket = listener.accept();
                    sockets.add(socket);
                    StringBuilder head = new StringBuilder();
                    while (head.indexOf("\r\n\r\n") < 0) {
                      head.append((char) socket.getInputStream().read());
                    }
                    received.add(head.toString());
                    if (answer != null) {
                      socket.getOutputStream().write(answer.getBytes(US_ASCII));
                    }
                  }
                } catch (IOException e) {
                  // Closed.
                }
              });
      thread.setDaemon(true);
      thread.start();
    }

    int port() {
      return listener.getLocalPort();
    }

    String received() {
      return String.join("", received);
    }

    @Override
    public void close() throws IOException {
      listener.close();
      for (Socket socket : List.copyOf(sockets)) {
        socket.close();
      }
    }
  }
}
