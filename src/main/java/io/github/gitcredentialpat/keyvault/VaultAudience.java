package io.github.gitcredentialpat.keyvault;

import io.github.gitcredentialpat.entra.Audience;
import io.github.gitcredentialpat.entra.EntraClient;
import io.github.gitcredentialpat.entra.Tenant;
import io.github.gitcredentialpat.http.Http;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.http.ServiceException.Reason;
import io.github.gitcredentialpat.http.ServiceText;
import io.github.gitcredentialpat.identity.Identity;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Access tokens for the vaults of the cloud that one vault is in. */
public final class VaultAudience implements Audience {
  private final VaultAddress vault;

  /** Access tokens for this vault. */
  public VaultAudience(VaultAddress vault) {
    this.vault = vault;
  }

  @Override
  public String resource() {
    return vault.resource();
  }

  @Override
  public Identity place() {
    return vault.place();
  }

  @Override
  public boolean isInPublicCloud() {
    return vault.isInPublicCloud();
  }

  /** Of what the vault demands the tenant alone is taken: whose tokens it wants is known before. */
  @Override
  public String tenant(Http http, Duration limit) throws ServiceException {
    // No secret goes there: anybody may ask.
    Http.Answer answer =
        http.send(
            "GET",
            vault.uri("/secrets?maxresults=1&api-version=" + KeyVaultClient.VERSION),
            Map.of("Accept", "application/json"),
            null,
            limit);
    String tenant = EntraClient.ANY_TENANT;
    for (String challenge : answer.headers().allValues("WWW-Authenticate")) {
      String named = Tenant.tenantIn(challenge);
      if (named != null) {
        requireResource(challenge);
        tenant = named;
      }
    }
    return tenant;
  }

  private void requireResource(String challenge) throws ServiceException {
    String demanded = resourceIn(challenge);
    if (demanded != null && !demanded.equals(resource())) {
      throw new ServiceException(
          Reason.REFUSED,
          vault.host()
              + " wants an access token for another service ("
              + ServiceText.oneLine(demanded)
              + "); check the vault's address");
    }
  }

  private static @Nullable String resourceIn(String challenge) {
    String lower = challenge.toLowerCase(Locale.ROOT);
    String key = "resource=";
    int start = lower.indexOf(key);
    if (start < 0) {
      return null;
    }
    String value = lower.substring(start + key.length()).replace("\"", "");
    int end = 0;
    while (end < value.length() && value.charAt(end) != ',' && value.charAt(end) != ' ') {
      end++;
    }
    return value.endsWith("/") && end == value.length()
        ? value.substring(0, end - 1)
        : value.substring(0, end);
  }

  @Override
  public String requiredOfAccounts() {
    return "allowed to read the secrets of " + vault.host();
  }

  @Override
  public String commandAfterRejection() {
    return "az login";
  }

  @Override
  public String commandWithoutGit() {
    return "git-credential-pat list --store azkeyvault";
  }
}
