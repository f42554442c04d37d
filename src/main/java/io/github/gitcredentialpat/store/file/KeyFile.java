package io.github.gitcredentialpat.store.file;

import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code key} in the state folder: the {@link MasterKey}, bare or wrapped under a
 * passphrase.
 *
 * <table>
 *   <caption>The key file, byte by byte</caption>
 *   <tr><th>offset</th><th>length</th><th>what</th></tr>
 *   <tr><td>0</td><td>4</td><td>{@code gcpK} in ASCII</td></tr>
 *   <tr><td>4</td><td>1</td><td>the version of the format, 1</td></tr>
 *   <tr><td>5</td><td>1</td><td>0: bare; 1: wrapped, by PBKDF2-HMAC-SHA256 and AES-256-GCM</td></tr>
 *   <tr><td>6</td><td>2</td><td>zero</td></tr>
 *   <tr><td>8</td><td>8</td><td>the key's id</td></tr>
 *   <tr><th colspan="3">bare, 48 bytes in all</th></tr>
 *   <tr><td>16</td><td>32</td><td>the master key</td></tr>
 *   <tr><th colspan="3">wrapped, 96 bytes in all</th></tr>
 *   <tr><td>16</td><td>4</td><td>rounds of PBKDF2, big endian</td></tr>
 *   <tr><td>20</td><td>16</td><td>its salt</td></tr>
 *   <tr><td>36</td><td>12</td><td>the nonce</td></tr>
 *   <tr><td>48</td><td>48</td><td>the master key's ciphertext, and the tag of 16 bytes</td></tr>
 * </table>
 *
 * <p>The wrapping key is PBKDF2's 32 bytes over the passphrase in UTF-8; the associated data is the
 * first 36 bytes.
 */
final class KeyFile {
  private static final String NAME = "key";
  private static final byte[] HEADER = {'g', 'c', 'p', 'K', 1};
  private static final int KIND = 5;
  private static final byte BARE = 0;
  private static final byte WRAPPED = 1;
  private static final int ID = 8;
  private static final int ID_END = ID + MasterKey.ID_LENGTH;
  private static final int SALT = ID_END + Integer.BYTES;
  private static final int ASSOCIATED = SALT + Passphrase.SALT;
  private static final int SEALED = ASSOCIATED + AesGcm.NONCE;
  private static final int BARE_LENGTH = ID_END + MasterKey.LENGTH;
  private static final int WRAPPED_LENGTH = SEALED + MasterKey.LENGTH + AesGcm.TAG;

  private final PrivateFolder folder;
  private final Passphrase passphrase;
  private final KeyCache cache;

  KeyFile(Environment surroundings, KeyCache cache) {
    this.folder = new PrivateFolder(surroundings.stateFolder());
    this.passphrase = new Passphrase(surroundings, folder.resolve(NAME));
    this.cache = cache;
  }

  @Override
  public String toString() {
    return folder.resolve(NAME).toString();
  }

  /**
   * The master key; absent when there is no key file.
   *
   * @param mayAsk whether a person may be asked for the passphrase
   * @throws StoreException {@code UNAVAILABLE} when the file is damaged; {@code LOCKED} or {@code
   *     DENIED} when the passphrase cannot be had
   */
  @Nullable MasterKey open(boolean mayAsk) throws StoreException {
    byte[] content = folder.read(NAME);
    if (content == null) {
      return null;
    }
    if (content.length < ID_END
        || !Arrays.equals(content, 0, HEADER.length, HEADER, 0, HEADER.length)
        || content[KIND + 1] != 0
        || content[KIND + 2] != 0) {
      throw damaged();
    }
    if (content[KIND] == BARE && content.length == BARE_LENGTH) {
      MasterKey key = new MasterKey(Arrays.copyOfRange(content, ID_END, BARE_LENGTH));
      Arrays.fill(content, ID_END, BARE_LENGTH, (byte) 0);
      if (!hasId(key, content)) {
        throw damaged();
      }
      return key;
    }
    if (content[KIND] == WRAPPED && content.length == WRAPPED_LENGTH) {
      return unlock(content, mayAsk);
    }
    throw damaged();
  }

