package io.github.gitcredentialpat.store;

import io.github.gitcredentialpat.secret.Secret;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A stored secret and what is known about it.
 *
 * @param key its key, unique in a store
 * @param secret the password, or the credential for another scheme
 * @param expiry when it expires; absent when unknown
 * @param refreshToken git's {@code oauth_refresh_token}, as secret as the password
 * @param storedAt when this secret was stored, in seconds since the epoch
 * @param setAsideAt since when it is set aside because a server refused it, in seconds since the
 *     epoch; 0 when it is not
 * @param name the token's name at the service
 * @param scopes the token's scopes, joined by one space
 * @param authorizationId the token's id at the service
 */
public record Entry(
    EntryKey key,
    Secret secret,
    @Nullable Expiry expiry,
    @Nullable Secret refreshToken,
    long storedAt,
    long setAsideAt,
    @Nullable String name,
    @Nullable String scopes,
    @Nullable String authorizationId) {

  /** A new entry with nothing but its secret. */
  public static Entry of(EntryKey key, Secret secret, long storedAt) {
    return new Entry(key, secret, null, null, storedAt, 0, null, null, null);
  }

  /** A copy with another expiry and refresh token. */
  public Entry with(@Nullable Expiry newExpiry, @Nullable Secret newRefreshToken) {
    return new Entry(
        key,
        secret,
        newExpiry,
        newRefreshToken,
        storedAt,
        setAsideAt,
        name,
        scopes,
        authorizationId);
  }

  /** A copy under another key. */
  public Entry withKey(EntryKey newKey) {
    return new Entry(
        newKey, secret, expiry, refreshToken, storedAt, setAsideAt, name, scopes, authorizationId);
  }

  /** A copy with other scopes. */
  public Entry withScopes(@Nullable String newScopes) {
    return new Entry(
        key, secret, expiry, refreshToken, storedAt, setAsideAt, name, newScopes, authorizationId);
  }

  /** A copy set aside at this time, in seconds since the epoch; 0 brings it back. */
  public Entry setAsideAt(long time) {
    return new Entry(
        key, secret, expiry, refreshToken, storedAt, time, name, scopes, authorizationId);
  }

  /**
   * Whether it is not answered any more: it is set aside, or has expired for certain.
   *
   * @param now seconds since the epoch
   */
  public boolean isOver(long now) {
    return setAsideAt != 0 || (expiry != null && expiry.stopsAnswerAt(now));
  }

  /** Whether both give git the same answer; what only describes the secret does not count. */
  public boolean isSameAnswer(Entry other) {
    return secret.sameAs(other.secret)
        && Objects.equals(expiry, other.expiry)
        && (refreshToken == null
            ? other.refreshToken == null
            : refreshToken.sameAs(other.refreshToken));
  }

  /** Overwrites the secrets with zeros. */
  public void wipe() {
    secret.wipe();
    if (refreshToken != null) {
      refreshToken.wipe();
    }
  }
}
