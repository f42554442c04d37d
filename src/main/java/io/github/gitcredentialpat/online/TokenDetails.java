package io.github.gitcredentialpat.online;

import io.github.gitcredentialpat.azure.Pat;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a token besides its secret.
 *
 * @param name its name at the service
 * @param scopes its scopes, joined by one space
 * @param authorizationId its id at the service
 * @param expiry when it dies, and who said so
 */
public record TokenDetails(
    @Nullable String name,
    @Nullable String scopes,
    @Nullable String authorizationId,
    @Nullable Expiry expiry) {

  /** The details that the service has of a token. */
  public static TokenDetails of(Pat token) {
    return new TokenDetails(
        token.displayName(),
        token.scope(),
        token.authorizationId(),
        new Expiry(token.end().getEpochSecond(), Expiry.Source.SERVICE));
  }

  /** A new entry for a token. */
  public Entry entry(Resolution whose, Secret token, long now) {
    return entry(new EntryKey(whose.identity(), null), token, now);
  }

  /** What is stored of a token, with these details. */
  public Entry entry(EntryKey key, Secret token, long storedAt) {
    return new Entry(key, token, expiry, null, storedAt, 0, name, scopes, authorizationId);
  }
}