  /**
   * Makes the key file. Many processes that do so at once all return the same key.
   *
   * @throws StoreException {@code UNAVAILABLE} when nothing can be written here; {@code LOCKED} or
   *     {@code DENIED} when a passphrase is wanted and cannot be had
   */
  MasterKey create() throws StoreException {
    MasterKey key = MasterKey.random();
    byte[] content = content(key, passphrase.fresh());
    boolean first = folder.writeNew(NAME, content);
    if (first) {
      if (content[KIND] == WRAPPED) {
        cache.put(key.id(), key.bytes());
      }
      Arrays.fill(content, (byte) 0);
      return key;
    }
    Arrays.fill(content, (byte) 0);
    MasterKey winner = open(true);
    if (winner == null) {
      throw new StoreException(
          Reason.FAILED, this + " was deleted while it was being created; try again");
    }
    return winner;
  }

  /** Wraps the key under a new passphrase, which is wiped, or leaves it bare when there is none. */
  void protect(MasterKey key, char @Nullable [] newPassphrase) throws StoreException {
    byte[] content = content(key, newPassphrase);
    folder.write(NAME, content);
    Arrays.fill(content, (byte) 0);
    cache.forget(key.id());
  }

  /**
   * Removes other people's access to the key file, and what an interrupted first store left of the
   * key under another name.
   */
  void tidy() throws StoreException {
    folder.narrow(NAME);
    folder.removeAbandoned();
  }

  private MasterKey unlock(byte[] content, boolean mayAsk) throws StoreException {
    byte[] id = Arrays.copyOfRange(content, ID, ID_END);
    byte[] cached = cache.get(id);
    if (cached != null && cached.length == MasterKey.LENGTH) {
      MasterKey key = new MasterKey(cached);
      if (hasId(key, content)) {
        return key;
      }
    }
    int rounds = ByteBuffer.wrap(content).getInt(ID_END);
    if (rounds < 1 || rounds > Passphrase.MOST_ROUNDS) {
      throw damaged();
    }
    Unwrapping lock = new Unwrapping(content, rounds);
    passphrase.open(lock, mayAsk);
    MasterKey key = lock.key();
    if (!hasId(key, content)) {
      throw damaged();
    }
    cache.put(id, key.bytes());
    return key;
  }

  private static boolean hasId(MasterKey key, byte[] content) {
    return Arrays.equals(key.id(), 0, MasterKey.ID_LENGTH, content, ID, ID_END);
  }

  private byte[] content(MasterKey key, char @Nullable [] wrappedUnder) throws StoreException {
    ByteBuffer content =
        ByteBuffer.allocate(wrappedUnder == null ? BARE_LENGTH : WRAPPED_LENGTH)
            .put(HEADER)
            .put(wrappedUnder == null ? BARE : WRAPPED)
            .position(ID)
            .put(key.id());
    if (wrappedUnder == null) {
      return content.put(key.bytes()).array();
    }
    byte[] salt = Passphrase.salt();
    content.putInt(Passphrase.ROUNDS).put(salt);
    byte[] wrapping = passphrase.derive(wrappedUnder, salt, Passphrase.ROUNDS);
    Arrays.fill(wrappedUnder, '\0');
    byte[] nonce = AesGcm.nonce();
    byte[] associated = Arrays.copyOf(content.array(), ASSOCIATED);
    content.put(nonce).put(AesGcm.seal(wrapping, nonce, associated, key.bytes()));
    Arrays.fill(wrapping, (byte) 0);
    return content.array();
  }

  private StoreException damaged() {
    return StoreException.hidden(
        this + " is damaged or from a newer git-credential-pat; restore it from a backup or update",
        null);
  }

  /** A wrapped key and, once the right passphrase was tried, what was in it. */
  private final class Unwrapping implements Passphrase.Lock {
    private final byte[] content;
    private final int rounds;
    private byte @Nullable [] key;

    Unwrapping(byte[] content, int rounds) {
      this.content = content;
      this.rounds = rounds;
    }

    @Override
    public boolean opens(char[] tried) throws StoreException {
      byte[] salt = Arrays.copyOfRange(content, SALT, ASSOCIATED);
      byte[] wrapping = passphrase.derive(tried, salt, rounds);
      key =
          AesGcm.open(
              wrapping,
              Arrays.copyOfRange(content, ASSOCIATED, SEALED),
              Arrays.copyOf(content, ASSOCIATED),
              Arrays.copyOfRange(content, SEALED, WRAPPED_LENGTH));
      Arrays.fill(wrapping, (byte) 0);
      return key != null;
    }

    MasterKey key() {
      return new MasterKey(key);
    }
  }
}
