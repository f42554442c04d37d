package io.github.gitcredentialpat.helper;

import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.TokenFormat;
import io.github.gitcredentialpat.protocol.Request;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.TokenUse;
import io.github.gitcredentialpat.tokens.ChainWriter;
import io.github.gitcredentialpat.tokens.Invocation;
import io.github.gitcredentialpat.tokens.StoreLock;
import io.github.gitcredentialpat.tokens.StoredEntry;
import io.github.gitcredentialpat.tokens.Wording;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code store}: keeps what worked, and writes nothing when nothing changed. */
final class StoreOperation {
  private final Invocation run;
  private final Request request;
  private final Resolution whose;
  private final @Nullable String user;
  private final Secret secret;

  private final ChainWriter chain;

  private StoreOperation(
      Invocation run, Request request, Resolution whose, @Nullable String user, Secret secret) {
    this.run = run;
    this.request = request;
    this.whose = whose;
    this.user = whose.user(user);
    this.secret = secret;
    this.chain = new ChainWriter(run, whose);
  }

  /** Runs the operation. Returns false when a credential that should be stored is not. */
  static boolean store(Invocation run, Request request) throws StoreException {
    PresentedCredential presented = PresentedCredential.of(request);
    if (presented == null) {
      run.messages().say("git sent a Basic credential that cannot be decoded; not stored");
      return false;
    }
    if (presented.secret() == null || request.ephemeral()) {
      return true;
    }
    Secret secret = presented.secret();
    if (request.bringsBack(AnswerState.digest(request, presented.user(), secret))) {
      return true;
    }
    if (request.passwordExpiry() != 0 && request.passwordExpiry() <= run.now()) {
      run.messages()
          .say(
              "the password that git sent for "
                  + request.host()
                  + " expired on "
                  + Wording.date(request.passwordExpiry())
                  + "; not stored");
      return false;
    }
    Resolution whose =
        Resolution.resolve(request.protocol(), request.host(), request.path(), presented.user());
    if (whose.kind() == Resolution.Kind.UNKNOWN_ORGANIZATION) {
      sayWhoseIsUnknown(run, request, "ORG");
      return false;
    }
    if (whose.identity() == null) {
      Wording.sayRefusal(run.messages(), whose, request.host());
      return false;
    }
    if (whose.isAzure()) {
      presented = presented.onAzure();
      if (presented.isEmpty()) {
        // Nobody's token: git tried whether the machine's own sign-in will do.
        return true;
      }
    }
    if (presented.user() == null && !whose.isAzure() && presented.secret().authtype() == null) {
      run.messages().say("git sent no user name for " + request.host() + "; not stored");
      return false;
    }
    Secret bare = whose.isAzure() ? withoutWhatClings(presented.secret()) : presented.secret();
    if (bare != presented.secret()) {
      run.messages()
          .say("removed quotes or invisible characters around " + Wording.secretOf(whose));
    }
    StoreOperation operation = new StoreOperation(run, request, whose, presented.user(), bare);
    try {
      return operation.store();
    } finally {
      operation.chain.wipe();
      bare.wipe();
    }
  }

  /** The bare token, if something was pasted along with it; else the same secret. */
  private static Secret withoutWhatClings(Secret secret) {
    if (secret.authtype() != null) {
      return secret;
    }
    byte[] bare = TokenFormat.bareIfToken(secret.bytes());
    return bare == secret.bytes() ? secret : Secret.password(bare);
  }

  /**
   * Most stores change nothing and take no lock. Returns as {@link #store(Invocation, Request)}
   * does.
   */
  private boolean store() throws StoreException {
    boolean known = chain.look();
    StoredEntry same = same();
    if (same != null ? !changes(same.entry()) : !mayKeep(known)) {
      return same != null;
    }
    if (same == null) {
      chain.unlock(key());
    }
    try (StoreLock lock = run.lock()) {
      known = chain.read(lock);
      same = same();
      if (same != null) {
        Entry entry = same.entry();
        if (changes(entry)) {
          same.store().save(entry.with(expiry(entry), refreshToken(entry)).setAsideAt(0));
        }
        return true;
      }
      EntryKey key = key();
      return mayKeep(known) && chain.keep(newEntry(key), key, Wording.secretOf(whose)) != null;
    }
  }

  /** The entry that has this secret already; absent when none has. */
  private @Nullable StoredEntry same() {
    for (ChainWriter.Found found : chain.chain()) {
      for (Entry entry : found.entries()) {
        if (isSame(entry)) {
          return new StoredEntry(found.store(), entry);
        }
      }
    }
    return null;
  }

  /** Whether it is known whose token it is; reports when it is not. */
  private boolean mayKeep(boolean known) {
    if (whose.fromUser() && !known && !request.bringsBack(AnswerState.USER_WAS_GIVEN)) {
      sayWhoseIsUnknown(run, request, whose.identity().display());
      return false;
    }
    return true;
  }

  private static void sayWhoseIsUnknown(Invocation run, Request request, String organization) {
    run.messages()
        .say(
            "cannot tell which organization of "
                + request.host()
                + " this token is for; not stored");
    run.messages().hint(Wording.USE_HTTP_PATH);
    run.messages().hint("git-credential-pat login " + organization);
  }

  /** On Azure hosts a token is the same whatever the user name beside it. */
  private boolean isSame(Entry entry) {
    return secret.sameAs(entry.secret())
        && (whose.isAzure() || Objects.equals(user, entry.key().user()));
  }

  /** Whether storing the same secret again adds anything. */
  private boolean changes(Entry entry) {
    Secret refreshToken = refreshToken(entry);
    return !Objects.equals(expiry(entry), entry.expiry())
        || (refreshToken != null && !refreshToken.sameAs(entry.refreshToken()))
        || entry.setAsideAt() != 0;
  }

  /** The expiry to store; one that has passed was wrong, since the secret works. */
  private @Nullable Expiry expiry(Entry entry) {
    Expiry expiry = entry.expiry();
    if (request.passwordExpiry() != 0
        && (expiry == null || expiry.at() != request.passwordExpiry())) {
      return new Expiry(request.passwordExpiry(), Expiry.Source.GIT);
    }
    return expiry != null && expiry.stopsAnswerAt(run.now()) ? null : expiry;
  }

  private @Nullable Secret refreshToken(Entry entry) {
    Secret refreshToken = refreshToken();
    return refreshToken == null ? entry.refreshToken() : refreshToken;
  }

  /** Where the new secret belongs: over an entry that it replaces, or beside them all. */
  private EntryKey key() {
    if (whose.isAzure()) {
      List<EntryKey> keys = new ArrayList<>();
      for (Entry entry : chain.entries()) {
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
