package io.github.gitcredentialpat.azure;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import java.util.Locale;

/**
 * The service's name for an error ({@code patTokenError}) in a person's words. The names are an
 * open list: one that is not known here is shown as it is.
 *
 * @param what what happened, to be followed by "for" and the organization
 * @param next what to do
 */
record PatError(String what, String next) {

  /** What a name means in an organization. */
  static PatError of(String code, String organization) {
    String page = Resolution.tokenPage(Identity.ofOrganization(organization));
    return switch (code) {
      case "displayNameRequired", "invalidDisplayName" ->
          new PatError("Azure DevOps does not accept this token name", "choose another name");
      case "invalidScope" ->
          new PatError("Azure DevOps does not accept one of these scopes", "correct them");
      case "invalidValidTo" ->
          new PatError(
              "Azure DevOps does not accept this expiry of a token",
              "choose a day from tomorrow on, not more than a year away");
      case "accessDenied" ->
          new PatError("Azure DevOps denies access to this token", "use " + page);
      case "globalPatPolicyViolation", "globalPATCreationBlocked", "globalPatUsageDisabled" ->
          new PatError(
              "tokens for all organizations are no longer allowed",
              "create one for this organization: git-credential-pat token create " + organization);
      case "fullScopePatPolicyViolation" ->
          new PatError(
              "a policy forbids tokens with full access",
              "name scopes instead, such as --scopes code:write");
      case "patLifespanPolicyViolation" ->
          new PatError(
              "a policy limits how long a token may live",
              "choose an earlier expiry, such as --expires 7");
      case "disablePatCreationPolicyViolation" ->
          new PatError(
              "a policy forbids you to create tokens, or all but those for packages",
              "ask an administrator to put you on its allow list");
      case "expiredPatCannotBeExtended" ->
          new PatError(
              "the token has expired and cannot be extended",
              "create a new one: git-credential-pat token create " + organization);
      case "failedToReadTenantPolicy", "failedToReadOrgPolicy" ->
          new PatError("Azure DevOps could not read the policies on tokens", "try again later");
      case "tokenNotFound",
          "authorizationNotFound",
          "hostAuthorizationNotFound",
          "invalidAuthorizationId" ->
          new PatError(
              "there is no such token", "look: git-credential-pat token list " + organization);
      case "userIdRequired", "invalidUserId", "invalidUserType" ->
          new PatError(
              "this account can have no personal access tokens",
              "sign in as a person, not as a service");
      case "failedToIssueAccessToken", "failedToUpdateAccessToken" ->
          new PatError("Azure DevOps could not do it", "try again later, or use " + page);
      default ->
          code.toLowerCase(Locale.ROOT).startsWith("duplicate")
              ? new PatError("there is such a token already", "choose another name")
              : new PatError(
                  "Azure DevOps refuses it (" + ServiceText.oneLine(code) + ")", "use " + page);
    };
  }
}
