package io.github.gitcredentialpat.store.entra;

import io.github.gitcredentialpat.entra.AccessTokenLadder;
import io.github.gitcredentialpat.entra.IssuedToken;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Fetches an access token where none is kept. Loaded only then. */
final class Fetch {
  /**
   * In seconds, how long a refused token is not answered again. A machine's identity has the same
   * one for a day, and a server that refused it may have been wrong, or know it by then.
   */
  private static final long HELD_BACK = 10 * 60;

  private final Environment surroundings;
  private final AccessTokenLadder.SignIns signIns;
  private final AccessTokenCache cache;

  Fetch(Environment surroundings, AccessTokenLadder.SignIns signIns, AccessTokenCache cache) {
    this.surroundings = surroundings;
    this.signIns = signIns;
    this.cache = cache;
  }

  /**
   * A new access token, which is kept.
   *
   * @param refused the one that a server refused, which is not answered again for a while; wiped
   * @param problems gets what failed on the way
   */
  List<Entry> instead(@Nullable Entry refused, Identity where, List<StoreException> problems) {
    Console messages = messages();
    AccessTokenLadder ladder =
        new AccessTokenLadder(surroundings, signIns, new OrganizationAudience(where.path()));
    boolean isHeldBack = refused != null && now() - refused.setAsideAt() < HELD_BACK;
    IssuedToken issued = ladder.climb(isHeldBack ? refused.secret().bytes() : null);
    wipe(refused);
    for (AccessTokenLadder.Failure failure : ladder.failures()) {
      messages.trace(failure.problem());
      problems.add(problem(failure));
    }
    if (issued == null) {
      if (ladder.failures().isEmpty()) {
        problems.add(nobody());
      }
      return List.of();
    }
    messages.trace("access token for " + where.display() + ": " + issued.rung());
    Secret secret = Secret.password(issued.token());
    Entry entry =
        new Entry(
            new EntryKey(where, null),
            secret,
            new Expiry(issued.expiresAt().getEpochSecond(), Expiry.Source.ENTRA),
            null,
            now(),
            0,
            issued.rung(),
            null,
            null);
    cache.put(entry);
    return List.of(entry);
  }

  private static void wipe(@Nullable Entry entry) {
    if (entry != null) {
      entry.wipe();
    }
  }

  private static StoreException problem(AccessTokenLadder.Failure failure) {
    ServiceException problem = failure.problem();
    return new StoreException(
            problem.reason() == ServiceException.Reason.TIMEOUT ? Reason.TIMEOUT : Reason.FAILED,
            failure.rung() + ": " + problem.getMessage(),
            problem)
        .withHint(problem.hint());
  }

  private static StoreException nobody() {
    return new StoreException(
            Reason.UNAVAILABLE,
            "no sign-in to Entra here: no workload identity, managed identity, pipeline token, Azure"
                + " CLI or remembered sign-in; use one of them")
        .withHint("az login");
  }

  private Console messages() {
    Console messages = surroundings.messages();
    return messages == null ? new Console(OutputStream.nullOutputStream(), false) : messages;
  }

  private static long now() {
    return System.currentTimeMillis() / 1000;
  }
}
