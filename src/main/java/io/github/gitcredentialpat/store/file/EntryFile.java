package io.github.gitcredentialpat.store.file;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Payload;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The format of an entry file. {@link MasterKey} says what it is called and where its key comes
 * from.
 *
 * <table>
 *   <caption>An entry file, byte by byte</caption>
 *   <tr><th>offset</th><th>length</th><th>what</th></tr>
 *   <tr><td>0</td><td>4</td><td>{@code gcpE} in ASCII</td></tr>
 *   <tr><td>4</td><td>1</td><td>the version of the format, 1</td></tr>
 *   <tr><td>5</td><td>1</td><td>the cipher, 1: AES-256-GCM</td></tr>
 *   <tr><td>6</td><td>2</td><td>zero</td></tr>
 *   <tr><td>8</td><td>12</td><td>the nonce, random for each write</td></tr>
 *   <tr><td>20</td><td>rest</td><td>the ciphertext, and the tag of 16 bytes</td></tr>
 * </table>
 *
 * <p>The associated data is the first 8 bytes and the file's name in ASCII, which stands for the
 * entry's key. The plaintext is five fields: protocol, host, path, user and the {@link Payload},
 * each its length as four bytes, big endian, and its bytes (text in UTF-8); an absent one is the
 * length -1 alone. Zeros fill it up to a multiple of 256 bytes, so that the size tells little.
 */
final class EntryFile {
  private static final byte[] HEADER = {'g', 'c', 'p', 'E', 1, 1, 0, 0};
  private static final int VERSION = 4;
  private static final int BLOCK = 256;

  private EntryFile() {}

  /** Encrypts an entry into the content of the file of that name. */
  static byte[] seal(MasterKey key, String name, Entry entry) throws StoreException {
    byte[] plaintext = encode(entry, BLOCK);
    byte[] aesKey = key.entries();
    byte[] nonce = AesGcm.nonce();
    byte[] sealed = AesGcm.seal(aesKey, nonce, associated(name), plaintext);
    Arrays.fill(aesKey, (byte) 0);
    Arrays.fill(plaintext, (byte) 0);
    return ByteBuffer.allocate(HEADER.length + nonce.length + sealed.length)
        .put(HEADER)
        .put(nonce)
        .put(sealed)
        .array();
  }

  /**
   * Decrypts the entry in a file.
   *
   * @param shown the file as a message names it
   * @throws StoreException when the file was changed, or written under another name or key
   */
  static Entry open(MasterKey key, String name, byte[] content, Object shown)
      throws StoreException {
    if (content.length > VERSION
        && Arrays.equals(content, 0, VERSION, HEADER, 0, VERSION)
        && content[VERSION] > HEADER[VERSION]) {
      throw new StoreException(
          Reason.DAMAGED, shown + " was written by a newer git-credential-pat; update this one");
    }
    int start = HEADER.length + AesGcm.NONCE;
    byte[] plaintext = null;
    if (content.length >= start + AesGcm.TAG
        && Arrays.equals(content, 0, HEADER.length, HEADER, 0, HEADER.length)) {
      byte[] aesKey = key.entries();
      plaintext =
          AesGcm.open(
              aesKey,
              Arrays.copyOfRange(content, HEADER.length, start),
              associated(name),
              Arrays.copyOfRange(content, start, content.length));
      Arrays.fill(aesKey, (byte) 0);
    }
    if (plaintext == null) {
      throw new StoreException(
          Reason.DAMAGED,
          shown
              + " is damaged or was modified; restore it from a backup, or delete it and log in again");
    }
    try {
      Entry entry = decode(ByteBuffer.wrap(plaintext));
      if (entry != null) {
        return entry;
      }
    } catch (BufferUnderflowException e) {
      // Said below.
    } finally {
      Arrays.fill(plaintext, (byte) 0);
    }
    throw new StoreException(Reason.DAMAGED, shown + " contains no usable entry; delete it");
  }

  private static byte[] associated(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(HEADER.length + bytes.length).put(HEADER).put(bytes).array();
  }

  /**
   * The fields of an entry, filled up with zeros. The caller wipes them.
   *
   * @param block the length is a multiple of this
   */
  static byte[] encode(Entry entry, int block) throws StoreException {
    EntryKey key = entry.key();
    byte[] payload = Payload.encode(entry);
    byte[][] fields = {
      bytes(key.identity().protocol()),
      bytes(key.identity().host()),
      bytes(key.identity().path()),
      bytes(key.user()),
      payload
    };
    int length = 0;
    for (int i = 0; i < fields.length; i++) {
      length += Integer.BYTES + (fields[i] == null ? 0 : fields[i].length);
    }
    ByteBuffer encoded = ByteBuffer.allocate((length + block - 1) / block * block);
    for (int i = 0; i < fields.length; i++) {
      if (fields[i] == null) {
        encoded.putInt(-1);
      } else {
        encoded.putInt(fields[i].length).put(fields[i]);
      }
    }
    Arrays.fill(payload, (byte) 0);
    return encoded.array();
  }

  /**
   * Reads the fields of an entry, and leaves the buffer behind the last one.
   *
   * @return absent when they are those of no entry that git could be answered with
   * @throws BufferUnderflowException when they are said to be longer than what is there
   */
  static @Nullable Entry decode(ByteBuffer fields) {
    String protocol = text(field(fields));
    String host = text(field(fields));
    String path = text(field(fields));
    String user = text(field(fields));
    byte[] payload = field(fields);
    if (protocol == null || host == null || payload == null) {
      return null;
    }
    Entry entry = Payload.decode(new EntryKey(new Identity(protocol, host, path), user), payload);
    Arrays.fill(payload, (byte) 0);
    return entry;
  }

  private static byte @Nullable [] field(ByteBuffer fields) {
    int length = fields.getInt();
    if (length < 0) {
      return null;
    }
    if (length > fields.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] field = new byte[length];
    fields.get(field);
    return field;
  }

  private static byte @Nullable [] bytes(@Nullable String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  private static @Nullable String text(byte @Nullable [] bytes) {
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }
}
