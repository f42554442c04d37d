package io.github.gitcredentialpat.tokens;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where in the chain of stores a secret belongs: over the entry that it replaces, else into the
 * first store that can keep it. The whole chain is read first, since an older copy further down
 * would come back one day. Who uses it holds the {@link
 * io.github.gitcredentialpat.store.StoreLock}.
 */
public final class ChainWriter {
  private final Invocation run;
  private final Identity identity;
  private final List<Found> chain = new ArrayList<>();

  /** What a store holds for the identity; one that failed has its problem instead. */
  public record Found(Store store, List<Entry> entries, @Nullable StoreException problem) {}

  /** For secrets of this very identity. */
  public ChainWriter(Invocation run, Identity identity) {
    this.run = run;
    this.identity = identity;
  }

  /**
   * Reads the whole chain; drops what was set aside so long ago that it is forgotten.
   *
   * @return whether a store that can be written knows the identity; what cannot be written answers
   *     for any organisation, and so knows none
   */
  public boolean read() {
    boolean known = false;
    for (Store store : run.chain().stores()) {
      run.surroundings().deadline().doing("reading " + store.name());
      try {
        List<Entry> entries = store.find(identity);
        known |= !entries.isEmpty() && store.capacity().writable();
        chain.add(new Found(store, kept(store, entries), null));
      } catch (StoreException e) {
        chain.add(new Found(store, List.of(), e));
      }
    }
    run.surroundings().deadline().doing("storing; it may or may not have been stored");
    return known;
  }

  /**
   * Those of this very path, without what is forgotten; and what a store that cannot be written has
   * for a part of the place, since it answers for all of it where git sends no path.
   */
  private List<Entry> kept(Store store, List<Entry> entries) throws StoreException {
    List<Entry> kept = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      if (run.isLongForgotten(entry)) {
        store.delete(entry.key());
      } else if (entry.key().identity().equals(identity) || !store.capacity().writable()) {
        kept.add(entry);
      }
    }
    return kept;
  }

  /** What was read, store by store. */
  public List<Found> chain() {
    return chain;
  }

  /** The entries that were read, from all stores, in their order. */
  public List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < chain.size(); i++) {
      entries.addAll(chain.get(i).entries());
    }
    return entries;
  }

  /**
   * Keeps the entry: where the one with the key {@code replaced} lies, whose copies further down
   * are removed, else in the first store that can. Says why where it cannot.
   *
   * @param replaced the key of the entry that it takes the place of, mostly its own
   * @param what what it is, for a person, such as {@code the token for contoso}
   * @return the store that keeps it now; absent when none could
   * @throws StoreException when the entry that it replaces is there and cannot be replaced
   */
  public @Nullable Store keep(Entry entry, EntryKey replaced, String what) throws StoreException {
    Store store = replace(entry, replaced);
    return store == null ? keepNew(entry, what) : store;
  }

  private @Nullable Store replace(Entry entry, EntryKey replaced) throws StoreException {
    Store done = null;
    for (Found found : chain) {
      for (Entry older : found.entries()) {
        if (!older.key().equals(replaced)) {
          continue;
        }
        if (done == null) {
          found.store().save(entry);
        }
        if (done != null || !replaced.equals(entry.key())) {
          found.store().delete(replaced);
        }
        done = done == null ? found.store() : done;
      }
    }
    return done;
  }

  private @Nullable Store keepNew(Entry entry, String what) {
    for (int i = 0; i < chain.size(); i++) {
      Store store = chain.get(i).store();
      StoreException problem = chain.get(i).problem();
      if (problem == null) {
        try {
          store.save(entry);
          return store;
        } catch (StoreException e) {
          problem = e;
        }
      }
      run.report(store, problem);
      // What is only locked or late may hold this entry already; a copy below it would go stale.
      boolean passedOver =
          problem.reason() == Reason.UNAVAILABLE
              || problem.reason() == Reason.LIMIT
              || (problem.reason() == Reason.LOCKED && run.chain().chosen());
      if (!passedOver) {
        break;
      }
    }
    run.messages().say(what + " is not stored; git will ask for it again");
    return null;
  }
}
