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
  private @Nullable StoreException writeFailure;
  private boolean writesAll;
  private int writesLeft = Integer.MAX_VALUE;
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

  /**
   * From now on every write ends with this.
   *
   * @param isDone whether it is done all the same
   */
  public void failWritesWith(StoreException exception, boolean isDone) {
    writeFailure = exception;
    writesAll = isDone;
  }

  /** Has the process killed at a write, after so many more of them. */
  public void killAfter(int more) {
    writesLeft = more;
  }

  /** What the process was doing does not go on. */
  public static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
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
    dieIfToldTo();
    if (writeFailure == null || writesAll) {
      writes++;
      entries.put(entry.key(), Payload.encode(entry));
    }
    if (writeFailure != null) {
      throw writeFailure;
    }
  }

  @Override
  public boolean delete(EntryKey key) throws StoreException {
    failIfToldTo();
    dieIfToldTo();
    if (writeFailure != null && !writesAll) {
      throw writeFailure;
    }
    writes++;
    boolean wasThere = entries.remove(key) != null;
    if (writeFailure != null) {
      throw writeFailure;
    }
    return wasThere;
  }

  private void dieIfToldTo() {
    if (writesLeft-- == 0) {
      throw new Killed();
    }
  }

  private void failIfToldTo() throws StoreException {
    if (failure != null) {
      throw failure;
    }
  }
}
