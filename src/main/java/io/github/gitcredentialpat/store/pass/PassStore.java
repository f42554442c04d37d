package io.github.gitcredentialpat.store.pass;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.PrivateFiles;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.ForeignEntries;
import io.github.gitcredentialpat.store.Payload;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

// More than 400 lines: the store, and the rules of pass(1) that it keeps.
/**
 * The standard Unix password manager's store (pass(1)): one file per entry, encrypted by gpg to
 * every key that the nearest {@code .gpg-id} names, so that a team's store works.
 *
 * <p>Entries lie in {@code $PASSWORD_STORE_DIR} or {@code ~/.password-store}, in the folder {@code
 * git-credential-pat}, as {@link EntryPath} names them, so that {@code pass show
 * git-credential-pat/https/dev.azure.com/contoso/alice} shows one: the token on the first line,
 * then {@code key=value} lines as in {@link Payload}. {@code PASSWORD_STORE_KEY}, {@code
 * PASSWORD_STORE_GPG_OPTS} and {@code PASSWORD_STORE_SIGNING_KEY} mean what they mean to pass. If
 * the store is a git work tree each change is committed, never pushed.
 *
 * <p>Who can read it: who has one of these keys and its passphrase, and while the agent remembers
 * that (ten minutes after the last use, by default) every process of the same user. The names of
 * protocol, host, organization and user are not encrypted.
 *
 * <p>There is nothing to unlock before others wait for the lock: encrypting needs no passphrase,
 * and what a person was asked for in order to read it is not asked for again when it is read under
 * the lock. A commit that is to be signed gets the time of a run without a prompt.
 *
 * <p>Errors: {@code UNAVAILABLE} without gpg or {@code .gpg-id} and when no key of this person
 * fits; {@code LOCKED} when a passphrase is needed and nobody can be asked; {@code DENIED} when it
 * was refused; {@code LIMIT} for a name that no file can have; {@code TIMEOUT}; else {@code
 * FAILED}.
 */
public final class PassStore implements Store {
  private static final String FOLDER = "git-credential-pat";
  private static final String GPG_ID = ".gpg-id";
  private static final String UNFINISHED = ".unfinished-";

  /** Below the 255 bytes of nearly all file systems, with room for what synchronizers add. */
  private static final int LONGEST_NAME = 230;

  private static final int LONGEST_POSSIBLE = 255;

  /** No file system has deeper folders, and a loop of links ends. */
  private static final int DEEPEST = 64;

  private final Environment surroundings;
  private final Gpg gpg;

  /** A store that starts no program until it is used. */
  public PassStore(Environment surroundings) {
    this.surroundings = surroundings;
    this.gpg = new Gpg(surroundings);
  }

  @Override
  public String name() {
    return "pass";
  }

  @Override
  public String location() {
    return rootName() + "/" + FOLDER + " (see pass ls " + FOLDER + ")";
  }

  @Override
  public String readers() {
    return "owners of the gpg keys in .gpg-id, and every program of this user while gpg's agent"
        + " remembers the passphrase";
  }

  @Override
  public List<Entry> find(Identity where) throws StoreException {
    List<StoreException> unread = new ArrayList<>();
    return complete(find(where, unread), unread);
  }

  @Override
  public List<Entry> find(Identity where, List<StoreException> unread) throws StoreException {
    Path root = root();
    Path folder = folder(root, where);
    if (cannotBe(root, folder)) {
      gpgId(root, root.resolve(FOLDER));
      return List.of();
    }
    Folder files = new Folder(unread);
    files.collect(folder, EntryPath.folders(where), where.path() == null);
    if (files.found.isEmpty() && unread.isEmpty()) {
      gpgId(root, folder);
    }
    List<Entry> entries = new ArrayList<>(files.found.size());
    for (Found file : files.found) {
      try {
        byte[] payload = gpg.decrypt(file.path());
        if (payload != null) {
          entries.add(decode(file, payload));
        }
      } catch (StoreException e) {
        unread.add(e);
        if (e.reason() != Reason.DAMAGED
            && e.reason() != Reason.UNAVAILABLE
            && e.reason() != Reason.FAILED) {
          break; // Nobody is asked twice.
        }
      }
    }
    // What is for other people only is none of this person's.
    if (!entries.isEmpty()) {
      unread.removeIf(problem -> problem.reason() == Reason.UNAVAILABLE);
    }
    return entries;
  }

