package io.github.gitcredentialpat.tokens;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

// More than 400 lines: what is read of a chain, and what may be written because of it.
/**
 * Writes a secret to the right place in the chain of stores: over the entry that it replaces, else
 * into the first store that takes it. The whole chain is read first, since an older copy further
 * down would come back one day.
 *
 * <p>First {@link #look} without the lock, which may have a person unlock a store and mostly shows
 * that there is nothing to write; then, under {@link Invocation#lock}, {@link #read} and write.
 */
public final class ChainWriter {
  private final Invocation run;
  private final Identity identity;
  private final boolean anyUserWillDo;
  private List<Found> chain = List.of();

  /** What a store holds for the identity; one that failed has its problem instead. */
  public record Found(Store store, List<Entry> entries, @Nullable StoreException problem) {}

  /** For secrets of exactly this identity. */
  public ChainWriter(Invocation run, Identity identity) {
    this(run, identity, identity.isOrganization());
  }

  /** For secrets of exactly the identity that a URL asks for. */
  public ChainWriter(Invocation run, Resolution whose) {
    this(run, whose.identity(), whose.isAzure());
  }

  private ChainWriter(Invocation run, Identity identity, boolean anyUserWillDo) {
    this.run = run;
    this.identity = identity;
    this.anyUserWillDo = anyUserWillDo;
  }

  /**
   * Reads the whole chain, and changes nothing.
   *
   * @return whether a store that can be written knows the identity; what cannot be written answers
   *     for any organization, and so knows none
   */
  public boolean look() {
    return readAll(false);
  }

  /**
   * Reads the whole chain under the lock, except the stores that failed before; purges entries that
   * were set aside long ago.
   *
   * @param lock held until the writing is done
   * @return as {@link #look}
   */
  public boolean read(StoreLock lock) {
    if (!lock.isComplete()) {
      run.messages().trace("no lock; another git-credential-pat may write in the meantime");
    }
    boolean known = readAll(true);
    run.surroundings().deadline().doing("storing; it may or may not have been stored");
    return known;
  }

  private boolean readAll(boolean locked) {
    boolean known = false;
    List<Found> before = chain;
    List<Store> stores = run.chain().stores();
    chain = new ArrayList<>(stores.size());
    for (int i = 0; i < stores.size(); i++) {
      Store store = stores.get(i);
      Found earlier = before.isEmpty() ? null : before.get(i);
      if (earlier != null) {
        wipe(earlier);
      }
      if (earlier != null && earlier.problem() != null) {
        chain.add(earlier);
        continue;
      }
      run.surroundings().deadline().doing("reading " + store.name());
      try {
        List<Entry> entries = store.find(identity);
        known |= !entries.isEmpty() && store.capacity().writable();
        chain.add(new Found(store, ofThisPath(store, entries, locked), null));
      } catch (StoreException e) {
        chain.add(new Found(store, List.of(), e));
      }
    }
    return known;
  }

