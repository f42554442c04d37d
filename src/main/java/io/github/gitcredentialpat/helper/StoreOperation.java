package io.github.gitcredentialpat.helper;

import io.github.gitcredentialpat.identity.Whose;
import io.github.gitcredentialpat.protocol.Request;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.Secret;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.store.StoreLock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code store}: keeps what worked, and writes nothing when nothing changed. */
final class StoreOperation {
  private final Run run;
  private final Request request;
  private final Whose whose;
  private final @Nullable String user;
  private final Secret secret;

  /** What the chain holds for this identity, and where; a store that failed has its problem. */
  private final List<Found> chain = new ArrayList<>();

  private record Found(Store store, List<Entry> entries, @Nullable StoreException problem) {}

  private StoreOperation(
      Run run, Request request, Whose whose, @Nullable String user, Secret secret) {
    this.run = run;
    this.request = request;
    this.whose = whose;
    this.user = whose.user(user);
    this.secret = secret;
  }

  /** Does it. Returns whether the credential is stored now, or was not to be. */
  static boolean store(Run run, Request request) throws StoreException {
    Presented presented = Presented.of(request);
    if (presented == null) {
      run.messages().say("git sent a Basic credential that cannot be read; nothing is stored");
      return false;
    }
    if (presented.secret() == null || request.ephemeral()) {
      return true;
    }
    Secret secret = presented.secret();
    if (request.bringsBack(State.digest(request, presented.user(), secret))) {
      return true;
    }
    if (request.passwordExpiry() != 0 && request.passwordExpiry() <= run.now()) {
      run.messages()
          .say(
              "what git sent for "
                  + request.host()
                  + " has expired already on "
                  + Run.date(request.passwordExpiry())
                  + "; nothing is stored");
      return false;
    }
    Whose whose = Whose.token(request.protocol(), request.host(), request.path(), presented.user());
    String refusal = Run.refusal(whose, request.host());
    if (refusal != null) {
      run.messages().say(refusal);
      return false;
    }
    if (presented.user() == null && !whose.isAzure() && secret.authtype() == null) {
      run.messages().say("git sent no user name for " + request.host() + "; nothing is stored");
      return false;
    }
    StoreOperation operation = new StoreOperation(run, request, whose, presented.user(), secret);
    StoreLock lock = StoreLock.acquire(run.surroundings());
    try {
      return operation.store();
    } finally {
      lock.close();
    }
  }

  private boolean store() throws StoreException {
    boolean known = readAll();
    for (Found found : chain) {
      for (Entry entry : found.entries()) {
        if (isSame(entry)) {
          return keepWhatGitDidNotSend(found.store(), entry);
        }
      }
    }
    if (whose.fromUser() && !known && !request.bringsBack(State.USER_WAS_GIVEN)) {
      run.messages()
          .say(
              "git did not say which organisation of "
                  + request.host()
                  + " is meant, and a typed user name is none; nothing is stored; "
                  + Run.useHttpPath());
      return false;
    }
    return replace(key()) || storeNew(key());
  }

  /** On Azure hosts a token is the same whatever the user name beside it. */
  private boolean isSame(Entry entry) {
    return secret.sameAs(entry.secret())
        && (whose.isAzure() || Objects.equals(user, entry.key().user()));
  }

  /** The same secret again: it works, so an expiry that has passed or a refusal was wrong. */
  private boolean keepWhatGitDidNotSend(Store store, Entry entry) throws StoreException {
    Expiry expiry = entry.expiry();
    if (request.passwordExpiry() != 0
        && (expiry == null || expiry.at() != request.passwordExpiry())) {
      expiry = new Expiry(request.passwordExpiry(), Expiry.Source.GIT);
    } else if (expiry != null && expiry.stopsAnswerAt(run.now())) {
      expiry = null;
    }
    Secret refreshToken = refreshToken();
    boolean newRefreshToken = refreshToken != null && !refreshToken.sameAs(entry.refreshToken());
    if (!newRefreshToken) {
      refreshToken = entry.refreshToken();
    }
    if (!Objects.equals(expiry, entry.expiry()) || newRefreshToken || entry.setAsideAt() != 0) {
      store.save(entry.with(expiry, refreshToken).setAsideAt(0));
    }
    return true;
  }

  /** Where the new secret belongs: over an entry that it replaces, or beside them all. */
  private EntryKey key() {
    if (whose.isAzure()) {
      List<EntryKey> keys = new ArrayList<>();
      for (Found found : chain) {
        for (Entry entry : found.entries()) {
          if (user != null && user.equals(whose.user(entry.key().user()))) {
            return entry.key();
          }
          if (!keys.contains(entry.key())) {
            keys.add(entry.key());
          }
        }
      }
      if (user == null && keys.size() == 1) {
        return keys.get(0);
      }
    }
    return new EntryKey(whose.identity(), user);
  }

  /** Replaces the entry where it lies and removes older copies below. False when there is none. */
  private boolean replace(EntryKey key) throws StoreException {
    boolean replaced = false;
    for (Found found : chain) {
      for (Entry entry : found.entries()) {
        if (!entry.key().equals(key)) {
          continue;
        }
        if (replaced) {
          found.store().delete(key);
        } else {
          found.store().save(newEntry(key));
          replaced = true;
        }
      }
    }
    return replaced;
  }

  /** Keeps a new entry in the first store that can. */
  private boolean storeNew(EntryKey key) {
    for (int i = 0; i < chain.size(); i++) {
      Store store = chain.get(i).store();
      StoreException problem = chain.get(i).problem();
      if (problem == null) {
        try {
          store.save(newEntry(key));
          return true;
        } catch (StoreException e) {
          problem = e;
        }
      }
      run.report(store, problem);
      // What is only locked or late may hold this entry already; a copy below it would go stale.
      boolean passedOver =
          problem.reason() == Reason.UNAVAILABLE
              || problem.reason() == Reason.LIMIT
              || (problem.reason() == Reason.LOCKED && run.chain().chosen());
      if (!passedOver) {
        break;
      }
    }
    run.messages().say(Run.secretOf(whose) + " is not stored; git will ask for it again");
    return false;
  }

  private Entry newEntry(EntryKey key) {
    long at = request.passwordExpiry();
    return Entry.of(key, secret, run.now())
        .with(at == 0 ? null : new Expiry(at, Expiry.Source.GIT), refreshToken());
  }

  private @Nullable Secret refreshToken() {
    byte[] token = request.oauthRefreshToken();
    return token == null ? null : Secret.password(token);
  }

  /** Reads the whole chain. Returns whether it knows an organisation that the user part named. */
  private boolean readAll() {
    boolean known = false;
    for (Store store : run.chain().stores()) {
      run.surroundings().deadline().doing("reading " + store.name());
      try {
        List<Entry> entries = store.find(whose.identity());
        // What cannot be written answers for any organisation, and so knows none.
        known |= whose.fromUser() && !entries.isEmpty() && store.capacity().writable();
        chain.add(new Found(store, kept(store, entries), null));
      } catch (StoreException e) {
        chain.add(new Found(store, List.of(), e));
      }
    }
    run.surroundings().deadline().doing("storing; it may or may not have been stored");
    return known;
  }

  /** Those of this very path, without what was set aside so long ago that it is dropped here. */
  private List<Entry> kept(Store store, List<Entry> entries) throws StoreException {
    List<Entry> kept = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      if (run.isLongForgotten(entry)) {
        store.delete(entry.key());
      } else if (entry.key().identity().equals(whose.identity())) {
        kept.add(entry);
      }
    }
    return kept;
  }
}
