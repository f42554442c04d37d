package io.github.gitcredentialpat.identity;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A URL in the form that other programs use: host in lower case, no default port, no user name or
 * token, no query.
 *
 * @param scheme {@code https} or {@code http}
 * @param host with {@code :port} where it needs one
 * @param path as typed, with its leading slash; a space is percent-encoded
 * @param user the user part that was taken out, decoded; absent when there was none
 */
public record HttpUrl(String scheme, String host, String path, @Nullable String user) {

  /** Parses a URL; absent when its scheme is neither http nor https. */
  public static @Nullable HttpUrl of(String url) {
    int colon = url.indexOf("://");
    String scheme = colon < 0 ? "" : url.substring(0, colon).toLowerCase(Locale.ROOT);
    if (!scheme.equals("https") && !scheme.equals("http")) {
      return null;
    }
    String rest = url.substring(colon + 3);
    int end = rest.length();
    for (int i = 0; i < end; i++) {
      if (rest.charAt(i) == '?' || rest.charAt(i) == '#') {
        end = i;
      }
    }
    rest = rest.substring(0, end);
    int slash = rest.indexOf('/');
    String authority = slash < 0 ? rest : rest.substring(0, slash);
    int at = authority.lastIndexOf('@');
    String host = authority.substring(at + 1).toLowerCase(Locale.ROOT);
    String usual = scheme.equals("https") ? ":443" : ":80";
    return new HttpUrl(
        scheme,
        host.endsWith(usual) ? host.substring(0, host.length() - usual.length()) : host,
        slash < 0 ? "/" : rest.substring(slash).replace(" ", "%20"),
        at < 0 ? null : user(authority.substring(0, at)));
  }

  /** A password behind the name says nothing about whose token is meant. */
  private static @Nullable String user(String part) {
    int colon = part.indexOf(':');
    try {
      return PercentEncoding.decode(colon < 0 ? part : part.substring(0, colon));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** The URL. */
  public String url() {
    return scheme + "://" + host + path;
  }

  /** The name of the package feed; absent when it is not the URL of one. */
  public @Nullable String feed() {
    String mark = "/_packaging/";
    int start = path.toLowerCase(Locale.ROOT).indexOf(mark);
    if (start < 0) {
      return null;
    }
    int end = path.indexOf('/', start + mark.length());
    String name = path.substring(start + mark.length(), end < 0 ? path.length() : end);
    return name.isEmpty() ? null : name;
  }
}
