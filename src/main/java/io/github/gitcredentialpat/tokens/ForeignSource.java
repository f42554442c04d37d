package io.github.gitcredentialpat.tokens;

import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.ForeignEntries;
import io.github.gitcredentialpat.store.ForeignEntry;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.store.foreign.GcmFiles;
import io.github.gitcredentialpat.store.foreign.KnownFiles;
import io.github.gitcredentialpat.store.foreign.PlaintextFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A place where other programs keep entries that could be imported.
 *
 * @param name the name that {@code --from} knows it by
 * @param place where it is, for a person
 * @param isPlain whether everybody can read it who can read the person's files
 * @param entries what is there
 */
public record ForeignSource(String name, String place, boolean isPlain, ForeignEntries entries) {
  /** The names, as a person types them. */
  public static final String NAMES =
      "secretservice, keychain, wincred, pass, store, gcm, netrc, azure-cli";

  private static final List<String> KNOWN = List.of(NAMES.split(", "));

  /** The names that a shell completes after {@code --from}. */
  public static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return KNOWN.iterator();
    }
  }

  /** The files of git's own store helper that git's configuration names. */
  public interface NamedFiles {
    List<Path> list() throws UserException, IOException;
  }

  /**
   * All there are, keychains first.
   *
   * @param files those that git's configuration names
   * @param name the only one that is meant; absent for all
   */
  public static List<ForeignSource> of(
      List<Store> stores, Environment surroundings, NamedFiles files, @Nullable String name)
      throws UserException {
    if (name != null && !KNOWN.contains(name)) {
      throw UserException.wrongUsage("no such source \"" + name + "\"; choose from " + NAMES);
    }
    List<ForeignSource> sources = new ArrayList<>();
    for (Store store : stores) {
      ForeignEntries entries = store.foreignEntries();
      if (entries != null) {
        sources.add(new ForeignSource(store.name(), store.name(), false, entries));
      }
    }
    List<Path> named = new ArrayList<>();
    try {
      named.addAll(files.list());
    } catch (UserException | IOException e) {
      sources.add(new ForeignSource("store", "git's configuration", true, new Unreadable(e)));
    }
    add(sources, "store", KnownFiles.ofGit(surroundings, named));
    GcmFiles manager = new GcmFiles(surroundings);
    // What nobody can tell of is not absent: reading it says why.
    if (!Files.notExists(manager.path())) {
      sources.add(new ForeignSource("gcm", manager.path().toString(), true, manager));
    }
    add(sources, "netrc", KnownFiles.ofNetrc(surroundings));
    add(sources, "azure-cli", KnownFiles.ofAzure(surroundings));
    sources.removeIf(source -> name != null && !name.equals(source.name()));
    return sources;
  }

  private static void add(List<ForeignSource> sources, String name, List<PlaintextFile> files) {
    for (PlaintextFile file : files) {
      sources.add(new ForeignSource(name, file.path().toString(), true, file));
    }
  }

  /** Files that cannot be found, because the configuration that names them cannot be read. */
  private record Unreadable(Exception problem) implements ForeignEntries {
    @Override
    public List<ForeignEntry> list() throws StoreException {
      throw new StoreException(Reason.FAILED, problem.getMessage(), problem);
    }

    @Override
    public @Nullable Entry read(ForeignEntry foreign, EntryKey key) {
      return null;
    }

    @Override
    public boolean delete(ForeignEntry foreign) {
      return false;
    }
  }
}
