package io.github.gitcredentialpat.store.entra;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.file.FileStore;
import io.github.gitcredentialpat.store.keyutils.KeyutilsStore;
import java.io.File;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where access tokens are kept until five minutes before their end: in a keyring of the kernel's of
 * their own, but for containers, where that may be shared with others; else, and where the kernel
 * says no, in a folder of encrypted files of their own. It is no more than a cache: where neither
 * can be used nothing is kept.
 *
 * <p>A token is kept for one organization and for what this environment says of who asks, so that
 * another identity, another job or another home never gets it. The user name of its key is a digest
 * of that.
 */
final class AccessTokenCache {
  private static final String RING = "git-credential-pat-entra";
  private static final String FOLDER = "entra";

  /** In seconds: no longer than this a token is kept that nobody uses. */
  private static final int LONGEST = 24 * 60 * 60;

  /** In seconds: a fetch that begins now may take its time. */
  private static final long BEFORE_THE_END = 5 * 60;

  private static final int DIGEST = 8;

  /** What decides who asks, and where. */
  private static final String[] WHO = {
    "HOME",
    "AZURE_CLIENT_ID",
    "AZURE_TENANT_ID",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_AUTHORITY_HOST",
    "AZURE_POD_IDENTITY_AUTHORITY_HOST",
    "IDENTITY_ENDPOINT",
    "IDENTITY_HEADER",
    "SYSTEM_ACCESSTOKEN",
    "SYSTEM_COLLECTIONURI",
    "AZURE_CONFIG_DIR",
    "GIT_CREDENTIAL_PAT_CLIENT_ID"
  };

  private final Environment surroundings;
  private final Path root;
  private @Nullable List<Store> places;
  private @Nullable String who;

  /**
   * A cache that loads nothing until it is used.
   *
   * @param root the folder in which to look for the marks of container runtimes: the root folder
   */
  AccessTokenCache(Environment surroundings, Path root) {
    this.surroundings = surroundings;
    this.root = root;
  }

  /** The places, for a person. */
  String location() {
    StringBuilder location = new StringBuilder();
    for (Store place : places()) {
      location.append(location.length() == 0 ? "" : ", else in ");
      location.append(
          place instanceof KeyutilsStore ? "the kernel keyring " + RING : place.location());
    }
    return location.toString();
  }

  /** What is kept for an organization and has not come to its end; the caller wipes it. */
  @Nullable Entry get(Identity organization) {
    List<Store> stores = places();
    Entry found = null;
    for (int i = 0; i < stores.size() && found == null; i++) {
      List<Entry> entries = find(stores.get(i), organization);
      for (int j = 0; j < entries.size(); j++) {
        Entry entry = entries.get(j);
        if (found == null && isOurs(entry.key()) && isAlive(entry)) {
          found = entry.withKey(new EntryKey(organization, null));
        } else {
          entry.wipe();
        }
      }
    }
    return found;
  }

  /** Keeps a token, in place of the one before, unless it dies soon. */
  void put(Entry entry) {
    Identity organization = entry.key().identity();
    remove(organization);
    if (!isAlive(entry)) {
      return;
    }
    Entry kept = entry.withKey(new EntryKey(organization, who()));
    List<Store> stores = places();
    for (int i = 0; i < stores.size(); i++) {
      try {
        dropOver(stores.get(i));
        stores.get(i).save(kept);
        return;
      } catch (StoreException e) {
        trace(e);
      }
    }
  }

  /** Drops what is kept for an organization. Returns whether there was something. */
  boolean remove(Identity organization) {
    EntryKey key = new EntryKey(organization, who());
    boolean removed = false;
    List<Store> stores = places();
    for (int i = 0; i < stores.size(); i++) {
      try {
        removed |= stores.get(i).delete(key);
      } catch (StoreException e) {
        trace(e);
      }
    }
    return removed;
  }

  /** The organizations that something is kept for, by this environment's identity. */
  List<Identity> organizations() {
    List<Identity> organizations = new ArrayList<>(1);
    List<Store> stores = places();
    for (int i = 0; i < stores.size(); i++) {
      List<EntryKey> keys = list(stores.get(i));
      for (int j = 0; j < keys.size(); j++) {
        EntryKey key = keys.get(j);
        if (isOurs(key) && !organizations.contains(key.identity())) {
          organizations.add(key.identity());
        }
      }
    }
    return organizations;
  }

  /** What other identities left, too, goes once it is over. */
  private void dropOver(Store store) throws StoreException {
    for (EntryKey key : list(store)) {
      for (Entry entry : find(store, key.identity())) {
        if (!isAlive(entry)) {
          store.delete(entry.key());
        }
        entry.wipe();
      }
    }
  }

  private boolean isOurs(EntryKey key) {
    return key.identity().isOrganization() && who().equals(key.user());
  }

  private static boolean isAlive(Entry entry) {
    return entry.expiry() != null
        && entry.expiry().at() - BEFORE_THE_END > System.currentTimeMillis() / 1000;
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
        found.add(new KeyutilsStore(RING, LONGEST));
      }
      found.add(FileStore.cache(surroundings, FOLDER));
      places = found;
    }
    return places;
  }

  private static void add(MessageDigest digest, @Nullable String value) {
    digest.update((byte) (value == null ? 0 : 1));
    digest.update(value == null ? new byte[0] : value.getBytes(UTF_8));
    digest.update((byte) 0);
  }

  /** When somebody last signed in or out with the Azure CLI, or chose another account there. */
  private long accountsChangedAt() {
    String folder = surroundings.variable("AZURE_CONFIG_DIR");
    return new File(folder == null ? surroundings.home() + "/.azure" : folder, "azureProfile.json")
        .lastModified();
  }

  /** A digest, since some of it is secret and the names of keys are not. */
  private String who() {
    if (who == null) {
      try {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (int i = 0; i < WHO.length; i++) {
          add(digest, surroundings.variable(WHO[i]));
        }
        add(digest, Long.toString(accountsChangedAt()));
        who = HexFormat.of().formatHex(digest.digest(), 0, DIGEST);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java runtime has SHA-256", e);
      }
    }
    return who;
  }
}
