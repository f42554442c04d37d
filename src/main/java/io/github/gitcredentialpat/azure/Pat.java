package io.github.gitcredentialpat.azure;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A personal access token as the service knows it.
 *
 * @param displayName the name that a person gave it
 * @param authorizationId its id at the service, a GUID
 * @param scope its scopes, joined by one space
 * @param validFrom when it became valid
 * @param validTo when it expires: what the service decided, which may be earlier than asked for
 * @param global whether it is good for all organizations of its owner
 * @param secret the token itself, which the service says once, when it is created; absent otherwise
 */
@SuppressWarnings("ArrayRecordComponent") // For bytes that can be wiped; nobody compares it.
public record Pat(
    String displayName,
    String authorizationId,
    String scope,
    Instant validFrom,
    Instant validTo,
    boolean global,
    byte @Nullable [] secret) {

  /**
   * The day from which no organization accepts global tokens (Microsoft: "Use personal access
   * tokens").
   */
  public static final Instant END_OF_GLOBAL_TOKENS = Instant.parse("2026-12-01T00:00:00Z");

  /** When it stops working: as the service says, or with all global tokens. */
  public Instant end() {
    return global && validTo.isAfter(END_OF_GLOBAL_TOKENS) ? END_OF_GLOBAL_TOKENS : validTo;
  }

  /** Everything but the secret. */
  @Override
  public String toString() {
    return "PatToken[displayName="
        + displayName
        + ", authorizationId="
        + authorizationId
        + ", scope="
        + scope
        + ", validFrom="
        + validFrom
        + ", validTo="
        + validTo
        + ", global="
        + global
        + (secret == null ? "]" : ", secret=<secret>]");
  }
}
