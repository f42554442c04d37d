package io.github.gitcredentialpat.store.cache;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.Capacity;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A store that many machines share, with what this machine remembers of it in front: for a while it
 * answers without asking the store ({@link Snapshot}), and goes on answering while the store is
 * away, wants to be left alone or takes too long.
 *
 * <p>It is read only unless it was opened to be written, which only a person's command does: one
 * machine's bad network must not cost all others their token. What a server refused is set aside on
 * this machine alone; the store is asked at once whether it has another one by now, and then once a
 * minute.
 *
 * <p>Who changes something ({@link #find(Identity)}) sees what is remembered where this is read
 * only, for nothing can become of it there, and else what the store has at that moment.
 *
 * <p>Errors: those of the store, where nothing is remembered that could be answered; {@code
 * UNAVAILABLE} when it is to be changed and was not opened for that.
 */
public final class SharedStore implements Store {
  private static final String RING = "git-credential-pat-shared";
  private static final String FOLDER = "shared";

  /** Opens the store itself, of which nothing is loaded before it is asked. */
  public interface Opening {
    /** The store itself, which knows of no cache. */
    Store open();
  }

  private final String name;
  private final Opening opening;
  private final Environment surroundings;
  private final int period;
  private final boolean writable;
  private final Memory memory;
  private final Nature nature;
  private @Nullable Store remote;
  private @Nullable String notice;

  /**
   * A store that asks nobody until it is asked.
   *
   * @param name the name that {@code --store} knows it by
   * @param opening opens the store itself
   * @param period for how many seconds what it said is answered without asking again
   * @param writable whether it may be changed
   */
  public SharedStore(
      String name, Opening opening, Environment surroundings, int period, boolean writable) {
    this(
        name,
        opening,
        surroundings,
        period,
        writable,
        new MachineCache(surroundings, Path.of("/"), RING, FOLDER),
        new Nature.OfThisMachine());
  }

  SharedStore(
      String name,
      Opening opening,
      Environment surroundings,
      int period,
      boolean writable,
      MachineCache cache,
      Nature nature) {
    this.name = name;
    this.opening = opening;
    this.surroundings = surroundings;
    this.period = period;
    this.writable = writable;
    this.nature = nature;
    memory = new Memory(surroundings, cache, name);
  }

  private Store remote() {
    if (remote == null) {
      remote = opening.open();
    }
    return remote;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean isShared() {
    return true;
  }

  @Override
  public Capacity capacity() {
    return writable ? remote().capacity() : new Capacity(false, Capacity.LONGEST_LINE, 0);
  }

  @Override
  public String location() {
    return remote().location() + "; remembered for a while in " + memory.location();
  }

  @Override
  public String readers() {
    return remote().readers();
  }

  @Override
  public @Nullable String notice() {
    return notice;
  }

  @Override
  public long rememberedSince(Identity where) {
    Snapshot known = memory.of(where);
    known.wipe();
    return known.readAt();
  }

  // --- reading ---

  @Override
  public List<Entry> find(Identity where) throws StoreException {
    if (where.isSignIn()) {
      return List.of();
    }
    if (writable) {
      return Snapshot.mark(remote().find(where), memory.refused(where));
    }
    Snapshot known = memory.of(where);
    if (known.readAt() != 0) {
      return known.marked();
    }
    List<Entry> below = where.path() == null ? memory.below(where) : List.of();
    if (!below.isEmpty()) {
      return below;
    }
    List<StoreException> unread = new ArrayList<>(0);
    List<Entry> found = find(where, unread);
    if (!unread.isEmpty()) {
      throw unread.get(0);
    }
    return found;
  }

  @Override
  public List<Entry> find(Identity where, List<StoreException> unread) throws StoreException {
    notice = null;
    if (where.isSignIn()) {
      return List.of();
    }
    if (writable) {
      try {
        return find(where);
      } catch (StoreException e) {
        unread.add(e);
        return answered(memory.of(where));
      }
    }
    Snapshot known = memory.of(where);
    if (!known.isFresh(nature.now(), period)) {
      Inquiry inquiry = new Inquiry(name, surroundings, memory, period, nature);
      known = inquiry.ask(remote(), where, known);
      notice = inquiry.notice();
    }
    if (known.problem() == null) {
      return known.marked();
    }
    List<Entry> answered = answered(known);
    boolean isOfUse = false;
    for (int i = 0; i < answered.size(); i++) {
      isOfUse |= answered.get(i).setAsideAt() == 0;
    }
    if (!isOfUse) {
      unread.add(known.problem());
    }
    return answered;
  }

  /** What goes on to be answered while the store itself says nothing. */
  private List<Entry> answered(Snapshot known) {
    long now = nature.now();
    if (known.readAt() == 0 || now - known.readAt() > Memory.LONGEST) {
      known.wipe();
      return List.of();
    }
    List<Entry> answered = new ArrayList<>(1);
    for (int i = 0; i < known.entries().size(); i++) {
      Entry entry = known.entries().get(i);
      if (entry.isOver(now)) {
        entry.wipe();
      } else {
        answered.add(entry);
      }
    }
    return Snapshot.mark(answered, known.refused());
  }

  /** Of what is only read, the keys that are remembered; else those that the store has. */
  @Override
  public List<EntryKey> list() throws StoreException {
    return writable ? remote().list() : remembered();
  }

  /** The keys that the store has; while it is away, those that are remembered. */
  @Override
  public List<EntryKey> list(List<StoreException> unread) throws StoreException {
    try {
      return remote().list(unread);
    } catch (StoreException e) {
      unread.add(e);
      return remembered();
    }
  }

  private List<EntryKey> remembered() {
    List<EntryKey> keys = new ArrayList<>();
    for (Identity where : memory.places()) {
      Snapshot known = memory.of(where);
      for (Entry entry : known.entries()) {
        if (!keys.contains(entry.key())) {
          keys.add(entry.key());
        }
      }
      known.wipe();
    }
    return keys;
  }

  @Override
  public int damaged() throws StoreException {
    return writable ? remote().damaged() : 0;
  }

  // --- changing ---

  /**
   * Keeps on this machine that a server refused an entry, or that it is good after all; all else
   * the store keeps, where it was opened for that.
   */
  @Override
  public void save(Entry entry) throws StoreException {
    if (entry.key().identity().isSignIn()) {
      throw new StoreException(
          Reason.UNAVAILABLE, "a sign-in is a person's own, and many machines read this store");
    }
    if (!isThere(entry)) {
      checkIsWritable(entry.key(), false);
      remote().save(entry.setAsideAt(0));
      forget(entry.key().identity());
    }
    note(entry);
  }

  /** Whether nothing is to be changed but what this machine remembers of it. */
  private boolean isThere(Entry entry) throws StoreException {
    if (!writable) {
      // Of what is only read nothing else is said where git found it good.
      return entry.setAsideAt() != 0 || memory.hasSecretOf(entry);
    }
    boolean isThere = false;
    for (Entry there : remote().find(entry.key().identity())) {
      isThere |= isSame(there, entry);
      there.wipe();
    }
    return isThere;
  }

  @Override
  public boolean delete(EntryKey key) throws StoreException {
    checkIsWritable(key, true);
    boolean deleted = remote().delete(key);
    forget(key.identity());
    return deleted;
  }

  @Override
  public void unlock() throws StoreException {
    if (writable) {
      remote().unlock();
    }
  }

  private void checkIsWritable(EntryKey key, boolean deletes) throws StoreException {
    if (!writable) {
      throw new StoreException(
              Reason.READ_ONLY, "many machines share this store, so it is only read here")
          .withHint(
              "git-credential-pat "
                  + (deletes ? "logout" : "login")
                  + " "
                  + Console.word(key.identity().display())
                  + " --store "
                  + name);
    }
  }

  /** The next one asks anew. */
  private void forget(Identity where) {
    CacheLock lock = memory.lock();
    try (lock) {
      memory.forget(where, nature.now());
      if (where.path() != null) {
        memory.forget(host(where), nature.now());
      }
    }
  }

  /** Notes whether an entry is set aside. */
  private void note(Entry entry) throws StoreException {
    Identity where = entry.key().identity();
    boolean isNoted;
    CacheLock lock = memory.lock();
    try (lock) {
      isNoted = note(where, entry, entry.setAsideAt() != 0);
      if (where.path() != null) {
        note(host(where), entry, false);
      }
    }
    if (!isNoted) {
      throw new StoreException(
          Reason.READ_ONLY,
          "cannot note on this machine that the token was rejected; it will be answered again");
    }
  }

  private boolean note(Identity where, Entry entry, boolean always) {
    Snapshot known = memory.of(where);
    if (known.isNothing() && !always) {
      return true;
    }
    boolean isKept = memory.keep(where, known.withMark(entry), nature.now());
    known.wipe();
    return isKept;
  }

  private static Identity host(Identity where) {
    return new Identity(where.protocol(), where.host(), null);
  }

  /** Whether they differ at most in being set aside. */
  private static boolean isSame(Entry one, Entry other) {
    return one.key().equals(other.key())
        && one.isSameAnswer(other)
        && one.storedAt() == other.storedAt()
        && Objects.equals(one.name(), other.name())
        && Objects.equals(one.scopes(), other.scopes())
        && Objects.equals(one.authorizationId(), other.authorizationId());
  }
}
