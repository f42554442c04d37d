package io.github.gitcredentialpat.store.azkeyvault;

import io.github.gitcredentialpat.entra.AccessTokenLadder;
import io.github.gitcredentialpat.entra.EntraHttp;
import io.github.gitcredentialpat.entra.IssuedToken;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.keyvault.KeyVaultClient;
import io.github.gitcredentialpat.keyvault.VaultAddress;
import io.github.gitcredentialpat.keyvault.VaultAudience;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.store.entra.AccessTokenCache;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The access token for one vault: what is kept of an earlier run, else from the first way that
 * leads to one.
 */
final class VaultToken implements KeyVaultClient.Token {
  private final Environment surroundings;
  private final AccessTokenLadder.SignIns signIns;
  private final VaultAddress vault;
  private final AccessTokenCache cache;
  private @Nullable String bearer;
  private boolean isOfEarlierRun;

  /**
   * Asks nobody until it is needed.
   *
   * @param signIns where sign-ins are remembered
   */
  VaultToken(Environment surroundings, AccessTokenLadder.SignIns signIns, VaultAddress vault) {
    this.surroundings = surroundings;
    this.signIns = signIns;
    this.vault = vault;
    cache = new AccessTokenCache(surroundings);
  }

  @Override
  public String bearer() throws StoreException {
    if (bearer == null) {
      Entry kept = cache.get(vault.place());
      isOfEarlierRun = kept != null;
      Entry token = kept == null ? fetch() : kept;
      try {
        bearer = EntraHttp.bearer(token.secret().bytes());
      } catch (ServiceException e) {
        cache.remove(vault.place());
        throw problem(e, "");
      } finally {
        token.wipe();
      }
    }
    return bearer;
  }

  @Override
  public boolean renew() {
    cache.remove(vault.place());
    bearer = null;
    return isOfEarlierRun;
  }

  private Entry fetch() throws StoreException {
    AccessTokenLadder ladder =
        new AccessTokenLadder(surroundings, signIns, new VaultAudience(vault));
    IssuedToken issued = ladder.climb(null);
    if (surroundings.messages() != null) {
      for (AccessTokenLadder.Failure failure : ladder.failures()) {
        surroundings.messages().trace(failure.problem());
      }
    }
    if (issued == null) {
      throw none(ladder.failures());
    }
    if (surroundings.messages() != null) {
      surroundings.messages().trace("access token for " + vault.host() + ": " + issued.rung());
    }
    Entry token =
        new Entry(
            new EntryKey(vault.place(), null),
            Secret.password(issued.token()),
            new Expiry(issued.expiresAt().getEpochSecond(), Expiry.Source.ENTRA),
            null,
            Instant.now().getEpochSecond(),
            0,
            issued.rung(),
            null,
            null);
    cache.put(token);
    return token;
  }

  /** The first way that is set up says why it leads nowhere. */
  private static StoreException none(List<AccessTokenLadder.Failure> failures) {
    if (failures.isEmpty()) {
      return new StoreException(
              Reason.FAILED,
              "no sign-in to Entra here: no workload identity, managed identity, Azure CLI or"
                  + " remembered sign-in; use one of them")
          .withHint("az login");
    }
    return problem(failures.get(0).problem(), failures.get(0).rung() + ": ");
  }

  private static StoreException problem(ServiceException problem, String where) {
    return new StoreException(
            problem.reason() == ServiceException.Reason.TIMEOUT ? Reason.TIMEOUT : Reason.FAILED,
            where + problem.getMessage(),
            problem)
        .withHint(problem.hint());
  }
}
