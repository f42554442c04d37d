package io.github.gitcredentialpat.identity;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The addresses under which Azure DevOps Services is reached over ssh. No token is ever sent there,
 * but they name the organization whose token a person means.
 */
public final class SshAddress {
  private static final String SCHEME = "ssh://";
  private static final String HOST = "ssh.dev.azure.com";
  private static final String HOST_BEFORE_2018 = "vs-ssh.visualstudio.com";
  private static final String HOSTED_BEFORE_2018 = ".visualstudio.com";
  private static final String PORT = "22";

  private SshAddress() {}

  /**
   * Whether this is an address for ssh: {@code ssh://host/path}, or {@code user@host:path} as scp
   * takes it, where another port than that of ssh makes it a URL without its scheme.
   */
  public static boolean is(String address) {
    if (address.contains("://")) {
      return address.startsWith(SCHEME);
    }
    int colon = colon(address);
    if (colon < 0) {
      return false;
    }
    int end = colon + 1;
    while (end < address.length() && address.charAt(end) >= '0' && address.charAt(end) <= '9') {
      end++;
    }
    boolean isPort = end > colon + 1 && (end == address.length() || address.charAt(end) == '/');
    return !isPort || address.substring(colon + 1, end).equals(PORT);
  }

  /** Where the host of {@code user@host:path} ends; -1 when the address has another form. */
  private static int colon(String address) {
    int colon = address.indexOf(':');
    int at = address.indexOf('@');
    int slash = address.indexOf('/');
    return at > 0 && at < colon && (slash < 0 || colon < slash) ? colon : -1;
  }

  /**
   * The organization that an address for ssh names, as it spells it; absent when it names none, or
   * leads elsewhere.
   */
  static @Nullable String organization(String address) {
    boolean isUrl = address.startsWith(SCHEME);
    String rest = isUrl ? address.substring(SCHEME.length()) : address;
    int end = isUrl ? rest.indexOf('/') : colon(rest);
    String authority = end < 0 ? rest : rest.substring(0, end);
    String path = end < 0 ? "" : rest.substring(end + 1);
    int at = authority.indexOf('@');
    String user = at < 0 ? "" : authority.substring(0, at);
    String host = authority.substring(at + 1).toLowerCase(Locale.ROOT);
    if (isUrl && host.endsWith(":" + PORT)) {
      host = host.substring(0, host.length() - PORT.length() - 1);
    }
    String organization = organization(host, user, path);
    return organization != null && OrganizationName.isValid(organization) ? organization : null;
  }

  private static @Nullable String organization(String host, String user, String path) {
    boolean isOldHost = host.equals(HOST_BEFORE_2018);
    if (isOldHost || host.equals(HOST)) {
      int start = path.startsWith("/") ? 1 : 0;
      if (path.startsWith("v3/", start)) {
        int end = path.indexOf('/', start + 3);
        return path.substring(start + 3, end < 0 ? path.length() : end);
      }
      // Before the third version of these paths it was the user.
      return isOldHost ? user : null;
    }
    if (host.endsWith(HOSTED_BEFORE_2018)) {
      return host.substring(0, host.length() - HOSTED_BEFORE_2018.length());
    }
    return null;
  }
}
