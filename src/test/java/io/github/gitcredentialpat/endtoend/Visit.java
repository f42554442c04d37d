package io.github.gitcredentialpat.endtoend;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A request as a site's doorkeeper sees it.
 *
 * @param method the HTTP method
 * @param host the Host header
 * @param path the decoded path, with its leading slash
 * @param uri the path and query as they were sent
 * @param push whether it belongs to a push
 * @param authorization the Authorization header
 */
record Visit(
    String method,
    String host,
    String path,
    String uri,
    boolean push,
    @Nullable String authorization) {

  /**
   * The scheme of the Authorization header; {@code none} without one, or when it holds a user name
   * and no password, which curl sends ahead when the URL has a user part.
   */
  String scheme() {
    if (authorization == null || "".equals(password())) {
      return "none";
    }
    return authorization.split(" ", 2)[0];
  }

  /** The user name of a Basic authorization. */
  @Nullable String user() {
    String pair = basic();
    return pair == null ? null : pair.substring(0, pair.indexOf(':'));
  }

  /** The password of a Basic authorization. */
  @Nullable String password() {
    String pair = basic();
    return pair == null ? null : pair.substring(pair.indexOf(':') + 1);
  }

  private @Nullable String basic() {
    if (authorization == null || !authorization.startsWith("Basic ")) {
      return null;
    }
    byte[] pair = Base64.getDecoder().decode(authorization.substring("Basic ".length()).trim());
    String text = new String(pair, StandardCharsets.UTF_8);
    return text.indexOf(':') < 0 ? null : text;
  }
}
