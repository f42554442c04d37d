package io.github.gitcredentialpat;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

/** What a test needs from the machine it runs on. */
public final class Requires {
  private static final String NO_SKIP = "GIT_CREDENTIAL_PAT_NO_SKIP";

  private Requires() {}

  /**
   * Skips the test when something is missing, and says what; fails it where the system property or
   * the environment variable {@code GIT_CREDENTIAL_PAT_NO_SKIP} says that nothing may be missing.
   */
  public static void present(boolean condition, String what) {
    if (condition) {
      return;
    }
    if (System.getProperty(NO_SKIP) != null || System.getenv(NO_SKIP) != null) {
      fail("missing: " + what);
    }
    abort("missing: " + what);
  }
}
