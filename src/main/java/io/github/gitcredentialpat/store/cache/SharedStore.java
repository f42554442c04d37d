package io.github.gitcredentialpat.store.cache;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.Capacity;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A store that many machines share. */
public final class SharedStore implements Store {
  /** Opens the store itself, of which nothing is loaded before it is asked. */
  public interface Opening {
    /** The store itself, which knows of no cache. */
    Store open();
  }

  private final String name;
  private final Opening opening;
  private final boolean writable;
  private @Nullable Store remote;

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
    this.name = name;
    this.opening = opening;
    this.writable = writable;
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
  public Capacity capacity() {
    return writable ? remote().capacity() : new Capacity(false, Capacity.LONGEST_LINE, 0);
  }

  @Override
  public String location() {
    return remote().location();
  }

  @Override
  public String readers() {
    return remote().readers();
  }

  @Override
  public List<Entry> find(Identity where) throws StoreException {
    return remote().find(where);
  }

  @Override
  public List<EntryKey> list() throws StoreException {
    return remote().list();
  }

  @Override
  public void save(Entry entry) throws StoreException {
    check();
    remote().save(entry);
  }

  @Override
  public boolean delete(EntryKey key) throws StoreException {
    check();
    return remote().delete(key);
  }

  private void check() throws StoreException {
    if (!writable) {
      throw new StoreException(
          Reason.UNAVAILABLE,
          "many machines share it, so it is only read here; add --store " + name + " to change it");
    }
  }
}
