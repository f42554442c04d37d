package io.github.gitcredentialpat.git;

import java.util.ArrayList;
import java.util.List;

/** The words of a command as git's configuration has them: it gives helpers to sh. */
public final class ShellWords {
  /** Characters with a meaning to sh. */
  private static final String SPECIAL = "[] \t\"'$`\\&;|<>()*?#~=%{}!^";

  private ShellWords() {}

  /** One word with a backslash in front of what sh would not take as it is. */
  public static String quote(String word) {
    StringBuilder quoted = new StringBuilder();
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (SPECIAL.indexOf(c) >= 0) {
        quoted.append('\\');
      }
      quoted.append(c);
    }
    return quoted.toString();
  }

  /** The words of a text, without backslashes and quotes; variables stay as they are. */
  static List<String> split(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean isWord = false;
    char quote = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && quote != '\'' && i + 1 < text.length()) {
        word.append(text.charAt(++i));
        isWord = true;
      } else if (quote != 0 ? c == quote : c == '\'' || c == '"') {
        quote = quote == 0 ? c : 0;
        isWord = true;
      } else if (quote == 0 && (c == ' ' || c == '\t')) {
        if (isWord) {
          words.add(word.toString());
          word.setLength(0);
          isWord = false;
        }
      } else {
        word.append(c);
        isWord = true;
      }
    }
    if (isWord) {
      words.add(word.toString());
    }
    return words;
  }
}
