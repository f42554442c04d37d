package io.github.gitcredentialpat.store.file;

import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.PrivateFiles;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A folder that only its owner may enter (0700), with files that only its owner may read (0600) and
 * that are either whole or not there: each is written under another name, synced, and renamed.
 *
 * <p>What a crash left behind is removed by a write that comes a minute later or more. The place
 * where errors of the file system become a {@link StoreException}: {@code LIMIT} when the disk is
 * full, {@code UNAVAILABLE} when the folder cannot be entered or made or nothing can be written in
 * it (a read-only home: the next store of the chain may have more luck), else {@code FAILED}.
 */
final class PrivateFolder {
  /** No file here is larger: a few of git's lines of 64 KB each. */
  static final int MOST_BYTES = 1 << 20;

  private static final String UNFINISHED = "unfinished-";
  private static final boolean POSIX = File.separatorChar == '/';

  private final Path path;

  PrivateFolder(Path path) {
    this.path = path;
  }

  Path resolve(String name) {
    return path.resolve(name);
  }

  @Override
  public String toString() {
    return path.toString();
  }

  /** The names of all files; none when there is no such folder. */
  List<String> names() throws StoreException {
    try {
      return PrivateFiles.names(path);
    } catch (IOException e) {
      throw StoreException.hidden("cannot read the folder " + path + PrivateFiles.reason(e), e)
          .withHint("ls -ld " + Console.word(path.toString()));
    }
  }

  /** What is in the file; absent when there is none. */
  byte @Nullable [] read(String name) throws StoreException {
    Path file = path.resolve(name);
    try {
      // Looked at before it is opened: opening a pipe would wait for its other end.
      BasicFileAttributes attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!attributes.isRegularFile() || attributes.size() > MOST_BYTES) {
        throw new StoreException(
            Reason.DAMAGED, file + " was not written by this program; check and delete it");
      }
      try (SeekableByteChannel channel =
          Files.newByteChannel(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
        ByteBuffer content = ByteBuffer.allocate((int) attributes.size());
        while (content.hasRemaining() && channel.read(content) >= 0) {
          // A file may come in pieces.
        }
        return content.hasRemaining()
            ? Arrays.copyOf(content.array(), content.position())
            : content.array();
      }
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw new StoreException(Reason.FAILED, "cannot read " + file + PrivateFiles.reason(e), e)
          .withHint("ls -l " + Console.word(file.toString()));
    }
  }

  /** Writes the file, in place of an older one. */
  void write(String name, byte[] content) throws StoreException {
    Path unfinished = writeUnfinished(content);
    Path file = path.resolve(name);
    try {
      PrivateFiles.finish(unfinished, file);
    } catch (IOException e) {
      throw notWritten(file, Reason.FAILED, e);
    }
  }

  /**
   * Writes the file unless it exists; of many processes that try at once, exactly one gets true.
   */
  boolean writeNew(String name, byte[] content) throws StoreException {
    Path unfinished = writeUnfinished(content);
    Path file = path.resolve(name);
    try {
      PrivateFiles.finishNew(unfinished, file, content);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (IOException e) {
      throw notWritten(file, Reason.FAILED, e);
    }
  }

  /** Removes the file. Returns whether there was one. */
  boolean delete(String name) throws StoreException {
    Path file = path.resolve(name);
    try {
      if (!Files.deleteIfExists(file)) {
        return false;
      }
    } catch (IOException e) {
      throw new StoreException(Reason.FAILED, "cannot remove " + file + PrivateFiles.reason(e), e)
          .withHint("ls -ld " + Console.word(path.toString()));
    }
    PrivateFiles.syncFolder(path);
    return true;
  }

  /** Removes other people's access to an existing file. */
  void narrow(String name) throws StoreException {
    Path file = path.resolve(name);
    try {
      narrow(file, Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
    } catch (NoSuchFileException e) {
      // Nothing to protect.
    } catch (IOException e) {
      throw openToOthers(file, e);
    }
  }

  private Path writeUnfinished(byte[] content) throws StoreException {
    makeFolder();
    try {
      return PrivateFiles.writeUnfinished(path, UNFINISHED, content);
    } catch (IOException e) {
      throw notWritten(path, Reason.UNAVAILABLE, e);
    }
  }

  private void makeFolder() throws StoreException {
    try {
      PrivateFiles.makeFolder(path);
    } catch (IOException e) {
      throw notWritten(path, Reason.UNAVAILABLE, e);
    }
    try {
      narrow(path, PosixFilePermissions.fromString("rwx------"));
    } catch (IOException e) {
      throw openToOthers(path, e);
    }
  }

  /** Removes what interrupted runs left behind. Never fails. */
  void removeAbandoned() {
    PrivateFiles.removeAbandoned(path, UNFINISHED);
  }

  private static void narrow(Path file, Set<PosixFilePermission> most) throws IOException {
    if (POSIX && !most.containsAll(Files.getPosixFilePermissions(file))) {
      Files.setPosixFilePermissions(file, most);
    }
  }

  private StoreException notWritten(Path file, Reason reason, IOException e) {
    // The errno is lost and its text is translated, so the disk itself is asked.
    if (Files.isDirectory(path) && path.toFile().getUsableSpace() < MOST_BYTES) {
      return new StoreException(Reason.LIMIT, "cannot write " + file + ": the disk is full", e);
    }
    return new StoreException(reason, "cannot write " + file + PrivateFiles.reason(e), e)
        .withHint("ls -ld " + Console.word(path.toString()));
  }

  private static StoreException openToOthers(Path file, IOException e) {
    return new StoreException(
            Reason.UNAVAILABLE, file + " belongs to another user and is open to others", e)
        .withHint("ls -ld " + Console.word(file.toString()));
  }
}
