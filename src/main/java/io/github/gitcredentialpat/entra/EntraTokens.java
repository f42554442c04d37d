package io.github.gitcredentialpat.entra;

import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a sign-in gives.
 *
 * @param accessToken for the service that it was asked for, good for about an hour
 * @param refreshToken for the next access token; absent when there is no new one
 * @param expiresAt when the access token dies
 */
@SuppressWarnings("ArrayRecordComponent") // For bytes that can be wiped; nobody compares it.
public record EntraTokens(byte[] accessToken, byte @Nullable [] refreshToken, Instant expiresAt) {

  /** Overwrites both with zeros. */
  public void wipe() {
    Arrays.fill(accessToken, (byte) 0);
    if (refreshToken != null) {
      Arrays.fill(refreshToken, (byte) 0);
    }
  }

  /** Without the tokens. */
  @Override
  public String toString() {
    return "EntraTokens[expiresAt=" + expiresAt + "]";
  }
}
