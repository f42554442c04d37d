package io.github.gitcredentialpat.store.file;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.PrivateFiles;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One encrypted file with many entries, to carry them to another machine.
 *
 * <table>
 *   <caption>An export, byte by byte</caption>
 *   <tr><th>offset</th><th>length</th><th>what</th></tr>
 *   <tr><td>0</td><td>4</td><td>{@code gcpX} in ASCII</td></tr>
 *   <tr><td>4</td><td>1</td><td>the version of the format, 1</td></tr>
 *   <tr><td>5</td><td>1</td><td>1: PBKDF2-HMAC-SHA256 and AES-256-GCM</td></tr>
 *   <tr><td>6</td><td>2</td><td>zero</td></tr>
 *   <tr><td>8</td><td>4</td><td>rounds of PBKDF2, big endian</td></tr>
 *   <tr><td>12</td><td>16</td><td>its salt</td></tr>
 *   <tr><td>28</td><td>12</td><td>the nonce</td></tr>
 *   <tr><td>40</td><td>rest</td><td>the ciphertext, and the tag of 16 bytes</td></tr>
 *   <tr><td>end</td><td>32</td><td>SHA-256 of all that is before</td></tr>
 * </table>
 *
 * <p>The key is PBKDF2's 32 bytes over the passphrase in UTF-8; the associated data is the first 28
 * bytes. The plaintext is the number of entries as four bytes, big endian, and the fields of each,
 * as in an {@link EntryFile}; zeros fill it up to a multiple of 4096 bytes. The digest proves
 * nothing but that the file arrived whole: so a damaged file is told from a wrong passphrase.
 */
public final class ExportFile {
  private static final byte[] HEADER = {'g', 'c', 'p', 'X', 1, 1, 0, 0};
  private static final int VERSION = 4;
  private static final int SALT = HEADER.length + Integer.BYTES;
  private static final int ASSOCIATED = SALT + Passphrase.SALT;
  private static final int SEALED = ASSOCIATED + AesGcm.NONCE;
  private static final int DIGEST = 32;
  private static final int BLOCK = 4096;

  /** Room for some thousand entries; several copies must fit into memory at once. */
  private static final int MOST_BYTES = 4 << 20;

  private final Path path;
  private final Passphrase passphrase;
  private int leftOut;

  /** An export at this path, which may exist or not. */
  public ExportFile(Environment surroundings, Path path) {
    this.path = path.toAbsolutePath();
    passphrase = new Passphrase(surroundings, path);
  }

  @Override
  public String toString() {
    return path.toString();
  }

  /**
   * The passphrase in the file that {@code GIT_CREDENTIAL_PAT_PASSPHRASE_FILE} names; absent when
   * it names none. The caller wipes it after use.
   */
  public char @Nullable [] passphrase() throws StoreException {
    return passphrase.written();
  }

