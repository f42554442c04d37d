package io.github.gitcredentialpat.http;

import io.github.gitcredentialpat.identity.TokenFormat;
import java.util.StringTokenizer;

/** Makes what a service or another program says fit for a message of ours. */
public final class ServiceText {
  private static final int MOST = 200;

  private ServiceText() {}

  /**
   * The text on one line, shortened, without control characters and without what may be a secret.
   */
  public static String oneLine(String text) {
    StringBuilder line = new StringBuilder();
    StringTokenizer words = new StringTokenizer(text);
    while (words.hasMoreTokens() && line.length() <= MOST) {
      if (!line.isEmpty()) {
        line.append(' ');
      }
      append(line, words.nextToken());
    }
    if (line.length() > MOST) {
      line.setLength(MOST);
      line.append('\u2026');
    }
    return line.toString();
  }

  private static void append(StringBuilder line, String word) {
    if (isSecret(word)) {
      line.append("(left out)");
      return;
    }
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      boolean invisible = Character.isISOControl(c) || Character.getType(c) == Character.FORMAT;
      line.append(invisible ? '?' : c);
    }
  }

  /** A run of letters and digits this long may be a secret. */
  private static boolean isSecret(String word) {
    if (TokenFormat.isLike(word)) {
      return true;
    }
    int run = 0;
    for (int i = 0; i < word.length(); i++) {
      run = Character.isLetterOrDigit(word.charAt(i)) ? run + 1 : 0;
      if (run > 40) {
        return true;
      }
    }
    return false;
  }
}
