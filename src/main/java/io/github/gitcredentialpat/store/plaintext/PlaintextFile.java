package io.github.gitcredentialpat.store.plaintext;

import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.ForeignEntries;
import io.github.gitcredentialpat.store.ForeignEntry;
import io.github.gitcredentialpat.store.Secret;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file in which another program keeps passwords for everybody to read who can read the file. When
 * one is taken out, all other bytes and the file's mode stay; the new file is written under git's
 * own lock, {@code FILE.lock}, and renamed. When an entry was stored such a file does not tell.
 */
public final class PlaintextFile implements ForeignEntries {
  private static final int MOST_BYTES = 1 << 24;
  private static final boolean POSIX = File.separatorChar == '/';
  private static final Set<StandardOpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  private final Path path;
  private final Format format;

  PlaintextFile(Path path, Format format) {
    this.path = path;
    this.format = format;
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  @Override
  public List<ForeignEntry> list() throws StoreException {
    byte[] content = content();
    List<ForeignEntry> entries = new ArrayList<>();
    for (Piece piece : pieces(content)) {
      ForeignEntry entry =
          new ForeignEntry(
              format.program(),
              piece.protocol(),
              piece.host(),
              piece.path(),
              piece.user(),
              0,
              handle(content, piece));
      if (!entries.contains(entry)) {
        entries.add(entry);
      }
      piece.wipe();
    }
    wipe(content);
    return entries;
  }

  @Override
  public @Nullable Entry read(ForeignEntry foreign, EntryKey key) throws StoreException {
    byte[] content = content();
    Entry read = null;
    for (Piece piece : pieces(content)) {
      if (read == null && handle(content, piece).equals(foreign.handle())) {
        read = Entry.of(key, Secret.password(piece.secret().bytes().clone()), 0);
      }
      piece.wipe();
    }
    wipe(content);
    return read;
  }

  @Override
  public boolean delete(ForeignEntry foreign) throws StoreException {
    try {
      // A link to a file elsewhere stays one.
      Path file = path.toRealPath();
      Path unfinished = file.resolveSibling(file.getFileName() + ".lock");
      try (FileChannel out = FileChannel.open(unfinished, NEW, onlyForOwner())) {
        boolean renamed = false;
        try {
          renamed = writeWithout(foreign, file, unfinished, out);
          return renamed;
        } finally {
          if (!renamed) {
            Files.deleteIfExists(unfinished);
          }
        }
      }
    } catch (NoSuchFileException e) {
      return false;
    } catch (FileAlreadyExistsException e) {
      throw new StoreException(
          Reason.FAILED,
          path
              + " is being written by another program; wait for it, or remove "
              + e.getFile()
              + " when there is none",
          e);
    } catch (IOException e) {
      throw new StoreException(
          Reason.FAILED, "cannot write " + path + "; check who owns it: ls -l " + path, e);
    }
  }

  private boolean writeWithout(ForeignEntry foreign, Path file, Path unfinished, FileChannel out)
      throws IOException, StoreException {
    byte[] content = content();
    byte[] rest = new byte[content.length];
    int length = 0;
    int kept = 0;
    boolean found = false;
    for (Piece piece : pieces(content)) {
      if (handle(content, piece).equals(foreign.handle())) {
        System.arraycopy(content, kept, rest, length, piece.start() - kept);
        length += piece.start() - kept;
        kept = piece.end();
        found = true;
      }
      piece.wipe();
    }
    System.arraycopy(content, kept, rest, length, content.length - kept);
    length += content.length - kept;
    if (found) {
      ByteBuffer left = ByteBuffer.wrap(rest, 0, length);
      while (left.hasRemaining()) {
        out.write(left);
      }
      if (POSIX) {
        Files.setPosixFilePermissions(unfinished, Files.getPosixFilePermissions(file));
      }
      out.force(true);
      if (!POSIX) {
        // Windows renames no file that is open.
        out.close();
      }
      Files.move(
          unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
    wipe(content);
    wipe(rest);
    return found;
  }

  private List<Piece> pieces(byte[] content) {
    return format.pieces(content);
  }

  /** What is in the file; nothing when there is none. */
  private byte[] content() throws StoreException {
    if (Files.notExists(path)) {
      return new byte[0];
    }
    // Opening a pipe would wait for its other end.
    if (!Files.isRegularFile(path) || path.toFile().length() > MOST_BYTES) {
      throw new StoreException(
          Reason.FAILED, path + " is no file with passwords; look at it: ls -l " + path);
    }
    try (InputStream in = Files.newInputStream(path)) {
      return in.readNBytes(MOST_BYTES);
    } catch (IOException e) {
      throw new StoreException(
          Reason.FAILED, "cannot read " + path + "; check who owns it: ls -l " + path, e);
    }
  }

  /** Tells an entry from the others even when the file was changed meanwhile. */
  private static String handle(byte[] content, Piece piece) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(content, piece.start(), piece.end() - piece.start());
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void wipe(byte[] content) {
    Arrays.fill(content, (byte) 0);
  }

  private static FileAttribute<?>[] onlyForOwner() {
    if (!POSIX) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
    };
  }
}
