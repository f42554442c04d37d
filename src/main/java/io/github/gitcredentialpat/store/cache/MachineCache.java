package io.github.gitcredentialpat.store.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.file.FileStore;
import io.github.gitcredentialpat.store.keyutils.KeyutilsStore;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a machine keeps for a while what can be had again: in a keyring of the kernel's of its own,
 * but for containers, where that may be shared with others; else, and where the kernel says no, in
 * a folder of encrypted files of its own. It is no more than a cache: where neither can be used
 * nothing is kept, and nobody is told.
 */
public final class MachineCache {
  /** In seconds: no longer than this the kernel keeps what nobody uses. */
  private static final int LONGEST = 24 * 60 * 60;

  private static final int DIGEST = 8;

  /** Which of what is kept is meant. */
  public interface Choice {
    /** Whether this one is; it is wiped where not. */
    boolean isMeant(Entry entry);
  }

  private final Environment surroundings;
  private final Path root;
  private final String ring;
  private final String folder;
  private @Nullable List<Store> places;

  /**
   * A cache that loads nothing until it is used.
   *
   * @param root the folder in which to look for the marks of container runtimes: the root folder
   * @param ring the name of its keyring
   * @param folder the name of its folder, below that of the tokens
   */
  public MachineCache(Environment surroundings, Path root, String ring, String folder) {
    this.surroundings = surroundings;
    this.root = root;
    this.ring = ring;
    this.folder = folder;
  }

  /** One that uses these places. */
  MachineCache(Environment surroundings, List<Store> places) {
    this(surroundings, Path.of("/"), "", "");
    this.places = places;
  }

  /** The places, for a person. */
  public String location() {
    StringBuilder location = new StringBuilder();
    for (Store place : places()) {
      location.append(location.length() == 0 ? "" : ", else in ");
      location.append(
          place instanceof KeyutilsStore ? "the kernel keyring " + ring : place.location());
    }
    return location.toString();
  }

  /** The first one there that is meant, for the caller to wipe; absent for none. */
  public @Nullable Entry find(Identity where, Choice choice) {
    List<Store> stores = places();
    Entry found = null;
    for (int i = 0; i < stores.size() && found == null; i++) {
      List<Entry> entries = find(stores.get(i), where);
      for (int j = 0; j < entries.size(); j++) {
        Entry entry = entries.get(j);
        if (found == null && choice.isMeant(entry)) {
          found = entry;
        } else {
          entry.wipe();
        }
      }
    }
    return found;
  }

  /** All that are there, for the caller to wipe. */
  List<Entry> all(Identity where) {
    List<Entry> all = new ArrayList<>();
    List<Store> stores = places();
    for (int i = 0; i < stores.size(); i++) {
      all.addAll(find(stores.get(i), where));
    }
    return all;
  }

  /**
   * Keeps one, in place of that of the same key: whoever looks meanwhile finds the one or the
   * other.
   *
   * @param over what goes to make room for it
   * @return whether it is kept
   */
  public boolean put(Entry entry, Choice over) {
    List<Store> stores = places();
    Store keeps = null;
    for (int i = 0; i < stores.size() && keeps == null; i++) {
      try {
        drop(stores.get(i), over);
        stores.get(i).save(entry);
        keeps = stores.get(i);
      } catch (StoreException e) {
        trace(e);
      }
    }
    remove(entry.key(), keeps);
    return keeps != null;
  }

  /** Drops the one of this key. Returns whether there was one. */
  public boolean remove(EntryKey key) {
    return remove(key, null);
  }

  private boolean remove(EntryKey key, @Nullable Store spared) {
    boolean removed = false;
    List<Store> stores = places();
    for (int i = 0; i < stores.size(); i++) {
      try {
        removed |= stores.get(i) != spared && stores.get(i).delete(key);
      } catch (StoreException e) {
        trace(e);
      }
    }
    return removed;
  }

  /** The keys of all that are kept. */
  public List<EntryKey> keys() {
    List<EntryKey> keys = new ArrayList<>(1);
    List<Store> stores = places();
    for (int i = 0; i < stores.size(); i++) {
      keys.addAll(list(stores.get(i)));
    }
    return keys;
  }

  private void drop(Store store, Choice over) throws StoreException {
    for (EntryKey key : list(store)) {
      for (Entry entry : find(store, key.identity())) {
        if (over.isMeant(entry)) {
          store.delete(entry.key());
        }
        entry.wipe();
      }
    }
  }

  private List<Entry> find(Store store, Identity where) {
    try {
      return store.find(where);
    } catch (StoreException e) {
      trace(e);
      return List.of();
    }
  }

  private List<EntryKey> list(Store store) {
    try {
      return store.list();
    } catch (StoreException e) {
      trace(e);
      return List.of();
    }
  }

  private void trace(StoreException problem) {
    if (surroundings.messages() != null) {
      surroundings.messages().trace(problem);
    }
  }

  private List<Store> places() {
    if (places == null) {
      List<Store> found = new ArrayList<>(2);
      if (System.getProperty("os.name").equals("Linux") && !surroundings.isInContainer(root)) {
        found.add(new KeyutilsStore(ring, LONGEST));
      }
      found.add(FileStore.cache(surroundings, folder));
      places = found;
    }
    return places;
  }

  /**
   * What stands for all of these together, of which some may be secret: names of keys are not.
   *
   * @param parts each may be absent
   */
  public static String digest(@Nullable String... parts) {
    MessageDigest digest = sha256();
    for (int i = 0; i < parts.length; i++) {
      String part = parts[i];
      digest.update((byte) (part == null ? 0 : 1));
      digest.update(part == null ? new byte[0] : part.getBytes(UTF_8));
      digest.update((byte) 0);
    }
    return HexFormat.of().formatHex(digest.digest(), 0, DIGEST);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
