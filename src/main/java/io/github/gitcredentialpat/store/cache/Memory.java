package io.github.gitcredentialpat.store.cache;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.StoreException;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What this machine remembers of one shared store: a {@link Snapshot} for each place that somebody
 * wanted to know of, for what this environment says of who asks whom, so that another identity,
 * another vault or another home never gets it. The user name of its key is a digest of that.
 */
final class Memory {
  /** In seconds: what a store has not confirmed for so long is forgotten. */
  static final long LONGEST = 7 * 24 * 60 * 60;

  private static final String NOTE_LOCK = "shared-note.lock";
  private static final long PATIENCE_MILLIS = 1_000;

  /** What decides who asks whom. */
  private static final String[] WHO = {
    "HOME",
    "GIT_CREDENTIAL_PAT_VAULT",
    "GIT_CREDENTIAL_PAT_SOCKET",
    "GIT_CREDENTIAL_PAT_CLIENT_ID",
    "AZURE_CLIENT_ID",
    "AZURE_TENANT_ID",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_AUTHORITY_HOST",
    "AZURE_POD_IDENTITY_AUTHORITY_HOST",
    "AZURE_CONFIG_DIR",
    "IDENTITY_ENDPOINT",
    "IDENTITY_HEADER",
    "BAO_ADDR",
    "BAO_NAMESPACE",
    "BAO_TOKEN",
    "BAO_TOKEN_PATH",
    "BAO_ROLE_ID",
    "BAO_ROLE_ID_FILE",
    "BAO_SECRET_ID",
    "BAO_SECRET_ID_FILE",
    "BAO_AUTH_ROLE",
    "BAO_AUTH_PATH",
    "BAO_ID_TOKEN",
    "BAO_ID_TOKEN_FILE",
    "VAULT_ADDR",
    "VAULT_NAMESPACE",
    "VAULT_TOKEN",
    "VAULT_TOKEN_PATH",
    "VAULT_ROLE_ID",
    "VAULT_ROLE_ID_FILE",
    "VAULT_SECRET_ID",
    "VAULT_SECRET_ID_FILE",
    "VAULT_AUTH_ROLE",
    "VAULT_AUTH_PATH",
    "VAULT_ID_TOKEN",
    "VAULT_ID_TOKEN_FILE"
  };

  private final Environment surroundings;
  private final MachineCache cache;
  private final String name;
  private @Nullable String who;

  Memory(Environment surroundings, MachineCache cache, String name) {
    this.surroundings = surroundings;
    this.cache = cache;
    this.name = name;
  }

  /** Where it is kept, for a person. */
  String location() {
    return cache.location();
  }

  /** What is remembered of a place; {@link Snapshot#NONE} for nothing. */
  Snapshot of(Identity where) {
    Entry kept = cache.find(where, new Kept(new EntryKey(where, who())));
    if (kept == null) {
      return Snapshot.NONE;
    }
    Snapshot snapshot = Snapshot.decode(kept.secret());
    kept.wipe();
    return snapshot == null ? Snapshot.NONE : snapshot;
  }

  /** What servers refused on the host of a place, whatever place it was read for. */
  List<Snapshot.Refused> refused(Identity where) {
    List<Snapshot.Refused> refused = new ArrayList<>(0);
    for (Snapshot known : ofHost(where)) {
      for (Snapshot.Refused each : known.refused()) {
        Identity identity = each.key().identity();
        boolean isMeant = where.path() == null || where.equals(identity);
        boolean isNew = isMeant;
        for (int i = 0; i < refused.size(); i++) {
          isNew &= !refused.get(i).isSameAs(each);
        }
        if (isNew) {
          refused.add(each);
        }
      }
      known.wipe();
    }
    return refused;
  }

