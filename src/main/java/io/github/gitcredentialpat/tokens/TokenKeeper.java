package io.github.gitcredentialpat.tokens;

import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.TokenFormat;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.TokenUse;
import java.time.YearMonth;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Stores a token from a person or the service in the chain of stores. */
public final class TokenKeeper {
  private final Invocation run;
  private final Resolution whose;
  private final @Nullable String named;

  /** When a secret from elsewhere may take the place of one that is stored. */
  public interface Rule {
    /** Whether the stored entry makes room for the arriving one. */
    boolean mayReplace(Entry stored, Entry arriving);
  }

  /** What became of a secret from elsewhere. */
  public enum Outcome {
    /** It is stored now. */
    STORED,
    /** It was stored before. */
    ALREADY_STORED,
    /** Another one is stored, which does not make room. */
    ANOTHER_IS_STORED,
    /** No store could store it, or it could not be read back; the person was told. */
    NOT_STORED
  }

  /**
   * What became of it, and where it is.
   *
   * @param store the store that has the secret, or the other one; absent when none has
   */
  public record Brought(Outcome outcome, @Nullable Store store) {}

  /**
   * For tokens of this place.
   *
   * @param named the account that the person named, to keep its token beside others; absent
   *     otherwise
   */
  public TokenKeeper(Invocation run, Resolution whose, @Nullable String named) {
    this.run = run;
    this.whose = whose;
    this.named = named;
  }

  /**
   * Stores a token; reports why where no store could.
   *
   * @param token the entry to store; its key's user may still change
   * @param owner the account whose token it is, as far as known
   * @return the store that keeps it; absent when none could
   */
  public @Nullable Store keep(Entry token, @Nullable String owner) throws StoreException {
    return place(token, owner, null, false).store();
  }

  /** Where a token goes: its key, and that of the entry whose place it takes. */
  private record Place(EntryKey key, EntryKey replaced) {}

  private Place place(ChainWriter chain, Entry token, @Nullable String user) {
    EntryKey replaced = replaced(chain.entries(), token, user);
    EntryKey key =
        new EntryKey(whose.identity(), user == null && replaced != null ? replaced.user() : user);
    return new Place(key, replaced == null ? key : replaced);
  }

  /**
   * Imports a secret of another program, and reads it back; one of ours is replaced only when the
   * rule says so.
   *
   * @param dry whether to only say what would be done
   */
  public Brought bring(Entry arriving, @Nullable String owner, Rule rule, boolean dry)
      throws StoreException {
    return place(arriving, owner, rule, dry);
  }

  private Brought place(Entry arriving, @Nullable String owner, @Nullable Rule rule, boolean dry)
      throws StoreException {
    run.surroundings().deadline().restart();
    String user = named == null ? owner : named;
    ChainWriter chain = new ChainWriter(run, whose);
    try {
      chain.look();
      Brought stays = rule == null ? null : stays(chain, arriving, rule);
      if (stays != null || dry) {
        return stays != null ? stays : new Brought(Outcome.STORED, null);
      }
      // What a prompt may be needed for comes before the lock.
      chain.unlock(place(chain, arriving, user).replaced());
      run.surroundings().deadline().restart();
      try (StoreLock lock = run.lock()) {
        chain.read(lock);
        stays = rule == null ? null : stays(chain, arriving, rule);
        if (stays != null) {
          return stays;
        }
        Place place = place(chain, arriving, user);
        Store store =
            chain.keep(arriving.withKey(place.key()), place.replaced(), Wording.secretOf(whose));
        boolean stored = store != null && (rule == null || holds(store, arriving));
        return new Brought(stored ? Outcome.STORED : Outcome.NOT_STORED, store);
      }
    } finally {
      chain.wipe();
    }
  }

