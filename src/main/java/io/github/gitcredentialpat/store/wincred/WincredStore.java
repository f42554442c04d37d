package io.github.gitcredentialpat.store.wincred;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.ForeignEntries;
import io.github.gitcredentialpat.store.Payload;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The Windows Credential Manager: one generic credential per entry, kept on this machine for this
 * Windows account. Every program that runs under the account can read it.
 *
 * <ul>
 *   <li>target name: {@link TargetName}
 *   <li>user name: the entry's, for the eyes of a person only
 *   <li>secret: the {@link Payload} in UTF-8
 *   <li>comment: {@code git-credential-pat}, which marks it as ours
 * </ul>
 *
 * <p>A credential takes 2560 bytes. What is longer is cut: the first part is the credential that is
 * described above, and its comment adds the number of parts and their generation, which every write
 * names anew. The other parts are written before it, last one first, under names of their own. So
 * the old value stays whole until the one write that makes the new one whole.
 *
 * <p>Windows asks nobody: the credentials of an account are open as long as it is signed in, so
 * there is nothing to unlock before others wait for the lock.
 */
public final class WincredStore implements Store {
  private static final String MARK = "git-credential-pat";
  private static final int LONGEST_PART = Advapi32.CRED_MAX_CREDENTIAL_BLOB_SIZE;

  /** No run lives longer (a prompt takes two minutes): a part this old is not being written. */
  private static final long ABANDONED_AFTER_MILLIS = 300_000;

  private final CredentialManager manager;

  /** The store of this process's Windows account. */
  public WincredStore(Environment surroundings) {
    this(surroundings, "advapi32");
  }

  /** Uses a library of another name or path. */
  WincredStore(Environment surroundings, String libraryName) {
    manager = new CredentialManager(surroundings, libraryName);
  }

  @Override
  public String name() {
    return "wincred";
  }

  @Override
  public String location() {
    return "Credential Manager of this Windows account (see control keymgr.dll)";
  }

  @Override
  public String readers() {
    return "every program of this Windows account";
  }

  @Override
  public List<Entry> find(Identity where) throws StoreException {
    List<Entry> found = new ArrayList<>(4);
    if (!collect(where, found)) {
      // Another process replaced a long secret while this one read: now its write is over.
      for (Entry entry : found) {
        entry.wipe();
      }
      found.clear();
      collect(where, found);
    }
    return found;
  }

  /**
   * Reads the entries of a place. Returns whether all parts were there; without one an entry has
   * lost its secret.
   */
  private boolean collect(Identity where, List<Entry> found) throws StoreException {
    boolean complete = true;
    try (CredentialList all = manager.enumerate(TargetName.beginningOf(where), where.display())) {
      for (int i = 0; i < all.size(); i++) {
        EntryKey key = keyOfEntry(all, i);
        if (key == null || !isAt(key.identity(), where)) {
          continue;
        }
        byte[] payload = payload(all, i);
        if (payload == null) {
          complete = false;
        } else {
          Entry entry = Payload.decode(key, payload);
          if (entry != null) {
            found.add(entry);
          }
          Arrays.fill(payload, (byte) 0);
        }
      }
      removeAbandonedParts(all);
    }
    return complete;
  }

  @Override
  public List<EntryKey> list() throws StoreException {
    List<EntryKey> keys = new ArrayList<>();
    try (CredentialList all = manager.enumerate(TargetName.PREFIX, "all entries")) {
      for (int i = 0; i < all.size(); i++) {
        EntryKey key = keyOfEntry(all, i);
        if (key != null) {
          keys.add(key);
        }
      }
      removeAbandonedParts(all);
    }
    return keys;
  }

  @Override
  public void save(Entry entry) throws StoreException {
    String target = TargetName.of(entry.key());
    if (target.length() > CredentialManager.LONGEST_TARGET) {
      throw CredentialFailure.nameTooLong();
    }
    String subject = entry.key().identity().display();
    String commentBefore = readComment(target, subject);
    byte[] payload = Payload.encode(entry);
    int parts = Math.max(1, (payload.length + LONGEST_PART - 1) / LONGEST_PART);
    String comment =
        parts == 1 ? MARK : MARK + " " + parts + " " + Long.toHexString(System.nanoTime());
    try {
      for (int part = parts; part >= 1; part--) {
        int start = (part - 1) * LONGEST_PART;
        int length = Math.min(LONGEST_PART, payload.length - start);
        if (part > 1) {
          manager.write(partOf(target, comment, part), null, null, payload, start, length, subject);
        } else {
          manager.write(target, comment, entry.key().user(), payload, start, length, subject);
        }
      }
    } catch (StoreException e) {
      removeParts(target, comment);
      throw e;
    } finally {
      Arrays.fill(payload, (byte) 0);
    }
    removeParts(target, commentBefore);
  }

