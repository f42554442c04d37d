package io.github.gitcredentialpat.store;

import io.github.gitcredentialpat.identity.Identity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A store for tests, which can be told to fail and counts what it wrote. */
public final class InMemoryStore implements Store {
  private final String name;
  private final Map<EntryKey, byte[]> entries = new LinkedHashMap<>();
  private @Nullable StoreException failure;
  private int writes;
  private int reads;

  /** An empty store of that name. */
  public InMemoryStore(String name) {
    this.name = name;
  }

  /** From now on every call ends with this; null mends it. */
  public void failWith(@Nullable StoreException exception) {
    failure = exception;
  }

  /** How often something was saved or deleted. */
  public int writes() {
    return writes;
  }

  /** How often entries were asked for. */
  public int reads() {
    return reads;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String location() {
    return "memory";
  }

  @Override
  public String readers() {
    return "this test";
  }

  @Override
  public List<Entry> find(Identity where) throws StoreException {
    failIfToldTo();
    reads++;
    List<Entry> found = new ArrayList<>();
    for (Map.Entry<EntryKey, byte[]> kept : entries.entrySet()) {
      Identity identity = kept.getKey().identity();
      if (identity.protocol().equals(where.protocol())
          && identity.host().equals(where.host())
          && (where.path() == null || where.path().equals(identity.path()))) {
        found.add(Payload.decode(kept.getKey(), kept.getValue()));
      }
    }
    return found;
  }

  @Override
  public List<EntryKey> list() throws StoreException {
    failIfToldTo();
    return List.copyOf(entries.keySet());
  }

  @Override
  public void save(Entry entry) throws StoreException {
    failIfToldTo();
    writes++;
    entries.put(entry.key(), Payload.encode(entry));
  }

  @Override
  public boolean delete(EntryKey key) throws StoreException {
    failIfToldTo();
    writes++;
    return entries.remove(key) != null;
  }

  private void failIfToldTo() throws StoreException {
    if (failure != null) {
      throw failure;
    }
  }
}
