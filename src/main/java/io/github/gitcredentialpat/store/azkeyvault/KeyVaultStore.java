package io.github.gitcredentialpat.store.azkeyvault;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.entra.AccessTokenLadder;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.keyvault.KeyVaultClient;
import io.github.gitcredentialpat.keyvault.VaultAddress;
import io.github.gitcredentialpat.keyvault.VaultSecret;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.Capacity;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An Azure Key Vault, which several machines and people share: each entry is a secret, whose value
 * is the token alone. Every call asks the vault, and no call keeps anything.
 *
 * <p>Which vault says {@code GIT_CREDENTIAL_PAT_VAULT}, and an access token comes by the ways of
 * {@code entra.AccessTokenLadder}. A secret whose name is not of the form of ours is neither read
 * nor changed, and neither is a disabled one, or one that is not good yet, answered. What is
 * deleted may be recovered in the vault for as long as that is set there.
 *
 * <p>A refresh token, a sign-in and a credential of another scheme than a password never get there.
 *
 * <p>The vault has no compare and set: of two who save at once the last one wins.
 *
 * <p>Errors: {@code UNAVAILABLE} when no vault is named, {@code DENIED} when the vault says no,
 * {@code LIMIT}, {@code TIMEOUT}, and {@code FAILED} for all else.
 */
public final class KeyVaultStore implements Store {
  private static final String CONTENT_TYPE = "token for git (git-credential-pat)";

  /** The vault takes 25 KB. */
  private static final int LONGEST = 25_000;

  private static final int MOST = 1_000;

  private final Environment surroundings;
  private final AccessTokenLadder.SignIns signIns;
  private @Nullable VaultToken token;

  /**
   * A store that asks nobody until it is asked.
   *
   * @param signIns where sign-ins are remembered, which is not in this store
   */
  public KeyVaultStore(Environment surroundings, AccessTokenLadder.SignIns signIns) {
    this.surroundings = surroundings;
    this.signIns = signIns;
  }

  @Override
  public String name() {
    return "azkeyvault";
  }

  @Override
  public Capacity capacity() {
    return new Capacity(true, LONGEST, MOST);
  }

  @Override
  public String location() {
    try {
      VaultAddress vault = vault();
      return "Azure Key Vault " + vault + "; az keyvault secret list --vault-name " + vault.name();
    } catch (StoreException e) {
      return "Azure Key Vault; none is named";
    }
  }

  @Override
  public String readers() {
    return "everybody who may read the vault's secrets, such as with the role Key Vault Secrets User";
  }

  private VaultAddress vault() throws StoreException {
    return VaultAddress.of(surroundings.variable(VaultAddress.VARIABLE));
  }

  private KeyVaultClient client() throws StoreException {
    VaultAddress vault = vault();
    if (token == null) {
      token = new VaultToken(surroundings, signIns, vault);
    }
    return new KeyVaultClient(surroundings, vault, token);
  }

  @Override
  public List<Entry> find(Identity where) throws StoreException {
    KeyVaultClient client = client();
    List<Entry> found = new ArrayList<>(1);
    boolean isComplete = false;
    try {
      for (VaultSecret listed : client.list()) {
        EntryKey key = SecretTags.isOurs(listed) ? SecretTags.key(listed) : null;
        if (key != null && isAt(where, key.identity()) && listed.isInUse(now())) {
          Entry entry = read(client, key);
          if (entry != null) {
            found.add(entry);
          }
        }
      }
      isComplete = true;
      return found;
    } finally {
      if (!isComplete) {
        found.forEach(Entry::wipe);
      }
    }
  }

  private static boolean isAt(Identity where, Identity identity) {
    return where.protocol().equals(identity.protocol())
        && where.host().equals(identity.host())
        && (where.path() == null || Objects.equals(where.path(), identity.path()));
  }

  /** It may have changed, or gone, since it was listed. */
  private static @Nullable Entry read(KeyVaultClient client, EntryKey key) throws StoreException {
    VaultSecret secret = client.get(SecretTags.name(key));
    if (secret == null) {
      return null;
    }
    secret = secret.withoutLineEnd();
    Entry entry = SecretTags.entry(key, secret);
    if (!key.equals(SecretTags.key(secret)) || !secret.isInUse(now()) || !isLine(secret.value())) {
      entry.wipe();
      return null;
    }
    return entry;
  }

  /** Git could not be answered with anything else. */
  private static boolean isLine(byte[] value) {
    boolean isLine = true;
    for (byte b : value) {
      isLine &= b != '\n' && b != 0;
    }
    return isLine;
  }

  @Override
  public List<EntryKey> list() throws StoreException {
    List<EntryKey> keys = new ArrayList<>();
    for (VaultSecret secret : client().list()) {
      EntryKey key = SecretTags.isOurs(secret) ? SecretTags.key(secret) : null;
      if (key != null && secret.isInUse(now())) {
        keys.add(key);
      }
    }
    return keys;
  }

  /** Those whose tags somebody removed: a new value without its tags is one. */
  @Override
  public int damaged() throws StoreException {
    int damaged = 0;
    for (VaultSecret secret : client().list()) {
      damaged += SecretTags.isOurs(secret) && SecretTags.key(secret) == null ? 1 : 0;
    }
    return damaged;
  }

  @Override
  public void save(Entry entry) throws StoreException {
    String whose = entry.key().identity().display();
    byte[] value = entry.secret().bytes();
    if (entry.key().identity().isSignIn() || entry.refreshToken() != null) {
      throw refused("a sign-in (" + whose + ")");
    }
    if (entry.secret().authtype() != null) {
      throw refused("a credential that is no password (" + whose + ")");
    }
    if (!isLine(value) || !isText(value)) {
      throw refused("a secret that is not one line of text (" + whose + ")");
    }
    if (value.length > LONGEST) {
      throw new StoreException(
          Reason.LIMIT,
          "the secret for "
              + whose
              + " is longer than the "
              + LONGEST
              + " bytes that a vault takes; not stored");
    }
    client()
        .set(
            SecretTags.name(entry.key()),
            value,
            CONTENT_TYPE,
            SecretTags.of(entry),
            entry.expiry() == null ? 0 : entry.expiry().at());
  }

  private static StoreException refused(String what) {
    return new StoreException(
        Reason.FAILED, what + " is not stored in a vault that others read; use another store");
  }

  private static boolean isText(byte[] bytes) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).remaining() >= 0;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  @Override
  public boolean delete(EntryKey key) throws StoreException {
    return client().delete(SecretTags.name(key));
  }

  private static long now() {
    return System.currentTimeMillis() / 1000;
  }
}
