package io.github.gitcredentialpat.entra;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.gitcredentialpat.http.FormEncoder;
import io.github.gitcredentialpat.http.Http;
import io.github.gitcredentialpat.http.HttpSettings;
import io.github.gitcredentialpat.http.JsonTrees;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.http.ServiceException.Reason;
import io.github.gitcredentialpat.http.ServiceText;
import io.github.gitcredentialpat.platform.Environment;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The identity that Azure gives to what runs there: an endpoint on the machine itself hands out
 * access tokens. It is never asked through a proxy, and a redirect is never followed.
 */
final class ManagedIdentity {
  static final String ENDPOINT = "IDENTITY_ENDPOINT";
  static final String HEADER = "IDENTITY_HEADER";

  /** Where Microsoft's own clients look for another address of the metadata service. */
  static final String METADATA_HOST = "AZURE_POD_IDENTITY_AUTHORITY_HOST";

  private static final String METADATA = "http://169.254.169.254";
  private static final String APP_SERVICE_VERSION = "2019-08-01";
  private static final String METADATA_VERSION = "2018-02-01";

  /** Where there is no such service, nobody answers, and git waits. */
  private static final Duration METADATA_LIMIT = Duration.ofMillis(500);

  private static final long DAY = 86_400;

  private final Environment surroundings;
  private final String resource;
  private final Http http = new Http(new HttpSettings(null, List.of(), null));

  /**
   * The identity of this machine.
   *
   * @param resource the service that tokens are for, as Entra knows it
   */
  ManagedIdentity(Environment surroundings, String resource) {
    this.surroundings = surroundings;
    this.resource = resource;
  }

  /** Whether App Service, Functions or Container Apps say how to ask. */
  boolean isAppService() {
    return surroundings.variable(ENDPOINT) != null && surroundings.variable(HEADER) != null;
  }

  /** The token of an app's identity. */
  EntraTokens ofAppService(Duration limit) throws ServiceException {
    Http.Answer answer =
        http.send(
            "GET",
            address(ENDPOINT, surroundings.variable(ENDPOINT), "", APP_SERVICE_VERSION),
            Map.of("X-IDENTITY-HEADER", header(), "Accept", "application/json"),
            null,
            limit);
    if (answer.status() != 200) {
      throw refused(answer);
    }
    return token(answer);
  }

  /**
   * The token of a virtual machine's identity; absent where this is no such machine, or it has no
   * identity.
   */
  @Nullable EntraTokens ofVirtualMachine(Duration limit) throws ServiceException {
    String named = surroundings.variable(METADATA_HOST);
    URI uri =
        address(
            METADATA_HOST,
            named == null ? METADATA : named,
            "/metadata/identity/oauth2/token",
            METADATA_VERSION);
    // What takes this machine's own time is none of the service's.
    http.prepare();
    Http.Answer answer;
    try {
      answer =
          http.send(
              "GET",
              uri,
              Map.of("Metadata", "true", "Accept", "application/json"),
              null,
              limit.compareTo(METADATA_LIMIT) < 0 ? limit : METADATA_LIMIT);
    } catch (ServiceException e) {
      return null;
    }
    if (answer.status() == 200) {
      return token(answer);
    }
    String error = JsonTrees.text(JsonTrees.object(answer.body()), "error");
    boolean hasNoIdentity = answer.status() == 400 && answer.body().contains("dentity not found");
    // Other clouds have a service of their own at this address.
    boolean isAzure = answer.status() == 400 || answer.status() == 429 || answer.status() >= 500;
    if (error.isEmpty() || hasNoIdentity || !isAzure) {
      return null;
    }
    throw refused(answer);
  }

  private String header() throws ServiceException {
    String header = surroundings.variable(HEADER);
    for (int i = 0; i < header.length(); i++) {
      if (header.charAt(i) <= ' ' || header.charAt(i) > '~') {
        throw new ServiceException(
            Reason.UNSUPPORTED, HEADER + " holds a character that no header may; correct it");
      }
    }
    return header;
  }

  private URI address(String variable, String text, String path, String version)
      throws ServiceException {
    FormEncoder query = new FormEncoder().add("api-version", version).add("resource", resource);
    String clientId = surroundings.variable(WorkloadIdentity.CLIENT_ID);
    if (clientId != null) {
      query.add("client_id", clientId);
    }
    try {
      String base =
          text.endsWith("/") && !path.isEmpty() ? text.substring(0, text.length() - 1) : text;
      URI uri = new URI(base + path + "?" + query.query());
      boolean isHttp = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (isHttp && uri.getHost() != null && uri.getRawUserInfo() == null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // Said below.
    }
    throw new ServiceException(
        Reason.UNSUPPORTED, variable + " is not an http or https address; correct or unset it");
  }

  private static EntraTokens token(Http.Answer answer) throws ServiceException {
    ObjectNode object = JsonTrees.object(answer.body());
    String token = JsonTrees.text(object, "access_token");
    // A text in one version, a number in another.
    long end = object == null ? 0 : object.path("expires_on").asLong();
    if (token.isEmpty() || end <= 0) {
      throw new ServiceException(
          Reason.UNEXPECTED,
          "cannot understand the answer of the identity endpoint; try again later");
    }
    Instant most = Instant.now().plusSeconds(2 * DAY);
    Instant expiresAt = end > most.getEpochSecond() ? most : Instant.ofEpochSecond(end);
    return new EntraTokens(token.getBytes(US_ASCII), null, expiresAt);
  }

  private static ServiceException refused(Http.Answer answer) {
    ObjectNode object = JsonTrees.object(answer.body());
    String said = JsonTrees.text(object, "error_description");
    said = said.isEmpty() ? JsonTrees.text(object, "message") : said;
    boolean isBusy = answer.status() == 429 || answer.status() >= 500;
    return new ServiceException(
        Reason.REFUSED,
        "the identity endpoint refused (HTTP "
            + answer.status()
            + ")"
            + (said.isEmpty() ? "" : ": " + ServiceText.oneLine(said))
            + "; "
            + (isBusy
                ? "try again " + answer.retry()
                : "check the identity that is assigned here, and " + WorkloadIdentity.CLIENT_ID));
  }
}