  @Override
  public boolean delete(EntryKey key) throws StoreException {
    String target = TargetName.of(key);
    if (target.length() > CredentialManager.LONGEST_TARGET) {
      return false;
    }
    String subject = key.identity().display();
    String comment = readComment(target, subject);
    if (parts(comment) == 0) {
      return false;
    }
    int error = manager.remove(target);
    if (error != 0 && !CredentialFailure.isNotFound(error)) {
      throw CredentialFailure.of(error, subject);
    }
    removeParts(target, comment);
    return error == 0;
  }

  /** The key of an entry of ours; null for a part, and for what others keep under such a name. */
  private static @Nullable EntryKey keyOfEntry(CredentialList all, int i) {
    return parts(all.comment(i)) == 0 ? null : TargetName.key(all.target(i));
  }

  private static boolean isAt(Identity identity, Identity where) {
    return identity.protocol().equals(where.protocol())
        && identity.host().equals(where.host())
        && (where.path() == null || where.path().equals(identity.path()));
  }

  /** All parts of the entry joined, for the caller to wipe; null when one is missing. */
  private static byte @Nullable [] payload(CredentialList all, int first) {
    String comment = all.comment(first);
    int parts = parts(comment);
    int[] places = new int[parts];
    places[0] = first;
    int length = all.blobSize(first);
    for (int part = 2; part <= parts; part++) {
      int place = all.indexOf(partOf(all.target(first), comment, part));
      if (place < 0) {
        return null;
      }
      places[part - 1] = place;
      length += all.blobSize(place);
    }
    byte[] payload = new byte[length];
    int at = 0;
    for (int place : places) {
      all.copyBlob(place, payload, at);
      at += all.blobSize(place);
    }
    return payload;
  }

  /** How many parts an entry with this comment has; 0 when the comment is not ours. */
  private static int parts(@Nullable String comment) {
    if (comment == null || !comment.startsWith(MARK)) {
      return 0;
    }
    if (comment.length() == MARK.length()) {
      return 1;
    }
    int end = comment.lastIndexOf(' ');
    if (end <= MARK.length()) {
      return 0;
    }
    try {
      int parts = Integer.parseInt(comment.substring(MARK.length() + 1, end));
      return parts < 2 || parts > 1_000 ? 0 : parts;
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** The target name of a part of the entry with this target name and comment. */
  private static String partOf(String target, String comment, int part) {
    return TargetName.ofPart(target, comment.substring(comment.lastIndexOf(' ') + 1), part);
  }

  /** Removes all parts but the first. One that stays is removed by a later call. */
  private void removeParts(String target, @Nullable String comment) throws StoreException {
    int parts = parts(comment);
    for (int part = 2; part <= parts; part++) {
      manager.remove(partOf(target, comment, part));
    }
  }

  /** Removes parts without an entry, which a process left behind that ended halfway. */
  private void removeAbandonedParts(CredentialList all) throws StoreException {
    for (int i = 0; i < all.size(); i++) {
      String target = all.target(i);
      int sign = target.indexOf('#');
      if (sign < 0 || TargetName.key(target.substring(0, sign)) == null) {
        continue;
      }
      int first = all.indexOf(target.substring(0, sign));
      String comment = first < 0 ? null : all.comment(first);
      boolean known =
          parts(comment) > 1
              && target.startsWith(comment.substring(comment.lastIndexOf(' ') + 1) + ".", sign + 1);
      long age = System.currentTimeMillis() - all.lastWrittenMillis(i);
      if (!known && age > ABANDONED_AFTER_MILLIS) {
        manager.remove(target);
      }
    }
  }

  /** The comment of this credential; null when there is none of that name. */
  private @Nullable String readComment(String target, String subject) throws StoreException {
    try (CredentialList found = manager.read(target, subject)) {
      return found.size() == 0 ? null : found.comment(0);
    }
  }

  @Override
  public ForeignEntries foreignEntries() {
    return new ForeignItems(manager);
  }
}
