package io.github.gitcredentialpat.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.http.ServiceException.Reason;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One HTTP exchange at a time, with a deadline, no redirects and no cookies. */
public final class Http {
  private static final Logger log = LoggerFactory.getLogger(Http.class);

  /** In bytes. The longest answer that is read is a page of a hundred tokens, 100 KB. */
  private static final int LONGEST_BODY = 4 << 20;

  /** In bytes: what is read of an answer whose beginning says enough. */
  private static final int LONGEST_BEGINNING = 1 << 20;

  private static final String USER_AGENT = "git-credential-pat";

  static {
    // As delivered, Java gives a proxy in front of https no user name and password. The client
    // reads the property once.
    System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
  }

  private final HttpSettings settings;
  private @Nullable HttpClient client;

  /**
   * What came back.
   *
   * @param status the HTTP status
   * @param headers its headers
   * @param body its body as UTF-8, empty when there is none
   */
  public record Answer(int status, HttpHeaders headers, String body) {
    /** The first header of that name; empty when there is none. */
    public String header(String name) {
      return headers.firstValue(name).orElse("");
    }

    /** When to ask again, by the Retry-After header: {@code in 30 seconds}, or {@code later}. */
    public String retry() {
      String seconds = header("Retry-After");
      boolean isNumber = !seconds.isEmpty() && seconds.length() < 6;
      for (int i = 0; i < seconds.length(); i++) {
        isNumber &= seconds.charAt(i) >= '0' && seconds.charAt(i) <= '9';
      }
      return isNumber ? "in " + seconds + " seconds" : "later";
    }

    /** Without headers and body, which may hold a token. */
    @Override
    public String toString() {
      return "Answer[status=" + status + "]";
    }
  }

  /** A client with this proxy and these certificates. */
  public Http(HttpSettings settings) {
    this.settings = settings;
  }

  /**
   * Reads the certificates and makes the client, which the first request would do in its own time.
   *
   * @throws ServiceException {@code UNREACHABLE} when the certificates cannot be used
   */
  public void prepare() throws ServiceException {
    client();
  }

  /**
   * Sends a request and waits for the whole answer, whatever its status.
   *
   * @param headers by name; {@code Authorization} goes nowhere but to {@code uri}
   * @param body absent for none
   * @param limit for all of it, from the connection to the last byte
   * @throws ServiceException {@code UNREACHABLE}, {@code TIMEOUT}, or {@code UNEXPECTED} for what
   *     is not HTTP or longer than 4 MiB
   * @throws IllegalArgumentException when a header holds a character that no header may; the
   *     message does not show it
   */
  public Answer send(
      String method, URI uri, Map<String, String> headers, byte @Nullable [] body, Duration limit)
      throws ServiceException {
    return exchange(method, uri, headers, body, limit, new LimitedBody(LONGEST_BODY, false));
  }

  /**
   * Asks for something that may be long, such as all branches of a repository.
   *
   * @return the answer with no more than the first MiB of its body
   * @throws ServiceException as {@link #send} does
   */
  public Answer beginning(URI uri, Map<String, String> headers, Duration limit)
      throws ServiceException {
    LimitedBody collected = new LimitedBody(LONGEST_BEGINNING, true);
    return exchange("GET", uri, headers, null, limit, collected);
  }

  private Answer exchange(
      String method,
      URI uri,
      Map<String, String> headers,
      byte @Nullable [] body,
      Duration limit,
      LimitedBody collected)
      throws ServiceException {
    long start = System.nanoTime();
    HttpRequest request = request(method, uri, headers, body);
    String outcome = "cut off";
    HttpClient client = client();
    long left = limit.toNanos() - (System.nanoTime() - start);
    if (left <= 0) {
      throw trouble(uri).tooSlow(limit);
    }
    CompletableFuture<HttpResponse<byte[]>> exchange = client.sendAsync(request, info -> collected);
    try {
      HttpResponse<byte[]> response = exchange.get(left, TimeUnit.NANOSECONDS);
      outcome = Integer.toString(response.statusCode());
      if (response.statusCode() == 407) {
        throw trouble(uri).proxyWantsCredentials(response.headers());
      }
      return new Answer(
          response.statusCode(), response.headers(), new String(response.body(), UTF_8));
    } catch (ExecutionException e) {
      // Its name only: a message may repeat what the other side sent.
      outcome = e.getCause().getClass().getSimpleName();
      throw trouble(uri).of(e.getCause());
    } catch (TimeoutException e) {
      outcome = "no answer";
      throw trouble(uri).tooSlow(limit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ServiceException(Reason.TIMEOUT, uri.getHost() + " was not waited for", e);
    } finally {
      exchange.cancel(true);
      log.debug(
          "{} {}{} {} {} ms",
          method,
          uri.getRawAuthority(),
          uri.getRawPath(),
          outcome,
          (System.nanoTime() - start) / 1_000_000);
    }
  }

  private HttpRequest request(
      String method, URI uri, Map<String, String> headers, byte @Nullable [] body) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).setHeader("User-Agent", USER_AGENT);
    for (Map.Entry<String, String> header : headers.entrySet()) {
      try {
        request.setHeader(header.getKey(), header.getValue());
      } catch (IllegalArgumentException e) {
        // Java's message shows the value, which may be a token.
        throw new IllegalArgumentException(
            "the header " + header.getKey() + " holds a character that no header may");
      }
    }
    URI proxy = settings.proxyFor(uri);
    if (proxy != null && proxy.getUserInfo() != null) {
      // Only the proxy gets to see it: with https it goes into CONNECT. An Authenticator would be
      // asked for the origin's credentials too, and would make of a 401 that names no scheme an
      // exception.
      request.setHeader("Proxy-Authorization", "Basic " + base64(proxy.getUserInfo()));
    }
    return request
        .method(
            method,
            body == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofByteArray(body))
        .build();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  /** Made at the first request, since reading all certificates takes time. */
  private synchronized HttpClient client() throws ServiceException {
    if (client == null) {
      client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .proxy(new Selector(settings))
              .sslContext(TrustedCertificates.context(settings))
              .build();
    }
    return client;
  }

  private HttpFailure trouble(URI uri) {
    return new HttpFailure(uri.getHost(), settings.proxyFor(uri), settings);
  }

  /** Java's way to ask which proxy leads where. */
  private static final class Selector extends ProxySelector {
    private final HttpSettings settings;

    Selector(HttpSettings settings) {
      this.settings = settings;
    }

    @Override
    public List<Proxy> select(URI uri) {
      URI proxy = settings.proxyFor(uri);
      return List.of(
          proxy == null
              ? Proxy.NO_PROXY
              : new Proxy(
                  Proxy.Type.HTTP,
                  InetSocketAddress.createUnresolved(proxy.getHost(), proxy.getPort())));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException e) {
      // The exception says it.
    }
  }
}
