package io.github.gitcredentialpat.online;

import io.github.gitcredentialpat.azure.Pat;
import io.github.gitcredentialpat.azure.Scopes;
import io.github.gitcredentialpat.tokens.Wording;

/** How messages name a token of the service, and what became of it. */
public final class PatWording {
  private static final long DAY = 86_400;

  private PatWording() {}

  /** {@code created "laptop" for contoso: Code (Read), expires 2027-02-01}. */
  public static String summary(String verb, Pat token, String organization) {
    return verb + " \"" + token.displayName() + "\" for " + organization + ": " + describe(token);
  }

  /** {@code Code (Read), expires 2027-02-01}. */
  public static String describe(Pat token) {
    return Scopes.describe(token.scope())
        + ", expires "
        + Wording.date(token.end().getEpochSecond())
        + (token.global() ? ", for all organizations" : "");
  }

  /**
   * Says so when the organization's policy shortened the requested life.
   *
   * @param wanted when the token was to expire, in seconds since the epoch
   */
  public static String clamped(Pat token, long wanted) {
    return token.validTo().getEpochSecond() < wanted - DAY
        ? " (shortened by the organization's policy)"
        : "";
  }

  /** The command that revokes a token. */
  public static String revocation(String organization, String authorizationId) {
    return "git-credential-pat token revoke " + organization + " " + authorizationId;
  }
}
