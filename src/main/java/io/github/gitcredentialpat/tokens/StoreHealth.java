package io.github.gitcredentialpat.tokens;

import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of a store.
 *
 * @param store the store
 * @param entries how many tokens it keeps, or {@link #UNKNOWN}
 * @param problem what is wrong with it; absent when nothing is
 */
public record StoreHealth(Store store, int entries, @Nullable StoreException problem) {
  public static final int UNKNOWN = -1;

  /** Asks a store, which has five seconds for it, however long the previous one took. */
  public static StoreHealth of(Invocation run, Store store) {
    run.surroundings().deadline().restart();
    int entries = UNKNOWN;
    try {
      if (store.isShared()) {
        return ofShared(run, store);
      }
      List<EntryKey> keys = store.list();
      entries = (int) keys.stream().filter(key -> !key.identity().isSignIn()).count();
      if (!keys.isEmpty()) {
        // Names can be seen through a lock; only reading an entry tells whether it can be read.
        for (Entry entry : store.find(keys.get(0).identity())) {
          entry.wipe();
        }
      }
      return new StoreHealth(store, entries, null);
    } catch (StoreException e) {
      run.messages().trace(e);
      return new StoreHealth(store, entries, e);
    }
  }

  /** What it remembers says nothing of it; and what it has, it gives away when it is wanted. */
  private static StoreHealth ofShared(Invocation run, Store store) throws StoreException {
    List<StoreException> unread = new ArrayList<>();
    int entries = store.list(unread).size();
    if (unread.isEmpty()) {
      return new StoreHealth(store, entries, null);
    }
    run.messages().trace(unread.get(0));
    return new StoreHealth(store, UNKNOWN, unread.get(0));
  }

  /** Whether it is not available here, and so has no tokens. */
  public boolean isAbsent() {
    return problem != null && problem.reason() == Reason.UNAVAILABLE && !problem.hidesEntries();
  }

  public boolean fails(Reason reason) {
    return problem != null && problem.reason() == reason;
  }

  /** The store of the chain that a new token would go to, as {@code store} decides it. */
  public static @Nullable Store writesHere(Invocation run, List<StoreHealth> found) {
    for (Store store : run.chain().stores()) {
      for (StoreHealth status : found) {
        if (!status.store().name().equals(store.name())
            || (store.isShared() && !store.capacity().writable())) {
          continue;
        }
        if (status.problem() == null) {
          return store.capacity().writable() ? status.store() : null;
        }
        boolean passedOver =
            status.fails(Reason.UNAVAILABLE)
                || (status.fails(Reason.LOCKED) && run.chain().chosen());
        if (!passedOver) {
          return null;
        }
      }
    }
    return null;
  }
}
