package io.github.gitcredentialpat.azure;

import io.github.gitcredentialpat.http.ServiceText;
import io.github.gitcredentialpat.identity.TokenPage;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The service's name for an error ({@code patTokenError}) in a person's words. The names are an
 * open list: one that is not known here is shown as it is.
 *
 * @param what what happened, to be followed by "for" and the organization
 * @param next what to do; absent where the command says it
 * @param hint the command to type next; absent where there is none
 */
record PatError(String what, @Nullable String next, @Nullable String hint) {
  private PatError(String what, String next) {
    this(what, next, null);
  }

  /** With a command that a person can type next. */
  private static PatError of(String what, String next, String command) {
    return new PatError(what, next, "git-credential-pat token " + command);
  }

  /** Explains an error code of an organization. */
  static PatError of(String code, String organization) {
    String page = TokenPage.ofOrganization(organization);
    return switch (code) {
      case "displayNameRequired", "invalidDisplayName" ->
          new PatError("Azure DevOps rejected this token name", "choose another name");
      case "invalidScope" ->
          new PatError("Azure DevOps rejected one of these scopes", "correct them");
      case "invalidValidTo" ->
          new PatError(
              "Azure DevOps rejected this expiry date",
              "choose a day between tomorrow and a year from now");
      case "accessDenied" ->
          new PatError("Azure DevOps denies access to this token", "use " + page);
      case "globalPatPolicyViolation", "globalPATCreationBlocked", "globalPatUsageDisabled" ->
          of(
              "tokens for all organizations are no longer allowed",
              "create one for this organization",
              "create " + organization);
      case "fullScopePatPolicyViolation" ->
          new PatError(
              "a policy forbids tokens with full access",
              "choose scopes, such as --scopes code:write");
      case "patLifespanPolicyViolation" ->
          new PatError(
              "a policy limits the lifetime of tokens",
              "choose an earlier expiry, such as --expires 7");
      case "disablePatCreationPolicyViolation" ->
          new PatError(
              "a policy forbids creating tokens, at least other than for packages,",
              "ask an administrator to add you to its allow list, or let git use access tokens"
                  + " instead",
              "git-credential-pat configure --store entra");
      case "expiredPatCannotBeExtended" ->
          of(
              "the token has expired and cannot be extended",
              "create a new one",
              "create " + organization);
      case "failedToReadTenantPolicy", "failedToReadOrgPolicy" ->
          new PatError("Azure DevOps cannot read the token policies", "try again later");
      case "tokenNotFound",
          "authorizationNotFound",
          "hostAuthorizationNotFound",
          "invalidAuthorizationId" ->
          new PatError("no such token", null, "git-credential-pat token list " + organization);
      case "userIdRequired", "invalidUserId", "invalidUserType" ->
          new PatError(
              "this account cannot have personal access tokens",
              "sign in as a person, not as a service");
      case "failedToIssueAccessToken", "failedToUpdateAccessToken" ->
          new PatError("Azure DevOps failed", "try again later, or use " + page);
      default ->
          code.toLowerCase(Locale.ROOT).startsWith("duplicate")
              ? new PatError("a token with this name already exists", "choose another name")
              : new PatError(
                  "Azure DevOps refused (" + ServiceText.oneLine(code) + ")", "use " + page);
    };
  }
}
