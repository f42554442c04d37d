package io.github.gitcredentialpat.store;

import org.jspecify.annotations.Nullable;

/**
 * The time a run may take: five seconds while nobody is being asked, two minutes while a prompt is
 * up. When it is over a watchdog ends the process, so that git never hangs because of us.
 */
public final class Deadline {
  private static final long RUN_MILLIS = 5_000;
  private static final long PROMPT_MILLIS = 120_000;

  /** What the watchdog does when the time is over; it does not return. */
  public interface Expired {
    /** Says what was under way, and halts. */
    void halt(String underWay);
  }

  private long end = now() + RUN_MILLIS;
  private volatile String underWay = "start";

  private boolean done;
  private final @Nullable Expired expired;

  /** A deadline that starts now, without a watchdog: calls that ask for it are still bounded. */
  public Deadline() {
    this(null);
  }

  /** A deadline whose watchdog, once {@link #start started}, does this when the time is over. */
  public Deadline(@Nullable Expired expired) {
    this.expired = expired;
  }

  /** Starts the time anew, and the watchdog, if there is one: a daemon thread. */
  public void start() {
    promptClosed();
    watch();
  }

  private void watch() {
    if (expired == null) {
      return;
    }
    Thread watchdog =
        new Thread("deadline") {
          @Override
          public void run() {
            try {
              for (long left = remainingMillis(); left > 0; left = remainingMillis()) {
                Thread.sleep(left);
              }
              haltUnlessDone();
            } catch (InterruptedException e) {
              // Nobody interrupts it.
            }
          }
        };
    watchdog.setDaemon(true);
    watchdog.start();
  }

  // Under the lock: a run is either done or halted, never both.
  private synchronized void haltUnlessDone() {
    if (!done) {
      expired.halt(underWay);
    }
  }

  /**
   * The outcome is certain, and only has to be written: from now on the watchdog lets the run be.
   */
  public synchronized void done() {
    done = true;
  }

  /**
   * Watches again after {@link #done}, since what follows the outcome may be slow as well.
   *
   * @param millis the time that it may take
   */
  public void startAgain(long millis) {
    synchronized (this) {
      done = false;
      end = now() + millis;
    }
    watch();
  }

  /** Whether a watchdog ends the process when the time is over. */
  public boolean isWatched() {
    return expired != null;
  }

  /** What is left, in milliseconds; 0 when the time is over. */
  public synchronized long remainingMillis() {
    return Math.max(0, end - now());
  }

  /** Says what is under way, for the line that the watchdog prints. */
  public void doing(String what) {
    underWay = what;
  }

  /** A prompt is up: two minutes from now. */
  public synchronized void promptShown() {
    end = now() + PROMPT_MILLIS;
  }

  /** The prompt is gone: five seconds from now for the rest. */
  public synchronized void promptClosed() {
    end = now() + RUN_MILLIS;
  }

  private static long now() {
    return System.nanoTime() / 1_000_000;
  }
}
