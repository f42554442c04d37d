package io.github.gitcredentialpat.platform;

/** The program's name. */
public final class Program {
  /** The name that git, the shell and a person call it by. */
  public static final String NAME = "git-credential-pat";

  private Program() {}
}