  /**
   * Returns what was found. Throws what could not be read, except damaged entries where others were
   * found.
   */
  private static <T> List<T> complete(List<T> found, List<StoreException> unread)
      throws StoreException {
    for (StoreException problem : unread) {
      if (found.isEmpty() || problem.reason() != Reason.DAMAGED) {
        throw problem;
      }
    }
    return found;
  }

  private static Entry decode(Found file, byte[] payload) throws StoreException {
    if (isBlank(payload)) {
      throw new StoreException(
          Reason.DAMAGED, file.path() + " is empty; restore it from a backup or log in again");
    }
    Entry entry = Payload.decode(file.key(), payload);
    Arrays.fill(payload, (byte) 0);
    if (entry == null) {
      throw new StoreException(
          Reason.DAMAGED, file.path() + " contains no usable entry; delete it");
    }
    return entry;
  }

  /** Whether the plain text is empty: a password may be, but then lines follow it. */
  private static boolean isBlank(byte[] payload) {
    for (byte b : payload) {
      if (b != '\n' && b != '\r') {
        return false;
      }
    }
    return true;
  }

  /** The keys of all entries, from the names of their files; gpg is not started. */
  @Override
  public List<EntryKey> list() throws StoreException {
    List<StoreException> unread = new ArrayList<>();
    return complete(list(unread), unread);
  }

  @Override
  public List<EntryKey> list(List<StoreException> unread) throws StoreException {
    Path root = root();
    Folder files = new Folder(unread);
    files.collect(root.resolve(FOLDER), new ArrayList<>(), true);
    if (files.found.isEmpty() && unread.isEmpty()) {
      gpgId(root, root.resolve(FOLDER));
    }
    List<EntryKey> keys = new ArrayList<>(files.found.size());
    for (Found file : files.found) {
      keys.add(file.key());
    }
    return keys;
  }

  /** A file that pass itself does not list, since its name or folder begins with a dot. */
  @Override
  public @Nullable Path lockFile() {
    Path root;
    try {
      root = root();
    } catch (StoreException e) {
      return null;
    }
    Path git = root.resolve(".git");
    if (Files.isDirectory(git)) {
      return git.resolve("git-credential-pat.lock");
    }
    // No store is made here by looking for one.
    return Files.isRegularFile(root.resolve(GPG_ID))
        ? root.resolve(".git-credential-pat.lock")
        : null;
  }

  @Override
  public void save(Entry entry) throws StoreException {
    Path root = root();
    Path file = file(root, entry.key());
    refuseLongNames(root, file);
    Path gpgId = gpgId(root, file.getParent());
    byte[] payload = Payload.encode(entry);
    byte[] encrypted;
    try {
      encrypted = gpg.encrypt(payload, recipients(gpgId), gpgId);
    } finally {
      Arrays.fill(payload, (byte) 0);
    }
    try {
      write(root, file, encrypted);
    } catch (IOException e) {
      throw new StoreException(Reason.FAILED, "cannot write " + file + PrivateFiles.reason(e), e)
          .withHint("ls -ld " + Console.word(root.toString()));
    }
    new PassCommit(root, surroundings).change(file, "Keep " + passName(root, file));
  }

  @Override
  public boolean delete(EntryKey key) throws StoreException {
    Path root = root();
    return delete(root, file(root, key));
  }

