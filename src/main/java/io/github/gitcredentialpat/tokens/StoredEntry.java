package io.github.gitcredentialpat.tokens;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.UserName;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;

/**
 * A stored token and the store that has it.
 *
 * @param store the store that keeps it
 * @param entry the token, with its secret
 */
public record StoredEntry(Store store, Entry entry) {

  /** Whose token it is. */
  public Identity identity() {
    return entry.key().identity();
  }

  /** {@code contoso (alice)}. */
  public static String describe(EntryKey key) {
    String user = key.user();
    if (key.identity().isSignIn()) {
      return "the sign-in to Entra tenant " + key.identity().path();
    }
    return key.identity().display()
        + (user == null || user.isEmpty() ? "" : " (" + UserName.shown(user) + ")");
  }

  /** {@code contoso (alice) in file}. */
  public static String describe(Store store, EntryKey key) {
    return describe(key) + " in " + store.name();
  }

  /** Overwrites the secrets with zeros. */
  public void wipe() {
    entry.wipe();
  }
}
