package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.helper.Placement;
import io.github.gitcredentialpat.helper.Run;
import io.github.gitcredentialpat.identity.PersonalAccessToken;
import io.github.gitcredentialpat.identity.Whose;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Secret;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreLock;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Puts a token that a person or the service hands over into the chain of stores. */
final class Keeping {
  private final Run run;
  private final Whose whose;
  private final @Nullable String named;

  /** When a secret from elsewhere may take the place of one that is kept. */
  interface Rule {
    boolean mayReplace(Entry kept, Entry arriving);
  }

  /** What became of a secret from elsewhere. */
  enum Outcome {
    /** It is kept now. */
    KEPT,
    /** It was kept before. */
    KEPT_ALREADY,
    /** Another one is kept, which does not make room. */
    ANOTHER_IS_KEPT,
    /** No store could keep it, or it could not be read back; the person was told. */
    NOT_KEPT
  }

  /**
   * What became of it, and where it is.
   *
   * @param store the store that has the secret, or the other one; absent when none has
   */
  record Brought(Outcome outcome, @Nullable Store store) {}

  /**
   * For tokens of this place.
   *
   * @param named the user that the person named to keep a token beside others; absent otherwise
   */
  Keeping(Run run, Whose whose, @Nullable String named) {
    this.run = run;
    this.whose = whose;
    this.named = named;
  }

  /**
   * Keeps a token; says why where no store could.
   *
   * @param token the entry as it is to be but for its key's user
   * @param owner the account whose token it is, as far as known
   * @return the store that keeps it; absent when none could
   */
  @Nullable Store keep(Entry token, @Nullable String owner) throws StoreException {
    run.surroundings().deadline().promptClosed();
    StoreLock lock = StoreLock.acquire(run.surroundings());
    try {
      return keepLocked(token, owner);
    } finally {
      lock.close();
    }
  }

  /**
   * Brings over a secret that another program kept, and reads it back; one of ours only makes room
   * for it when the rule says so.
   *
   * @param dry whether only to say what would be done
   */
  Brought bring(Entry arriving, @Nullable String owner, Rule rule, boolean dry)
      throws StoreException {
    run.surroundings().deadline().promptClosed();
    StoreLock lock = StoreLock.acquire(run.surroundings());
    List<Kept> ours = ours();
    try {
      for (Kept kept : ours) {
        if (kept.entry().secret().sameAs(arriving.secret())) {
          return new Brought(Outcome.KEPT_ALREADY, kept.store());
        }
      }
      for (Kept kept : ours) {
        if (!rule.mayReplace(kept.entry(), arriving)) {
          return new Brought(Outcome.ANOTHER_IS_KEPT, kept.store());
        }
      }
      if (dry) {
        return new Brought(Outcome.KEPT, null);
      }
      Store store = keepLocked(arriving, owner);
      return new Brought(
          store != null && holds(store, arriving) ? Outcome.KEPT : Outcome.NOT_KEPT, store);
    } finally {
      lock.close();
      ours.forEach(kept -> kept.entry().wipe());
    }
  }

  private @Nullable Store keepLocked(Entry token, @Nullable String owner) throws StoreException {
    String user = named == null ? owner : named;
    Placement placement = new Placement(run, whose.identity());
    placement.read();
    EntryKey replaced = replaced(placement.entries(), token.secret(), user);
    EntryKey key =
        new EntryKey(whose.identity(), user == null && replaced != null ? replaced.user() : user);
    return placement.keep(
        token.withKey(key), replaced == null ? key : replaced, Run.secretOf(whose));
  }

  /**
   * What is kept in place of which an arriving secret would be used. A store that cannot be written
   * answers for any organisation, and keeps nothing; of one that fails, {@link Placement} tells.
   */
  private List<Kept> ours() {
    List<Kept> ours = new ArrayList<>();
    for (Store store : run.chain().stores()) {
      if (!store.capacity().writable()) {
        continue;
      }
      run.surroundings().deadline().doing("reading " + store.name());
      try {
        for (Entry entry : store.find(whose.identity())) {
          EntryKey key = entry.key();
          if (key.identity().equals(whose.identity())
              && (whose.isAzure() || Objects.equals(key.user(), named))) {
            ours.add(new Kept(store, entry));
          } else {
            entry.wipe();
          }
        }
      } catch (StoreException e) {
        run.messages().trace(e);
      }
    }
    return ours;
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

  /**
   * Whether one is newer, as far as can be known: by the month in which the service issued it,
   * which it carries itself, else by the time at which it was stored. An unknown time is the
   * oldest.
   */
  static boolean isNewer(Entry one, Entry other) {
    YearMonth issued = PersonalAccessToken.issuedIn(one.secret().bytes());
    YearMonth otherIssued = PersonalAccessToken.issuedIn(other.secret().bytes());
    if (issued == null || otherIssued == null || issued.equals(otherIssued)) {
      return one.storedAt() > other.storedAt();
    }
    return issued.isAfter(otherIssued);
  }

  /**
   * The entry whose place a token takes: the one that holds it already, the one of the same user,
   * or the only one, unless the person named a user to keep it beside that; absent for none.
   */
  private @Nullable EntryKey replaced(List<Entry> entries, Secret token, @Nullable String user) {
    EntryKey only = null;
    boolean several = false;
    for (Entry entry : entries) {
      if (entry.secret().sameAs(token)
          || (user != null && whose.isSameUser(user, entry.key().user()))) {
        return entry.key();
      }
      several |= only != null && !only.equals(entry.key());
      only = entry.key();
    }
    boolean nameless = only != null && whose.user(only.user()) == null;
    return several || (named != null && !nameless) ? null : only;
  }
}
