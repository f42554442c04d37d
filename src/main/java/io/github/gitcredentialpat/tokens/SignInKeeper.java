package io.github.gitcredentialpat.tokens;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Remembers a person's sign-in to a tenant of Entra with one application: its refresh token, which
 * can make tokens. It lies in the same stores as the tokens, but under an identity that answers no
 * request and that no list of tokens shows ({@link Identity#isSignIn}).
 */
public final class SignInKeeper {
  private final Invocation run;
  private final EntryKey key;

  /** Where the first version stored it, among the tokens. */
  private final EntryKey keyBefore;

  /**
   * For one sign-in.
   *
   * @param tenant the id of the tenant, or what stands for the one of whoever signs in
   * @param clientId the id of the application
   */
  public SignInKeeper(Invocation run, String tenant, String clientId) {
    this.run = run;
    key = new EntryKey(Identity.ofSignIn(tenant), clientId);
    keyBefore = new EntryKey(Identity.ofSignInAmongTokens(tenant), clientId);
  }

  /** What is remembered, which the caller wipes; absent for nothing. */
  public @Nullable StoredEntry find() {
    StoredEntry found = find(key);
    found = found == null ? find(keyBefore) : found;
    run.surroundings().deadline().doing("signing in to Entra");
    return found;
  }

  private @Nullable StoredEntry find(EntryKey wanted) {
    for (Store store : run.chain().stores()) {
      run.surroundings().deadline().restart();
      run.surroundings().deadline().doing("reading " + store.name());
      try {
        Entry found = read(store, wanted);
        if (found != null) {
          return new StoredEntry(store, found);
        }
      } catch (StoreException e) {
        run.messages().trace(e);
      }
    }
    return null;
  }

  private static @Nullable Entry read(Store store, EntryKey wanted) throws StoreException {
    Entry found = null;
    for (Entry entry : store.find(wanted.identity())) {
      if (entry.key().equals(wanted)) {
        found = entry;
      } else {
        entry.wipe();
      }
    }
    return found;
  }

  /**
   * Remembers what a refresh left, unless another process has refreshed or forgotten it meanwhile;
   * what lay among the tokens moves away from there.
   *
   * @param used what was found before
   * @param refreshToken the next one; absent when the one that was used is still good
   */
  public void keepNext(StoredEntry used, byte @Nullable [] refreshToken) {
    Secret secret = refreshToken == null ? used.entry().secret() : Secret.password(refreshToken);
    Entry next = Entry.of(key, secret, run.now());
    if (used.entry().key().equals(key)) {
      if (refreshToken != null) {
        TokenKeeper.replaceIfUnchanged(run, used, next);
      }
    } else if (keepIfNew(used, next)) {
      TokenKeeper.deleteIfUnchanged(run, used);
    }
  }

  /** Returns whether it is there now, or another one is. */
  private boolean keepIfNew(StoredEntry used, Entry next) {
    Store store = used.store();
    run.surroundings().deadline().restart();
    try {
      StoreLock lock = run.lock(List.of(store));
      try (lock) {
        Entry another = read(store, key);
        Entry before = read(store, keyBefore);
        if (another == null && before != null) {
          store.save(next);
        }
        wipe(another);
        wipe(before);
        return true;
      }
    } catch (StoreException e) {
      run.report(store, e);
      return false;
    }
  }

  private static void wipe(@Nullable Entry entry) {
    if (entry != null) {
      entry.wipe();
    }
  }

  /**
   * Forgets a sign-in that is no longer valid.
   *
   * @param used what was found before
   * @return whether another process has remembered something else meanwhile, which may be good
   */
  public boolean forget(StoredEntry used) {
    return switch (TokenKeeper.deleteIfUnchanged(run, used)) {
      case DONE, FAILED, UNKNOWN -> false;
      case GONE, CHANGED_MEANWHILE -> true;
    };
  }

  /**
   * Remembers a new sign-in in the first store that takes it, in place of any that is there.
   *
   * @return whether one did
   */
  public boolean keep(byte[] refreshToken) {
    Entry entry = Entry.of(key, Secret.password(refreshToken), run.now());
    run.surroundings().deadline().restart();
    Store saved = null;
    try {
      StoreLock lock = run.lock();
      try (lock) {
        for (Store store : run.chain().stores()) {
          if (store.capacity().writable()
              && (saved == null || !saved.name().equals(store.name()))
              && keep(store, entry, saved == null)) {
            saved = saved == null ? store : saved;
          }
        }
      }
    } catch (StoreException e) {
      run.messages().trace(e);
    }
    return saved != null;
  }

  /** Saves it where it is not yet saved, and removes what it takes the place of. */
  private boolean keep(Store store, Entry entry, boolean isFirst) {
    run.surroundings().deadline().restart();
    boolean saved = false;
    try {
      if (isFirst) {
        store.save(entry);
        saved = true;
      }
      for (EntryKey older : isFirst ? List.of(keyBefore) : List.of(key, keyBefore)) {
        Entry found = read(store, older);
        if (found != null) {
          found.wipe();
          store.delete(older);
        }
      }
    } catch (StoreException e) {
      run.messages().trace(e);
    }
    return saved;
  }
}
