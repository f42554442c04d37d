package io.github.gitcredentialpat.entra;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.gitcredentialpat.http.Http;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.http.ServiceException.Reason;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one way out for what Entra hands out or takes (access tokens, refresh tokens, device codes,
 * assertions): to two hosts that are named here, or to the authority that the person's environment
 * names, and never to one that an answer names.
 */
public final class EntraHttp {
  /** Where personal access tokens are managed. */
  public static final String LIFECYCLE = "vssps.dev.azure.com";

  /** Where Entra is asked for access tokens. */
  static final String SIGN_IN = "login.microsoftonline.com";

  private EntraHttp() {}

  /** Whether Entra's secrets may go there: one of the two, over https, on its port. */
  public static boolean mayHave(URI uri) {
    return "https".equals(uri.getScheme())
        && (LIFECYCLE.equals(uri.getHost()) || SIGN_IN.equals(uri.getHost()))
        && (uri.getPort() == -1 || uri.getPort() == 443)
        && uri.getRawUserInfo() == null;
  }

  /**
   * {@link Http#send} for a request that holds such a secret.
   *
   * @throws IllegalArgumentException when the secret may not go there; nothing was sent
   */
  public static Http.Answer send(
      Http http,
      String method,
      URI uri,
      Map<String, String> headers,
      byte @Nullable [] body,
      Duration limit)
      throws ServiceException {
    if (!mayHave(uri)) {
      throw new IllegalArgumentException("no secret of Entra goes to " + uri.getHost());
    }
    return http.send(method, uri, headers, body, limit);
  }

  /**
   * {@link Http#send} of a form with such a secret to one authority.
   *
   * @throws IllegalArgumentException when the address is not the authority's; nothing was sent
   */
  static Http.Answer post(Http http, URI authority, URI uri, byte[] body, Duration limit)
      throws ServiceException {
    if (!Authority.isAt(authority, uri)) {
      throw new IllegalArgumentException("no secret of Entra goes to " + uri.getHost());
    }
    return http.send(
        "POST",
        uri,
        Map.of("Content-Type", "application/x-www-form-urlencoded", "Accept", "application/json"),
        body,
        limit);
  }

  /**
   * The value of {@code Authorization}; a text, which cannot be wiped, because the JDK's client
   * takes no other.
   *
   * @throws ServiceException {@code UNAUTHORIZED} when it is no access token
   */
  public static String bearer(byte[] accessToken) throws ServiceException {
    boolean plain = accessToken.length > 0;
    for (byte b : accessToken) {
      plain &= b > ' ' && b < 0x7f;
    }
    if (!plain) {
      // Checked here, for the client would show it in its exception.
      throw new ServiceException(
          Reason.UNAUTHORIZED, "Entra returned an invalid access token; sign in again");
    }
    return "Bearer " + new String(accessToken, US_ASCII);
  }
}
