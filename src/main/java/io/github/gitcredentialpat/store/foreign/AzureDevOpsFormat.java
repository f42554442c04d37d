package io.github.gitcredentialpat.store.foreign;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.ForeignEntry;
import io.github.gitcredentialpat.store.ForeignEntry.Program;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where {@code az devops login} puts tokens on a Linux without a keyring, as Python's configparser
 * writes it: a section {@code [azdevops-cli:https://dev.azure.com/contoso]} with {@code personal
 * access token = SECRET}. Its section for every organization belongs to none.
 */
final class AzureDevOpsFormat implements FileFormat {
  private static final String PREFIX = "[azdevops-cli:";
  private static final String OPTION = "personal access token";

  @Override
  public Program program() {
    return Program.AZURE_CLI;
  }

  @Override
  public List<FileSection> pieces(byte[] content) {
    List<FileSection> pieces = new ArrayList<>();
    int start = 0;
    while (start < content.length) {
      int end = lineEnd(content, start);
      while (end < content.length && content[end] != '[') {
        end = lineEnd(content, end);
      }
      FileSection piece = content[start] == '[' ? section(content, start, end) : null;
      if (piece != null) {
        pieces.add(piece);
      }
      start = end;
    }
    return pieces;
  }

  private static @Nullable FileSection section(byte[] content, int start, int end) {
    int headEnd = lineEnd(content, start);
    String head = new String(content, start, headEnd - start, UTF_8).strip();
    if (!head.startsWith(PREFIX) || !head.endsWith("]")) {
      return null;
    }
    ForeignEntry where =
        ForeignEntry.ofUrl(
            Program.AZURE_CLI, head.substring(PREFIX.length(), head.length() - 1), null, 0, "");
    int optionStart = -1;
    int optionEnd = -1;
    boolean alone = true;
    byte[] secret = new byte[0];
    int next;
    for (int line = headEnd; line < end; line = next) {
      next = lineEnd(content, line);
      int equals = line;
      while (equals < next && content[equals] != '=' && content[equals] != ':') {
        equals++;
      }
      if (equals < next && optionStart < 0 && isOption(content, line, equals)) {
        optionStart = line;
        optionEnd = next;
        secret = trimmed(content, equals + 1, next);
      } else {
        alone &= isBlank(content, line, next);
      }
    }
    if (where == null || secret.length == 0) {
      return null;
    }
    return new FileSection(
        alone ? start : optionStart,
        alone ? end : optionEnd,
        where.protocol(),
        where.host(),
        where.path(),
        where.user(),
        Secret.password(secret));
  }

  private static boolean isOption(byte[] content, int start, int end) {
    return end - start < 2 * OPTION.length()
        && new String(content, start, end - start, UTF_8)
            .strip()
            .toLowerCase(Locale.ROOT)
            .equals(OPTION);
  }

  private static byte[] trimmed(byte[] content, int start, int end) {
    int from = start;
    int to = end;
    while (from < to && isBlank(content, from, from + 1)) {
      from++;
    }
    while (to > from && isBlank(content, to - 1, to)) {
      to--;
    }
    return Arrays.copyOfRange(content, from, to);
  }

  private static boolean isBlank(byte[] content, int start, int end) {
    for (int i = start; i < end; i++) {
      if (content[i] != ' ' && (content[i] < '\t' || content[i] > '\r')) {
        return false;
      }
    }
    return true;
  }

  /** Where the next line begins. */
  private static int lineEnd(byte[] content, int start) {
    int end = start;
    while (end < content.length && content[end] != '\n') {
      end++;
    }
    return Math.min(end + 1, content.length);
  }
}
