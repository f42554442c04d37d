package io.github.gitcredentialpat.store.openbao;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.openbao.KeyValue;
import io.github.gitcredentialpat.openbao.KeyValueClient;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.Capacity;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * OpenBao or HashiCorp Vault, whose engine for secrets of KV version 2 many machines share. Each
 * call goes to the server; nothing is kept in between but which versions this run has seen.
 *
 * <p>An entry is one secret at the path that {@link KeyPath} makes of its key, with the fields of
 * {@link Fields}; other fields in it are kept. A write names the version that this run saw first,
 * so that it replaces that and nothing that came later. Deleted is only the newest version, which
 * {@code bao kv undelete} brings back.
 *
 * <p>Who can read it: whoever the server's policies allow to.
 *
 * <p>Errors: {@code UNAVAILABLE} when no server is named here, or nobody to sign in as; {@code
 * DENIED} when it does not let in or its policies say no; {@code TIMEOUT} when it is silent; {@code
 * FAILED} when it cannot be reached, is sealed or busy, has KV version 1 there, or somebody else
 * wrote meanwhile; {@code LIMIT} when a folder has too many names to list.
 */
public final class OpenBaoStore implements Store {
  private static final String PLACE = "GIT_CREDENTIAL_PAT_VAULT";
  private static final String DEFAULT_PLACE = "secret/git-credential-pat";

  /** What a folder is known to take: more names than this cannot be listed in one run. */
  private static final int MOST_ENTRIES = 500;

  private final Environment surroundings;
  private final Map<EntryKey, KeyValue> seen = new HashMap<>();
  private final Set<Identity> seenAll = new HashSet<>();
  private @Nullable KeyValueClient client;

  /** A store that asks nobody until it is asked. */
  public OpenBaoStore(Environment surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public String name() {
    return "openbao";
  }

  @Override
  public Capacity capacity() {
    return new Capacity(true, Capacity.LONGEST_LINE, MOST_ENTRIES);
  }

  @Override
  public String location() {
    try {
      return place() + " at " + KeyValueClient.address(surroundings) + "; bao kv list " + place();
    } catch (StoreException e) {
      return place() + " in OpenBao or Vault";
    }
  }

  @Override
  public String readers() {
    return "whoever the server's policies allow to, on any machine";
  }

  @Override
  public List<Entry> find(Identity where) throws StoreException {
    List<StoreException> unread = new ArrayList<>();
    List<Entry> found = find(where, unread);
    for (StoreException problem : unread) {
      if (found.isEmpty() || problem.reason() != Reason.DAMAGED) {
        wipe(found);
        throw problem;
      }
    }
    return found;
  }

  @Override
  public List<Entry> find(Identity where, List<StoreException> unread) throws StoreException {
    KeyValueClient asked = begin();
    List<EntryKey> keys = new ArrayList<>();
    if (where.path() == null) {
      String folder = KeyPath.folder(where.protocol(), where.host());
      for (String path : asked.list(folder)) {
        addKeys(keys, folder + "/", path);
      }
    } else {
      String path = KeyPath.of(where.protocol(), where.host(), where.path());
      int end = path.lastIndexOf('/') + 1;
      addKeys(keys, path.substring(0, end), path.substring(end) + "/");
    }
    List<Entry> found = new ArrayList<>(keys.size());
    for (EntryKey key : keys) {
      try {
        KeyValue value = asked.read(KeyPath.of(key));
        if (seen(key) == null) {
          remember(key, value);
        }
        if (value.isThere()) {
          found.add(Fields.entry(key, value));
        }
      } catch (StoreException e) {
        if (e.reason() != Reason.DENIED && e.reason() != Reason.DAMAGED) {
          wipe(found);
          throw e;
        }
        unread.add(e);
      }
    }
    seenAll.add(where);
    return found;
  }

  /**
   * Adds the keys in a folder of an identity.
   *
   * @param host the path of the host, with a slash at the end
   * @param folder a name that the server listed in it; one without a slash at the end is no folder
   */
  private void addKeys(List<EntryKey> keys, String host, String folder) throws StoreException {
    int protocol = host.indexOf('/');
    if (!folder.endsWith("/")) {
      return;
    }
    String path = folder.substring(0, folder.length() - 1);
    for (String user : begun().list(host + path)) {
      EntryKey key =
          KeyPath.parse(
              host.substring(0, protocol),
              host.substring(protocol + 1, host.length() - 1),
              path,
              user);
      if (key != null) {
        keys.add(key);
      }
    }
  }

  @Override
  public List<EntryKey> list() throws StoreException {
    KeyValueClient asked = begin();
    List<EntryKey> keys = new ArrayList<>();
    for (String protocol : asked.list("")) {
      if (protocol.endsWith("/")) {
        for (String host : asked.list(protocol.substring(0, protocol.length() - 1))) {
          if (host.endsWith("/")) {
            String folder = protocol + host;
            for (String path : asked.list(folder.substring(0, folder.length() - 1))) {
              addKeys(keys, folder, path);
            }
          }
        }
      }
    }
    List<EntryKey> there = new ArrayList<>(keys.size());
    for (EntryKey key : keys) {
      if (asked.isThere(KeyPath.of(key))) {
        there.add(key);
      }
    }
    return there;
  }

  @Override
  public void save(Entry entry) throws StoreException {
    KeyValueClient asked = begin();
    Map<String, String> fields = Fields.of(entry);
    String path = KeyPath.of(entry.key());
    KeyValue instead = seen(entry.key());
    if (instead == null) {
      instead = asked.read(path).without(Fields.NAMES);
    }
    try {
      remember(entry.key(), asked.write(path, instead, fields));
    } catch (StoreException e) {
      forget();
      throw e;
    }
  }

  /**
   * What the first look of this run saw of a key, since it last wrote there; absent when it did not
   * look. A later look may only be one to make sure, behind which a change of somebody else's must
   * not be lost.
   */
  private @Nullable KeyValue seen(EntryKey key) {
    KeyValue value = seen.get(key);
    Identity identity = key.identity();
    boolean lookedThere =
        seenAll.contains(identity)
            || seenAll.contains(new Identity(identity.protocol(), identity.host(), null));
    return value == null && lookedThere ? KeyValue.absent() : value;
  }

  /** What was seen is not so any more, or may not be. */
  private void forget() {
    seen.clear();
    seenAll.clear();
  }

  private void remember(EntryKey key, KeyValue value) {
    seen.put(key, value.without(Fields.NAMES));
  }

  @Override
  public boolean delete(EntryKey key) throws StoreException {
    KeyValueClient asked = begin();
    String path = KeyPath.of(key);
    KeyValue now = asked.read(path);
    KeyValue before = seen.get(key);
    if (!now.isThere()) {
      remember(key, now);
      return false;
    }
    if (before != null && before.version() != now.version()) {
      forget();
      throw new StoreException(
          Reason.FAILED,
          "the entry for "
              + key.identity().display()
              + " was changed meanwhile; nothing is deleted, try again");
    }
    asked.delete(path);
    remember(key, now.emptied());
    return true;
  }

  private static void wipe(List<Entry> entries) {
    for (Entry entry : entries) {
      entry.wipe();
    }
  }

  private String place() {
    String place = surroundings.variable(PLACE);
    return place == null ? DEFAULT_PLACE : place;
  }

  private KeyValueClient begin() throws StoreException {
    KeyValueClient asked = begun();
    asked.begin();
    return asked;
  }

  private KeyValueClient begun() throws StoreException {
    if (client == null) {
      client = new KeyValueClient(surroundings, place(), new KeptTokens(surroundings));
    }
    return client;
  }
}
