package io.github.gitcredentialpat.store;

import org.jspecify.annotations.Nullable;

/** What a token of Azure DevOps is wanted for, where its scopes tell whether it will do. */
public enum TokenUse {
  /** To clone, fetch and push. */
  GIT("vso.code"),
  /** To restore and publish packages. */
  PACKAGES("vso.packaging");

  private static final String FULL_ACCESS = "app_token";

  /** This scope alone only allows to set a commit's build status. */
  private static final String STATUS_ALONE = "vso.code_status";

  private final String scope;

  TokenUse(String scope) {
    this.scope = scope;
  }

  /**
   * Whether a token's scopes are known and none of them serves this use. Unknown scopes rule out
   * nothing.
   *
   * @param scopes joined by one space; absent when they are not known
   */
  public boolean isRuledOutBy(@Nullable String scopes) {
    if (scopes == null || scopes.isEmpty()) {
      return false;
    }
    int start = 0;
    while (start < scopes.length()) {
      int blank = scopes.indexOf(' ', start);
      int end = blank < 0 ? scopes.length() : blank;
      if (isServedBy(scopes.substring(start, end))) {
        return false;
      }
      start = end + 1;
    }
    return true;
  }

  private boolean isServedBy(String word) {
    return word.equals(FULL_ACCESS)
        || word.equals(scope)
        || (word.startsWith(scope)
            && word.charAt(scope.length()) == '_'
            && !word.equals(STATUS_ALONE));
  }
}
