package io.github.gitcredentialpat.platform;

/** What the program is called. */
public final class Program {
  /** The name that git, the shell and a person call it by. */
  public static final String NAME = "git-credential-pat";

  private Program() {}
}
