package io.github.gitcredentialpat.store.foreign;

import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.FileProblem;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.ForeignEntries;
import io.github.gitcredentialpat.store.ForeignEntry;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Git Credential Manager's {@code plaintext} store: {@code ~/.gcm/store}, or where {@code
 * GCM_PLAINTEXT_STORE_PATH} says, with a file for each credential.
 */
public final class GcmFiles implements ForeignEntries {
  private static final int MOST_BYTES = 1 << 20;

  private final GcmFolder folder;

  /** A store that may be there or not. */
  public GcmFiles(Environment surroundings) {
    String variable = surroundings.variable("GCM_PLAINTEXT_STORE_PATH");
    Path root =
        variable == null ? Path.of(surroundings.home(), ".gcm", "store") : Path.of(variable);
    folder = new GcmFolder(root.toAbsolutePath().resolve("git"), ".credential");
  }

  /** The path of the folder. */
  public Path path() {
    return folder.path();
  }

  @Override
  public List<ForeignEntry> list() throws StoreException {
    return folder.list();
  }

  @Override
  public @Nullable Entry read(ForeignEntry foreign, EntryKey key) throws StoreException {
    Path file = folder.file(foreign);
    try (InputStream in = Files.newInputStream(file)) {
      return GcmFolder.entry(foreign, key, in.readNBytes(MOST_BYTES));
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw new StoreException(Reason.FAILED, FileProblem.describe("read", file, e), e);
    }
  }

  @Override
  public boolean delete(ForeignEntry foreign) throws StoreException {
    Path file = folder.file(foreign);
    try {
      return Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new StoreException(Reason.FAILED, FileProblem.describe("remove", file, e), e);
    }
  }
}