  /** Whether this very secret is among what is remembered, set aside or not. */
  boolean hasSecretOf(Entry entry) {
    boolean has = false;
    for (Snapshot known : ofHost(entry.key().identity())) {
      for (Entry each : known.entries()) {
        has |= each.key().equals(entry.key()) && each.secret().sameAs(entry.secret());
      }
      known.wipe();
    }
    return has;
  }

  /** The entries that are remembered of places on a host, set aside where they were refused. */
  List<Entry> below(Identity host) {
    List<Entry> entries = new ArrayList<>();
    for (Snapshot known : ofHost(host)) {
      entries.addAll(known.marked());
    }
    return entries;
  }

  private List<Snapshot> ofHost(Identity where) {
    List<Snapshot> all = new ArrayList<>();
    for (Entry kept : cache.all(new Identity(where.protocol(), where.host(), null))) {
      Snapshot snapshot = isOurs(kept.key()) ? Snapshot.decode(kept.secret()) : null;
      kept.wipe();
      if (snapshot != null) {
        all.add(snapshot);
      }
    }
    return all;
  }

  /** The places that something is remembered of. */
  List<Identity> places() {
    List<Identity> places = new ArrayList<>();
    for (EntryKey key : cache.keys()) {
      if (isOurs(key) && !places.contains(key.identity())) {
        places.add(key.identity());
      }
    }
    return places;
  }

  /** Lets nobody else change what is remembered, so that no refusal is forgotten. */
  CacheLock lock() {
    CacheLock lock = CacheLock.acquire(surroundings, NOTE_LOCK, PATIENCE_MILLIS);
    if (!lock.isHeld() && surroundings.messages() != null) {
      surroundings.messages().trace("no lock; another git-credential-pat may note something else");
    }
    return lock;
  }

  /** Remembers this of a place instead. Returns whether that can be done. */
  boolean keep(Identity where, Snapshot snapshot, long now) {
    Secret secret = null;
    try {
      secret = snapshot.encode();
      return cache.put(
          Entry.of(new EntryKey(where, who()), secret, now), new Forgotten(now - LONGEST));
    } catch (StoreException e) {
      trace(e);
      return false;
    } finally {
      if (secret != null) {
        secret.wipe();
      }
    }
  }

  /** Forgets what is known of a place, but not what was refused there. */
  void forget(Identity where, long now) {
    Snapshot before = of(where);
    if (before.refused().isEmpty()) {
      cache.remove(new EntryKey(where, who()));
    } else {
      keep(where, new Snapshot(0, 0, 0, 0, null, List.of(), before.refused()), now);
    }
    before.wipe();
  }

  private void trace(StoreException problem) {
    if (surroundings.messages() != null) {
      surroundings.messages().trace(problem);
    }
  }

  private boolean isOurs(EntryKey key) {
    return Objects.equals(key.user(), who());
  }

  private String who() {
    if (who == null) {
      String[] parts = new String[WHO.length + 3];
      for (int i = 0; i < WHO.length; i++) {
        parts[i] = surroundings.variable(WHO[i]);
      }
      parts[WHO.length] = name;
      // When somebody last signed in or out with other people's programs.
      String azure = surroundings.variable("AZURE_CONFIG_DIR");
      parts[WHO.length + 1] =
          changedAt(azure == null ? surroundings.home() + "/.azure" : azure, "azureProfile.json");
      parts[WHO.length + 2] = changedAt(surroundings.home(), ".vault-token");
      who = MachineCache.digest(parts);
    }
    return who;
  }

  private static String changedAt(String folder, String file) {
    return Long.toString(new File(folder, file).lastModified());
  }

  /** What has this key: of a host, a store shows what lies below it as well. */
  private record Kept(EntryKey key) implements MachineCache.Choice {
    @Override
    public boolean isMeant(Entry entry) {
      return key.equals(entry.key());
    }
  }

  /** What was written down before a time. */
  private record Forgotten(long before) implements MachineCache.Choice {
    @Override
    public boolean isMeant(Entry entry) {
      return entry.storedAt() < before;
    }
  }
}
