package io.github.gitcredentialpat.store.pass;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.store.EntryKey;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where an entry lies below our folder: {@code protocol/host/path/user.gpg}, the path with as many
 * segments as it has, as in {@code https/dev.azure.com/contoso/alice.gpg}.
 *
 * <p>A segment keeps ASCII letters, digits and {@code . _ @ + -}; every other byte of its UTF-8, a
 * dot or dash in front, and the dot of a folder's {@code .gpg} are percent-encoded in capital
 * hexadecimal digits. So no name leads out of the folder, hides, is an option or a glob, or depends
 * on the locale. An empty segment is {@code %empty}, and where no user is given the file is {@code
 * %any.gpg}: neither is such an encoding.
 */
final class EntryPath {
  static final String SUFFIX = ".gpg";

  private static final String EMPTY = "%empty";
  private static final String NO_USER = "%any";
  private static final String HEX = "0123456789ABCDEF";

  private EntryPath() {}

  /**
   * The folders of an identity, in order: protocol, host, and the path's segments if it has one.
   */
  static List<String> folders(Identity identity) {
    List<String> folders = new ArrayList<>();
    folders.add(folder(identity.protocol()));
    folders.add(folder(identity.host()));
    String path = identity.path();
    if (path != null) {
      int start = 0;
      for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', start)) {
        folders.add(folder(path.substring(start, slash)));
        start = slash + 1;
      }
      folders.add(folder(path.substring(start)));
    }
    return folders;
  }

  /** The name of a user's file. */
  static String file(@Nullable String user) {
    return (user == null ? NO_USER : escape(user)) + SUFFIX;
  }

  /** The key of the entry in this file; absent when these are not names that this class makes. */
  static @Nullable EntryKey parse(List<String> folders, String file) {
    if (folders.size() < 2 || !file.endsWith(SUFFIX)) {
      return null;
    }
    String userName = file.substring(0, file.length() - SUFFIX.length());
    String user = userName.equals(NO_USER) ? null : unescape(userName);
    String path = null;
    for (int i = 2; i < folders.size(); i++) {
      String segment = unescape(folders.get(i));
      path = path == null ? segment : path + "/" + segment;
    }
    Identity identity = new Identity(unescape(folders.get(0)), unescape(folders.get(1)), path);
    return file(user).equals(file) && folders(identity).equals(folders)
        ? new EntryKey(identity, user)
        : null;
  }

  private static String folder(String segment) {
    String name = escape(segment);
    // Else the folder could have the name of a user's file.
    return name.endsWith(SUFFIX)
        ? name.substring(0, name.length() - SUFFIX.length()) + "%2Egpg"
        : name;
  }

  private static String escape(String segment) {
    if (segment.isEmpty()) {
      return EMPTY;
    }
    byte[] bytes = segment.getBytes(StandardCharsets.UTF_8);
    StringBuilder name = new StringBuilder(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      char c = (char) (bytes[i] & 0xff);
      boolean inFront = i == 0 && (c == '.' || c == '-');
      if (isPlain(c) && !inFront) {
        name.append(c);
      } else {
        name.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
      }
    }
    return name.toString();
  }

  private static boolean isPlain(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || c == '_'
        || c == '@'
        || c == '+'
        || c == '-';
  }

  private static String unescape(String name) {
    if (name.equals(EMPTY)) {
      return "";
    }
    if (name.indexOf('%') < 0) {
      return name;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(name.length());
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '%' && i + 2 < name.length()) {
        bytes.write(
            Character.digit(name.charAt(i + 1), 16) << 4 | Character.digit(name.charAt(i + 2), 16));
        i += 2;
      } else {
        bytes.write(c);
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