  /**
   * The entries of exactly this path, without those that are due to be purged; and what a read-only
   * store has for a part of the place, since it answers for all of it where git sends no path.
   */
  private List<Entry> ofThisPath(Store store, List<Entry> entries, boolean locked)
      throws StoreException {
    List<Entry> stored = new ArrayList<>(entries.size());
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      boolean writable = store.capacity().writable();
      boolean isTidied = writable && !store.isShared();
      if (writable && !entry.key().identity().equals(identity)) {
        entry.wipe();
      } else if (isTidied
          && locked
          && SetAsidePurge.isDue(run, entry)
          && !isThereTwice(entries, entry.key())) {
        store.delete(entry.key());
        entry.wipe();
      } else {
        stored.add(entry);
      }
    }
    if (locked && anyUserWillDo && store.capacity().writable() && !store.isShared()) {
      dropSecondNames(store, stored);
    }
    return stored;
  }

  /** Whether a keyring has two items of this key, of which the other one may be good. */
  private static boolean isThereTwice(List<Entry> entries, EntryKey key) {
    int items = 0;
    for (int i = 0; i < entries.size(); i++) {
      items += entries.get(i).key().equals(key) ? 1 : 0;
    }
    return items > 1;
  }

  /**
   * Drops second names of one token: where any user name will do, an interrupted rename leaves it
   * under both. The name given last stays.
   */
  private void dropSecondNames(Store store, List<Entry> entries) {
    for (int i = entries.size() - 1; i > 0; i--) {
      for (int j = i - 1; j >= 0; j--) {
        Entry one = entries.get(j);
        Entry other = entries.get(i);
        if (!one.key().equals(other.key())
            && one.setAsideAt() == other.setAsideAt()
            && one.secret().sameAs(other.secret())) {
          boolean otherStays =
              one.storedAt() == other.storedAt()
                  ? one.key().user() == null
                  : one.storedAt() < other.storedAt();
          Entry dropped = otherStays ? one : other;
          if (isThereTwice(entries, dropped.key())) {
            break;
          }
          try {
            store.delete(dropped.key());
          } catch (StoreException e) {
            // It harms nobody.
            run.messages().trace(e);
            return;
          }
          dropped.wipe();
          entries.set(j, otherStays ? other : one);
          entries.remove(i);
          break;
        }
      }
    }
  }

  private static void wipe(Found found) {
    for (int i = 0; i < found.entries().size(); i++) {
      found.entries().get(i).wipe();
    }
  }

  /** Overwrites the secrets that were read with zeros. */
  public void wipe() {
    for (int i = 0; i < chain.size(); i++) {
      wipe(chain.get(i));
    }
  }

  /** What was read, store by store. */
  public List<Found> chain() {
    return chain;
  }

  /**
   * Whether nothing can take the place of what is in a store: it fetches that, or many machines
   * share it and it was not opened to be changed.
   */
  private static boolean isFixed(Store store) {
    return store.fetches() || (store.isShared() && !store.capacity().writable());
  }

  /**
   * The entries that were read, from all stores, in their order, whose place a new one could take.
   */
  public List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < chain.size(); i++) {
      if (!isFixed(chain.get(i).store())) {
        entries.addAll(chain.get(i).entries());
      }
    }
    return entries;
  }

  /**
   * Unlocks the store that a new entry would go to, where the person may be asked: before the lock
   * is taken, since others wait for that.
   *
   * @param replaced the key of the entry that will be replaced; where there is one, what it needs
   *     is open already
   */
  public void unlock(EntryKey replaced) {
    for (int i = 0; i < chain.size(); i++) {
      if (holds(chain.get(i), replaced)) {
        return;
      }
    }
    for (int i = 0; i < chain.size(); i++) {
      Found found = chain.get(i);
      StoreException problem = found.problem();
      if (problem == null) {
        if (isFixed(found.store())) {
          continue;
        }
        if (!found.store().capacity().writable()) {
          return;
        }
        run.surroundings().deadline().doing("unlocking " + found.store().name());
        try {
          found.store().unlock();
          return;
        } catch (StoreException e) {
          problem = e;
          chain.set(i, new Found(found.store(), found.entries(), e));
        }
      }
      if (!isPassedOver(problem)) {
        return;
      }
    }
  }

  /**
   * Stores the entry in place of the one with the key {@code replaced}, whose copies further down
   * are removed; else in the first store that takes it. Reports a failure.
   *
   * @param replaced the key of the entry that it takes the place of, mostly its own
   * @param what its name for a person, such as {@code the token for contoso}
   * @return the store that has it now; absent when none could
   * @throws StoreException when the entry that it replaces is there and cannot be replaced
   */
  public @Nullable Store keep(Entry entry, EntryKey replaced, String what) throws StoreException {
    Store store = replace(entry, replaced);
    store = store == null ? keepNew(entry, what) : store;
    if (store != null) {
      sayWhatIsAnsweredFirst(entry, store);
    }
    return store;
  }

  /** What many machines share is not changed along with the rest of the chain. */
  private void sayWhatIsAnsweredFirst(Entry stored, Store keeps) {
    for (int i = 0; i < chain.size() && chain.get(i).store() != keeps; i++) {
      Store store = chain.get(i).store();
      if (store.isShared() && hasAnother(chain.get(i).entries(), stored)) {
        String place = identity.display();
        run.messages()
            .say(
                store.name() + " has another token for " + place + ", which git gets first",
                "git-credential-pat login " + Wording.argument(place) + " --store " + store.name());
      }
    }
  }

  private boolean hasAnother(List<Entry> entries, Entry stored) {
    for (int i = 0; i < entries.size(); i++) {
      Entry other = entries.get(i);
      if (!other.isOver(run.now()) && !other.secret().sameAs(stored.secret())) {
        return true;
      }
    }
    return false;
  }

  /**
   * Goes through the stores, not through the entries: a store may show one key twice, and a chain
   * one store twice, and what was just saved there must not be deleted as the older copy.
   */
  private @Nullable Store replace(Entry entry, EntryKey replaced) throws StoreException {
    Store done = null;
    for (int i = 0; i < chain.size(); i++) {
      Found found = chain.get(i);
      Store store = found.store();
      boolean holdsReplaced = holds(found, replaced);
      if (done == null && holdsReplaced) {
        done = store;
        if (replaced.equals(entry.key())) {
          store.save(entry);
          if (found.entries().size() > 1 || isBelow(i, replaced)) {
            checkSaved(store, entry);
          }
        } else {
          rename(found, entry, replaced);
        }
      } else if (done != null && !store.isShared() && !done.name().equals(store.name())) {
        if (holdsReplaced) {
          store.delete(replaced);
        }
        if (!replaced.equals(entry.key()) && holds(found, entry.key())) {
          store.delete(entry.key());
        }
      }
    }
    return done;
  }

  /**
   * Saves it under its former name first, then under the new one: wherever this is interrupted, the
   * old secret is no longer answered.
   */
  private void rename(Found found, Entry entry, EntryKey former) throws StoreException {
    Store store = found.store();
    if (!holds(found, former, entry.secret())) {
      store.save(entry.withKey(former));
    }
    try {
      store.save(entry);
      checkSaved(store, entry);
    } catch (StoreException e) {
      checkSaved(store, entry.withKey(former));
      // What it was to replace is gone, so this is no failure to store it.
      run.report(store, e);
      run.messages()
          .say(
              StoredEntry.describe(former)
                  + " is stored, but not under the user name "
                  + entry.key().user());
      return;
    }
    store.delete(former);
  }

  private static boolean holds(Found found, EntryKey key) {
    for (int i = 0; i < found.entries().size() && !isFixed(found.store()); i++) {
      if (found.entries().get(i).key().equals(key)) {
        return true;
      }
    }
    return false;
  }

  private static boolean holds(Found found, EntryKey key, Secret secret) {
    for (int i = 0; i < found.entries().size(); i++) {
      Entry entry = found.entries().get(i);
      if (entry.key().equals(key) && entry.secret().sameAs(secret)) {
        return true;
      }
    }
    return false;
  }

  private boolean isBelow(int index, EntryKey key) {
    for (int i = index + 1; i < chain.size(); i++) {
      if (holds(chain.get(i), key)) {
        return true;
      }
    }
    return false;
  }

  /** Before an older copy goes, the new one must be there. */
  private void checkSaved(Store store, Entry entry) throws StoreException {
    boolean saved = false;
    List<Entry> found = store.find(entry.key().identity());
    for (int i = 0; i < found.size(); i++) {
      Entry now = found.get(i);
      saved |= now.key().equals(entry.key()) && now.secret().sameAs(entry.secret());
      now.wipe();
    }
    if (!saved) {
      throw new StoreException(
          Reason.FAILED,
          store.name()
              + " does not have the token just stored for "
              + entry.key().identity().display()
              + "; other copies left as they are");
    }
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
      if (!isFixed(store) || i == chain.size() - 1) {
        run.report(store, problem);
      }
      if (!isFixed(store) && !isPassedOver(problem)) {
        break;
      }
    }
    run.messages().say(what + " is not stored; git will ask for it again");
    return null;
  }

  /** What is only locked or late may hold this entry already; a copy below it would go stale. */
  private boolean isPassedOver(StoreException problem) {
    return problem.reason() == Reason.UNAVAILABLE
        || problem.reason() == Reason.LIMIT
        || (problem.reason() == Reason.LOCKED && run.chain().chosen());
  }
}
