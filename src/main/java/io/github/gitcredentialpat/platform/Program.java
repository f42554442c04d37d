package io.github.gitcredentialpat.platform;

/** What the program is called. */
public final class Program {
  /** By this name git, the shell and a person call it. */
  public static final String NAME = "git-credential-pat";

  private Program() {}
}
