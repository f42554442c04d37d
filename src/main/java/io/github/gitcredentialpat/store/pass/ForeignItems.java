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

  private final PassStore store;

  ForeignItems(PassStore store) {
    this.store = store;
  }

  @Override
  public List<ForeignEntry> list() throws StoreException {
    Path root = store.root();
    GcmFolder folder = folder(root);
    if (!Files.isDirectory(folder.path())) {
      PassStore.gpgId(root, folder.path());
    }
    return folder.list();
  }

  @Override
  public @Nullable Entry read(ForeignEntry foreign, EntryKey key) throws StoreException {
    byte[] content = store.decrypt(folder(store.root()).file(foreign));
    return content == null ? null : GcmFolder.entry(foreign, key, content);
  }

  @Override
  public boolean delete(ForeignEntry foreign) throws StoreException {
    Path root = store.root();
    return store.delete(root, folder(root).file(foreign));
  }

  private static GcmFolder folder(Path root) {
    return new GcmFolder(root.resolve(FOLDER), EntryPath.SUFFIX);
  }
}
