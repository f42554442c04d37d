package io.github.gitcredentialpat.git.secrets;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.KnownOrganizations;
import io.github.gitcredentialpat.identity.PercentEncoding;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.TokenFormat;
import io.github.gitcredentialpat.identity.UserName;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A URL that carries a password or a token, as {@code https://any:TOKEN@host/path} or {@code
 * https://TOKEN@host/path}.
 */
public final class SecretUrl {
  private final String written;
  private final String scheme;
  private final String user;
  private final String password;
  private final String rest;
  private final Resolution whose;

  private SecretUrl(String written, String scheme, String user, String password, String rest) {
    this.written = written;
    this.scheme = scheme;
    this.user = user;
    this.password = password;
    this.rest = rest;
    Resolution found = Resolution.parse(scheme + "://" + rest.substring(0, end("?#", rest, 0)));
    // Of a host that is no Azure DevOps git names no path unless it is told to.
    whose =
        found.kind() == Resolution.Kind.HOST
            ? Resolution.parse(scheme + "://" + rest.substring(0, end("/?#", rest, 0)))
            : found;
  }

  private SecretUrl(SecretUrl same, Resolution whose) {
    written = same.written;
    scheme = same.scheme;
    user = same.user;
    password = same.password;
    rest = same.rest;
    this.whose = whose;
  }

  /**
   * A copy with the organization, where the URL names none: its user name if that is a known
   * organization, else the one that the person named.
   */
  public SecretUrl settled(KnownOrganizations known, @Nullable String organization) {
    if (!isOpen()) {
      return this;
    }
    Resolution byUser = Resolution.resolve("https", Identity.SERVICES_HOST, null, user);
    if (byUser.kind() == Resolution.Kind.ORGANIZATION && known.contains(byUser.identity())) {
      return new SecretUrl(this, byUser);
    }
    return organization == null
        ? this
        : new SecretUrl(
            this, Resolution.resolve("https", Identity.SERVICES_HOST, organization, null));
  }

  /** Whether it is for Azure DevOps Services, and does not say for which organization. */
  public boolean isOpen() {
    return whose.kind() == Resolution.Kind.UNKNOWN_ORGANIZATION;
  }

  /** The URL as it stands there, with its secret. */
  public String written() {
    return written;
  }

  /** The index of the first of these characters, or the length. */
  private static int end(String signs, String text, int start) {
    int end = start;
    while (end < text.length() && signs.indexOf(text.charAt(end)) < 0) {
      end++;
    }
    return end;
  }

  /** Reads a URL; null when it is none, or carries no secret. */
  static @Nullable SecretUrl of(String text) {
    int start = text.indexOf("://") + 3;
    if (start == 2) {
      return null;
    }
    String scheme = text.substring(0, start - 3);
    if (!isScheme(scheme)) {
      return null;
    }
    int end = end("/?#", text, start);
    int at = text.lastIndexOf('@', end - 1);
    if (at < start || at + 1 == end) {
      return null;
    }
    int colon = text.indexOf(':', start);
    boolean hasPassword = colon >= 0 && colon < at;
    SecretUrl url =
        new SecretUrl(
            text,
            scheme,
            decoded(text.substring(start, hasPassword ? colon : at)),
            hasPassword ? decoded(text.substring(colon + 1, at)) : "",
            text.substring(at + 1));
    return url.hasSecret() ? url : null;
  }

  private static boolean isScheme(String text) {
    boolean isScheme = !text.isEmpty();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      isScheme &= isLetter || (i > 0 && ((c >= '0' && c <= '9') || c == '+' || c == '-'));
    }
    return isScheme;
  }

  private boolean isWeb() {
    return scheme.equalsIgnoreCase("https") || scheme.equalsIgnoreCase("http");
  }

  private static String decoded(String text) {
    try {
      return PercentEncoding.decode(text);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  private boolean hasSecret() {
    return !password.isEmpty()
        || UserName.isToken(user)
        || (isWeb() && !user.isEmpty() && !whose.isAzure() && !UserName.isName(user));
  }

  public Resolution whose() {
    return whose;
  }

  /** Why the secret cannot be stored for git; null when it can. */
  public @Nullable String fault() {
    if (!isWeb()) {
      return "git uses no helper for " + scheme + " passwords";
    }
    if (whose.kind() == Resolution.Kind.REFUSED) {
      return whose.refusal();
    }
    if (whose.identity() == null) {
      return "organization unknown (use --organization)";
    }
    if (end("?#", rest, 0) < rest.length()) {
      return "its query may contain another secret";
    }
    if (secret().chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
      return "its password contains a control character";
    }
    return whose.isAzure() || (UserName.isName(user) && !password.isEmpty())
        ? null
        : "its user name is missing or looks like a token";
  }

  /** The secret; a token may be sent as the user name, with anything for a password. */
  public String secret() {
    boolean isUser =
        password.isEmpty() || (TokenFormat.isLike(user) && !TokenFormat.isLike(password));
    return isUser ? user : password;
  }

  /** The user to store it under; absent where any user name will do. */
  public @Nullable String user() {
    return whose.isAzure() ? null : user;
  }

  /** For a person: without the secret, and without what follows the path. */
  String redacted() {
    int end = end("?#", rest, 0);
    String name = UserName.isName(user) ? user : "***";
    return scheme
        + "://"
        + name
        + (password.isEmpty() ? "" : ":***")
        + "@"
        + rest.substring(0, end)
        + (end < rest.length() ? rest.charAt(end) + "***" : "");
  }

  /**
   * The URL without the secret. The organization becomes the user name, as in the service's own
   * URLs, since git may be set up to send no path; for other hosts the user name stays.
   */
  public String clean() {
    boolean isNamed = whose.isAzure() && whose.identity().isOrganization() && namesOrganization();
    return scheme + "://" + (isNamed ? whose.identity().path() + "@" : userOfOthers()) + rest;
  }

  /** The same as a pattern that git compares URLs with; on Azure DevOps it matches any user. */
  public String cleanPattern() {
    return scheme + "://" + userOfOthers() + rest;
  }

  private String userOfOthers() {
    return whose.isAzure() ? "" : PercentEncoding.encode(user) + "@";
  }

  /** Whether its path names the organization. */
  private boolean namesOrganization() {
    String shared = Identity.SERVICES_HOST + "/";
    return rest.regionMatches(true, 0, shared, 0, shared.length())
        && end("/?#", rest, shared.length()) > shared.length();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SecretUrl that
        && written.equals(that.written)
        && whose.equals(that.whose);
  }

  @Override
  public int hashCode() {
    return Objects.hash(written, whose);
  }

  @Override
  public String toString() {
    return redacted();
  }
}
