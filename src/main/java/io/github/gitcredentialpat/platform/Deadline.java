package io.github.gitcredentialpat.platform;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The time a run may take: five seconds while nobody is being asked, two minutes while a prompt is
 * up, and as much longer as the machine let other processes run instead. When it is over a watchdog
 * ends the process, so that git never hangs because of us.
 */
public final class Deadline {
  private static final long RUN_MILLIS = 5_000;
  private static final long PROMPT_MILLIS = 120_000;
  private static final long LEAST_LEFT_MILLIS = 1_000;
  private static final long LEAST_EXCUSED_MILLIS = 100;
  private static final long MOST_EXCUSED_MILLIS = 60_000;

  /** For all that is to be done once a service has answered. */
  private static final long RESERVE_MILLIS = 400;

  /** The least that is worth asking a service. */
  private static final long LEAST_EXCHANGE_MILLIS = 200;

  /**
   * The watchdog gives a run more time where the machine had other things to do; a limit cannot, so
   * it is the last of the two.
   */
  private static final int MOST_PATIENCE = 5;

  /** For each exchange where no watchdog ends the run. */
  private static final long PATIENCE_MILLIS = 60_000;

  /** What the watchdog does when the time is over; it does not return. */
  public interface Expired {
    /** Says what was under way, and halts. */
    void halt(String underWay);
  }

  private long end = now() + RUN_MILLIS;
  private volatile String underWay = "start";

  private boolean done;
  private long reserved;
  private long excused;
  private final @Nullable Expired expired;
  private final File threads;
  private final List<String> watchers = new ArrayList<>(2);

  /** A deadline that starts now, without a watchdog: calls that ask for it are still bounded. */
  public Deadline() {
    this(null);
  }

  /** A deadline whose watchdog, once {@link #start started}, does this when the time is over. */
  public Deadline(@Nullable Expired expired) {
    this(expired, new File("/proc/self/task"));
  }

  Deadline(@Nullable Expired expired, File threads) {
    this.expired = expired;
    this.threads = threads;
  }

  /** Starts the time anew, and the watchdog, if there is one: a daemon thread. */
  public void start() {
    restart();
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
              do {
                for (long left = remainingMillis(); left > 0; left = remainingMillis()) {
                  Thread.sleep(left);
                }
              } while (excuse());
              haltUnlessDone();
            } catch (InterruptedException e) {
              // Nobody interrupts it.
            }
          }
        };
    watchdog.setDaemon(true);
    watchdog.start();
  }

  /**
   * Adds the time in which the machine ran other processes instead: in a crowd, a process that has
   * not finished in five seconds does not hang. Returns whether there was any.
   */
  private synchronized boolean excuse() {
    watches();
    long more = Math.min(starvedMillis(), MOST_EXCUSED_MILLIS) - excused;
    if (done || more < LEAST_EXCUSED_MILLIS) {
      return false;
    }
    excused += more;
    end = now() + more;
    return true;
  }

  /**
   * The calling thread only watches the time: how long it waits for a processor says nothing of the
   * work. Counted, each time that it wakes up late would make it wait on.
   */
  private void watches() {
    long self = number(new File(threads.getParentFile().getParentFile(), "thread-self/stat"), 0);
    if (!watchers.contains(Long.toString(self))) {
      watchers.add(Long.toString(self));
    }
  }

  /**
   * The longest time that a thread which does some of the work waited for a processor, in
   * milliseconds; 0 where the system does not tell. (Linux,
   * Documentation/scheduler/sched-stats.rst: the second of three numbers.)
   */
  long starvedMillis() {
    long most = 0;
    String[] names = threads.list();
    for (int i = 0; names != null && i < names.length; i++) {
      if (!watchers.contains(names[i])) {
        most = Math.max(most, number(new File(threads, names[i] + "/schedstat"), 1) / 1_000_000);
      }
    }
    return most;
  }

  /** One of the numbers that a file begins with; 0 where it has none, as its thread has ended. */
  private static long number(File file, int place) {
    byte[] text = new byte[128];
    try (FileInputStream in = new FileInputStream(file)) {
      int length = in.read(text);
      int at = 0;
      for (int i = 0; i < place; i++) {
        while (at < length && text[at] != ' ') {
          at++;
        }
        at++;
      }
      long number = 0;
      for (; at < length && text[at] >= '0' && text[at] <= '9'; at++) {
        number = 10 * number + text[at] - '0';
      }
      return number;
    } catch (IOException e) {
      return 0;
    }
  }

  // Under the lock: a run is either done or halted, never both.
  private synchronized void haltUnlessDone() {
    if (!done) {
      expired.halt(underWay);
    }
  }

  /**
   * The outcome is certain and only has to be written: from now on the watchdog does not end the
   * run.
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

  /**
   * The same with the time that the watchdog will add because the machine let others run instead,
   * as far as that is known now.
   */
  public synchronized long remainingFairlyMillis() {
    return remainingMillis()
        + Math.max(0, Math.min(starvedMillis(), MOST_EXCUSED_MILLIS) - excused);
  }

  /**
   * Waits until no more than so much is left, as the watchdog counts; for a thread that does
   * nothing else.
   *
   * @param millis the time for what is to be done then
   */
  public void awaitAllBut(long millis) throws InterruptedException {
    for (long left = leftBut(millis); left > 0; left = leftBut(millis)) {
      Thread.sleep(left);
    }
  }

  private synchronized long leftBut(long millis) {
    watches();
    // Only a watchdog counts once what it has added already.
    return (isWatched() ? remainingFairlyMillis() : remainingMillis()) - millis;
  }

  /**
   * How long one exchange with a service may take, in milliseconds, of a run that git may be
   * waiting for; 0 when too little is left for one.
   */
  public synchronized long exchangeMillis() {
    if (!isWatched()) {
      return PATIENCE_MILLIS;
    }
    long left = remainingFairlyMillis() - Math.max(reserved, RESERVE_MILLIS);
    return left < LEAST_EXCHANGE_MILLIS ? 0 : reserved > 0 ? left : left * MOST_PATIENCE;
  }

  /**
   * There is something to go on with where a service does not answer in time: from now on exchanges
   * end while there is time for that, rather than with the run.
   *
   * @param millis the time for it; 0 when there is nothing
   */
  public synchronized void reserve(long millis) {
    reserved = millis;
  }

  /** Says what is under way, for the line that the watchdog prints. */
  public void doing(String what) {
    underWay = what;
  }

  /** A prompt is up: two minutes from now. */
  public synchronized void promptShown() {
    end = now() + PROMPT_MILLIS;
  }

  /** Starts the five seconds anew: a prompt is gone, or the next of several steps begins. */
  public synchronized void restart() {
    end = now() + RUN_MILLIS;
  }

  /**
   * No more than so much is left from now on, but a second for the rest in any case.
   *
   * @param millis what was left before work that gave the run its whole time again
   */
  public synchronized void shortenTo(long millis) {
    end = Math.min(end, now() + Math.max(millis, LEAST_LEFT_MILLIS));
  }

  private static long now() {
    return System.nanoTime() / 1_000_000;
  }
}
