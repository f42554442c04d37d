package io.github.gitcredentialpat.store.entra;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.cache.MachineCache;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where access tokens are kept until five minutes before their end: a {@link MachineCache} of their
 * own.
 *
 * <p>A token is kept for one organization, or another place, and for what this environment says of
 * who asks, so that another identity, another job or another home never gets it. The user name of
 * its key is a digest of that.
 */
public final class AccessTokenCache implements MachineCache.Choice {
  private static final String RING = "git-credential-pat-entra";
  private static final String FOLDER = "entra";

  /** In seconds: a fetch that begins now may take its time. */
  private static final long BEFORE_THE_END = 5 * 60;

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

  private static final MachineCache.Choice OVER =
      new MachineCache.Choice() {
        @Override
        public boolean isMeant(Entry entry) {
          return !isAlive(entry);
        }
      };

  private final Environment surroundings;
  private final MachineCache cache;
  private @Nullable String who;

  /** A cache that loads nothing until it is used. */
  public AccessTokenCache(Environment surroundings) {
    this(surroundings, Path.of("/"));
  }

  /**
   * The same.
   *
   * @param root the folder in which to look for the marks of container runtimes: the root folder
   */
  AccessTokenCache(Environment surroundings, Path root) {
    this.surroundings = surroundings;
    cache = new MachineCache(surroundings, root, RING, FOLDER);
  }

  /** The places, for a person. */
  String location() {
    return cache.location();
  }

  /** What is kept for a place and has not come to its end; the caller wipes it. */
  public @Nullable Entry get(Identity place) {
    Entry found = cache.find(place, this);
    return found == null ? null : found.withKey(new EntryKey(place, null));
  }

  /** Keeps a token, in place of the one before, unless it dies soon. */
  public void put(Entry entry) {
    Identity place = entry.key().identity();
    if (isAlive(entry)) {
      // What other identities left, too, goes once it is over.
      cache.put(entry.withKey(new EntryKey(place, who())), OVER);
    } else {
      remove(place);
    }
  }

  /** Drops what is kept for a place. Returns whether there was something. */
  public boolean remove(Identity place) {
    return cache.remove(new EntryKey(place, who()));
  }

  /** The organizations that something is kept for, by this environment's identity. */
  List<Identity> organizations() {
    List<Identity> organizations = new ArrayList<>(1);
    List<EntryKey> keys = cache.keys();
    for (int i = 0; i < keys.size(); i++) {
      EntryKey key = keys.get(i);
      if (key.identity().isOrganization()
          && isOurs(key)
          && !organizations.contains(key.identity())) {
        organizations.add(key.identity());
      }
    }
    return organizations;
  }

  /** Whether it is of this environment's identity, and has not come to its end. */
  @Override
  public boolean isMeant(Entry entry) {
    return isOurs(entry.key()) && isAlive(entry);
  }

  private boolean isOurs(EntryKey key) {
    return who().equals(key.user());
  }

  private static boolean isAlive(Entry entry) {
    return entry.expiry() != null
        && entry.expiry().at() - BEFORE_THE_END > System.currentTimeMillis() / 1000;
  }

  /** When somebody last signed in or out with the Azure CLI, or chose another account there. */
  private long accountsChangedAt() {
    String folder = surroundings.variable("AZURE_CONFIG_DIR");
    return new File(folder == null ? surroundings.home() + "/.azure" : folder, "azureProfile.json")
        .lastModified();
  }

  private String who() {
    if (who == null) {
      String[] parts = new String[WHO.length + 1];
      for (int i = 0; i < WHO.length; i++) {
        parts[i] = surroundings.variable(WHO[i]);
      }
      parts[WHO.length] = Long.toString(accountsChangedAt());
      who = MachineCache.digest(parts);
    }
    return who;
  }
}
