package io.github.gitcredentialpat.online;

import io.github.gitcredentialpat.azure.Pat;
import io.github.gitcredentialpat.azure.Verdict;
import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;

/** What a verdict means for a person, and what to type next. */
public final class VerdictAdvice {
  private VerdictAdvice() {}

  /** Tells of a token for all organizations that its end is near, and how to replace it. */
  public static void onGlobal(CommandContext context, Pat token, String organization) {
    if (token.global()) {
      context.say(
          token.displayName()
              + " is for all organizations; such tokens stop working on 2026-12-01");
      context.messages().hint("git-credential-pat token create " + organization);
    }
  }

  /** The verdict in a few words, for a list. */
  public static String brief(Verdict verdict) {
    return switch (verdict.kind()) {
      case GOOD -> "valid";
      case EXPIRED -> "expired";
      case REJECTED -> "rejected";
      case NOT_A_MEMBER -> "not a member";
      case GLOBAL_BARRED -> "global token";
      case CONDITIONAL_ACCESS -> "blocked by policy";
      case NEVER_SIGNED_IN -> "never signed in";
      case IIS_BASIC -> "blocked by IIS";
      case LACKS_CODE_READ -> "cannot fetch";
      case LACKS_CODE_WRITE -> "cannot push";
      case REPOSITORY_NOT_VISIBLE -> "no such repository";
      case PUSH_NOT_PERMITTED -> "push not allowed";
      case NOT_CHECKABLE -> "not Azure DevOps";
      case COULD_NOT_TELL -> "cannot tell";
    };
  }

  /**
   * One line: {@code the token for contoso …; …}.
   *
   * @param token what the token is called, such as {@code the token for contoso}
   * @param now seconds since the epoch
   */
  public static String on(Verdict verdict, String token, Identity identity, long now) {
    String place = identity.display();
    String page = Resolution.tokenPages(identity);
    String anew = "make a new one at " + page + " and type: git-credential-pat login " + place;
    String scope = "choose it at " + page + ", or type: git-credential-pat token scope " + place;
    return switch (verdict.kind()) {
      case GOOD -> token + " is good" + owner(verdict) + open(verdict);
      case EXPIRED -> token + " has expired; " + anew;
      case REJECTED ->
          token
              + " is not accepted: it has expired, was revoked or mistyped, is of another"
              + " organization, or lacks a scope; look it up at "
              + page
              + ", make a new one there and type: git-credential-pat login "
              + place;
      case NOT_A_MEMBER ->
          token
              + " belongs to somebody who is no member of "
              + place
              + "; have them invited, or sign in as another account and "
              + anew;
      case GLOBAL_BARRED -> token + " is for all organizations; " + global(now) + "; " + anew;
      case CONDITIONAL_ACCESS ->
          token
              + " is good, but a policy of its company forbids this network or device"
              + " (conditional access); try from the company's network or ask its administrators";
      case NEVER_SIGNED_IN ->
          token
              + " is good, but its owner never signed in to "
              + place
              + "; sign in once with a browser, then repeat";
      case IIS_BASIC ->
          token
              + " does not reach Azure DevOps: IIS Basic Authentication is on at the server and"
              + " takes it for a Windows password; have its administrators turn that off in IIS";
      case LACKS_CODE_READ ->
          token
              + owner(verdict)
              + " lacks the scope Code (Read) for cloning and fetching; "
              + scope;
      case LACKS_CODE_WRITE ->
          token
              + owner(verdict)
              + " may fetch, but lacks the scope Code (Read & write) for pushing; "
              + scope;
      case REPOSITORY_NOT_VISIBLE ->
          token
              + owner(verdict)
              + " is good; the repository does not exist, or its owner may not read it: check the"
              + " URL, or ask the project's administrators";
      case PUSH_NOT_PERMITTED ->
          token
              + owner(verdict)
              + " is good; its owner may not push there"
              + said(verdict)
              + "; push to another branch, or ask the project's administrators";
      case NOT_CHECKABLE ->
          place + " is not Azure DevOps; whether its password is good only git can find out";
      case COULD_NOT_TELL ->
          "whether "
              + token
              + " is good could not be told"
              + (verdict.unknown() == null ? "" : ": " + verdict.unknown());
    };
  }

  private static String owner(Verdict verdict) {
    Verdict.Owner owner = verdict.owner();
    if (owner == null) {
      return "";
    }
    String account = owner.account();
    return " (of "
        + owner.name()
        + (account == null || account.equals(owner.name()) ? "" : ", " + account)
        + ")";
  }

  private static String open(Verdict verdict) {
    return verdict.unknown() == null ? "" : "; not known is " + verdict.unknown();
  }

  private static String said(Verdict verdict) {
    return verdict.said().isEmpty() ? "" : " (" + verdict.said() + ")";
  }

  private static String global(long now) {
    return now >= Pat.END_OF_GLOBAL_TOKENS.getEpochSecond()
        ? "such tokens stopped working on 1 December 2026"
        : "this organization forbids such tokens, and every other does from 1 December 2026";
  }
}
