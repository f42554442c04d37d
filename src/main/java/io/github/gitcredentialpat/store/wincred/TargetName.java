package io.github.gitcredentialpat.store.wincred;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.store.EntryKey;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The target names of our credentials: {@code
 * git-credential-pat:https://dev.azure.com/contoso|alice}, without {@code |alice} when there is no
 * user and without {@code /contoso} when there is no path. Part 2 and up of a long secret add
 * {@code #}, their generation, a dot and their number.
 *
 * <p>Windows compares target names without case. So all but lower-case letters, digits and a few
 * signs is percent-encoded: names of two keys differ even then, and none holds a {@code *}, which
 * would make it a pattern.
 */
final class TargetName {
  /** What the target names of all our credentials begin with. */
  static final String PREFIX = "git-credential-pat:";

  private static final String PLAIN = "-._~:@[]";
  private static final String HEX = "0123456789abcdef";

  private TargetName() {}

  /** The target name of the entry with this key. */
  static String of(EntryKey key) {
    StringBuilder name = start(key.identity());
    if (key.user() != null) {
      name.append('|');
      escape(name, key.user(), false);
    }
    return name.toString();
  }

  /**
   * The prefix of the target names of all entries of this identity; other names may have it too.
   */
  static String beginningOf(Identity where) {
    return start(where).toString();
  }

  /** The target name of a part but the first. */
  static String ofPart(String target, String generation, int part) {
    return target + "#" + generation + "." + part;
  }

  /** The key that a target name stands for; null when {@link #of} does not make such a name. */
  static @Nullable EntryKey key(String target) {
    int host = target.indexOf("://") + 3;
    if (!target.startsWith(PREFIX) || host < PREFIX.length() + 3) {
      return null;
    }
    int userSign = target.indexOf('|', host);
    int end = userSign < 0 ? target.length() : userSign;
    int slash = target.indexOf('/', host);
    int hostEnd = slash < 0 || slash > end ? end : slash;
    EntryKey key =
        new EntryKey(
            new Identity(
                unescape(target, PREFIX.length(), host - 3),
                unescape(target, host, hostEnd),
                hostEnd == end ? null : unescape(target, hostEnd + 1, end)),
            userSign < 0 ? null : unescape(target, userSign + 1, target.length()));
    return of(key).equals(target) ? key : null;
  }

  private static StringBuilder start(Identity identity) {
    StringBuilder name = new StringBuilder(96).append(PREFIX);
    escape(name, identity.protocol(), false);
    name.append("://");
    escape(name, identity.host(), false);
    if (identity.path() != null) {
      name.append('/');
      escape(name, identity.path(), true);
    }
    return name;
  }

  private static void escape(StringBuilder out, String text, boolean slashIsPlain) {
    for (byte b : text.getBytes(UTF_8)) {
      char c = (char) (b & 0xff);
      if ((c >= 'a' && c <= 'z')
          || (c >= '0' && c <= '9')
          || PLAIN.indexOf(c) >= 0
          || (slashIsPlain && c == '/')) {
        out.append(c);
      } else {
        out.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
      }
    }
  }

  /** Undoes {@link #escape}; the result is undefined for what that never makes. */
  private static String unescape(String text, int start, int end) {
    byte[] bytes = new byte[end - start];
    int length = 0;
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      if (c == '%' && i + 2 < end) {
        c = (char) (HEX.indexOf(text.charAt(i + 1)) << 4 | HEX.indexOf(text.charAt(i + 2)));
        i += 2;
      }
      bytes[length++] = (byte) c;
    }
    return new String(Arrays.copyOf(bytes, length), UTF_8);
  }
}
