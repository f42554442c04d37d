package io.github.gitcredentialpat.store.secretservice;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.store.EntryKey;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an entry's key is written into an item's attributes, and read from them.
 *
 * <p>GNOME Keyring shows a keyring that was not unlocked since its start with hashed values under
 * prefixed names: then only the presence of an attribute can be read, though a search still
 * compares its value.
 */
final class Attributes {
  private static final String HASHED = "gkr:compat:hashed:";

  private @Nullable String application;
  private @Nullable String protocol;
  private @Nullable String host;
  private @Nullable String path;
  private @Nullable String user;
  private boolean hashed;

  /**
   * The attributes for a search: all but the schema, by which Secret Services match differently.
   */
  static String[] ofSearch(Identity identity, @Nullable String user) {
    return of(identity, user, false);
  }

  /** The attributes of a new item. */
  static String[] ofItem(EntryKey key) {
    return of(key.identity(), key.user(), true);
  }

  /** The attributes that all of our items have. */
  static String[] ofAll() {
    return new String[] {"application", "git-credential-pat"};
  }

  private static String[] of(Identity identity, @Nullable String user, boolean withSchema) {
    int pairs =
        3 + (identity.path() == null ? 0 : 1) + (user == null ? 0 : 1) + (withSchema ? 1 : 0);
    String[] attributes = new String[2 * pairs];
    int end = 0;
    attributes[end++] = "application";
    attributes[end++] = "git-credential-pat";
    attributes[end++] = "protocol";
    attributes[end++] = identity.protocol();
    attributes[end++] = "host";
    attributes[end++] = identity.host();
    if (identity.path() != null) {
      attributes[end++] = "path";
      attributes[end++] = identity.path();
    }
    if (user != null) {
      attributes[end++] = "user";
      attributes[end++] = user;
    }
    if (withSchema) {
      attributes[end++] = "xdg:schema";
      attributes[end] = "io.github.gitcredentialpat";
    }
    return attributes;
  }

  /** Wraps the attributes of an item by their names; those that are not ours are ignored. */
  Attributes(Map<String, String> all) {
    for (Map.Entry<String, String> attribute : all.entrySet()) {
      put(attribute.getKey(), attribute.getValue());
    }
  }

  private void put(String name, String value) {
    String plain = name;
    if (name.startsWith(HASHED)) {
      hashed = true;
      plain = name.substring(HASHED.length());
    }
    switch (plain) {
      case "application" -> application = value;
      case "protocol" -> protocol = value;
      case "host" -> host = value;
      case "path" -> path = value;
      case "user" -> user = value;
      default -> {}
    }
  }

  /** The entry's key; null when the values cannot be read or are not ours. */
  @Nullable EntryKey key() {
    if (hashed || protocol == null || host == null || !"git-credential-pat".equals(application)) {
      return null;
    }
    return new EntryKey(new Identity(protocol, host, path), user);
  }

  /** Whether an item that a search for this key found has that key, and no path or user beyond. */
  boolean isOf(EntryKey key) {
    if (hashed) {
      return (path == null) == (key.identity().path() == null)
          && (user == null) == (key.user() == null);
    }
    return key.equals(key());
  }
}
