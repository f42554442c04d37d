package io.github.gitcredentialpat.store;

import io.github.gitcredentialpat.platform.Deadline;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What other programs keep for git or for Azure DevOps in one place, such as a keychain: to be
 * listed, read one by one, and deleted once it was brought over.
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
   * One of them as an entry of ours, secret included; absent when it is gone meanwhile. The caller
   * wipes it.
   *
   * @param foreign one that {@link #list} gave
   * @param key the key that the entry gets
   */
  @Nullable Entry read(ForeignEntry foreign, EntryKey key) throws StoreException;

  /**
   * Deletes one that {@link #list} gave, for the program that keeps it as well. Returns whether it
   * was still there.
   */
  boolean delete(ForeignEntry foreign) throws StoreException;

  /** Wipes the secrets that were read together with others, for later calls of {@link #read}. */
  default void forget() {}
}
