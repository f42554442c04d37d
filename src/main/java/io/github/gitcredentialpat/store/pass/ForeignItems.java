package io.github.gitcredentialpat.store.pass;

import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.ForeignEntries;
import io.github.gitcredentialpat.store.ForeignEntry;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.foreign.GcmFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Git Credential Manager keeps in the password store, in its folder {@code git}: names tell
 * protocol, host, path and user, and nothing is decrypted to list them.
 */
final class ForeignItems implements ForeignEntries {
  private static final String FOLDER = "git";

  private final Access access;

  ForeignItems(Access access) {
    this.access = access;
  }

  /** Access to the password store. */
  interface Access {
    /** Its folder. */
    Path root() throws StoreException;

    /** The plain text of a file; absent when the file does not exist. */
    byte @Nullable [] decrypt(Path file) throws StoreException;

    /** Deletes a file, and says whether it was there. */
    boolean delete(Path root, Path file) throws StoreException;

    /**
     * Fails where there is no password store at all.
     *
     * @param folder where an entry would be
     */
    void requireKey(Path root, Path folder) throws StoreException;
  }

  @Override
  public List<ForeignEntry> list() throws StoreException {
    Path root = access.root();
    GcmFolder folder = folder(root);
    if (!Files.isDirectory(folder.path())) {
      access.requireKey(root, folder.path());
    }
    return folder.list();
  }

  @Override
  public @Nullable Entry read(ForeignEntry foreign, EntryKey key) throws StoreException {
    byte[] content = access.decrypt(folder(access.root()).file(foreign));
    return content == null ? null : GcmFolder.entry(foreign, key, content);
  }

  @Override
  public boolean delete(ForeignEntry foreign) throws StoreException {
    Path root = access.root();
    return access.delete(root, folder(root).file(foreign));
  }

  private static GcmFolder folder(Path root) {
    return new GcmFolder(root.resolve(FOLDER), EntryPath.SUFFIX);
  }
}
