package io.github.gitcredentialpat.entra;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/**
 * A sign-in that waits for a person.
 *
 * @param userCode what the person enters
 * @param verificationUri where
 * @param deviceCode what the sign-in is asked after with; a secret
 * @param interval how often it may be asked after
 * @param expiresAt until when the person has to have done it
 * @param message all of it in a sentence of Entra's
 */
@SuppressWarnings("ArrayRecordComponent") // For bytes that can be wiped; nobody compares it.
public record DeviceCode(
    String userCode,
    String verificationUri,
    byte[] deviceCode,
    Duration interval,
    Instant expiresAt,
    String message) {

  /** Overwrites the device code with zeros. */
  public void wipe() {
    Arrays.fill(deviceCode, (byte) 0);
  }

  /** Without the device code. */
  @Override
  public String toString() {
    return "DeviceCode[userCode=" + userCode + ", expiresAt=" + expiresAt + "]";
  }
}
