package io.github.gitcredentialpat.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How long something took the thread that measures it, without the time in which that thread waited
 * for a processor: on a crowded machine that says nothing of what is tested.
 */
public final class OwnTime {
  private static final Path WAITED = Path.of("/proc/thread-self/schedstat");

  private final long start = now();

  /** What went by since this was made, in milliseconds. */
  public long millis() {
    return (now() - start) / 1_000_000;
  }

  private static long now() {
    return System.nanoTime() - waited();
  }

  /** In nanoseconds; 0 where the system does not tell (the second of Linux' three numbers). */
  private static long waited() {
    try {
      return Long.parseLong(Files.readString(WAITED).split(" ")[1]);
    } catch (IOException e) {
      return 0;
    }
  }
}
