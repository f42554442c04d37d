package io.github.gitcredentialpat.helper;

import io.github.gitcredentialpat.identity.PersonalAccessToken;
import io.github.gitcredentialpat.identity.Whose;
import io.github.gitcredentialpat.protocol.Request;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.Secret;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreLock;
import io.github.gitcredentialpat.store.TokenUse;
import io.github.gitcredentialpat.tokens.ChainWriter;
import io.github.gitcredentialpat.tokens.Invocation;
import io.github.gitcredentialpat.tokens.Wording;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code store}: keeps what worked, and writes nothing when nothing changed. */
final class StoreOperation {
  private final Invocation run;
  private final Request request;
  private final Whose whose;
  private final @Nullable String user;
  private final Secret secret;

  private final ChainWriter placement;

  private StoreOperation(
      Invocation run, Request request, Whose whose, @Nullable String user, Secret secret) {
    this.run = run;
    this.request = request;
    this.whose = whose;
    this.user = whose.user(user);
    this.secret = secret;
    this.placement = new ChainWriter(run, whose.identity());
  }

  /** Does it. Returns whether the credential is stored now, or was not to be. */
  static boolean store(Invocation run, Request request) throws StoreException {
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
                  + Wording.date(request.passwordExpiry())
                  + "; nothing is stored");
      return false;
    }
    Whose whose = Whose.token(request.protocol(), request.host(), request.path(), presented.user());
    String refusal = Wording.refusal(whose, request.host());
    if (refusal != null) {
      run.messages().say(refusal);
      return false;
    }
    if (presented.user() == null && !whose.isAzure() && secret.authtype() == null) {
      run.messages().say("git sent no user name for " + request.host() + "; nothing is stored");
      return false;
    }
    Secret bare = whose.isAzure() ? withoutWhatClings(secret) : secret;
    if (bare != secret) {
      run.messages()
          .say("removed quotes or invisible characters around " + Wording.secretOf(whose));
    }
    StoreOperation operation = new StoreOperation(run, request, whose, presented.user(), bare);
    StoreLock lock = StoreLock.acquire(run.surroundings());
    try {
      return operation.store();
    } finally {
      lock.close();
      bare.wipe();
    }
  }

  /** A token that was pasted with more than itself; the same secret when it was not. */
  private static Secret withoutWhatClings(Secret secret) {
    if (secret.authtype() != null) {
      return secret;
    }
    byte[] bare = PersonalAccessToken.bareIfToken(secret.bytes());
    return bare == secret.bytes() ? secret : Secret.password(bare);
  }

  private boolean store() throws StoreException {
    boolean known = placement.read();
    for (ChainWriter.Found found : placement.chain()) {
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
                  + Wording.useHttpPath());
      return false;
    }
    EntryKey key = key();
    return placement.keep(newEntry(key), key, Wording.secretOf(whose)) != null;
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
      for (Entry entry : placement.entries()) {
        if (user != null && whose.isSameUser(user, entry.key().user())) {
          return entry.key();
        }
        boolean isForGit = entry.scopes() == null || !TokenUse.GIT.isRuledOutBy(entry.scopes());
        if (isForGit && !keys.contains(entry.key())) {
          keys.add(entry.key());
        }
      }
      if (user == null && keys.size() == 1) {
        return keys.get(0);
      }
    }
    return new EntryKey(whose.identity(), user);
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
}
