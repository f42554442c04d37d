package io.github.gitcredentialpat.helper;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.UserName;
import io.github.gitcredentialpat.protocol.Request;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.tokens.Invocation;
import io.github.gitcredentialpat.tokens.StoreLock;
import io.github.gitcredentialpat.tokens.StoredEntry;
import io.github.gitcredentialpat.tokens.Wording;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code erase}: sets aside what a server or a program refused and deletes what a person rejects,
 * and only what the request matches in every attribute it gives.
 *
 * <p>A refusal presents what was refused: the secret, or the state that came with the answer. Git
 * after a 401 does so, and git-lfs, go and cargo, all without the server's headers but for git from
 * 2.41 on. A person who types {@code git credential reject} has no secret to present.
 */
final class EraseOperation {
  private final Invocation run;
  private final Request request;
  private final Resolution whose;
  private final @Nullable String user;
  private final @Nullable Secret secret;
  private final boolean refused;
  private final List<Entry> removed = new ArrayList<>();

  /** Stores that failed; they are not asked again, for that might show another prompt. */
  private final List<Store> failed = new ArrayList<>(2);

  /** Keys of which a store has two items. */
  private final List<EntryKey> thereTwice = new ArrayList<>(0);

  private EraseOperation(
      Invocation run, Request request, Resolution whose, PresentedCredential presented) {
    this.run = run;
    this.request = request;
    this.whose = whose;
    this.user = whose.user(presented.user());
    this.secret = presented.secret();
    this.refused = secret != null || AnswerState.isOfAnAnswer(request);
  }

  /**
   * Runs the operation.
   *
   * @return what was deleted or set aside, for the caller to wipe
   */
  static Erased erase(Invocation run, Request request) {
    PresentedCredential presented = PresentedCredential.of(request);
    if (presented == null) {
      run.messages().say("git sent a Basic credential that cannot be decoded; nothing erased");
      return Erased.nothing(true);
    }
    Resolution whose =
        Resolution.resolve(request.protocol(), request.host(), request.path(), presented.user());
    if (whose.kind() == Resolution.Kind.REFUSED) {
      Wording.sayRefusal(run.messages(), whose, request.host());
      return Erased.nothing(true);
    }
    if (whose.isAzure() || whose.kind() == Resolution.Kind.UNKNOWN_ORGANIZATION) {
      presented = presented.onAzure();
      if (presented.isEmpty()) {
        // Nobody's token was refused: git tried whether the machine's own sign-in will do.
        return Erased.nothing(false);
      }
    }
    EraseOperation operation = new EraseOperation(run, request, whose, presented);
    boolean done = operation.erase();
    return new Erased(
        operation.removed,
        operation.refused,
        !done,
        request.protocol(),
        request.host(),
        request.path());
  }

  /** Most erases match nothing and take no lock. Returns whether all was done. */
  private boolean erase() {
    List<StoredEntry> matching = matching();
    boolean done = matching != null;
    if (done && !matching.isEmpty() && !isSpared(matching)) {
      wipe(matching);
      try (StoreLock lock = run.lock()) {
        if (!lock.isComplete()) {
          run.messages()
              .say(
                  "warning: cannot lock the stores; another program may be storing a token right now");
        }
        // Again: somebody may have stored a new one.
        matching = matching();
        done = matching != null;
        if (done) {
          for (int i = 0; i < matching.size(); i++) {
            done &= remove(matching.get(i));
          }
        }
      } catch (StoreException e) {
        run.messages().trace(e);
        run.messages()
            .say("nothing erased for " + request.host() + ": " + e.getMessage(), e.hint());
        return false;
      }
    } else if (done) {
      wipe(matching);
    }
    return done && failed.isEmpty();
  }

  private static void wipe(List<StoredEntry> entries) {
    for (int i = 0; i < entries.size(); i++) {
      entries.get(i).wipe();
    }
  }

  /** The entries to remove; absent when it is unclear whose token is meant, which is reported. */
  private @Nullable List<StoredEntry> matching() {
    List<Store> stores = run.chain().stores();
    List<StoredEntry> matching = new ArrayList<>();
    Identity where = where();
    Identity only = null;
    boolean several = false;
    for (int i = 0; i < stores.size(); i++) {
      List<Entry> entries = find(stores.get(i), where);
      for (int j = 0; j < entries.size(); j++) {
        Entry entry = entries.get(j);
        if (isGuessed() && entry.setAsideAt() != 0) {
          // As at a get, it is not there when organizations are counted.
          entry.wipe();
          continue;
        }
        several |= only != null && !only.equals(entry.key().identity());
        only = entry.key().identity();
        if (matches(entry, entries.size() == 1)) {
          noteIfThereTwice(entries, entry.key());
          matching.add(new StoredEntry(stores.get(i), entry));
        } else {
          entry.wipe();
        }
      }
    }
    if (isGuessed() && (several || only == null)) {
      wipe(matching);
      run.messages()
          .say(
              "git did not say which organization of "
                  + request.host()
                  + " to erase; nothing erased");
      run.messages().hint("git-credential-pat logout ORG");
      return null;
    }
    return matching;
  }

  private void noteIfThereTwice(List<Entry> entries, EntryKey key) {
    int items = 0;
    for (int i = 0; i < entries.size(); i++) {
      items += entries.get(i).key().equals(key) ? 1 : 0;
    }
    if (items > 1) {
      thereTwice.add(key);
    }
  }

  /**
   * Whether the request does not say whose token is meant, so that it can only mean the sole one.
   */
  private boolean isGuessed() {
    return whose.kind() == Resolution.Kind.UNKNOWN_ORGANIZATION && secret == null;
  }

