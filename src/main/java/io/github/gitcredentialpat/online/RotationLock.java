package io.github.gitcredentialpat.online;

import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Held while tokens are rotated: two processes at once would revoke each other's new tokens. */
public final class RotationLock implements AutoCloseable {
  private static final long PAUSE_MILLIS = 100;

  private final FileChannel channel;

  private RotationLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Waits until no other process rotates.
   *
   * @param millis how long at most
   * @return absent when somebody else has it still
   */
  public static @Nullable RotationLock acquire(Environment surroundings, long millis)
      throws IOException {
    Path folder = surroundings.stateFolder();
    PrivateFiles.makeFolder(folder);
    FileChannel channel =
        FileChannel.open(
            folder.resolve("rotate"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean isHeld = false;
    try {
      long end = System.nanoTime() + millis * 1_000_000;
      isHeld = PrivateFiles.tryLock(channel);
      while (!isHeld && System.nanoTime() < end) {
        Thread.sleep(PAUSE_MILLIS);
        isHeld = PrivateFiles.tryLock(channel);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (!isHeld) {
        channel.close();
      }
    }
    return isHeld ? new RotationLock(channel) : null;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
