package io.github.gitcredentialpat.helper;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.UserName;
import io.github.gitcredentialpat.identity.Whose;
import io.github.gitcredentialpat.protocol.Request;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.Secret;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.store.StoreLock;
import io.github.gitcredentialpat.tokens.Invocation;
import io.github.gitcredentialpat.tokens.Wording;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code erase}: sets aside what a server refused and deletes what a person rejects, and only what
 * the request matches in every attribute it gives.
 */
final class EraseOperation {
  private final Invocation run;
  private final Request request;
  private final Whose whose;
  private final @Nullable String user;
  private final @Nullable Secret secret;

  /**
   * A server's 401 brings its WWW-Authenticate headers along (git 2.41); a person's reject none.
   */
  private final boolean refusedByServer;

  private final List<Entry> removed = new ArrayList<>();

  private EraseOperation(Invocation run, Request request, Whose whose, Presented presented) {
    this.run = run;
    this.request = request;
    this.whose = whose;
    this.user = whose.user(presented.user());
    this.secret = presented.secret();
    this.refusedByServer = !request.wwwauth().isEmpty();
  }

  /** Does it. Returns what was deleted or set aside; the caller wipes it. */
  static List<Entry> erase(Invocation run, Request request) {
    Presented presented = Presented.of(request);
    if (presented == null) {
      run.messages().say("git sent a Basic credential that cannot be read; nothing is erased");
      return List.of();
    }
    Whose whose = Whose.token(request.protocol(), request.host(), request.path(), presented.user());
    if (whose.kind() == Whose.Kind.REFUSED) {
      run.messages().say(Wording.refusal(whose, request.host()));
      return List.of();
    }
    EraseOperation operation = new EraseOperation(run, request, whose, presented);
    StoreLock lock = StoreLock.acquire(run.surroundings());
    try {
      operation.erase();
    } finally {
      lock.close();
    }
    return operation.removed;
  }

  private void erase() {
    List<Store> stores = run.chain().stores();
    List<List<Entry>> found = new ArrayList<>(stores.size());
    Identity where = where();
    for (int i = 0; i < stores.size(); i++) {
      found.add(find(stores.get(i), where));
    }
    if (whose.kind() == Whose.Kind.UNKNOWN_ORGANIZATION
        && secret == null
        && !isOneOrganization(found)) {
      run.messages()
          .say(
              "git did not say which organisation of "
                  + request.host()
                  + " is meant, nothing is erased; type: git-credential-pat logout ORG");
      return;
    }
    for (int i = 0; i < stores.size(); i++) {
      List<Entry> entries = found.get(i);
      for (int j = 0; j < entries.size(); j++) {
        if (matches(entries.get(j), entries.size() == 1) && !isSpared(entries.get(j))) {
          remove(stores.get(i), entries.get(j));
        }
      }
    }
  }

  private Identity where() {
    if (whose.kind() == Whose.Kind.UNKNOWN_ORGANIZATION) {
      return new Identity("https", Identity.SERVICES_HOST, null);
    }
    Identity identity = whose.identity();
    // The answer may have come from the entry for the whole server.
    return whose.kind() == Whose.Kind.COLLECTION
        ? new Identity(identity.protocol(), identity.host(), null)
        : identity;
  }

  private List<Entry> find(Store store, Identity where) {
    run.surroundings().deadline().doing("erasing from " + store.name());
    List<Entry> kept = new ArrayList<>();
    try {
      for (Entry entry : store.find(where)) {
        if (run.isLongForgotten(entry)) {
          store.delete(entry.key());
        } else {
          kept.add(entry);
        }
      }
    } catch (StoreException e) {
      reportNotReached(store, e);
    }
    return kept;
  }

  private void reportNotReached(Store store, StoreException problem) {
    run.report(store, problem);
    if (problem.reason() != Reason.UNAVAILABLE && problem.reason() != Reason.READ_ONLY) {
      run.messages()
          .say(
              "what "
                  + store.name()
                  + " keeps for "
                  + request.host()
                  + " is not erased; unlock it and repeat: git credential reject");
    }
  }

  private static boolean isOneOrganization(List<List<Entry>> found) {
    Identity only = null;
    for (List<Entry> entries : found) {
      for (Entry entry : entries) {
        if (only != null && !only.equals(entry.key().identity())) {
          return false;
        }
        only = entry.key().identity();
      }
    }
    return only != null;
  }

  private boolean matches(Entry entry, boolean only) {
    if (secret != null && !secret.sameAs(entry.secret())) {
      return false;
    }
    if (whose.kind() == Whose.Kind.UNKNOWN_ORGANIZATION) {
      return true;
    }
    String path = entry.key().identity().path();
    if (whose.kind() == Whose.Kind.COLLECTION
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
   * Offered NTLM or Negotiate beside Basic, git tries these with the token as a password and never
   * sends it as what it is: such a refusal says nothing about the token.
   */
  private boolean isSpared(Entry entry) {
    boolean neverTried =
        whose.kind() == Whose.Kind.COLLECTION
            && (request.serverOffers("NTLM") || request.serverOffers("Negotiate"))
            && request.password() != null
            && request.credential() == null;
    if (neverTried) {
      run.messages()
          .say(
              "git tried NTLM and never sent the token for "
                  + entry.key().identity().display()
                  + ", which is kept; git 2.46 or newer sends it");
    }
    return neverTried;
  }

  private void remove(Store store, Entry entry) {
    try {
      if (!refusedByServer) {
        store.delete(entry.key());
      } else if (entry.setAsideAt() == 0) {
        store.save(entry.setAsideAt(run.now()));
      }
    } catch (StoreException e) {
      reportNotReached(store, e);
      return;
    }
    removed.add(entry);
    say(store, entry);
  }

  /**
   * Other hosts' passwords go in silence, as with git's own helpers. Why a token was refused, and
   * so what to type next, only the service knows, which is asked afterwards.
   */
  private void say(Store store, Entry entry) {
    Identity identity = entry.key().identity();
    Whose owner =
        whose.identity() == null
            ? new Whose(Whose.Kind.ORGANIZATION, identity, false, null)
            : whose;
    if (!owner.isAzure()) {
      return;
    }
    String user = entry.key().user();
    run.messages()
        .say(
            Wording.secretOf(owner)
                + (user == null || user.isEmpty() ? "" : " (user " + UserName.shown(user) + ")")
                + (refusedByServer
                    ? " was refused by the server and is set aside"
                    : " is removed from " + store.name()));
  }
}
