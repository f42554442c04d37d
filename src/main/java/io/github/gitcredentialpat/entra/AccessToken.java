package io.github.gitcredentialpat.entra;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.gitcredentialpat.http.JsonTrees;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** An access token of Entra, as far as anybody but the service may look into it. */
public final class AccessToken {
  private AccessToken() {}

  /**
   * When an access token dies, as it says itself; absent when it does not say so. Nothing is
   * checked: whether it is good only the service knows.
   */
  public static @Nullable Instant expiryOf(byte[] accessToken) {
    int first = indexOf(accessToken, '.', 0);
    int second = first < 0 ? -1 : indexOf(accessToken, '.', first + 1);
    if (second < 0) {
      return null;
    }
    byte[] payload;
    try {
      payload = Base64.getUrlDecoder().decode(Arrays.copyOfRange(accessToken, first + 1, second));
    } catch (IllegalArgumentException e) {
      return null;
    }
    ObjectNode claims = JsonTrees.object(new String(payload, UTF_8));
    long seconds = claims == null ? 0 : claims.path("exp").asLong();
    return seconds <= 0 || seconds > Instant.MAX.getEpochSecond()
        ? null
        : Instant.ofEpochSecond(seconds);
  }

  private static int indexOf(byte[] bytes, char c, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] == c) {
        return i;
      }
    }
    return -1;
  }
}
