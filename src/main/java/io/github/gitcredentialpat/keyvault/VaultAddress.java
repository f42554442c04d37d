package io.github.gitcredentialpat.keyvault;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a vault is: the one host that an access token for it goes to.
 *
 * @param host its host in lower case
 * @param port its port
 */
public record VaultAddress(String host, int port) {
  /** The variable that says which vault. */
  public static final String VARIABLE = "GIT_CREDENTIAL_PAT_VAULT";

  private static final String PUBLIC_CLOUD = ".vault.azure.net";
  private static final int USUAL_PORT = 443;

  /**
   * The vault that a person names.
   *
   * @param named its name in the public cloud, or its https address in any; absent for none
   * @throws StoreException {@code UNAVAILABLE} for none, {@code FAILED} for what is neither
   */
  public static VaultAddress of(@Nullable String named) throws StoreException {
    if (named == null) {
      throw new StoreException(
          Reason.UNAVAILABLE, "no vault is named; add --vault NAME, or set " + VARIABLE);
    }
    if (isName(named)) {
      return new VaultAddress(named.toLowerCase(Locale.ROOT) + PUBLIC_CLOUD, USUAL_PORT);
    }
    try {
      URI uri = new URI(named.contains("://") ? named : "https://" + named);
      String host = withoutRoot(uri.getHost());
      String path = uri.getRawPath();
      if ("https".equalsIgnoreCase(uri.getScheme())
          && host != null
          && isInDomain(host)
          && uri.getRawUserInfo() == null
          && (path == null || path.isEmpty() || path.equals("/"))
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null) {
        return new VaultAddress(host.toLowerCase(Locale.ROOT), portOf(uri));
      }
    } catch (URISyntaxException e) {
      // Said below.
    }
    throw new StoreException(
        Reason.FAILED,
        "--vault and "
            + VARIABLE
            + " take the name of a vault, or its address, such as https://contoso"
            + PUBLIC_CLOUD);
  }

  private static boolean isName(String text) {
    boolean isName = text.length() >= 3 && text.length() <= 24;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      isName &= c == '-' || (c < 0x7f && Character.isLetterOrDigit(c));
    }
    return isName;
  }

  /** Its name, and below it the service: no address of numbers, and no bare name. */
  private static boolean isInDomain(String host) {
    int dot = host.indexOf('.');
    return dot > 0
        && host.indexOf('.', dot + 1) > 0
        && !Character.isDigit(host.charAt(host.length() - 1));
  }

  /** DNS ends a full name with a dot, which no certificate has. */
  private static @Nullable String withoutRoot(@Nullable String host) {
    return host != null && host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
  }

  private static int portOf(URI uri) {
    return uri.getPort() < 0 ? USUAL_PORT : uri.getPort();
  }

  /**
   * The service as Entra knows it, which is that of the host's own domain: no other is asked for.
   */
  String resource() {
    return "https://" + host.substring(host.indexOf('.') + 1);
  }

  boolean isInPublicCloud() {
    return host.endsWith(PUBLIC_CLOUD);
  }

  /** The vault as a place: for the way there that git's configuration says. */
  public Identity place() {
    return new Identity("https", authority(), null);
  }

  private String authority() {
    return port == USUAL_PORT ? host : host + ":" + port;
  }

  /** Its name, where the Azure CLI finds it by that. */
  public String name() {
    return host.substring(0, host.indexOf('.'));
  }

  /** The address of a path of the vault, which begins with a slash. */
  URI uri(String pathAndQuery) {
    return URI.create("https://" + authority() + pathAndQuery);
  }

  /** Whether an address that an answer names is in this vault. */
  boolean isAt(URI uri) {
    return "https".equals(uri.getScheme())
        && uri.getRawUserInfo() == null
        && host.equalsIgnoreCase(String.valueOf(uri.getHost()))
        && port == portOf(uri);
  }

  /** Its address for a person. */
  @Override
  public String toString() {
    return "https://" + authority();
  }
}
