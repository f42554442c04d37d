package io.github.gitcredentialpat.platform;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * Folders that only their owner may enter (0700) and files that only their owner may read (0600),
 * whatever the umask. A file is written whole or not at all; the names in a folder are all read, or
 * none.
 */
public final class PrivateFiles {
  private static final boolean POSIX = File.separatorChar == '/';
  private static final String FOLDER = "rwx------";
  private static final String FILE = "rw-------";
  private static final long ABANDONED_MILLIS = 60_000;

  private PrivateFiles() {}

  /** Makes a folder, with those above it that are missing. */
  public static void makeFolder(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    Path parent = folder.getParent();
    if (parent != null) {
      makeFolder(parent);
    }
    try {
      Files.createDirectory(folder, only(FOLDER));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder)) {
        throw e;
      }
    }
    giveOwnRights(folder, FOLDER);
  }

  /**
   * The names of all that is in a folder; none when there is no such folder.
   *
   * @throws IOException when not all of them can be read: what is unreadable is not absent
   */
  public static List<String> names(Path folder) throws IOException {
    List<String> names = new ArrayList<>();
    // File.list would give an error of reading as the end of the folder.
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        // Without another path for each: there may be ten thousand.
        String path = file.toString();
        names.add(path.substring(path.lastIndexOf(File.separatorChar) + 1));
      }
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return names;
  }

  /**
   * Writes a new file onto the disk.
   *
   * @throws FileAlreadyExistsException when there is one of that name
   * @throws IOException when the file may be incomplete; it has been removed then
   */
  public static void writeNew(Path file, byte[] content) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), only(FILE));
    boolean written = false;
    try (channel) {
      giveOwnRights(file, FILE);
      ByteBuffer left = ByteBuffer.wrap(content);
      while (left.hasRemaining()) {
        channel.write(left);
      }
      sync(channel);
      written = true;
    } finally {
      if (!written) {
        Files.deleteIfExists(file);
      }
    }
  }

  /**
   * Writes a file under a temporary name, synced to disk, and removes what interrupted runs left
   * behind.
   *
   * @param prefix what the names of unfinished files in this folder begin with
   * @return the file, for {@link #finish} or {@link #finishNew}
   */
  public static Path writeUnfinished(Path folder, String prefix, byte[] content)
      throws IOException {
    removeAbandoned(folder, prefix);
    byte[] random = new byte[8];
    new SecureRandom().nextBytes(random);
    Path unfinished = folder.resolve(prefix + HexFormat.of().formatHex(random));
    writeNew(unfinished, content);
    return unfinished;
  }

  /**
   * Renames an unfinished file, replacing an older one: readers find either, whole. When that
   * fails, the unfinished file is removed.
   */
  public static void finish(Path unfinished, Path file) throws IOException {
    try {
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      remove(unfinished);
      throw e;
    }
    syncFolder(file.getParent());
  }

  /**
   * Gives an unfinished file a name that is free; of many processes that try at once, exactly one
   * succeeds.
   *
   * @param content what is in it
   * @throws FileAlreadyExistsException when the name is taken
   */
  public static void finishNew(Path unfinished, Path file, byte[] content) throws IOException {
    try {
      Files.createLink(file, unfinished);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (IOException | UnsupportedOperationException e) {
      // A file system without hard links: still no overwriting, but a crash may leave half.
      writeNew(file, content);
    } finally {
      remove(unfinished);
    }
    syncFolder(file.getParent());
  }

  /** Removes the unfinished files that nobody is writing any more. Never fails. */
  public static void removeAbandoned(Path folder, String prefix) {
    try {
      for (String name : names(folder)) {
        if (name.startsWith(prefix)) {
          Path file = folder.resolve(name);
          long modified = file.toFile().lastModified();
          // 0: its writer has just finished with it.
          if (modified != 0 && modified < System.currentTimeMillis() - ABANDONED_MILLIS) {
            remove(file);
          }
        }
      }
    } catch (IOException e) {
      // A later write tries again. A folder may be one to write into and not to look into.
    }
  }

  private static void remove(Path unfinished) {
    try {
      Files.deleteIfExists(unfinished);
    } catch (IOException e) {
      // A later write tries again.
    }
  }

  /**
   * Syncs the names in a folder to disk where the system can. Never fails: a name that was given is
   * there in any case, and many file systems cannot sync a folder.
   */
  public static void syncFolder(Path folder) {
    // Windows cannot open a folder, and syncs its entries by itself.
    if (POSIX) {
      try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
        names.force(true);
      } catch (IOException e) {
        // As above.
      }
    }
  }

  /** The system's reason in parentheses, with a space in front; empty when unknown. */
  public static String reason(IOException problem) {
    if (problem instanceof AccessDeniedException) {
      return " (permission denied)";
    }
    String reason = problem instanceof FileSystemException e ? e.getReason() : problem.getMessage();
    return reason == null || reason.isEmpty() ? "" : " (" + reason + ")";
  }

  /** The attribute of a file that is made with these rights and no others. */
  private static FileAttribute<?>[] only(String rights) {
    return POSIX
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))
        }
        : new FileAttribute<?>[0];
  }

  /** The umask may have taken the owner's own rights as well. */
  private static void giveOwnRights(Path path, String rights) throws IOException {
    if (POSIX) {
      Set<PosixFilePermission> wanted = PosixFilePermissions.fromString(rights);
      if (!Files.getPosixFilePermissions(path).containsAll(wanted)) {
        Files.setPosixFilePermissions(path, wanted);
      }
    }
  }

  private static void sync(FileChannel channel) throws IOException {
    try {
      channel.force(true);
    } catch (IOException e) {
      if (!isUnsupported(e)) {
        throw e;
      }
    }
  }

  /**
   * Whether a file system said that it cannot do this, rather than that it failed: EINVAL, ENOTSUP
   * and ENOSYS. Java keeps only their words, which are English in the launcher's locale.
   */
  private static boolean isUnsupported(IOException problem) {
    String message = problem.getMessage();
    return "Invalid argument".equals(message)
        || "Operation not supported".equals(message)
        || "Function not implemented".equals(message);
  }

  /** Whether this file is locked now, for as long as the channel is open. */
  public static boolean tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      // Another thread of this process has it.
      return false;
    }
  }
}
