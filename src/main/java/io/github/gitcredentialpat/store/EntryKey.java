package io.github.gitcredentialpat.store;

import io.github.gitcredentialpat.identity.Identity;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Identifies an entry: a store holds at most one entry for each key.
 *
 * @param identity whose token it is
 * @param user the user name; absent and empty are two different things
 */
public record EntryKey(Identity identity, @Nullable String user) {
  /**
   * Whether git can be answered with an entry of this key: its parts hold no line feed and no NUL,
   * which no value of git's protocol can have, nor a carriage return, which some readers take for a
   * line end (CVE-2024-52006), and it has a protocol and a host.
   */
  public boolean isAnswerable() {
    return isLine(identity.protocol())
        && isLine(identity.host())
        && !identity.protocol().isEmpty()
        && !identity.host().isEmpty()
        && (identity.path() == null || isLine(identity.path()))
        && (user == null || isLine(user));
  }

  private static boolean isLine(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n' || c == '\r' || c == 0) {
        return false;
      }
    }
    return true;
  }

  // By hand: the methods that records bring along start invokedynamic, which costs a one-shot
  // process more than all else that a store operation does.
  @Override
  public boolean equals(Object other) {
    return other instanceof EntryKey that
        && identity.equals(that.identity)
        && Objects.equals(user, that.user);
  }

  @Override
  public int hashCode() {
    return 31 * identity.hashCode() + Objects.hashCode(user);
  }
}
