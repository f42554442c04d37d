package io.github.gitcredentialpat.store;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Deadline;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One keychain. It stores entries by their key and decides nothing: its callers choose which one
 * answers a request, and what is replaced or deleted.
 *
 * <p>Every call ends within the run's {@link Deadline}.
 */
public interface Store {
  /** The name that {@code --store} knows it by. */
  String name();

  /** What it can keep. */
  default Capacity capacity() {
    return Capacity.UNBOUNDED;
  }

  /** Where it keeps entries, for a person: a place, and a command or program that shows it. */
  String location();

  /** Who else can read what it keeps, for a person. */
  String readers();

  /**
   * Whether it may answer for an organization that it does not list: what it answers with is
   * fetched when it is wanted.
   */
  default boolean fetches() {
    return false;
  }

  /**
   * Whether other machines read the same entries. Nothing is tidied up there, and a person's own
   * sign-in never goes there.
   */
  default boolean isShared() {
    return false;
  }

  /**
   * When it was read, in seconds since the epoch, what this machine remembers of a place; 0 where
   * nothing is remembered.
   */
  default long rememberedSince(Identity where) {
    return 0;
  }

  /**
   * The entries of this protocol and host (with its port), and of this path unless it is absent,
   * secrets included, in no order. The list is complete, so that callers who write or delete can
   * rely on it; only damaged entries are passed over, where another one can be read.
   *
   * @throws StoreException {@code LOCKED} when there are such entries, but all behind a lock that
   *     could not be opened; {@code UNAVAILABLE} when there is no such keychain here; {@code
   *     FAILED} when one may be there that cannot be read
   */
  List<Entry> find(Identity where) throws StoreException;

  /**
   * Like {@link #find(Identity)}, but only those that can be read, for callers that only answer or
   * show them.
   *
   * @param unread gets, for each that may be there and cannot be read, the reason
   */
  default List<Entry> find(Identity where, List<StoreException> unread) throws StoreException {
    return find(where);
  }

  /**
   * The same, where it is known whose entry is wanted: a store that has what it finds chosen
   * elsewhere, among those of several users, finds that one.
   *
   * @param user as it stands in the request; absent when any will do
   */
  default List<Entry> find(Identity where, @Nullable String user, List<StoreException> unread)
      throws StoreException {
    return find(where, unread);
  }

  /**
   * Like {@link #find(Identity)}, where it is known whose entry is wanted.
   *
   * @param user as it stands in the request; absent when any will do
   */
  default List<Entry> find(Identity where, @Nullable String user) throws StoreException {
    return find(where);
  }

  /**
   * The keys of all entries, in no order; reads no secret and never prompts.
   *
   * @throws StoreException as {@link #find(Identity)} does
   */
  List<EntryKey> list() throws StoreException;

  /**
   * Like {@link #list()}, but only the keys that can be read, for callers that only show them.
   *
   * @param unread gets, for each that may be there and cannot be read, the reason
   */
  default List<EntryKey> list(List<StoreException> unread) throws StoreException {
    return list();
  }

  /**
   * How many entries cannot be read, though nothing is locked: damaged ones, or those of a newer
   * version.
   */
  default int damaged() throws StoreException {
    return 0;
  }

  /** What a person should know about what the last {@link #find} read; absent for nothing. */
  default @Nullable String notice() {
    return null;
  }

  /**
   * The file to lock while this store is changed, beside its entries; absent where there is no such
   * place.
   */
  default @Nullable Path lockFile() {
    return null;
  }

  /**
   * Opens what saving or deleting needs, asking the person if allowed, so that no prompt is up
   * while others wait for the lock.
   */
  default void unlock() throws StoreException {}

  /** Keeps the entry, replacing the one with an equal key. */
  void save(Entry entry) throws StoreException;

  /**
   * Deletes the entry with this key.
   *
   * @return whether there was one; when it could not be deleted, that is an exception
   */
  boolean delete(EntryKey key) throws StoreException;

  /**
   * Entries of other programs in the same keychain, to import; absent where no such program is
   * known. The calls above never find them.
   */
  default @Nullable ForeignEntries foreignEntries() {
    return null;
  }
}
