package io.github.gitcredentialpat;

/** Turns the command line into an operation or a command. */
public final class GitCredentialPat {
  private GitCredentialPat() {}

  /** Runs the program; see the README for the command line. */
  public static void main(String[] args) {
    System.err.println("usage: git-credential-pat [--store NAME] get|store|erase|capability");
    System.exit(1);
  }
}
