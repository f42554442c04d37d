package io.github.gitcredentialpat.store.file;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Encrypted files, for where there is no keychain: no bus, no display and no terminal is needed.
 *
 * <p>Each entry is a file of its own in the data folder ({@code
 * ~/.local/share/git-credential-pat}), encrypted with AES-256-GCM under a key from the key file in
 * the state folder ({@code ~/.local/state/git-credential-pat}). {@link EntryFile}, {@link
 * MasterKey} and {@link KeyFile} define the format.
 *
 * <p>Who can read it: without a passphrase everybody who can read both folders, so every program of
 * the same user, root, and who holds a backup of the whole home. It protects against a copy of one
 * of the two folders, and nothing else. With a passphrase it protects against a copy of both, as
 * far as the passphrase is hard to guess; programs of the same user can still ask the kernel's
 * keyring, where the unlocked key stays for eight hours after its last use.
 *
 * <p>{@code GIT_CREDENTIAL_PAT_PASSPHRASE_FILE} names a file whose first line is the passphrase, or
 * is {@code /dev/tty} to be asked for one on the terminal. A passphrase is set when the key file is
 * made, or later by {@link #protect}; reading, the terminal is asked when the variable is not set.
 *
 * <p>Safe with any number of processes at once and without a lock: the last of two that save the
 * same entry wins. A damaged file is passed over where another entry can answer, else it is an
 * error that names it; nothing but {@link #save} and {@link #delete} of its entry ever removes it.
 *
 * <p>Errors: {@code UNAVAILABLE} when the key is lost, belongs to other entries or is damaged, and
 * when the folders cannot be entered, or nothing can be written in them, so that the chain tries
 * its next store; {@code LOCKED} and {@code DENIED} about the passphrase; {@code LIMIT} when the
 * disk is full or the entry too large; {@code FAILED} for a damaged entry and anything else.
 */
public final class FileStore implements Store {
  private final PrivateFolder folder;
  private final KeyFile keyFile;

  /** Whether the terminal may be asked for the passphrase. */
  private final boolean asks;

  /** Why there is no place for the folders; absent where there is one. */
  private final @Nullable String homeless;

  private @Nullable MasterKey key;

  /** A store that touches no file until it is used. */
  public FileStore(Environment surroundings) {
    this(surroundings, new KeyCache(surroundings, Path.of("/")));
  }

  /**
   * A store under the same key for what can be fetched again: nobody is asked for a passphrase for
   * it.
   *
   * @param name the folder below that of the entries
   */
  public static FileStore cache(Environment surroundings, String name) {
    return new FileStore(
        surroundings,
        new KeyCache(surroundings, Path.of("/")),
        surroundings.dataFolder().resolve(name),
        false);
  }

  FileStore(Environment surroundings, KeyCache cache) {
    this(surroundings, cache, surroundings.dataFolder(), true);
  }

  private FileStore(Environment surroundings, KeyCache cache, Path entries, boolean asks) {
    folder = new PrivateFolder(entries);
    this.asks = asks;
    homeless =
        Environment.isNowhere(surroundings.dataFolder())
                || Environment.isNowhere(surroundings.stateFolder())
            ? surroundings.whyNowhere()
            : null;
    keyFile = new KeyFile(surroundings, cache);
  }

  @Override
  public String name() {
    return "file";
  }

  @Override
  public String location() {
    return folder + ", the key in " + keyFile;
  }

  @Override
  public String readers() {
    return "whoever can read both places, unless a passphrase protects the key";
  }

  @Override
  public List<Entry> find(Identity where) throws StoreException {
    List<StoreException> unread = new ArrayList<>(0);
    return complete(find(where, unread), unread);
  }

  @Override
  public List<Entry> find(Identity where, List<StoreException> unread) throws StoreException {
    List<String> names = entryNames();
    if (names.isEmpty()) {
      return List.of();
    }
    MasterKey master = openKey(names, true);
    return read(master, names, master.prefix(where), unread);
  }

  /** The keys of all entries; {@code LOCKED} when that needs a passphrase from the terminal. */
  @Override
  public List<EntryKey> list() throws StoreException {
    List<StoreException> unread = new ArrayList<>(0);
    return complete(list(unread), unread);
  }

  @Override
  public List<EntryKey> list(List<StoreException> unread) throws StoreException {
    List<String> names = entryNames();
    List<EntryKey> keys = new ArrayList<>(names.size());
    if (!names.isEmpty()) {
      List<Entry> entries = read(openKey(names, false), names, "", unread);
      for (int i = 0; i < entries.size(); i++) {
        keys.add(entries.get(i).key());
        entries.get(i).wipe();
      }
    }
    return keys;
  }

  @Override
  public int damaged() throws StoreException {
    List<StoreException> unread = new ArrayList<>(0);
    list(unread);
    return unread.size();
  }

  @Override
  public Path lockFile() {
    return folder.resolve("lock");
  }

  @Override
  public void unlock() throws StoreException {
    List<String> names = entryNames();
    if (!names.isEmpty()) {
      openKey(names, true);
    } else {
      openOrCreateKey();
    }
  }

  @Override
  public void save(Entry entry) throws StoreException {
    // In this order: a key file is there before the first entry is, so entries without one mean
    // that it was lost, and a new key would only hide that.
    List<String> names = entryNames();
    MasterKey master = names.isEmpty() ? openOrCreateKey() : openKey(names, true);
    String name = master.name(entry.key());
    byte[] content = EntryFile.seal(master, name, entry);
    if (content.length > PrivateFolder.MOST_BYTES) {
      throw new StoreException(
          Reason.LIMIT, "the entry for " + entry.key().identity().display() + " is over 1 MB");
    }
    keyFile.tidy();
    folder.write(name, content);
  }

  @Override
  public boolean delete(EntryKey entry) throws StoreException {
    List<String> names = entryNames();
    return !names.isEmpty() && folder.delete(openKey(names, true).name(entry));
  }

  /**
   * Sets, changes or removes the passphrase; the entries stay as they are.
   *
   * @param passphrase the new one, which is wiped; absent to do without
   */
  public void protect(char @Nullable [] passphrase) throws StoreException {
    List<String> names = entryNames();
    keyFile.protect(names.isEmpty() ? openOrCreateKey() : openKey(names, true), passphrase);
  }

  /**
   * Returns what was found. Throws what could not be read, except damaged entries where others were
   * found.
   */
  private static <T> List<T> complete(List<T> found, List<StoreException> unread)
      throws StoreException {
    for (int i = 0; i < unread.size(); i++) {
      if (found.isEmpty() || unread.get(i).reason() != Reason.DAMAGED) {
        throw unread.get(i);
      }
    }
    return found;
  }

  private List<Entry> read(
      MasterKey master, List<String> names, String prefix, List<StoreException> unread) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      if (!name.startsWith(prefix)) {
        continue;
      }
      try {
        byte[] content = folder.read(name);
        // Absent: somebody deleted it since the folder was read.
        if (content != null) {
          entries.add(EntryFile.open(master, name, content, folder.resolve(name)));
        }
      } catch (StoreException e) {
        unread.add(e);
      }
    }
    return entries;
  }

  private List<String> entryNames() throws StoreException {
    if (homeless != null) {
      throw StoreException.hidden(homeless, null);
    }
    List<String> names = folder.names();
    List<String> found = new ArrayList<>(names.size());
    for (int i = 0; i < names.size(); i++) {
      if (MasterKey.isEntry(names.get(i))) {
        found.add(names.get(i));
      }
    }
    return found;
  }

  private MasterKey openKey(List<String> names, boolean mayAsk) throws StoreException {
    MasterKey master = key != null ? key : keyFile.open(mayAsk && asks);
    if (master == null) {
      throw StoreException.hidden(
              "the key of the entries in "
                  + folder
                  + " is lost; restore "
                  + keyFile
                  + " from a backup or start over",
              null)
          .withHint("rm -r " + Console.word(folder.toString()));
    }
    key = master;
    for (int i = 0; i < names.size(); i++) {
      if (master.isOurs(names.get(i))) {
        return master;
      }
    }
    throw StoreException.hidden(
            "the entries in "
                + folder
                + " were written with another key than "
                + keyFile
                + "; restore that key from a backup or start over",
            null)
        .withHint("rm -r " + Console.word(folder.toString()));
  }

  private MasterKey openOrCreateKey() throws StoreException {
    MasterKey master = key != null ? key : keyFile.open(asks);
    key = master != null ? master : keyFile.create();
    return key;
  }
}
