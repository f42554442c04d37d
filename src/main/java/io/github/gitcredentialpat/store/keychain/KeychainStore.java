package io.github.gitcredentialpat.store.keychain;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.ForeignEntries;
import io.github.gitcredentialpat.store.Payload;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.io.File;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keychain of macOS: the person's default keychain, and those in the search list.
 *
 * <table>
 * <caption>An entry as an internet password</caption>
 * <tr><td>security domain</td><td>the whole key as one text ({@link ItemName}), which tells our
 *   items apart: it belongs to the item's primary key and is never empty, while the keychain cannot
 *   tell absent from empty in the attributes below</td></tr>
 * <tr><td>creator</td><td>{@code gcpt}; with it and the security domain in every query other
 *   programs' items are never read, changed or deleted</td></tr>
 * <tr><td>server</td><td>the host without its port, which searches begin with</td></tr>
 * <tr><td>account, path, port, protocol</td><td>those of the key, when there are any, for people
 *   and other programs; the protocol only for https and http</td></tr>
 * <tr><td>label</td><td>{@code git-credential-pat: contoso}</td></tr>
 * <tr><td>data</td><td>the {@link Payload}</td></tr>
 * </table>
 *
 * <p>Attributes can be read by every program of the same person, also while the keychain is locked.
 * The data is given without a question only to the program that made the item. macOS knows programs
 * by their signature, which here is that of the Java runtime: other Java programs on a runtime of
 * the same maker may be let in as well, and a runtime of another maker has to ask for what was
 * stored before. Where nobody can be asked macOS says so, and that is {@code LOCKED}, never "not
 * found".
 */
public final class KeychainStore implements Store {
  private static final String FRAMEWORKS = "/System/Library/Frameworks/";

  private final Environment surroundings;
  private final String securityPath;
  private final String coreFoundationPath;
  private @Nullable Keychain keychain;

  /** The store of this Mac; loads nothing before the first call. */
  public KeychainStore(Environment surroundings) {
    this(
        surroundings,
        FRAMEWORKS + "Security.framework/Security",
        FRAMEWORKS + "CoreFoundation.framework/CoreFoundation");
  }

  /** A store on these two libraries. */
  KeychainStore(Environment surroundings, String securityPath, String coreFoundationPath) {
    this.surroundings = surroundings;
    this.securityPath = securityPath;
    this.coreFoundationPath = coreFoundationPath;
  }

  @Override
  public String name() {
    return "keychain";
  }

  @Override
  public String location() {
    return "keychain of this Mac account (see Keychain Access)";
  }

  @Override
  public String readers() {
    return "programs on a Java runtime of the same vendor; others after a prompt";
  }

  /**
   * {@inheritDoc}
   *
   * @throws StoreException also {@code DENIED}, when a person said no and nothing else was readable
   */
  @Override
  public List<Entry> find(Identity where) throws StoreException {
    Keychain opened = open("looking up " + where.display());
    List<EntryKey> keys = opened.keys(where);
    List<Entry> entries = new ArrayList<>(keys.size());
    StoreException failure = null;
    for (int i = 0; i < keys.size(); i++) {
      EntryKey key = keys.get(i);
      if (!answers(key.identity(), where)) {
        continue;
      }
      try {
        byte[] payload = secret(opened, key);
        if (payload != null) {
          Entry entry = Payload.decode(key, payload);
          if (entry != null) {
            entries.add(entry);
          }
          Arrays.fill(payload, (byte) 0);
        }
      } catch (StoreException e) {
        failure = e;
        if (e.reason() == Reason.DENIED) {
          // Who said no once is not asked again for the next entry.
          break;
        }
      }
    }
    if (entries.isEmpty() && failure != null) {
      throw failure;
    }
    return entries;
  }

  private static boolean answers(Identity identity, Identity where) {
    return identity.protocol().equals(where.protocol())
        && identity.host().equals(where.host())
        && (where.path() == null || where.path().equals(identity.path()));
  }

  private byte @Nullable [] secret(Keychain opened, EntryKey key) throws StoreException {
    promptMayCome();
    try {
      return opened.secret(key);
    } finally {
      promptIsGone();
    }
  }

  @Override
  public List<EntryKey> list() throws StoreException {
    return open("listing what it holds").keys(null);
  }

  /**
   * {@inheritDoc}
   *
   * <p>macOS may still ask while others wait: whether this program may have an item of another
   * one's. It remembers an answer of "always"; whoever waits says so and goes without after five
   * seconds, and a get waits for nobody.
   */
  @Override
  public void unlock() throws StoreException {
    if (surroundings.mayPrompt()) {
      Keychain opened = open("being unlocked");
      promptMayCome();
      try {
        opened.unlock();
      } finally {
        promptIsGone();
      }
    }
  }

  @Override
  public void save(Entry entry) throws StoreException {
    EntryKey key = entry.key();
    String subject = key.identity().display();
    Keychain opened = open("storing " + subject + " (it may or may not have been stored)");
    byte[] payload = Payload.encode(entry);
    promptMayCome();
    try {
      if (!opened.add(key, payload) && !opened.update(key, payload)) {
        throw KeychainFailure.of(KeychainFailure.DUPLICATE, null, subject);
      }
    } finally {
      promptIsGone();
      Arrays.fill(payload, (byte) 0);
    }
  }

  @Override
  public boolean delete(EntryKey key) throws StoreException {
    Keychain opened = open("deleting " + key.identity().display());
    promptMayCome();
    try {
      return opened.delete(key);
    } finally {
      promptIsGone();
    }
  }

  @Override
  public ForeignEntries foreignEntries() {
    return new ForeignItems(
        new ForeignItems.Access() {
          @Override
          public Keychain open(String purpose) throws StoreException {
            return KeychainStore.this.open(purpose);
          }

          @Override
          public void promptMayCome() {
            KeychainStore.this.promptMayCome();
          }

          @Override
          public void promptIsGone() {
            KeychainStore.this.promptIsGone();
          }
        });
  }

  /** A call that may need a secret blocks for as long as macOS's dialog is up. */
  private void promptMayCome() {
    if (surroundings.mayPrompt()) {
      surroundings.deadline().promptShown();
    }
  }

  private void promptIsGone() {
    if (surroundings.mayPrompt()) {
      surroundings.deadline().restart();
    }
  }

  private Keychain open(String what) throws StoreException {
    surroundings.deadline().doing("the macOS keychain was " + what);
    if (keychain != null) {
      return keychain;
    }
    // The libraries themselves are in no folder since macOS 11, only in the system's cache.
    if (!new File(securityPath).getAbsoluteFile().getParentFile().isDirectory()) {
      throw KeychainFailure.unavailable("the macOS keychain only exists on macOS");
    }
    try {
      Keychain opened = new Keychain(new SecurityFramework(securityPath, coreFoundationPath));
      if (!surroundings.mayPrompt()) {
        opened.neverAsk();
      }
      keychain = opened;
      return opened;
    } catch (LinkageError e) {
      throw KeychainFailure.noLibrary(e);
    }
  }
}
