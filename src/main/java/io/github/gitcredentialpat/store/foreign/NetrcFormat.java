package io.github.gitcredentialpat.store.foreign;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.ForeignEntry.Program;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code ~/.netrc} (ftp(1), curl(1)): {@code machine HOST login USER password SECRET}, over as many
 * lines as one likes. An entry goes with all lines that hold nothing else; {@code default} and
 * macros are nobody's credential.
 */
final class NetrcFormat implements FileFormat {
  @Override
  public Program program() {
    return Program.NETRC;
  }

  @Override
  public List<FileSection> pieces(byte[] content) {
    Reader reader = new Reader(content);
    List<FileSection> pieces = new ArrayList<>();
    while (reader.nextWord()) {
      if (reader.is("macdef")) {
        reader.skipMacro();
      } else if (reader.is("machine")) {
        FileSection piece = machine(reader);
        if (piece != null) {
          pieces.add(piece);
        }
      }
    }
    return pieces;
  }

  private static @Nullable FileSection machine(Reader reader) {
    int start = reader.wordStart;
    if (!reader.nextValue()) {
      return null;
    }
    String host = reader.text();
    String user = null;
    byte[] secret = new byte[0];
    int end = reader.wordEnd;
    while (reader.nextWord()) {
      boolean isLogin = reader.is("login");
      boolean isSecret = reader.is("password");
      if (!isLogin && !isSecret && !reader.is("account")) {
        reader.back();
        break;
      }
      if (!reader.nextValue()) {
        break;
      }
      end = reader.wordEnd;
      if (isLogin) {
        user = reader.text();
      } else if (isSecret) {
        Arrays.fill(secret, (byte) 0);
        secret = reader.bytes();
      }
    }
    return host.isEmpty() || secret.length == 0
        ? null
        : reader.piece(start, end, host, user, secret);
  }

  /** Word by word. */
  private static final class Reader {
    private final byte[] content;
    private int position;
    private int wordStart;
    private int wordEnd;

    Reader(byte[] content) {
      this.content = content;
    }

    /** The next word outside of a comment, which begins where a word could. */
    boolean nextWord() {
      while (nextValue()) {
        if (content[wordStart] != '#') {
          return true;
        }
        position = lineEnd(wordStart);
      }
      return false;
    }

    /** The next word, whatever it begins with; one in quotes may hold blanks. */
    boolean nextValue() {
      while (position < content.length && isSpace(content[position])) {
        position++;
      }
      wordStart = position;
      boolean quoted = position < content.length && content[position] == '"';
      if (quoted) {
        position++;
        while (position < content.length && content[position] != '"') {
          position += content[position] == '\\' ? 2 : 1;
        }
        position = Math.min(position + 1, content.length);
      } else {
        while (position < content.length && !isSpace(content[position])) {
          position++;
        }
      }
      wordEnd = position;
      return wordEnd > wordStart;
    }

    void back() {
      position = wordStart;
    }

    boolean is(String keyword) {
      return text().equals(keyword);
    }

    String text() {
      return new String(bytes(), UTF_8);
    }

    byte[] bytes() {
      if (content[wordStart] != '"') {
        return Arrays.copyOfRange(content, wordStart, wordEnd);
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream(wordEnd - wordStart);
      for (int i = wordStart + 1; i < wordEnd; i++) {
        if (content[i] == '"') {
          break;
        }
        if (content[i] == '\\' && i + 1 < wordEnd) {
          i++;
        }
        out.write(content[i]);
      }
      return out.toByteArray();
    }

    /** A macro ends with an empty line. */
    void skipMacro() {
      int line = lineEnd(wordStart);
      while (line < content.length) {
        int next = lineEnd(line + 1);
        boolean empty = next == line + 1 || (next == line + 2 && content[line + 1] == '\r');
        line = next;
        if (empty) {
          break;
        }
      }
      position = Math.min(line, content.length);
    }

    FileSection piece(int start, int end, String host, @Nullable String user, byte[] secret) {
      int from = start;
      while (from > 0 && isBlank(content[from - 1])) {
        from--;
      }
      boolean firstInLine = from == 0 || content[from - 1] == '\n';
      int to = end;
      while (to < content.length && isBlank(content[to])) {
        to++;
      }
      boolean lastInLine = to == content.length || content[to] == '\n';
      if (firstInLine && lastInLine) {
        to = Math.min(to + 1, content.length);
      } else if (lastInLine) {
        to = end;
      } else {
        from = start;
      }
      return new FileSection(from, to, "https", host, null, user, Secret.password(secret));
    }

    private int lineEnd(int start) {
      int end = Math.min(start, content.length);
      while (end < content.length && content[end] != '\n') {
        end++;
      }
      return end;
    }

    private static boolean isBlank(byte b) {
      return b == ' ' || b == '\t' || b == '\r';
    }

    private static boolean isSpace(byte b) {
      return isBlank(b) || b == '\n';
    }
  }
}