  private Identity where() {
    if (whose.kind() == Resolution.Kind.UNKNOWN_ORGANIZATION) {
      return new Identity("https", Identity.SERVICES_HOST, null);
    }
    Identity identity = whose.identity();
    // The answer may have come from the entry for the whole server.
    return whose.kind() == Resolution.Kind.COLLECTION
        ? new Identity(identity.protocol(), identity.host(), null)
        : identity;
  }

  private List<Entry> find(Store store, Identity where) {
    if (failed.contains(store)) {
      return List.of();
    }
    run.surroundings().deadline().doing("erasing from " + store.name());
    try {
      return store.find(where, request.username());
    } catch (StoreException e) {
      reportNotReached(store, e);
      return List.of();
    }
  }

  private void reportNotReached(Store store, StoreException problem) {
    run.report(store, problem);
    // What is not here keeps nothing.
    if (problem.reason() != Reason.UNAVAILABLE || run.chain().chosen()) {
      failed.add(store);
    }
    if (problem.reason() != Reason.UNAVAILABLE && problem.reason() != Reason.READ_ONLY) {
      run.messages()
          .say(
              "not erased from "
                  + store.name()
                  + " for "
                  + request.host()
                  + "; unlock the store and repeat git credential reject");
    }
  }

  private boolean matches(Entry entry, boolean only) {
    if (secret != null
        ? !secret.sameAs(entry.secret())
        : refused
            && !request.bringsBack(
                AnswerState.digest(request, request.username(), entry.secret()))) {
      return false;
    }
    if (whose.kind() == Resolution.Kind.UNKNOWN_ORGANIZATION) {
      return true;
    }
    String path = entry.key().identity().path();
    if (whose.kind() == Resolution.Kind.COLLECTION
        && !Objects.equals(path, whose.identity().path())
        && (path != null || secret == null)) {
      return false;
    }
    if (user == null || (whose.isAzure() && (secret != null || only))) {
      return true;
    }
    return whose.isSameUser(user, entry.key().user());
  }

  /**
   * Offered NTLM beside Basic, git tries that with the token as a password and never sends it as
   * what it is: such a refusal says nothing about the token. With Negotiate alone git does send it.
   */
  private boolean isSpared(List<StoredEntry> matching) {
    boolean neverTried =
        whose.kind() == Resolution.Kind.COLLECTION
            && request.serverOffers("NTLM")
            && request.password() != null
            && request.credential() == null;
    if (neverTried) {
      Identity identity = matching.get(0).identity();
      run.messages()
          .say(
              "git tried NTLM and never sent the token for " + identity.display() + "; not erased");
      run.messages()
          .hint(
              "git-credential-pat configure --server "
                  + identity.protocol()
                  + "://"
                  + identity.host());
    }
    return neverTried;
  }

  /** Deletes an entry, or sets it aside if a server refused it. Returns whether that is done. */
  private boolean remove(StoredEntry each) {
    Store store = each.store();
    Entry entry = each.entry();
    String what =
        !refused
            ? null
            : " was rejected by the server and is set aside"
                + (store.isShared() ? " on this machine" : "");
    try {
      if (refused) {
        if (entry.setAsideAt() == 0 && leaveToAnother(store, entry)) {
          what = " was rejected by the server and removed; another one is stored";
        } else if (entry.setAsideAt() == 0) {
          store.save(entry.setAsideAt(run.now()));
        }
      } else if (!store.delete(entry.key())) {
        entry.wipe();
        return true;
      }
    } catch (StoreException e) {
      entry.wipe();
      reportNotReached(store, e);
      return false;
    }
    if (refused && entry.expiry() != null && entry.expiry().isRenewed()) {
      // Nothing to explain and nothing to do: the next get brings another one.
      sayWhatBecameOf(entry, " was rejected by the server; the next git command gets a new one");
      entry.wipe();
      return true;
    }
    removed.add(entry);
    sayWhatBecameOf(entry, what == null ? " was removed from " + store.name() : what);
    return true;
  }

  /**
   * Two stores at once may have left a keyring with two items of one key, and another token in the
   * other one: that one was not refused, and takes the whole place.
   *
   * @return whether there is such
   */
  private boolean leaveToAnother(Store store, Entry refused) throws StoreException {
    if (store.isShared() || !thereTwice.contains(refused.key())) {
      return false;
    }
    Entry another = null;
    List<Entry> found = store.find(refused.key().identity());
    for (int i = 0; i < found.size(); i++) {
      Entry entry = found.get(i);
      if (another == null
          && entry.key().equals(refused.key())
          && entry.setAsideAt() == 0
          && !entry.secret().sameAs(refused.secret())) {
        another = entry;
      } else {
        entry.wipe();
      }
    }
    if (another == null) {
      return false;
    }
    store.save(another);
    another.wipe();
    return true;
  }

  /**
   * Other hosts' passwords go in silence, as with git's own helpers. Why a token was refused, and
   * so what to type next, only the service knows, which is asked afterwards.
   */
  private void sayWhatBecameOf(Entry entry, String what) {
    Identity identity = entry.key().identity();
    Resolution owner = whose.identity() == null ? Resolution.ofOrganization(identity) : whose;
    if (!owner.isAzure()) {
      return;
    }
    String user = entry.key().user();
    run.messages()
        .say(
            Wording.secretOf(owner)
                + (user == null || user.isEmpty() ? "" : " (" + UserName.shown(user) + ")")
                + what);
  }
}
