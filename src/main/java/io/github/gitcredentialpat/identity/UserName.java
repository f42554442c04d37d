package io.github.gitcredentialpat.identity;

import org.jspecify.annotations.Nullable;

/**
 * The user part beside a secret, which may be a placeholder or a token in disguise: Azure DevOps
 * takes any beside a token.
 */
public final class UserName {
  /**
   * What is put there because something has to be: by the pages of Azure Artifacts, by Git
   * Credential Manager, and by Cargo's page and this program.
   */
  private static final String[] PLACEHOLDERS = {"VssSessionToken", "PersonalAccessToken", "pat"};

  private static final int LONGEST_NAME = 32;
  private static final int LONGEST_NAME_WITH_DIGITS = 15;

  /** How GitHub's and GitLab's tokens begin. */
  private static final String[] TOKENS = {
    "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-"
  };

  private UserName() {}

  /** Whether it names nobody: it is empty, stands for any name, or is a token typed as name. */
  static boolean isNobodys(String name) {
    for (String placeholder : PLACEHOLDERS) {
      if (name.equalsIgnoreCase(placeholder)) {
        return true;
      }
    }
    return name.isEmpty() || TokenFormat.isLike(name);
  }

  /**
   * Whether it may be shown and kept as a name. A part as long as tokens are, without a blank, dot,
   * hyphen, backslash or {@code @}, makes it none.
   */
  public static boolean isName(@Nullable String user) {
    if (user == null || user.isEmpty() || isToken(user)) {
      return false;
    }
    int length = 0;
    boolean digits = false;
    for (int i = 0; i < user.length(); i++) {
      char c = user.charAt(i);
      boolean parts = c == '@' || c == '.' || c == ' ' || c == '\\' || c == '-';
      length = parts ? 0 : length + 1;
      digits = !parts && (digits || (c >= '0' && c <= '9'));
      if (length > (digits ? LONGEST_NAME_WITH_DIGITS : LONGEST_NAME)) {
        return false;
      }
    }
    return true;
  }

  /** Whether a word has the form of a token of Azure DevOps, GitHub or GitLab. */
  public static boolean isToken(String word) {
    for (String token : TOKENS) {
      if (word.startsWith(token)) {
        return true;
      }
    }
    return TokenFormat.isLike(word);
  }

  /** For a person to see: {@code -} for none, and no token. */
  public static String shown(@Nullable String user) {
    return isName(user) ? user : user == null || user.isEmpty() ? "-" : "(hidden)";
  }
}
