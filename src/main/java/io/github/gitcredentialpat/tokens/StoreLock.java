package io.github.gitcredentialpat.tokens;

import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.PrivateFiles;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Held while one process reads, decides and writes, since no keychain can compare and set.
 *
 * <p>It lies beside what it protects ({@link Store#lockFile}), so that processes with state folders
 * of their own, such as a sandboxed editor and a terminal, wait for each other as well. For a
 * keychain without a place for it: in the runtime folder of the login session, and in the state
 * folder. Where none of these can be written the work goes on unlocked: better a rare race than no
 * token at all.
 *
 * <p>A get takes no lock. Prompts come before it ({@link Store#unlock}, and the first reading); one
 * that comes under it all the same makes others wait, and they say so and do without: a store or an
 * erase of git's after five seconds, a person's command after half a minute. They neither go on
 * without the lock nor wait for the person, since git would hang.
 */
public final class StoreLock implements AutoCloseable {
  /** How long a person's command waits; git's operations wait until their watchdog ends them. */
  private static final long PATIENCE_MILLIS = 30_000;

  private static final long SILENT_MILLIS = 1_000;
  private static final long LONGEST_PAUSE_MILLIS = 16;
  private static final String FILE = "lock";

  private final Environment surroundings;
  private final Console messages;
  private final List<FileChannel> channels = new ArrayList<>(3);
  private boolean complete = true;
  private long waitedSince;
  private boolean said;

  private StoreLock(Environment surroundings, Console messages) {
    this.surroundings = surroundings;
    this.messages = messages;
  }

  /**
   * Waits for the locks of these stores, then restarts the run's time.
   *
   * @throws StoreException TIMEOUT when a person's command has waited for half a minute
   */
  public static StoreLock acquire(Environment surroundings, List<Store> stores, Console messages)
      throws StoreException {
    StoreLock lock = new StoreLock(surroundings, messages);
    surroundings.deadline().doing("waiting for another git-credential-pat to finish");
    boolean done = false;
    try {
      lock.lockAll(stores);
      done = true;
    } finally {
      if (!done) {
        lock.close();
      }
    }
    if (lock.waitedSince != 0) {
      // Who gets it late must not be ended while holding it, or nobody in a crowd would finish.
      surroundings.deadline().restart();
    }
    return lock;
  }

  /** Whether every store that can be written is protected. */
  public boolean isComplete() {
    return complete;
  }

  private void lockAll(List<Store> stores) throws StoreException {
    List<Path> files = new ArrayList<>(3);
    boolean keychains = false;
    for (int i = 0; i < stores.size(); i++) {
      Path file = stores.get(i).lockFile();
      if (file != null) {
        add(files, file);
      } else {
        keychains |= stores.get(i).capacity().writable();
      }
    }
    Path state = surroundings.stateFolder().resolve(FILE);
    boolean anyForKeychains = !keychains;
    if (keychains) {
      Path runtime = surroundings.runtimeFolder();
      if (runtime != null) {
        add(files, runtime.resolve(FILE));
      }
      add(files, state);
    }
    // Always in the same order, so that no two processes wait for each other.
    files.sort(null);
    boolean needsState = false;
    for (int i = 0; i < files.size(); i++) {
      Path file = files.get(i);
      boolean locked = lock(file);
      boolean ofKeychains = keychains && (file.equals(state) || isInRuntimeFolder(file));
      anyForKeychains |= locked && ofKeychains;
      needsState |= !locked && !ofKeychains;
    }
    if (needsState && !keychains) {
      needsState = !lock(state);
    }
    complete = anyForKeychains && !needsState;
  }

  private boolean isInRuntimeFolder(Path file) {
    Path runtime = surroundings.runtimeFolder();
    return runtime != null && file.startsWith(runtime);
  }

  private static void add(List<Path> files, Path file) {
    if (!files.contains(file)) {
      files.add(file);
    }
  }

  /** Waits for one lock. Returns whether it is held; it is not where the file cannot be written. */
  private boolean lock(Path file) throws StoreException {
    FileChannel channel = null;
    try {
      PrivateFiles.makeFolder(file.getParent());
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      channels.add(channel);
      long pause = 1;
      while (!PrivateFiles.tryLock(channel)) {
        pause(file, pause);
        pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
      }
      return true;
    } catch (IOException e) {
      messages.trace(e);
      return false;
    }
  }

  private void pause(Path file, long millis) throws StoreException {
    long now = System.nanoTime() / 1_000_000;
    if (waitedSince == 0) {
      waitedSince = now;
    }
    if (!surroundings.deadline().isWatched()) {
      if (!said && now - waitedSince >= SILENT_MILLIS) {
        said = true;
        messages.say("waiting for another git-credential-pat to finish");
      }
      if (now - waitedSince >= PATIENCE_MILLIS) {
        throw busy(file);
      }
    }
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw busy(file);
    }
  }

  private static StoreException busy(Path file) {
    return new StoreException(
        Reason.TIMEOUT,
        "another git-credential-pat is still running; nothing done, try again later (it holds "
            + file
            + ")");
  }

  /** Lets the next one in. */
  @Override
  public void close() {
    for (int i = channels.size() - 1; i >= 0; i--) {
      try {
        channels.get(i).close();
      } catch (IOException e) {
        // The process ends soon, and the lock with it.
      }
    }
  }
}
