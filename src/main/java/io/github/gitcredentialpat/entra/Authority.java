package io.github.gitcredentialpat.entra;

import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.http.ServiceException.Reason;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which of Microsoft's clouds signs in: the one host that a secret for it may go to. */
final class Authority {
  static final String VARIABLE = "AZURE_AUTHORITY_HOST";

  /** The public cloud's. */
  static final URI PUBLIC = URI.create("https://" + EntraHttp.SIGN_IN);

  /** The public cloud, US government, and China by its two names. */
  private static final Set<String> CLOUDS =
      Set.of(
          EntraHttp.SIGN_IN,
          "login.microsoftonline.us",
          "login.chinacloudapi.cn",
          "login.partner.microsoftonline.cn");

  private Authority() {}

  /**
   * The host that the environment names.
   *
   * @param named an https URL without a path, or the bare name of a known cloud; absent for the
   *     public cloud
   * @throws ServiceException {@code UNSUPPORTED} when it is neither
   */
  static URI of(@Nullable String named) throws ServiceException {
    if (named == null) {
      return PUBLIC;
    }
    String host = named.toLowerCase(Locale.ROOT);
    try {
      URI uri = new URI(CLOUDS.contains(host) ? "https://" + host : named);
      boolean isBare = uri.getRawPath() == null || uri.getRawPath().matches("/?");
      if ("https".equals(uri.getScheme())
          && uri.getHost() != null
          && uri.getRawUserInfo() == null
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null
          && isBare) {
        return new URI("https", null, uri.getHost(), uri.getPort(), null, null, null);
      }
    } catch (URISyntaxException e) {
      // Said below.
    }
    throw new ServiceException(
        Reason.UNSUPPORTED,
        VARIABLE + " is not the https address of a host; set it to " + PUBLIC + " or unset it");
  }

  /** Whether a request goes to this host, over https and on its port. */
  static boolean isAt(URI authority, URI uri) {
    return "https".equals(uri.getScheme())
        && uri.getRawUserInfo() == null
        && authority.getHost().equalsIgnoreCase(String.valueOf(uri.getHost()))
        && port(authority) == port(uri);
  }

  private static int port(URI uri) {
    return uri.getPort() < 0 ? 443 : uri.getPort();
  }
}
