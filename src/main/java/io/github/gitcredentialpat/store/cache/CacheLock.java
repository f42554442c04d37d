package io.github.gitcredentialpat.store.cache;

import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Held by one process of this user at a time. Where its file cannot be written nobody waits for
 * anybody: better to ask twice than not at all.
 */
final class CacheLock implements AutoCloseable {
  private static final long LONGEST_PAUSE_MILLIS = 32;

  private final @Nullable FileChannel channel;
  private final boolean held;
  private final boolean waited;

  private CacheLock(@Nullable FileChannel channel, boolean held, boolean waited) {
    this.channel = channel;
    this.held = held;
    this.waited = waited;
  }

  /**
   * Waits for a lock, but not for ever.
   *
   * @param name its file in the state folder
   * @param millis how long to wait for whoever has it
   */
  static CacheLock acquire(Environment surroundings, String name, long millis) {
    Path file = surroundings.stateFolder().resolve(name);
    long end = System.nanoTime() / 1_000_000 + millis;
    FileChannel channel = null;
    boolean waited = false;
    try {
      PrivateFiles.makeFolder(file.getParent());
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      for (long pause = 1; !PrivateFiles.tryLock(channel); ) {
        waited = true;
        if (System.nanoTime() / 1_000_000 + pause > end) {
          return new CacheLock(channel, false, true);
        }
        Thread.sleep(pause);
        pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
      }
      return new CacheLock(channel, true, waited);
    } catch (IOException e) {
      return new CacheLock(channel, true, waited);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new CacheLock(channel, false, true);
    }
  }

  /** Whether it is ours, or nobody can have it. */
  boolean isHeld() {
    return held;
  }

  /** Whether another process had it before. */
  boolean hasWaited() {
    return waited;
  }

  @Override
  public void close() {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // The process ends soon, and the lock with it.
      }
    }
  }
}
