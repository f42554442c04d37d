package io.github.gitcredentialpat.platform;

/** The program's name, and what it is. */
public final class Program {
  /** The name that git, the shell and a person call it by. */
  public static final String NAME = "git-credential-pat";

  private Program() {}

  /** Whether it is a native image, which has no Java runtime and so no folder of one. */
  public static boolean isNative() {
    return System.getProperty("java.home") == null;
  }
}
