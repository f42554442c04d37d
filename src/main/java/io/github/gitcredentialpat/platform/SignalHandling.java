package io.github.gitcredentialpat.platform;

import org.jspecify.annotations.Nullable;

/**
 * What lets shutdown hooks run when Ctrl-C, SIGTERM or SIGHUP ends the program. A Java runtime does
 * that from the beginning; a native image when it is told to, since it costs time.
 */
public final class SignalHandling {
  private static @Nullable Runnable starter;

  private SignalHandling() {}

  /** Says what starts it, where it has to be started. */
  public static void startBy(Runnable how) {
    starter = how;
  }

  /** Starts it, before something is done that a signal must not leave undone. */
  public static void start() {
    Runnable how = starter;
    starter = null;
    if (how != null) {
      how.run();
    }
  }
}