  /**
   * The outcome for an arriving secret when one of ours is not to be replaced; absent when all may
   * be. Read-only stores do not count, since they answer for any organization; {@link ChainWriter}
   * reports a store that fails.
   */
  private @Nullable Brought stays(ChainWriter chain, Entry arriving, Rule rule) {
    Store other = null;
    for (ChainWriter.Found found : chain.chain()) {
      if (!found.store().capacity().writable()) {
        continue;
      }
      for (Entry entry : found.entries()) {
        if (!whose.isAzure() && !Objects.equals(entry.key().user(), named)) {
          continue;
        }
        if (entry.secret().sameAs(arriving.secret())) {
          return new Brought(Outcome.ALREADY_STORED, found.store());
        }
        if (other == null && !rule.mayReplace(entry, arriving)) {
          other = found.store();
        }
      }
    }
    return other == null ? null : new Brought(Outcome.ANOTHER_IS_STORED, other);
  }

  private boolean holds(Store store, Entry arriving) throws StoreException {
    boolean holds = false;
    for (Entry entry : store.find(whose.identity())) {
      holds |=
          entry.key().identity().equals(whose.identity())
              && entry.secret().sameAs(arriving.secret());
      entry.wipe();
    }
    return holds;
  }

  // --- changing what was read before ---

  /** The outcome of a change to an entry that was read before. */
  public enum Change {
    /** It is done. */
    DONE,
    /** The entry is not there any more, and nothing was done. */
    GONE,
    /** Somebody else has changed the entry since it was read, so nothing was done. */
    CHANGED_MEANWHILE,
    /** The store failed and is unchanged; the person was told. */
    FAILED,
    /** The store failed, and what it has now is unknown; the person was told. */
    UNKNOWN;

    /** Whether an entry to delete is gone. */
    public boolean isOver() {
      return this == DONE || isOvertaken();
    }

    /** Whether somebody else came first, so that what they did stays. */
    public boolean isOvertaken() {
      return this == GONE || this == CHANGED_MEANWHILE;
    }
  }

  /**
   * Replaces an entry that was read before, unless it was changed meanwhile. So nothing is lost
   * that was stored while the service was asked.
   *
   * @param expected what was read, or written, before
   * @param entry the new entry, with the same key
   */
  public static Change replaceIfUnchanged(Invocation run, StoredEntry expected, Entry entry) {
    return change(run, expected, entry);
  }

  /** Deletes the entry with this key, whatever it holds. */
  public static Change delete(Invocation run, Inventory.Place place) {
    Store store = place.store();
    run.surroundings().deadline().restart();
    try {
      store.unlock();
      StoreLock lock = run.lock(List.of(store));
      try (lock) {
        return store.delete(place.key()) ? Change.DONE : Change.GONE;
      }
    } catch (StoreException e) {
      run.report(store, e);
      return Change.FAILED;
    }
  }

  /** Deletes an entry that was read before, unless it was changed meanwhile. */
  public static Change deleteIfUnchanged(Invocation run, StoredEntry expected) {
    return change(run, expected, null);
  }

  /**
   * Restores an entry that was set aside, wherever in the chain it lies now, unless another secret
   * has taken its place.
   *
   * @return whether it is back
   */
  public static boolean bringBack(Invocation run, Entry entry) {
    run.surroundings().deadline().restart();
    ChainWriter chain = new ChainWriter(run, entry.key().identity());
    try (StoreLock lock = run.lock()) {
      chain.read(lock);
      StoredEntry same = null;
      for (ChainWriter.Found found : chain.chain()) {
        for (Entry now : found.entries()) {
          if (found.store().fetches() || !now.key().equals(entry.key())) {
            continue;
          }
          if (now.secret().sameAs(entry.secret())) {
            same = new StoredEntry(found.store(), now);
          } else if (now.setAsideAt() == 0) {
            return false;
          }
        }
      }
      if (same == null) {
        return false;
      }
      Entry back = same.entry().setAsideAt(0);
      if (same.store().isShared()) {
        // Only this machine ever set it aside.
        same.store().save(back);
        return true;
      }
      return chain.keep(back, back.key(), StoredEntry.describe(back.key())) != null;
    } catch (StoreException e) {
      run.messages().trace(e);
    } finally {
      chain.wipe();
    }
    return false;
  }

