package io.github.gitcredentialpat.store.foreign;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.ForeignEntry.Program;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files of git's {@code store} helper: lines such as {@code https://alice:secret@host/path},
 * each part percent-encoded, a port's colon too; the newest line comes first. Lines without a user
 * name, password or host are none of the helper's, and stay.
 */
final class GitCredentialsFormat implements FileFormat {
  @Override
  public Program program() {
    return Program.GIT;
  }

  @Override
  public List<FileSection> pieces(byte[] content) {
    List<FileSection> pieces = new ArrayList<>();
    int end;
    for (int start = 0; start < content.length; start = end) {
      end = start;
      while (end < content.length && content[end] != '\n') {
        end++;
      }
      int lineEnd = end;
      end = Math.min(end + 1, content.length);
      FileSection piece = piece(content, start, lineEnd, end);
      if (piece != null) {
        pieces.add(piece);
      }
    }
    return pieces;
  }

  private static @Nullable FileSection piece(byte[] content, int start, int lineEnd, int end) {
    int scheme = start;
    while (scheme < lineEnd && content[scheme] != ':') {
      scheme++;
    }
    if (scheme == start || !isAt(content, scheme, lineEnd, "://")) {
      return null;
    }
    int userStart = scheme + 3;
    int slash = indexOf('/', content, userStart, lineEnd);
    // As git reads it: what is in a user name or password is encoded.
    int at = indexOf('@', content, userStart, slash);
    int colon = indexOf(':', content, userStart, at);
    if (at == slash || colon == at || at + 1 == slash) {
      return null;
    }
    byte[] host = decoded(content, at + 1, slash);
    byte[] user = decoded(content, userStart, colon);
    byte[] secret = decoded(content, colon + 1, at);
    int pathEnd = lineEnd;
    while (pathEnd > slash + 1 && content[pathEnd - 1] == '/') {
      pathEnd--;
    }
    byte[] path = slash + 1 < pathEnd ? decoded(content, slash + 1, pathEnd) : new byte[0];
    if (host == null || user == null || path == null || secret == null || secret.length == 0) {
      return null;
    }
    return new FileSection(
        start,
        end,
        new String(content, start, scheme - start, UTF_8),
        new String(host, UTF_8),
        path.length == 0 ? null : new String(path, UTF_8),
        new String(user, UTF_8),
        Secret.password(secret));
  }

  private static boolean isAt(byte[] content, int start, int end, String text) {
    if (end - start < text.length()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (content[start + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static int indexOf(char sought, byte[] content, int start, int end) {
    int found = start;
    while (found < end && content[found] != sought) {
      found++;
    }
    return found;
  }

  /** Without percent-encoding; null when a line break or NUL would come out, as git has it. */
  private static byte @Nullable [] decoded(byte[] content, int start, int end) {
    byte[] decoded = new byte[end - start];
    int length = 0;
    for (int i = start; i < end; i++) {
      int high = i + 2 < end ? Character.digit(content[i + 1], 16) : -1;
      int low = i + 2 < end ? Character.digit(content[i + 2], 16) : -1;
      byte b = content[i];
      if (b == '%' && high >= 0 && low >= 0) {
        b = (byte) ((high << 4) | low);
        i += 2;
      }
      if (b == '\n' || b == '\r' || b == 0) {
        Arrays.fill(decoded, (byte) 0);
        return null;
      }
      decoded[length++] = b;
    }
    byte[] exact = Arrays.copyOf(decoded, length);
    Arrays.fill(decoded, (byte) 0);
    return exact;
  }
}
