package io.github.gitcredentialpat.store;

import io.github.gitcredentialpat.platform.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Held while one process reads, decides and writes, since no keychain can compare and set. Without
 * a writable state folder the work goes on unlocked: better a rare race than no token at all.
 */
public final class StoreLock {
  private final @Nullable FileChannel channel;

  private StoreLock(@Nullable FileChannel channel) {
    this.channel = channel;
  }

  /** Waits for the lock; the run's watchdog bounds the waiting. */
  public static StoreLock acquire(Surroundings surroundings) {
    Path folder = surroundings.stateFolder();
    surroundings.deadline().doing("waiting for another git-credential-pat to finish");
    FileChannel channel = null;
    try {
      PrivateFiles.makeFolder(folder);
      channel =
          FileChannel.open(
              folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      channel.lock();
      return new StoreLock(channel);
    } catch (IOException e) {
      return new StoreLock(channel);
    }
  }

  /** Lets the next one in. */
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