  private static Change change(Invocation run, StoredEntry expected, @Nullable Entry entry) {
    Store store = expected.store();
    run.surroundings().deadline().restart();
    boolean begun = false;
    try {
      // Before the lock: this may have a person unlock the store.
      Change refused = compare(store, expected.entry());
      if (refused != null) {
        return refused;
      }
      StoreLock lock = run.lock(List.of(store));
      try (lock) {
        refused = compare(store, expected.entry());
        if (refused != null) {
          return refused;
        }
        begun = true;
        if (entry != null) {
          store.save(entry);
        } else if (!store.delete(expected.entry().key())) {
          return Change.GONE;
        }
        return Change.DONE;
      } catch (StoreException e) {
        if (!begun) {
          throw e;
        }
        run.report(store, e);
        run.surroundings().deadline().restart();
        return afterFailure(run, store, expected.entry(), entry);
      }
    } catch (StoreException e) {
      run.report(store, e);
      return Change.FAILED;
    }
  }

  /** Why nothing may be done; absent when the store has just what is expected. */
  private static @Nullable Change compare(Store store, Entry expected) throws StoreException {
    Change refused = Change.GONE;
    for (Entry now : store.find(expected.key().identity())) {
      if (now.key().equals(expected.key()) && refused != Change.CHANGED_MEANWHILE) {
        boolean isUnchanged =
            now.isSameAnswer(expected) && now.setAsideAt() == expected.setAsideAt();
        refused = isUnchanged ? null : Change.CHANGED_MEANWHILE;
      }
      now.wipe();
    }
    return refused;
  }

  /** The outcome after a failure: a write that timed out may have been done. */
  private static Change afterFailure(
      Invocation run, Store store, Entry expected, @Nullable Entry entry) {
    try {
      Change now = compare(store, expected);
      if (now == null) {
        return Change.FAILED;
      }
      boolean done = entry == null ? now == Change.GONE : compare(store, entry) == null;
      return done ? Change.DONE : Change.UNKNOWN;
    } catch (StoreException e) {
      run.messages().trace(e);
      return Change.UNKNOWN;
    }
  }

  /**
   * Whether one is newer, as far as can be known: by the month of issue, which a token carries,
   * else by the time at which it was stored. An unknown time is the oldest.
   */
  public static boolean isNewer(Entry one, Entry other) {
    YearMonth issued = TokenFormat.issuedIn(one.secret().bytes());
    YearMonth otherIssued = TokenFormat.issuedIn(other.secret().bytes());
    if (issued == null || otherIssued == null || issued.equals(otherIssued)) {
      return one.storedAt() > other.storedAt();
    }
    return issued.isAfter(otherIssued);
  }

  /**
   * The key of the entry that a token replaces: the one that holds it already, the one of the same
   * user, or the only one, unless the person named a user to keep it beside that; absent for none.
   * A token for git and one that is not for git live side by side.
   *
   * @param entries what is stored for the place
   * @param token the arriving token
   * @param user whose it is, or the name under which the person wants it stored; absent for unknown
   */
  public @Nullable EntryKey replaced(List<Entry> entries, Entry token, @Nullable String user) {
    EntryKey only = null;
    boolean several = false;
    for (Entry entry : entries) {
      boolean isSameUser = user != null && whose.isSameUser(user, entry.key().user());
      // Elsewhere two people may have one password, and each entry is a person's own.
      boolean isSameToken =
          (user == null || whose.isAzure()) && entry.secret().sameAs(token.secret());
      if (isSameUser || isSameToken) {
        return entry.key();
      }
      if (isForGit(entry) == isForGit(token)) {
        several |= only != null && !only.equals(entry.key());
        only = entry.key();
      }
    }
    boolean nameless = only != null && whose.user(only.user()) == null;
    return several || (named != null && !nameless) ? null : only;
  }

  private boolean isForGit(Entry entry) {
    return whose.kind() != Resolution.Kind.ORGANIZATION
        || !TokenUse.GIT.isRuledOutBy(entry.scopes());
  }
}