  @Override
  public ForeignEntries foreignEntries() {
    return new ForeignItems(
        new ForeignItems.Access() {
          @Override
          public Path root() throws StoreException {
            return PassStore.this.root();
          }

          @Override
          public byte @Nullable [] decrypt(Path file) throws StoreException {
            return PassStore.this.decrypt(file);
          }

          @Override
          public boolean delete(Path root, Path file) throws StoreException {
            return PassStore.this.delete(root, file);
          }

          @Override
          public void requireKey(Path root, Path folder) throws StoreException {
            gpgId(root, folder);
          }
        });
  }

  /** What is in a file, absent when there is none. The caller wipes it. */
  private byte @Nullable [] decrypt(Path file) throws StoreException {
    return gpg.decrypt(file);
  }

  /** Deletes a file, in git as well, and the folders that it leaves empty. */
  private boolean delete(Path root, Path file) throws StoreException {
    try {
      if (cannotBe(root, file) || !Files.deleteIfExists(file)) {
        return false;
      }
    } catch (IOException e) {
      throw new StoreException(Reason.FAILED, "cannot remove " + file + PrivateFiles.reason(e), e)
          .withHint("ls -l " + Console.word(file.toString()));
    }
    new PassCommit(root, surroundings).change(file, "Remove " + passName(root, file));
    // Folders that are empty now go as well: they do not delete while anything is in them.
    Path folder = file.getParent();
    while (!folder.equals(root) && folder.toFile().delete()) {
      folder = folder.getParent();
    }
    return true;
  }

  private record Found(Path path, EntryKey key) {}

  /** Collects the entries in folders of the store. */
  private static final class Folder {
    final List<Found> found = new ArrayList<>();
    private final List<StoreException> unread;

    Folder(List<StoreException> unread) {
      this.unread = unread;
    }

    void collect(Path folder, List<String> names, boolean deep) {
      if (names.size() > DEEPEST) {
        return;
      }
      List<String> files = List.of();
      try {
        files = PrivateFiles.names(folder);
      } catch (IOException e) {
        unread.add(cannotRead("the folder " + folder, folder, e));
      }
      for (String name : files) {
        EntryKey key = EntryPath.parse(names, name);
        if (key == null && (!deep || name.startsWith("."))) {
          continue;
        }
        Path file = folder.resolve(name);
        BasicFileAttributes attributes = attributes(file);
        if (attributes != null && key != null && attributes.isRegularFile()) {
          found.add(new Found(file, key));
        } else if (attributes != null && deep && attributes.isDirectory()) {
          names.add(name);
          collect(file, names, true);
          names.remove(names.size() - 1);
        }
      }
    }

    private @Nullable BasicFileAttributes attributes(Path file) {
      try {
        return Files.readAttributes(file, BasicFileAttributes.class);
      } catch (NoSuchFileException e) {
        return null; // Somebody removed it since the folder was read.
      } catch (IOException e) {
        unread.add(cannotRead(file.toString(), file, e));
        return null;
      }
    }
  }

  private static StoreException cannotRead(String what, Path path, IOException e) {
    return new StoreException(Reason.FAILED, "cannot read " + what + PrivateFiles.reason(e), e)
        .withHint("ls -ld " + Console.word(path.toString()));
  }

  private String rootName() {
    String folder = surroundings.variable("PASSWORD_STORE_DIR");
    if (folder != null) {
      return folder;
    }
    return surroundings.home() + "/.password-store";
  }

  private Path root() throws StoreException {
    try {
      Path root = Path.of(rootName()).normalize();
      if (Environment.isNowhere(root)) {
        throw new StoreException(Reason.UNAVAILABLE, surroundings.whyNowhere());
      }
      if (root.isAbsolute() && Environment.isReadable(root.toString())) {
        return root;
      }
    } catch (InvalidPathException e) {
      // In a locale that cannot spell it.
    }
    throw new StoreException(
        Reason.UNAVAILABLE, "PASSWORD_STORE_DIR is not a readable absolute path");
  }

