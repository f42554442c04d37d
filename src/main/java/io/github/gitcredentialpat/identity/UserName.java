package io.github.gitcredentialpat.identity;

/** The user part beside a token of Azure DevOps, where the service takes any. */
final class UserName {
  /**
   * What is put there because something has to be: by the pages of Azure Artifacts, by Git
   * Credential Manager, and by Cargo's page and this program.
   */
  private static final String[] PLACEHOLDERS = {"VssSessionToken", "PersonalAccessToken", "pat"};

  private UserName() {}

  /** Whether it names nobody: it is empty, stands for any name, or is a token typed as name. */
  static boolean isNobodys(String name) {
    for (String placeholder : PLACEHOLDERS) {
      if (name.equalsIgnoreCase(placeholder)) {
        return true;
      }
    }
    return name.isEmpty() || PersonalAccessToken.isLike(name);
  }
}
