package io.github.gitcredentialpat.store.entra;

import io.github.gitcredentialpat.entra.Audience;
import io.github.gitcredentialpat.entra.EntraClient;
import io.github.gitcredentialpat.http.Http;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.identity.Identity;
import java.time.Duration;

/** Access tokens for an organization of Azure DevOps Services. */
final class OrganizationAudience implements Audience {
  private final String organization;

  /**
   * For one organization.
   *
   * @param organization its name, in lower case
   */
  OrganizationAudience(String organization) {
    this.organization = organization;
  }

  @Override
  public String resource() {
    return EntraClient.AZURE_DEVOPS;
  }

  @Override
  public Identity place() {
    return Identity.ofOrganization(organization);
  }

  @Override
  public boolean isInPublicCloud() {
    return true;
  }

  @Override
  public String tenant(Http http, Duration limit) throws ServiceException {
    return new EntraClient(http, limit).tenantOf(organization);
  }

  @Override
  public String requiredOfAccounts() {
    return "a member of " + organization;
  }

  @Override
  public String commandAfterRejection() {
    return "git-credential-pat logout " + organization;
  }

  @Override
  public String commandWithoutGit() {
    return "git-credential-pat check " + organization;
  }
}
