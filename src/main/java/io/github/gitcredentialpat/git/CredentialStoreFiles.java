package io.github.gitcredentialpat.git;

import io.github.gitcredentialpat.platform.UserException;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The files of {@code credential.helper = store --file FILE} in git's configuration. Settings that
 * only a shell could interpret, and files relative to where git runs, are passed over.
 */
public final class CredentialStoreFiles {
  private static final String OPTION = "--file";

  /** Characters with a meaning to a shell. */
  private static final String SPECIAL = "$`()<>;&|*?[]{}#!~\n\t";

  /** Characters that a backslash escapes between double quotes. */
  private static final String ESCAPABLE = "$`\"\\";

  private final String home;

  private CredentialStoreFiles(String home) {
    this.home = home;
  }

  /** The files that git's configuration names; none without git. */
  public static List<Path> of(Map<String, String> environment, String home)
      throws UserException, IOException {
    CredentialStoreFiles files = new CredentialStoreFiles(home);
    List<Path> found = new ArrayList<>();
    if (!GitCommand.isThere(environment)) {
      return found;
    }
    GitCommand git = GitCommand.find(environment);
    for (CredentialSettings.Setting setting : CredentialSettings.inEffect(git).all()) {
      Path file = setting.isHelper() ? files.file(setting.value()) : null;
      if (file != null && !found.contains(file)) {
        found.add(file);
      }
    }
    return found;
  }

  private @Nullable Path file(String helper) {
    List<String> words = words(helper);
    String program = words.isEmpty() ? "" : words.get(0);
    if (!program.equals("store") && !program.endsWith("/git-credential-store")) {
      return null;
    }
    String file = null;
    for (int i = 1; i < words.size(); i++) {
      if (words.get(i).equals(OPTION) && i + 1 < words.size()) {
        file = words.get(i + 1);
      } else if (words.get(i).startsWith(OPTION + "=")) {
        file = words.get(i).substring(OPTION.length() + 1);
      }
    }
    try {
      Path path = file == null ? null : Path.of(file);
      return path != null && path.isAbsolute() ? path : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  /**
   * Splits a text into words as a shell does; none where a shell would do more than remove quotes.
   */
  private List<String> words(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = null;
    char quote = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == ' ' && quote == 0) {
        if (word != null) {
          words.add(word.toString());
        }
        word = null;
        continue;
      }
      boolean begins = word == null;
      word = begins ? new StringBuilder() : word;
      if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      } else if (c == '\\'
          && i + 1 < text.length()
          && (quote == 0 || (quote == '"' && ESCAPABLE.indexOf(text.charAt(i + 1)) >= 0))) {
        word.append(text.charAt(++i));
      } else if (begins && text.startsWith("~/", i)) {
        word.append(home);
      } else if (quote != '\'' && text.startsWith("$HOME/", i)) {
        word.append(home);
        i += "$HOME".length() - 1;
      } else if (quote == '\'' || SPECIAL.indexOf(c) < 0) {
        word.append(c);
      } else {
        return List.of();
      }
    }
    if (word != null) {
      words.add(word.toString());
    }
    return quote == 0 ? words : List.of();
  }
}
