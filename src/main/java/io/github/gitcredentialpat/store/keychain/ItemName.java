package io.github.gitcredentialpat.store.keychain;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.store.EntryKey;
import org.jspecify.annotations.Nullable;

/**
 * An entry's key as one text, and back: {@code https://alice@tfs.example:8443/tfs/collection}.
 *
 * <p>Different keys have different texts. An absent user has no {@code @} and an empty one does; an
 * absent path has no slash after the host and an empty one does; what would be misread in a part
 * before the path is written as {@code %} and two hexadecimal digits.
 */
final class ItemName {
  private static final String SEPARATOR = "://";
  private static final String ESCAPED = "%/@:";
  private static final String ESCAPED_IN_HOST = "%/@";

  private ItemName() {}

  /** The text of a key. */
  static String of(EntryKey key) {
    Identity identity = key.identity();
    StringBuilder name = new StringBuilder(80);
    escape(identity.protocol(), ESCAPED, name);
    name.append(SEPARATOR);
    if (key.user() != null) {
      escape(key.user(), ESCAPED, name);
      name.append('@');
    }
    escape(identity.host(), ESCAPED_IN_HOST, name);
    if (identity.path() != null) {
      name.append('/').append(identity.path());
    }
    return name.toString();
  }

  /** The key with this text; absent when the text is not one of a key. */
  static @Nullable EntryKey parse(String name) {
    int protocolEnd = name.indexOf(SEPARATOR);
    if (protocolEnd < 0) {
      return null;
    }
    int start = protocolEnd + SEPARATOR.length();
    int slash = name.indexOf('/', start);
    int hostEnd = slash < 0 ? name.length() : slash;
    int at = name.indexOf('@', start);
    boolean hasUser = at >= 0 && at < hostEnd;
    String protocol = unescape(name.substring(0, protocolEnd));
    String user = hasUser ? unescape(name.substring(start, at)) : null;
    String host = unescape(name.substring(hasUser ? at + 1 : start, hostEnd));
    String path = slash < 0 ? null : name.substring(slash + 1);
    EntryKey key = new EntryKey(new Identity(protocol, host, path), user);
    return of(key).equals(name) ? key : null;
  }

  /** Where the port begins in a host, with its colon; the host's length when it has none. */
  static int portStart(String host) {
    int digits = host.length();
    while (digits > 0 && host.charAt(digits - 1) >= '0' && host.charAt(digits - 1) <= '9') {
      digits--;
    }
    boolean isPort =
        digits > 1
            && digits < host.length()
            && host.length() - digits <= 5
            && host.charAt(digits - 1) == ':';
    return isPort ? digits - 1 : host.length();
  }

  private static void escape(String part, String escaped, StringBuilder name) {
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      if (escaped.indexOf(c) >= 0) {
        name.append('%')
            .append(Character.forDigit(c >> 4, 16))
            .append(Character.forDigit(c & 15, 16));
      } else {
        name.append(c);
      }
    }
  }

  private static String unescape(String part) {
    StringBuilder text = new StringBuilder(part.length());
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      if (c == '%' && i + 2 < part.length()) {
        c =
            (char)
                (Character.digit(part.charAt(i + 1), 16) << 4
                    | Character.digit(part.charAt(i + 2), 16));
        i += 2;
      }
      text.append(c);
    }
    return text.toString();
  }
}
