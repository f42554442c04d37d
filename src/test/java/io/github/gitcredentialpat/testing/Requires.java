package io.github.gitcredentialpat.testing;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What a test needs from the machine and a bare one may lack. */
public final class Requires {
  private static final String NO_SKIP = "GIT_CREDENTIAL_PAT_NO_SKIP";

  private Requires() {}

  /**
   * Whether install/verify.sh runs without {@code --all} ({@code
   * GIT_CREDENTIAL_PAT_NO_SKIP=basic}): then what it would only install with it is not asked for,
   * and tests tagged {@code all} do not run.
   */
  public static boolean isWithoutExtras() {
    return "basic".equals(System.getenv(NO_SKIP));
  }

  /**
   * Skips the test when something is missing, or fails it where {@code GIT_CREDENTIAL_PAT_NO_SKIP}
   * is set, in the environment or as a system property: there everything was installed.
   *
   * @param condition whether it is there
   * @param what its name
   */
  public static void present(boolean condition, String what) {
    if (!condition && (System.getenv(NO_SKIP) != null || System.getProperty(NO_SKIP) != null)) {
      fail("missing: " + what);
    }
    assumeTrue(condition, "missing: " + what);
  }
}
