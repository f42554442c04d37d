package io.github.gitcredentialpat.store.env;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.TokenFormat;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file that {@code GIT_CREDENTIAL_PAT_TOKEN_FILE} names, as Kubernetes, Docker and Vault Agent
 * mount secrets: one token and nothing else, or a line {@code ORGANIZATION=TOKEN} for each of
 * several, where a Server's collection is named by its URL. Empty lines and those that begin with
 * {@code #} count for nothing. Of two lines for one organization the last one holds.
 */
final class TokenFile {
  static final String VARIABLE = "GIT_CREDENTIAL_PAT_TOKEN_FILE";

  private static final int LARGEST = 1 << 16;

  private final String path;
  private final List<Token> tokens = new ArrayList<>(2);
  private byte @Nullable [] only;
  private int bareLines;
  private int badLines;
  private @Nullable String problem;

  /**
   * A token of a line of its own.
   *
   * @param scope the organization or collection that it is for
   * @param text its bytes, as they stand in the file
   */
  @SuppressWarnings("ArrayRecordComponent") // For bytes that can be wiped; nobody compares it.
  record Token(Identity scope, byte[] text) {}

  private TokenFile(String path) {
    this.path = path;
  }

  /**
   * Reads the file.
   *
   * @throws StoreException FAILED when it is not there or cannot be read: that is never the same as
   *     holding no token
   */
  static TokenFile read(String path) throws StoreException {
    File file = new File(path);
    if (!file.isAbsolute()) {
      throw cannotRead(path, ": not an absolute path", null);
    }
    if (file.exists() && !file.isFile()) {
      throw cannotRead(path, ": not a file", null);
    }
    byte[] content = new byte[LARGEST + 1];
    int length = 0;
    try (FileInputStream in = new FileInputStream(file)) {
      for (int read = 0; read >= 0 && length < content.length; length += Math.max(0, read)) {
        read = in.read(content, length, content.length - length);
      }
    } catch (IOException e) {
      Arrays.fill(content, (byte) 0);
      throw cannotRead(path, "", e);
    }
    byte[] text = Arrays.copyOf(content, length);
    Arrays.fill(content, (byte) 0);
    TokenFile read = new TokenFile(path);
    try {
      if (length > LARGEST) {
        throw cannotRead(path, ": larger than 64 KB", null);
      }
      read.parse(text);
    } finally {
      Arrays.fill(text, (byte) 0);
    }
    return read;
  }

  private static StoreException cannotRead(String path, String why, @Nullable IOException cause) {
    String message = VARIABLE + ": cannot read " + path + why;
    return cause == null
        ? new StoreException(Reason.FAILED, message)
        : new StoreException(Reason.FAILED, message, cause);
  }

  private void parse(byte[] content) {
    boolean isUtf16 = content.length > 1 && content[0] == (byte) 0xff && content[1] == (byte) 0xfe;
    byte[] text = isUtf16 ? TokenFormat.bare(content) : content;
    int line = 1;
    for (int start = isUtf8Mark(text) ? 3 : 0; start <= text.length; line++) {
      int end = start;
      while (end < text.length && text[end] != '\n') {
        end++;
      }
      parseLine(text, start, end, line);
      start = end + 1;
    }
    if (text != content) {
      Arrays.fill(text, (byte) 0);
    }
    if (bareLines > 1 || (bareLines > 0 && !tokens.isEmpty())) {
      Arrays.fill(only, (byte) 0);
      only = null;
      bad("has several tokens, and a line without an organization");
    }
    if (only == null && tokens.isEmpty() && problem == null) {
      problem = "has no token";
    }
  }

  private static boolean isUtf8Mark(byte[] text) {
    return text.length > 2
        && text[0] == (byte) 0xef
        && text[1] == (byte) 0xbb
        && text[2] == (byte) 0xbf;
  }

  private void parseLine(byte[] text, int from, int to, int number) {
    int start = from;
    int end = to;
    while (start < end && text[start] <= ' ' && text[start] >= 0) {
      start++;
    }
    while (end > start && text[end - 1] <= ' ' && text[end - 1] >= 0) {
      end--;
    }
    if (start == end || text[start] == '#') {
      return;
    }
    int equals = start;
    while (equals < end && text[equals] != '=') {
      equals++;
    }
    if (equals == end) {
      bareLines++;
      if (only == null) {
        only = Arrays.copyOfRange(text, start, end);
      }
      return;
    }
    byte[] name = TokenFormat.bare(Arrays.copyOfRange(text, start, equals));
    Identity scope = EnvToken.scope(new String(name, UTF_8));
    byte[] token = Arrays.copyOfRange(text, equals + 1, end);
    if (scope == null || !EnvToken.isToken(token)) {
      Arrays.fill(token, (byte) 0);
      bad(
          scope == null
              ? "names no organization or collection on line " + number
              : "has no token for " + scope.display() + " on line " + number);
      return;
    }
    for (int i = 0; i < tokens.size(); i++) {
      if (tokens.get(i).scope().equals(scope)) {
        Arrays.fill(tokens.remove(i).text(), (byte) 0);
        break;
      }
    }
    tokens.add(new Token(scope, token));
  }

  private void bad(String what) {
    badLines++;
    if (problem == null) {
      problem = what;
    }
  }

  /** The tokens of lines that name an organization or collection; the caller wipes them. */
  List<Token> tokens() {
    return tokens;
  }

  /**
   * The only token of a file without names, for the caller to wipe; absent when the file has names.
   */
  byte @Nullable [] only() {
    return only;
  }

  /** How many lines are neither a token nor a comment. */
  int badLines() {
    return badLines;
  }

  /** What is wrong with the file; absent when nothing is. */
  @Nullable StoreException problem() {
    return problem == null
        ? null
        : new StoreException(
            Reason.FAILED,
            VARIABLE
                + ": "
                + path
                + " "
                + problem
                + "; write one token into it, or lines ORGANIZATION=TOKEN");
  }
}
