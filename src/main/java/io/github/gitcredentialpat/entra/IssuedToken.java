package io.github.gitcredentialpat.entra;

import java.time.Instant;
import java.util.Arrays;

/**
 * An access token that needed no person to be asked.
 *
 * @param rung where it comes from, for a person: {@code Azure CLI}
 * @param token its bytes, which the caller wipes
 * @param expiresAt when it dies
 */
@SuppressWarnings("ArrayRecordComponent") // For bytes that can be wiped; nobody compares it.
public record IssuedToken(String rung, byte[] token, Instant expiresAt) {

  /** Overwrites it with zeros. */
  public void wipe() {
    Arrays.fill(token, (byte) 0);
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "IssuedToken[rung=" + rung + ", expiresAt=" + expiresAt + "]";
  }
}
