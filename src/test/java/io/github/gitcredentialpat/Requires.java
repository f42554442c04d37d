package io.github.gitcredentialpat;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What a test needs from the machine and a bare one may lack. */
public final class Requires {
  private Requires() {}

  /**
   * Skips the test when something is missing, or fails it where {@code GIT_CREDENTIAL_PAT_NO_SKIP}
   * is set, in the environment or as a system property: there everything was installed.
   *
   * @param condition whether it is there
   * @param what its name
   */
  public static void present(boolean condition, String what) {
    if (!condition
        && (System.getenv("GIT_CREDENTIAL_PAT_NO_SKIP") != null
            || System.getProperty("GIT_CREDENTIAL_PAT_NO_SKIP") != null)) {
      fail("missing: " + what);
    }
    assumeTrue(condition, "missing: " + what);
  }
}
