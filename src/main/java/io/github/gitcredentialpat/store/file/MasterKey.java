package io.github.gitcredentialpat.store.file;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.store.EntryKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The 32 random bytes that everything else is derived from, and the names of the entry files.
 *
 * <p>Derived from the master key {@code K}, each with SHA-256 over an ASCII label, a zero byte and
 * {@code K}:
 *
 * <ul>
 *   <li>label {@code git-credential-pat key id}, the first 8 bytes: the key's id, which is public;
 *   <li>label {@code git-credential-pat entries}: the AES key of the entry files;
 *   <li>label {@code git-credential-pat names}: the key {@code N} of the names.
 * </ul>
 *
 * <p>An entry file is called {@code ID-HOST-PATH-USER.entry}: the id as 16 lower-case hex digits,
 * then 24 digits each, the first 12 bytes of SHA-256 over {@code N}, one byte that says how many
 * fields follow, and the fields: for HOST protocol and host; for PATH these and the path; for USER
 * all four. A field is its length as four bytes, big endian, and its UTF-8 bytes; an absent one is
 * the length -1 alone. So files of one host can be found without opening any other, and names tell
 * nothing to who does not have the key: neither hosts nor users, nor that two entries share a user.
 */
final class MasterKey {
  /** The length of the key in bytes. */
  static final int LENGTH = 32;

  /** The length of its id in bytes. */
  static final int ID_LENGTH = 8;

  private static final String SUFFIX = ".entry";
  private static final int NAME_LENGTH = 16 + 3 * 25 + SUFFIX.length();

  private final byte[] key;
  private final byte[] names;
  private final String id;

  MasterKey(byte[] key) {
    this.key = key;
    this.names = derive("names");
    this.id = HexFormat.of().formatHex(id());
  }

  static MasterKey random() {
    byte[] key = new byte[LENGTH];
    new SecureRandom().nextBytes(key);
    return new MasterKey(key);
  }

  /** The bytes themselves, not a copy. */
  byte[] bytes() {
    return key;
  }

  byte[] id() {
    return Arrays.copyOf(derive("key id"), ID_LENGTH);
  }

  /** The AES key of the entry files. The caller wipes it after use. */
  byte[] entries() {
    return derive("entries");
  }

  /** Whether this is the name of an entry file, under any key. */
  static boolean isEntry(String name) {
    return name.length() == NAME_LENGTH && name.endsWith(SUFFIX);
  }

  /** Whether this is the name of an entry file under this key. */
  boolean isOurs(String name) {
    return isEntry(name) && name.startsWith(id);
  }

  /**
   * The prefix of the names of all entries of this protocol and host, and of this path if given.
   */
  String prefix(Identity where) {
    String prefix = id + "-" + hash(2, where, null);
    return where.path() == null ? prefix : prefix + "-" + hash(3, where, null);
  }

  /** The name of the entry file for this key. */
  String name(EntryKey entry) {
    Identity where = entry.identity();
    return id
        + "-"
        + hash(2, where, null)
        + "-"
        + hash(3, where, null)
        + "-"
        + hash(4, where, entry.user())
        + SUFFIX;
  }

  private String hash(int fields, Identity where, @Nullable String user) {
    MessageDigest digest = sha256();
    digest.update(names);
    digest.update((byte) fields);
    field(digest, where.protocol());
    field(digest, where.host());
    if (fields > 2) {
      field(digest, where.path());
    }
    if (fields > 3) {
      field(digest, user);
    }
    return HexFormat.of().formatHex(digest.digest(), 0, 12);
  }

  private static void field(MessageDigest digest, @Nullable String field) {
    byte[] bytes = field == null ? new byte[0] : field.getBytes(StandardCharsets.UTF_8);
    int length = field == null ? -1 : bytes.length;
    digest.update((byte) (length >> 24));
    digest.update((byte) (length >> 16));
    digest.update((byte) (length >> 8));
    digest.update((byte) length);
    digest.update(bytes);
  }

  // A plain hash with the secret in it instead of an HMAC: nearly every read is a new process, for
  // which javax.crypto.Mac is one more service to look up. What HMAC adds is safety from
  // lengthening
  // a hashed message, and that cannot happen where only part of a hash is shown, or none of it.
  private byte[] derive(String label) {
    MessageDigest digest = sha256();
    digest.update(("git-credential-pat " + label).getBytes(StandardCharsets.US_ASCII));
    digest.update((byte) 0);
    return digest.digest(key);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return "<master key " + id + ">";
  }
}
