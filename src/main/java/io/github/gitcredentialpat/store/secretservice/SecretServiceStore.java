package io.github.gitcredentialpat.store.secretservice;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.ForeignEntries;
import io.github.gitcredentialpat.store.Payload;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The desktop's keyring on Linux: GNOME Keyring, KWallet or KeePassXC, spoken to through the Secret
 * Service API on the session bus.
 *
 * <table>
 * <caption>An entry as an item</caption>
 * <tr><td>attributes</td><td>{@code application=git-credential-pat}, {@code protocol}, {@code host}
 *   with its port, {@code path} and {@code user} when there are any, and {@code
 *   xdg:schema=io.github.gitcredentialpat}, which is never searched for</td></tr>
 * <tr><td>secret</td><td>the {@link Payload}, as {@code text/plain} unless a text would not come
 *   back as it was</td></tr>
 * <tr><td>label</td><td>{@code git-credential-pat: contoso}</td></tr>
 * </table>
 *
 * <p>A new item goes to the default collection; one that exists is changed where it lies. Every
 * program of the same person can read an unlocked keyring. A locked one is opened only when a
 * person can be asked, through the keyring's own prompt. One connection serves all calls; it ends
 * with {@link #close} or with the process.
 *
 * <p>KeePassXC shows nothing of a database that is not open: while the one in front is closed,
 * every entry counts as locked. Its items are other than those of others in that a replaced secret
 * stays in the item's history, and a deleted item in the database's recycle bin.
 */
public final class SecretServiceStore implements Store, AutoCloseable {
  /** How many items are read in the time of one run. */
  private static final int PIECE = 200;

  /** How many calls are under way at once: a bus may allow no more than 128. */
  private static final int FLIGHT = 16;

  private final Environment surroundings;
  private @Nullable SecretService service;

  /** A store on the session bus that the environment names; connects with the first call. */
  public SecretServiceStore(Environment surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public String name() {
    return "secretservice";
  }

  @Override
  public String location() {
    return "default keyring of the desktop (GNOME Keyring, KWallet or KeePassXC)";
  }

  @Override
  public String readers() {
    return "every program of this user while the keyring is unlocked";
  }

  @Override
  public List<Entry> find(Identity where) throws StoreException {
    SecretService secrets = connect(where);
    String[] wanted = Attributes.ofSearch(where, null);
    SecretService.Found found = secrets.search(wanted);
    if (found.unlocked().isEmpty() && found.hasLocked()) {
      secrets.unlock(found.allLocked());
      found = secrets.search(wanted);
      if (found.unlocked().isEmpty() && found.hasLocked()) {
        throw BusFailure.locked(where.display(), "");
      }
    }
    List<String> items = found.unlocked();
    List<Entry> entries = new ArrayList<>(items.size());
    for (int start = 0; start < items.size(); start += PIECE) {
      nextPiece(start);
      read(secrets, items.subList(start, Math.min(items.size(), start + PIECE)), where, entries);
    }
    return entries;
  }

  /**
   * Restarts the run's time for the next piece: each item takes a call, and a keyring may hold
   * thousands. As long as it answers, each piece has the time of a whole run.
   */
  private void nextPiece(int start) {
    if (start > 0) {
      surroundings.deadline().restart();
    }
  }

  private static void read(
      SecretService secrets, List<String> items, Identity where, List<Entry> entries)
      throws StoreException {
    AttributeReader all = new AttributeReader(secrets, items);
    byte[][] payloads = secrets.secrets(items);
    for (int i = 0; i < payloads.length; i++) {
      Attributes attributes = all.next();
      if (payloads[i] == null) {
        continue;
      }
      EntryKey key = attributes == null ? null : attributes.key();
      if (key != null && answers(key.identity(), where)) {
        Entry entry = Payload.decode(key, payloads[i]);
        if (entry != null) {
          entries.add(entry);
        }
      }
      Arrays.fill(payloads[i], (byte) 0);
    }
  }

  /** Reads the attributes of items one after the other, with the next ones asked for already. */
  private static final class AttributeReader {
    private final SecretService secrets;
    private final List<String> items;
    private final long[] asked;
    private int ahead;
    private int read;

    AttributeReader(SecretService secrets, List<String> items) throws StoreException {
      this.secrets = secrets;
      this.items = items;
      asked = new long[items.size()];
      ask();
    }

    private void ask() throws StoreException {
      while (ahead < asked.length && ahead < read + FLIGHT) {
        asked[ahead] = secrets.askAttributes(items.get(ahead));
        ahead++;
      }
    }

    /** Those of the next item; absent when it is gone. */
    @Nullable Attributes next() throws StoreException {
      long call = asked[read++];
      ask();
      return secrets.attributes(call);
    }
  }

  /** Whether an identity answers a request; not every provider compares exactly. */
  private static boolean answers(Identity identity, Identity where) {
    return identity.protocol().equals(where.protocol())
        && identity.host().equals(where.host())
        && (where.path() == null || where.path().equals(identity.path()));
  }

  /**
   * {@inheritDoc}
   *
   * @throws StoreException LOCKED when there are entries, but no key of any can be read
   */
  @Override
  public List<EntryKey> list() throws StoreException {
    SecretService secrets = connect(null);
    SecretService.Found found = secrets.search(Attributes.ofAll());
    Set<EntryKey> keys = new LinkedHashSet<>();
    addKeys(secrets, found.unlocked(), keys);
    addKeys(secrets, found.locked(), keys);
    if (keys.isEmpty() && found.hasLocked()) {
      throw BusFailure.locked("all entries", "");
    }
    return new ArrayList<>(keys);
  }

  private void addKeys(SecretService secrets, List<String> items, Set<EntryKey> keys)
      throws StoreException {
    AttributeReader all = new AttributeReader(secrets, items);
    for (int i = 0; i < items.size(); i++) {
      if (i % PIECE == 0) {
        nextPiece(i);
      }
      Attributes attributes = all.next();
      EntryKey key = attributes == null ? null : attributes.key();
      if (key != null) {
        keys.add(key);
      }
    }
  }

  @Override
  public void unlock() throws StoreException {
    SecretService secrets = connect(null);
    String collection = secrets.defaultCollection();
    if (collection != null && secrets.isDefaultLocked()) {
      secrets.unlock(List.of(collection));
    }
  }

  @Override
  public void save(Entry entry) throws StoreException {
    EntryKey key = entry.key();
    SecretService secrets = connect(key.identity());
    SecretService.Found same = same(secrets, key);
    if (same.unlocked().isEmpty() && same.hasLocked()) {
      secrets.unlock(same.allLocked());
      same = same(secrets, key);
      if (same.unlocked().isEmpty() && same.hasLocked()) {
        throw BusFailure.locked(key.identity().display(), "");
      }
    }
    byte[] payload = Payload.encode(entry);
    try {
      boolean saved = false;
      for (int i = 0; i < same.unlocked().size(); i++) {
        if (saved) {
          secrets.delete(same.unlocked().get(i));
        } else {
          saved = secrets.setSecret(same.unlocked().get(i), payload);
        }
      }
      if (!saved) {
        create(secrets, key, payload);
      }
    } finally {
      Arrays.fill(payload, (byte) 0);
    }
  }

  private void create(SecretService secrets, EntryKey key, byte[] payload) throws StoreException {
    String collection = secrets.defaultCollection();
    if (collection == null) {
      if (!surroundings.mayPrompt()) {
        throw BusFailure.noCollection();
      }
      secrets.createDefaultCollection();
      collection = secrets.defaultCollection();
      if (collection == null) {
        throw BusFailure.noCollection();
      }
    }
    try {
      createIn(collection, secrets, key, payload);
    } catch (StoreException e) {
      if (e.reason() != Reason.LOCKED) {
        throw e;
      }
      secrets.unlock(List.of(collection));
      createIn(collection, secrets, key, payload);
    }
  }

  private static void createIn(
      String collection, SecretService secrets, EntryKey key, byte[] payload)
      throws StoreException {
    // GNOME Keyring's "replace" hits any item that has these attributes, and perhaps more: an entry
    // without a user would take the place of another that has one. Where both are given nothing
    // can be beyond them, and two stores at once of the same entry still leave one item.
    boolean replace = key.identity().path() != null && key.user() != null;
    String label = "git-credential-pat: " + key.identity().display();
    secrets.createItem(collection, label, Attributes.ofItem(key), payload, replace);
  }

  @Override
  public boolean delete(EntryKey key) throws StoreException {
    SecretService secrets = connect(key.identity());
    SecretService.Found same = same(secrets, key);
    boolean deleted = delete(secrets, same.unlocked());
    if (same.hasLocked()) {
      secrets.unlock(same.allLocked());
      same = same(secrets, key);
      deleted |= delete(secrets, same.unlocked());
      // Some say that they unlocked it, and did nothing.
      if (!same.locked().isEmpty() || (same.hasLocked() && !deleted)) {
        throw BusFailure.locked(key.identity().display(), "");
      }
    }
    return deleted;
  }

  private static boolean delete(SecretService secrets, List<String> items) throws StoreException {
    boolean deleted = false;
    for (int i = 0; i < items.size(); i++) {
      deleted |= secrets.delete(items.get(i));
    }
    return deleted;
  }

  /** The items of exactly this key, wherever they lie. */
  private static SecretService.Found same(SecretService secrets, EntryKey key)
      throws StoreException {
    SecretService.Found found = secrets.search(Attributes.ofSearch(key.identity(), key.user()));
    return new SecretService.Found(
        same(secrets, found.unlocked(), key), same(secrets, found.locked(), key), found.closed());
  }

  private static List<String> same(SecretService secrets, List<String> items, EntryKey key)
      throws StoreException {
    List<String> same = new ArrayList<>(items.size());
    for (int i = 0; i < items.size(); i++) {
      Attributes attributes = secrets.attributes(items.get(i));
      if (attributes != null && attributes.isOf(key)) {
        same.add(items.get(i));
      }
    }
    return same;
  }

  @Override
  public ForeignEntries foreignEntries() {
    return new ForeignItems(this::service);
  }

  private SecretService connect(@Nullable Identity about) throws StoreException {
    return service(about == null ? "your entries" : about.display());
  }

  /** The connection, for calls about this subject. */
  SecretService service(String subject) throws StoreException {
    if (service == null) {
      service = SecretService.open(address(), surroundings.deadline(), surroundings.mayPrompt());
    }
    service.about(subject);
    return service;
  }

  private String address() throws StoreException {
    String address = surroundings.sessionBus();
    if (address == null) {
      throw BusFailure.unavailable("there is no session bus");
    }
    return address;
  }

  /** Ends the connection; a later call makes a new one. */
  @Override
  public void close() {
    if (service != null) {
      service.close();
      service = null;
    }
  }
}
