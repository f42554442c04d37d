package io.github.gitcredentialpat.store.foreign;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.FileProblem;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.ForeignEntries;
import io.github.gitcredentialpat.store.ForeignEntry;
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
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file in which another program keeps passwords for everybody to read who can read the file. When
 * one is taken out, all other bytes and the file's mode stay; the new file is written under git's
 * own lock, {@code FILE.lock}, and renamed. When an entry was stored such a file does not tell.
 *
 * <p>However many entries are read, the file is read once for all of them, and until {@link
 * #forget} its secrets stay in memory; it is read anew, and written once, for those to be deleted.
 */
public final class PlaintextFile implements ForeignEntries {
  private static final int MOST_BYTES = 1 << 24;
  private static final boolean POSIX = File.separatorChar == '/';
  private static final Set<StandardOpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  private final Path path;
  private final FileFormat format;

  /** The secrets by their handles, once one of them was asked for. */
  private @Nullable Map<String, Secret> secrets;

  PlaintextFile(Path path, FileFormat format) {
    this.path = path;
    this.format = format;
  }

  /** The path of the file. */
  public Path path() {
    return path;
  }

  @Override
  public List<ForeignEntry> list() throws StoreException {
    byte[] content = content();
    Set<ForeignEntry> entries = new LinkedHashSet<>();
    for (FileSection piece : format.pieces(content)) {
      entries.add(
          new ForeignEntry(
              format.program(),
              piece.protocol(),
              piece.host(),
              piece.path(),
              piece.user(),
              0,
              handle(piece)));
      piece.wipe();
    }
    wipe(content);
    return List.copyOf(entries);
  }

  @Override
  public @Nullable Entry read(ForeignEntry foreign, EntryKey key) throws StoreException {
    if (secrets == null) {
      secrets = secrets();
    }
    Secret secret = secrets.get(foreign.handle());
    return secret == null ? null : Entry.of(key, Secret.password(secret.bytes().clone()), 0);
  }

  private Map<String, Secret> secrets() throws StoreException {
    byte[] content = content();
    Map<String, Secret> found = new HashMap<>();
    for (FileSection piece : format.pieces(content)) {
      if (found.putIfAbsent(handle(piece), piece.secret()) != null) {
        piece.wipe();
      }
    }
    wipe(content);
    return found;
  }

  @Override
  public void forget() {
    if (secrets != null) {
      secrets.values().forEach(Secret::wipe);
      secrets = null;
    }
  }

  @Override
  public boolean delete(ForeignEntry foreign) throws StoreException {
    return !delete(List.of(foreign)).isEmpty();
  }

  /** Deletes several at once. Returns those that were still there. */
  public List<ForeignEntry> delete(Collection<ForeignEntry> entries) throws StoreException {
    Set<String> handles = new HashSet<>();
    entries.forEach(entry -> handles.add(entry.handle()));
    Set<String> gone = without(handles);
    return entries.stream().filter(entry -> gone.contains(entry.handle())).toList();
  }

  /** Writes the file without these. Returns those that were still in it. */
  private Set<String> without(Set<String> handles) throws StoreException {
    try {
      // A link to a file elsewhere stays one.
      Path file = path.toRealPath();
      Path unfinished = file.resolveSibling(file.getFileName() + ".lock");
      try (FileChannel out = FileChannel.open(unfinished, NEW, onlyForOwner())) {
        Set<String> gone = Set.of();
        try {
          gone = write(handles, file, unfinished, out);
        } finally {
          if (gone.isEmpty()) {
            Files.deleteIfExists(unfinished);
          }
        }
        return gone;
      }
    } catch (NoSuchFileException e) {
      return Set.of();
    } catch (FileAlreadyExistsException e) {
      throw new StoreException(
          Reason.FAILED,
          path
              + " is being written by another program; wait, or delete "
              + e.getFile()
              + " if it is not",
          e);
    } catch (IOException e) {
      throw failed("write", e);
    }
  }

  private Set<String> write(Set<String> handles, Path file, Path unfinished, FileChannel out)
      throws IOException, StoreException {
    byte[] content = content();
    byte[] rest = new byte[content.length];
    int length = 0;
    int copied = 0;
    Set<String> gone = new HashSet<>();
    for (FileSection piece : format.pieces(content)) {
      String handle = handle(piece);
      piece.wipe();
      if (!handles.contains(handle)) {
        continue;
      }
      gone.add(handle);
      // The blanks between two that go belong to both.
      int start = Math.max(piece.start(), copied);
      System.arraycopy(content, copied, rest, length, start - copied);
      length += start - copied;
      copied = piece.end();
      boolean emptiesLine = length == 0 || rest[length - 1] == '\n';
      if (emptiesLine
          && content[copied - 1] != '\n'
          && copied < content.length
          && content[copied] == '\n') {
        copied++;
      }
    }
    System.arraycopy(content, copied, rest, length, content.length - copied);
    length += content.length - copied;
    try {
      if (!gone.isEmpty()) {
        replace(file, unfinished, out, ByteBuffer.wrap(rest, 0, length));
      }
    } finally {
      wipe(content);
      wipe(rest);
    }
    return gone;
  }

  private static void replace(Path file, Path unfinished, FileChannel out, ByteBuffer content)
      throws IOException {
    while (content.hasRemaining()) {
      out.write(content);
    }
    if (POSIX) {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      // Some file systems know no other permissions than they give by themselves.
      if (!permissions.equals(Files.getPosixFilePermissions(unfinished))) {
        Files.setPosixFilePermissions(unfinished, permissions);
      }
    }
    out.force(true);
    if (!POSIX) {
      // Windows renames no file that is open.
      out.close();
    }
    Files.move(
        unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** What is in the file; nothing when there is none. */
  private byte[] content() throws StoreException {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      // Opening a pipe would wait for its other end.
      if (!attributes.isRegularFile() || attributes.size() > MOST_BYTES) {
        throw new StoreException(Reason.FAILED, path + " is not a file with passwords")
            .withHint("ls -l " + Console.word(path.toString()));
      }
      try (InputStream in = Files.newInputStream(path)) {
        return in.readNBytes(MOST_BYTES);
      }
    } catch (NoSuchFileException e) {
      return new byte[0];
    } catch (IOException e) {
      throw failed("read", e);
    }
  }

  private StoreException failed(String what, IOException problem) {
    return new StoreException(Reason.FAILED, FileProblem.describe(what, path, problem), problem);
  }

  /**
   * Tells a credential from the others wherever in the file it stands and however it is written
   * there, even when the file was changed meanwhile.
   */
  private static String handle(FileSection piece) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      String user = piece.user();
      String path = piece.path();
      String place = piece.protocol() + "\0" + piece.host() + "\0" + path + "\0" + user + "\0";
      digest.update(place.getBytes(UTF_8));
      digest.update(piece.secret().bytes());
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
