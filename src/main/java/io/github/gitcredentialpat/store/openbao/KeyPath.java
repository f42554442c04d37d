package io.github.gitcredentialpat.store.openbao;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.PercentEncoding;
import io.github.gitcredentialpat.store.EntryKey;
import org.jspecify.annotations.Nullable;

/**
 * The path of an entry: protocol, host, identity path and user, each one segment, so that keys are
 * listed without a secret being read: {@code https/dev.azure.com/contoso/alice}. What is not
 * unreserved in a URL is percent-encoded in the name itself; {@code _} stands for what is absent,
 * {@code __} for an empty text.
 */
final class KeyPath {
  private static final String ABSENT = "_";
  private static final String EMPTY = "__";

  private KeyPath() {}

  static String of(EntryKey key) {
    return of(key.identity().protocol(), key.identity().host(), key.identity().path())
        + "/"
        + segment(key.user());
  }

  /** Of the folder that all entries of an identity are in. */
  static String of(String protocol, String host, @Nullable String path) {
    return folder(protocol, host) + "/" + segment(path);
  }

  /** Of the folder that all entries of a host are in. */
  static String folder(String protocol, String host) {
    return segment(protocol) + "/" + segment(host);
  }

  private static String segment(@Nullable String text) {
    if (text == null) {
      return ABSENT;
    }
    if (text.isEmpty()) {
      return EMPTY;
    }
    String encoded = PercentEncoding.encode(text);
    StringBuilder segment = new StringBuilder(encoded.length() + 8);
    for (int i = 0; i < encoded.length(); i++) {
      char c = encoded.charAt(i);
      // The server takes no two dots in a row, and a path of dots would be another one.
      if (c == '.' && (i == 0 || encoded.charAt(i - 1) == '.')) {
        segment.append("%2E");
      } else if (c == '_' && i == 0) {
        segment.append("%5F");
      } else {
        segment.append(c);
      }
    }
    return segment.toString();
  }

  /** The key that leads to this path; absent when it is somebody else's. */
  static @Nullable EntryKey parse(String protocol, String host, String path, String user) {
    try {
      String decodedProtocol = text(protocol);
      String decodedHost = text(host);
      if (decodedProtocol == null || decodedHost == null) {
        return null;
      }
      EntryKey key =
          new EntryKey(new Identity(decodedProtocol, decodedHost, text(path)), text(user));
      // Written in another way it would not be found again.
      return of(key).equals(protocol + "/" + host + "/" + path + "/" + user) ? key : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable String text(String segment) {
    return switch (segment) {
      case ABSENT -> null;
      case EMPTY -> "";
      default -> PercentEncoding.decode(segment);
    };
  }
}
