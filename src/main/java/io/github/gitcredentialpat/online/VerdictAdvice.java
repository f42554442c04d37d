package io.github.gitcredentialpat.online;

import io.github.gitcredentialpat.azure.Pat;
import io.github.gitcredentialpat.azure.Verdict;
import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.TokenPage;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.tokens.Wording;
import org.jspecify.annotations.Nullable;

/** Explains verdicts to a person, and says what to type next. */
public final class VerdictAdvice {
  private VerdictAdvice() {}

  /** Warns that a token for all organizations will stop working, and says how to replace it. */
  public static void onGlobal(CommandContext context, Pat token, String organization) {
    if (token.global()) {
      context.say(
          "warning: "
              + token.displayName()
              + " is for all organizations; such tokens stop working on 2026-12-01",
          "git-credential-pat token create " + organization);
    }
  }

  /** A verdict in a few words, for a list. */
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

  /** Prints a verdict in one line, and then the command to type, if one helps. */
  public static void say(
      Console messages, Verdict verdict, String token, Identity identity, long now) {
    String todo = whatToDo(verdict, identity);
    messages.say(
        on(verdict, token, identity, now) + (todo == null ? "" : "; " + todo),
        command(verdict, identity));
  }

  /** Where a person gets a better token; absent where that would not help. */
  public static @Nullable String whatToDo(Verdict verdict, Identity identity) {
    String page = TokenPage.inMessage(identity);
    return switch (verdict.kind()) {
      case EXPIRED, NOT_A_MEMBER, GLOBAL_BARRED -> "create a new token at " + page;
      case REJECTED -> "check it or create a new one at " + page;
      case LACKS_CODE_READ, LACKS_CODE_WRITE -> "add the scope at " + page;
      default -> null;
    };
  }

  /** The command that helps; absent where none does. */
  public static @Nullable String command(Verdict verdict, Identity identity) {
    String place = Wording.argument(identity.display());
    return switch (verdict.kind()) {
      case EXPIRED, NOT_A_MEMBER, GLOBAL_BARRED, REJECTED -> "git-credential-pat login " + place;
      case LACKS_CODE_READ, LACKS_CODE_WRITE ->
          identity.isOrganization()
              ? "git-credential-pat token scope " + place + " --add git"
              : null;
      default -> null;
    };
  }

  /**
   * The verdict in one line: {@code contoso (alice): expired}.
   *
   * @param token what the token is called, such as {@code contoso (alice)}
   * @param now seconds since the epoch
   */
  public static String on(Verdict verdict, String token, Identity identity, long now) {
    String place = identity.display();
    return switch (verdict.kind()) {
      case GOOD -> token + ": valid" + owner(verdict) + open(verdict);
      case EXPIRED -> token + ": expired";
      case REJECTED ->
          token
              + ": rejected (expired, revoked, mistyped, for another organization or without the"
              + " scope)";
      case NOT_A_MEMBER -> token + ": the token's owner is not a member of " + place;
      case GLOBAL_BARRED -> token + ": the token is for all organizations; " + global(now);
      case CONDITIONAL_ACCESS ->
          token
              + ": valid, but a conditional access policy blocks this network or device; use the"
              + " company network or ask its administrators";
      case NEVER_SIGNED_IN ->
          token
              + ": valid, but its owner has never signed in to "
              + place
              + "; sign in once with a browser, then try again";
      case IIS_BASIC ->
          token
              + ": IIS Basic Authentication on the server takes tokens for Windows passwords; ask"
              + " its administrators to turn it off in IIS";
      case LACKS_CODE_READ ->
          token + ": cannot fetch, scope Code (Read) is missing" + owner(verdict);
      case LACKS_CODE_WRITE ->
          token + ": can fetch but not push, scope Code (Read & write) is missing" + owner(verdict);
      case REPOSITORY_NOT_VISIBLE ->
          token
              + ": valid"
              + owner(verdict)
              + ", but the repository does not exist or its owner cannot read it; check the URL or"
              + " ask the project's administrators";
      case PUSH_NOT_PERMITTED ->
          token
              + ": valid"
              + owner(verdict)
              + ", but its owner cannot push there"
              + said(verdict)
              + "; push to another branch or ask the project's administrators";
      case NOT_CHECKABLE -> place + " is not Azure DevOps; only git can check its password";
      case COULD_NOT_TELL ->
          "cannot check " + token + (verdict.unknown() == null ? "" : ": " + verdict.unknown());
    };
  }

  /** {@code , Alice Example <alice@example.com>}. */
  private static String owner(Verdict verdict) {
    Verdict.Owner owner = verdict.owner();
    if (owner == null) {
      return "";
    }
    String account = owner.account();
    return ", "
        + owner.name()
        + (account == null || account.equals(owner.name()) ? "" : " <" + account + ">");
  }

  private static String open(Verdict verdict) {
    return verdict.unknown() == null ? "" : "; " + verdict.unknown();
  }

  private static String said(Verdict verdict) {
    return verdict.said().isEmpty() ? "" : " (" + verdict.said() + ")";
  }

  private static String global(long now) {
    return now >= Pat.END_OF_GLOBAL_TOKENS.getEpochSecond()
        ? "such tokens stopped working on 2026-12-01"
        : "this organization forbids such tokens, and all others do from 2026-12-01";
  }
}
