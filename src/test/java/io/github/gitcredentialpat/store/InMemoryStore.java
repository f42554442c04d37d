package io.github.gitcredentialpat.store;

import io.github.gitcredentialpat.identity.Identity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A store for tests, which can be told to fail and counts what it wrote. */
public class InMemoryStore implements Store {
  private final String name;
  private final Map<EntryKey, byte[]> entries = new LinkedHashMap<>();
  private @Nullable StoreException failure;
  private int writes;
  private int reads;
  private int searches;
  private @Nullable Meanwhile meanwhile;

  /** An empty store of that name. */
  public InMemoryStore(String name) {
    this.name = name;
  }

  /** From now on every call ends with this; null mends it. */
  public void failWith(@Nullable StoreException exception) {
    failure = exception;
  }

  /** Has somebody else do this right after the n-th search from now that finds something. */
  public void afterFind(int nth, Meanwhile action) {
    searches = nth;
    meanwhile = action;
  }

  /** What somebody else does between two calls. */
  public interface Meanwhile {
    /** Does it. */
    void run() throws StoreException;
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
        Entry entry = Payload.decode(kept.getKey(), kept.getValue());
        if (entry != null) {
          found.add(entry);
        }
      }
    }
    if (meanwhile != null && !found.isEmpty() && --searches == 0) {
      Meanwhile action = meanwhile;
      meanwhile = null;
      action.run();
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
