package io.github.gitcredentialpat.store;

import io.github.gitcredentialpat.platform.Deadline;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Entries of other programs for git or Azure DevOps in one place, such as a keychain: to be listed,
 * read one by one, and deleted once imported.
 *
 * <p>Every call ends within the run's {@link Deadline}.
 */
public interface ForeignEntries {
  /**
   * All of them, in no order; reads no secret and never prompts.
   *
   * @throws StoreException {@code LOCKED} when there may be some, but none can be seen; {@code
   *     UNAVAILABLE} when there is no such place here
   */
  List<ForeignEntry> list() throws StoreException;

  /**
   * Reads one as an entry of ours, with its secret, for the caller to wipe; absent when it is gone.
   *
   * @param foreign one that {@link #list} gave
   * @param key the key that the entry gets
   */
  @Nullable Entry read(ForeignEntry foreign, EntryKey key) throws StoreException;

  /**
   * Deletes one that {@link #list} gave, also for the program it belongs to. Returns whether it was
   * still there.
   */
  boolean delete(ForeignEntry foreign) throws StoreException;

  /** Wipes the secrets that were read ahead for later calls of {@link #read}. */
  default void forget() {}
}
