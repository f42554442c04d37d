package io.github.gitcredentialpat.tokens;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;

/** Stored entries with their secrets, which {@link #close} overwrites with zeros. */
public final class StoredEntries extends AbstractList<StoredEntry> implements AutoCloseable {
  private final List<StoredEntry> entries = new ArrayList<>();

  /** An empty list. */
  public StoredEntries() {}

  @Override
  public boolean add(StoredEntry entry) {
    return entries.add(entry);
  }

  @Override
  public StoredEntry get(int index) {
    return entries.get(index);
  }

  @Override
  public StoredEntry set(int index, StoredEntry entry) {
    return entries.set(index, entry);
  }

  @Override
  public int size() {
    return entries.size();
  }

  @Override
  public void close() {
    for (int i = 0; i < entries.size(); i++) {
      entries.get(i).wipe();
    }
  }
}