  private static Path folder(Path root, Identity where) {
    Path path = root.resolve(FOLDER);
    for (String folder : EntryPath.folders(where)) {
      path = path.resolve(folder);
    }
    return path;
  }

  private static Path file(Path root, EntryKey key) {
    return folder(root, key.identity()).resolve(EntryPath.file(key.user()));
  }

  /** Whether a part of the path is longer than any name of a file. */
  private static boolean cannotBe(Path root, Path path) {
    for (Path name : root.relativize(path)) {
      if (name.toString().length() > LONGEST_POSSIBLE) {
        return true;
      }
    }
    return false;
  }

  private static void refuseLongNames(Path root, Path file) throws StoreException {
    for (Path name : root.relativize(file)) {
      int length = name.toString().length();
      if (length > LONGEST_NAME) {
        throw new StoreException(
            Reason.LIMIT,
            "the address or user name needs a file name of "
                + length
                + " bytes, over "
                + LONGEST_NAME
                + "; use another store, such as --store file");
      }
    }
  }

  /** The name of the entry for pass. */
  private static String passName(Path root, Path file) {
    String name = root.relativize(file).toString();
    return name.substring(0, name.length() - EntryPath.SUFFIX.length());
  }

  /** The nearest {@code .gpg-id}, from a folder of the store upwards. */
  private static Path gpgId(Path root, Path folder) throws StoreException {
    for (Path above = folder; above.startsWith(root); above = above.getParent()) {
      Path file = above.resolve(GPG_ID);
      try {
        if (Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
          return file;
        }
      } catch (NoSuchFileException e) {
        // The one above counts.
      } catch (IOException e) {
        throw StoreException.hidden("cannot read " + file + PrivateFiles.reason(e), e)
            .withHint("ls -ld " + Console.word(root.toString()));
      }
    }
    throw new StoreException(Reason.UNAVAILABLE, "no password store at " + root)
        .withHint("pass init YOUR-GPG-KEY");
  }

  private List<String> recipients(Path gpgId) throws StoreException {
    String keys = surroundings.variable("PASSWORD_STORE_KEY");
    if (keys != null) {
      return Gpg.words(keys);
    }
    String signers = surroundings.variable("PASSWORD_STORE_SIGNING_KEY");
    if (signers != null && !gpg.isSigned(gpgId, signers)) {
      throw new StoreException(
              Reason.DENIED,
              gpgId + " is not signed by PASSWORD_STORE_SIGNING_KEY; if its keys are right, run")
          .withHint("pass init");
    }
    List<String> recipients = new ArrayList<>();
    try {
      String text = new String(Files.readAllBytes(gpgId), StandardCharsets.UTF_8);
      for (String line : text.split("\n")) {
        int comment = line.indexOf('#');
        String recipient = (comment < 0 ? line : line.substring(0, comment)).strip();
        if (!recipient.isEmpty()) {
          recipients.add(recipient);
        }
      }
    } catch (IOException e) {
      throw new StoreException(Reason.FAILED, "cannot read " + gpgId, e);
    }
    if (recipients.isEmpty()) {
      throw new StoreException(Reason.UNAVAILABLE, gpgId + " names no key")
          .withHint("pass init YOUR-GPG-KEY");
    }
    return recipients;
  }

  private static void write(Path root, Path file, byte[] content)
      throws IOException, StoreException {
    Path folder = file.getParent();
    PrivateFiles.makeFolder(folder);
    // In a store that others write to as well, a link could lead anywhere.
    if (!folder.toRealPath().startsWith(root.resolve(FOLDER).toRealPath())) {
      throw new StoreException(Reason.DENIED, folder + " is a link out of the store");
    }
    PrivateFiles.finish(PrivateFiles.writeUnfinished(folder, UNFINISHED, content), file);
  }
}
