package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;

/**
 * A token and where it is kept.
 *
 * @param store the store that keeps it
 * @param entry the token, with its secret
 */
record Kept(Store store, Entry entry) {

  Identity identity() {
    return entry.key().identity();
  }

  /** {@code the token for contoso (user alice)}. */
  static String describe(EntryKey key) {
    String user = key.user();
    return "the token for "
        + key.identity().display()
        + (user == null || user.isEmpty() ? "" : " (user " + user + ")");
  }

  /** {@code the token for contoso (user alice) in file}. */
  static String describe(Store store, EntryKey key) {
    return describe(key) + " in " + store.name();
  }
}
