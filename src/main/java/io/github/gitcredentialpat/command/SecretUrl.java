package io.github.gitcredentialpat.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.PersonalAccessToken;
import io.github.gitcredentialpat.identity.UserName;
import io.github.gitcredentialpat.identity.Whose;
import java.net.URLDecoder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A URL of http that carries a password or a token, as {@code https://any:TOKEN@host/path} or
 * {@code https://TOKEN@host/path}.
 */
final class SecretUrl {
  private static final String SPECIAL = ".[]()*+?{}^$|\\";

  private final String scheme;
  private final String user;
  private final String password;
  private final String rest;
  private final Whose whose;

  private SecretUrl(String scheme, String user, String password, String rest) {
    this.scheme = scheme;
    this.user = user;
    this.password = password;
    this.rest = rest;
    Whose found = Whose.tokenOf(scheme + "://" + rest.substring(0, end("?#", rest, 0)));
    // Of a host that is no Azure DevOps git names no path unless it is told to.
    whose =
        found.kind() == Whose.Kind.HOST
            ? Whose.tokenOf(scheme + "://" + rest.substring(0, end("/?#", rest, 0)))
            : found;
  }

  /** Where the first of these signs is, or the end. */
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
    if (!scheme.equalsIgnoreCase("https") && !scheme.equalsIgnoreCase("http")) {
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
            scheme,
            decoded(text.substring(start, hasPassword ? colon : at)),
            hasPassword ? decoded(text.substring(colon + 1, at)) : "",
            text.substring(at + 1));
    return url.hasSecret() ? url : null;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  private boolean hasSecret() {
    return !password.isEmpty()
        || PersonalAccessToken.isLike(user)
        || (!user.isEmpty() && !whose.isAzure() && !UserName.isName(user));
  }

  Whose whose() {
    return whose;
  }

  /** Why nobody could keep the secret for git; null when it can be kept. */
  @Nullable String fault() {
    if (whose.kind() == Whose.Kind.REFUSED) {
      return whose.refusal();
    }
    if (whose.identity() == null) {
      return "it does not say which organisation is meant";
    }
    if (end("?#", rest, 0) < rest.length()) {
      return "what follows its path may be another secret";
    }
    if (secret().chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
      return "its password holds a control character";
    }
    return whose.isAzure() || (UserName.isName(user) && !password.isEmpty())
        ? null
        : "its user name is none, or a token itself";
  }

  /** The secret; a token may be sent as the user name, with anything for a password. */
  String secret() {
    boolean isUser =
        password.isEmpty()
            || (PersonalAccessToken.isLike(user) && !PersonalAccessToken.isLike(password));
    return isUser ? user : password;
  }

  /** The user to keep it under; absent where any user name will do. */
  @Nullable String user() {
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
   * The URL without the secret. With the organisation as user name, as the service itself spells
   * it, for git may be set up to say no path; of another host the user stays.
   */
  String clean() {
    String kept = "";
    if (!whose.isAzure()) {
      kept = encoded(user) + "@";
    } else if (whose.identity().isOrganization() && isOnSharedHost()) {
      kept = whose.identity().path() + "@";
    }
    return scheme + "://" + kept + rest;
  }

  private boolean isOnSharedHost() {
    return rest.regionMatches(
        true, 0, Identity.SERVICES_HOST + "/", 0, Identity.SERVICES_HOST.length() + 1);
  }

  private static String encoded(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : text.getBytes(UTF_8)) {
      boolean plain =
          (b >= 'a' && b <= 'z')
              || (b >= 'A' && b <= 'Z')
              || (b >= '0' && b <= '9')
              || "-._~".indexOf(b) >= 0;
      encoded.append(plain ? String.valueOf((char) b) : String.format("%%%02X", b & 0xff));
    }
    return encoded.toString();
  }

  /** An extended regular expression that the URL matches, and that does not hold the secret. */
  String pattern() {
    StringBuilder pattern = new StringBuilder("^").append(scheme).append("://[^/?#]*@");
    for (int i = 0; i < rest.length(); i++) {
      if (SPECIAL.indexOf(rest.charAt(i)) >= 0) {
        pattern.append('\\');
      }
      pattern.append(rest.charAt(i));
    }
    return pattern.append('$').toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SecretUrl that
        && scheme.equals(that.scheme)
        && user.equals(that.user)
        && password.equals(that.password)
        && rest.equals(that.rest);
  }

  @Override
  public int hashCode() {
    return Objects.hash(scheme, user, password, rest);
  }

  @Override
  public String toString() {
    return redacted();
  }
}
