package io.github.gitcredentialpat.azure;

import io.github.gitcredentialpat.azure.AzureException.Reason;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One HTTP exchange at a time, with a deadline, no redirects and no cookies. */
public final class Http {
  private final HttpClient client;

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
  }

  /** With these settings. */
  public Http(HttpSettings settings) {
    client = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
  }

  /**
   * Sends a request and waits for the whole answer, whatever its status.
   *
   * @param headers by name; {@code Authorization} goes nowhere but to {@code uri}
   * @param body absent for none
   * @param limit for all of it, from the connection to the last byte
   * @throws AzureException {@code UNREACHABLE} or {@code TIMEOUT}
   */
  public Answer send(
      String method, URI uri, Map<String, String> headers, byte @Nullable [] body, Duration limit)
      throws AzureException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(limit);
    headers.forEach(request::setHeader);
    request.method(
        method,
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofByteArray(body));
    try {
      HttpResponse<String> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      return new Answer(response.statusCode(), response.headers(), response.body());
    } catch (IOException e) {
      throw new AzureException(Reason.UNREACHABLE, uri.getHost() + " cannot be reached", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AzureException(Reason.TIMEOUT, uri.getHost() + " was not waited for", e);
    }
  }
}
