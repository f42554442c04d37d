package io.github.gitcredentialpat.store.foreign;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.platform.FileProblem;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.ForeignEntry;
import io.github.gitcredentialpat.store.StoreException;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A folder of Git Credential Manager's, with a file for each credential: {@code
 * https/dev.azure.com/contoso/alice.gpg}, a port behind the host. In it stand the password on the
 * first line, then {@code service=} and {@code account=}; whether it is encrypted is up to who
 * reads it.
 */
public final class GcmFolder {
  /** Deeper than real folders go, so that a loop of links ends. */
  private static final int DEEPEST = 64;

  private final Path root;
  private final String suffix;

  /**
   * A folder that may be there or not.
   *
   * @param suffix what the names of files end with
   */
  public GcmFolder(Path root, String suffix) {
    this.root = root;
    this.suffix = suffix;
  }

  /** The path of the folder. */
  public Path path() {
    return root;
  }

  /**
   * All credentials, by the names of their files; none where there is no such folder.
   *
   * @throws StoreException when a folder cannot be read, and so nobody knows what is in it
   */
  public List<ForeignEntry> list() throws StoreException {
    List<ForeignEntry> entries = new ArrayList<>();
    if (!Files.notExists(root)) {
      collect(root, new ArrayList<>(), entries);
    }
    return entries;
  }

  private void collect(Path folder, List<String> names, List<ForeignEntry> found)
      throws StoreException {
    if (names.size() > DEEPEST) {
      return;
    }
    for (Path file : files(folder)) {
      String name = file.getFileName().toString();
      if (name.startsWith(".")) {
        continue;
      }
      BasicFileAttributes own = attributes(file, LinkOption.NOFOLLOW_LINKS);
      if (own != null && own.isDirectory()) {
        names.add(name);
        collect(file, names, found);
        names.remove(names.size() - 1);
      } else if (names.size() >= 2 && name.endsWith(suffix) && isFile(file)) {
        ForeignEntry entry =
            ForeignEntry.ofUrl(
                ForeignEntry.Program.GIT_CREDENTIAL_MANAGER,
                url(names),
                name.substring(0, name.length() - suffix.length()),
                0,
                root.relativize(file).toString());
        if (entry != null) {
          found.add(entry);
        }
      }
    }
  }

  /** What is in a folder, by name. */
  private static List<Path> files(Path folder) throws StoreException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      stream.forEach(files::add);
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    } catch (DirectoryIteratorException e) {
      throw unreadable(folder, e.getCause());
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
    files.sort(null);
    return files;
  }

  private static boolean isFile(Path file) throws StoreException {
    BasicFileAttributes attributes = attributes(file);
    return attributes != null && attributes.isRegularFile();
  }

  /** Null when it is gone meanwhile, or a link that leads nowhere. */
  private static @Nullable BasicFileAttributes attributes(Path file, LinkOption... options)
      throws StoreException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class, options);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static StoreException unreadable(Path path, IOException problem) {
    return new StoreException(
        StoreException.Reason.FAILED, FileProblem.describe("read", path, problem), problem);
  }

  private static String url(List<String> names) {
    String host = names.get(1);
    int dash = host.lastIndexOf('-');
    // A colon can be in no name on Windows.
    if (File.separatorChar == '\\' && dash > 0 && host.substring(dash + 1).matches("\\d{1,5}")) {
      host = host.substring(0, dash) + ":" + host.substring(dash + 1);
    }
    return names.get(0) + "://" + host + "/" + String.join("/", names.subList(2, names.size()));
  }

  /** The file of one that {@link #list} gave. */
  public Path file(ForeignEntry foreign) {
    return root.resolve(foreign.handle());
  }

  /**
   * What a file holds as an entry of ours; absent when it is not the manager's, or is for another
   * host than its name says.
   *
   * @param key the key that it gets
   * @param content the file's, decrypted; wiped
   */
  public static @Nullable Entry entry(ForeignEntry foreign, EntryKey key, byte[] content) {
    byte[] lines = new byte[content.length];
    int length = 0;
    boolean isService = false;
    int start = 0;
    while (start < content.length) {
      int end = start;
      while (end < content.length && content[end] != '\n') {
        end++;
      }
      int lineEnd = end > start && content[end - 1] == '\r' ? end - 1 : end;
      if (start > 0) {
        isService |= isService(foreign, new String(content, start, lineEnd - start, UTF_8));
        lines[length++] = '\n';
      }
      System.arraycopy(content, start, lines, length, lineEnd - start);
      length += lineEnd - start;
      start = end + 1;
    }
    byte[] payload = Arrays.copyOf(lines, length);
    Arrays.fill(lines, (byte) 0);
    Arrays.fill(content, (byte) 0);
    if (!isService) {
      Arrays.fill(payload, (byte) 0);
      return null;
    }
    return foreign.as(key, payload);
  }

  private static boolean isService(ForeignEntry foreign, String line) {
    if (!line.startsWith("service=")) {
      return false;
    }
    ForeignEntry named =
        ForeignEntry.ofUrl(
            foreign.program(), line.substring("service=".length()), null, 0, foreign.handle());
    return named != null
        && named.protocol().equalsIgnoreCase(foreign.protocol())
        && named.host().equalsIgnoreCase(foreign.host());
  }
}