  /** Whether the path exists, even as a link that leads nowhere. */
  public boolean isTaken() {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  // --- writing ---

  /**
   * Writes the file, readable by its owner only, whole or not at all.
   *
   * @param replace whether to replace an existing file; nothing but a file is ever replaced
   */
  public void write(List<Entry> entries, char[] chosen, boolean replace) throws StoreException {
    passphrase.check(chosen);
    byte[] content = seal(entries, chosen);
    String prefix = path.getFileName() + ".unfinished-";
    try {
      Path unfinished = PrivateFiles.writeUnfinished(path.getParent(), prefix, content);
      if (replace && isReplaceable()) {
        PrivateFiles.finish(unfinished, path);
      } else {
        PrivateFiles.finishNew(unfinished, path, content);
      }
    } catch (FileAlreadyExistsException e) {
      throw new StoreException(Reason.FAILED, path + " already exists; choose another file", e);
    } catch (IOException e) {
      throw new StoreException(
              Reason.FAILED,
              "cannot write "
                  + path
                  + PrivateFiles.reason(e)
                  + "; check the free space and your permissions",
              e)
          .withHint("ls -ld " + Console.word(path.getParent().toString()));
    }
  }

  /** Whether the path is free or a file: a folder or a dangling link is never replaced. */
  private boolean isReplaceable() {
    return Files.isRegularFile(path) || !isTaken();
  }

  private byte[] seal(List<Entry> entries, char[] chosen) throws StoreException {
    byte[] plaintext = plaintext(entries);
    byte[] salt = Passphrase.salt();
    byte[] nonce = AesGcm.nonce();
    ByteBuffer content =
        ByteBuffer.allocate(SEALED + plaintext.length + AesGcm.TAG + DIGEST)
            .put(HEADER)
            .putInt(Passphrase.ROUNDS)
            .put(salt);
    byte[] associated = Arrays.copyOf(content.array(), ASSOCIATED);
    byte[] key = passphrase.derive(chosen, salt, Passphrase.ROUNDS);
    content.put(nonce).put(AesGcm.seal(key, nonce, associated, plaintext));
    content.put(digest(content.array()));
    Arrays.fill(key, (byte) 0);
    Arrays.fill(plaintext, (byte) 0);
    return content.array();
  }

  private byte[] plaintext(List<Entry> entries) throws StoreException {
    List<byte[]> pieces = new ArrayList<>();
    int length = Integer.BYTES;
    for (Entry entry : entries) {
      byte[] piece = EntryFile.encode(entry, 1);
      pieces.add(piece);
      length += piece.length;
    }
    if (length > MOST_BYTES - BLOCK) {
      throw new StoreException(
          Reason.LIMIT,
          "the export would be over 4 MB: " + path + "; export fewer tokens at a time");
    }
    ByteBuffer plaintext = ByteBuffer.allocate((length + BLOCK - 1) / BLOCK * BLOCK);
    plaintext.putInt(entries.size());
    for (byte[] piece : pieces) {
      plaintext.put(piece);
      Arrays.fill(piece, (byte) 0);
    }
    return plaintext.array();
  }

  // --- reading ---

  /**
   * The file's content, still encrypted.
   *
   * @throws StoreException when it is no export, of a newer version, or did not arrive whole
   */
  public byte[] read() throws StoreException {
    byte[] content = content();
    if (content.length <= VERSION || !Arrays.equals(content, 0, VERSION, HEADER, 0, VERSION)) {
      throw new StoreException(
          Reason.FAILED, path + " was not written by git-credential-pat export");
    }
    if (content[VERSION] > HEADER[VERSION]) {
      throw new StoreException(
          Reason.FAILED, path + " was written by a newer git-credential-pat; update this one");
    }
    int end = content.length - DIGEST;
    if (end < SEALED + AesGcm.TAG
        || !Arrays.equals(content, 0, HEADER.length, HEADER, 0, HEADER.length)
        || !Arrays.equals(content, end, content.length, digest(content), 0, DIGEST)
        || rounds(content) < 1
        || rounds(content) > Passphrase.MOST_ROUNDS) {
      throw new StoreException(Reason.FAILED, path + " is damaged or incomplete; copy it again");
    }
    return content;
  }

  /**
   * The entries, for the caller to wipe; absent when the passphrase is wrong.
   *
   * @param content what {@link #read} gave
   */
  public @Nullable List<Entry> open(byte[] content, char[] typed) throws StoreException {
    byte[] salt = Arrays.copyOfRange(content, SALT, ASSOCIATED);
    byte[] key = passphrase.derive(typed, salt, rounds(content));
    byte[] plaintext =
        AesGcm.open(
            key,
            Arrays.copyOfRange(content, ASSOCIATED, SEALED),
            Arrays.copyOf(content, ASSOCIATED),
            Arrays.copyOfRange(content, SEALED, content.length - DIGEST));
    Arrays.fill(key, (byte) 0);
    if (plaintext == null) {
      return null;
    }
    List<Entry> entries = new ArrayList<>();
    leftOut = 0;
    try {
      ByteBuffer fields = ByteBuffer.wrap(plaintext);
      for (int left = fields.getInt(); left > 0; left--) {
        Entry entry = EntryFile.decode(fields);
        if (entry != null && isAddress(entry.key().identity())) {
          entries.add(entry);
        } else {
          leftOut++;
        }
      }
      return entries;
    } catch (BufferUnderflowException e) {
      entries.forEach(Entry::wipe);
      throw new StoreException(
          Reason.FAILED, path + " was not written by git-credential-pat export", e);
    } finally {
      Arrays.fill(plaintext, (byte) 0);
    }
  }

  /**
   * How many entries of the file opened last were left out: no token could go to their addresses,
   * or git could not be answered with them.
   */
  public int leftOut() {
    return leftOut;
  }

  /** Whether a token may go there, and is looked for under this very address. */
  private static boolean isAddress(Identity identity) {
    if (identity.isSignIn()) {
      return true;
    }
    Identity resolved =
        Resolution.resolve(identity.protocol(), identity.host(), identity.path(), null).identity();
    return identity.host().equals(Identity.SERVICES_HOST)
        ? identity.equals(resolved)
        : resolved != null;
  }

  private byte[] content() throws StoreException {
    // Opening a pipe would wait for its other end.
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new StoreException(Reason.FAILED, path + " is not a file");
    }
    try (InputStream in = Files.newInputStream(path)) {
      return in.readNBytes(MOST_BYTES + BLOCK);
    } catch (NoSuchFileException e) {
      throw new StoreException(Reason.FAILED, "no such file: " + path, e);
    } catch (IOException e) {
      throw new StoreException(Reason.FAILED, "cannot read " + path, e)
          .withHint("ls -l " + Console.word(path.toString()));
    }
  }

  private static int rounds(byte[] content) {
    return ByteBuffer.wrap(content).getInt(HEADER.length);
  }

  /** The digest of everything before it. */
  private static byte[] digest(byte[] content) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(content, 0, content.length - DIGEST);
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
