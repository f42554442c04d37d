package io.github.gitcredentialpat.store.keyutils;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.store.EntryKey;
import org.jspecify.annotations.Nullable;

/**
 * The description of an entry's key, in the form of a URL: {@code
 * https://alice@dev.azure.com/contoso}. What would be read as another part is percent-encoded, so
 * that any text comes back as it was; without a user there is no {@code @}, without a path no
 * slash.
 */
final class KeyDescription {
  private KeyDescription() {}

  static String of(EntryKey key) {
    Identity identity = key.identity();
    StringBuilder url = new StringBuilder(96);
    escape(url, identity.protocol(), ":/@");
    url.append("://");
    if (key.user() != null) {
      escape(url, key.user(), "/@");
      url.append('@');
    }
    escape(url, identity.host(), "/@");
    if (identity.path() != null) {
      url.append('/');
      escape(url, identity.path(), "");
    }
    return url.toString();
  }

  /**
   * The key that this describes; absent when it is no entry of ours, or not written as {@link #of}
   * writes it, for by that it is found again when it is to be replaced or deleted.
   */
  static @Nullable EntryKey parse(String description) {
    int colon = description.indexOf("://");
    if (colon < 0) {
      return null;
    }
    int start = colon + 3;
    int slash = description.indexOf('/', start);
    int end = slash < 0 ? description.length() : slash;
    int at = description.indexOf('@', start);
    boolean hasUser = at >= 0 && at < end;
    String protocol = unescape(description.substring(0, colon));
    String host = unescape(description.substring(hasUser ? at + 1 : start, end));
    String path = slash < 0 ? null : unescape(description.substring(slash + 1));
    String user = hasUser ? unescape(description.substring(start, at)) : null;
    EntryKey key = new EntryKey(new Identity(protocol, host, path), user);
    return of(key).equals(description) ? key : null;
  }

  private static void escape(StringBuilder out, String text, String delimiters) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x20 || c == 0x7f || c == '%' || delimiters.indexOf(c) >= 0) {
        out.append('%').append(Character.forDigit(c >> 4, 16));
        out.append(Character.forDigit(c & 15, 16));
      } else {
        out.append(c);
      }
    }
  }

  private static String unescape(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%' && i + 2 < text.length()) {
        out.append(
            (char)
                (Character.digit(text.charAt(i + 1), 16) << 4
                    | Character.digit(text.charAt(i + 2), 16)));
        i += 2;
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}
