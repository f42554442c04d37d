package io.github.gitcredentialpat.azure;

import org.jspecify.annotations.Nullable;

/**
 * What became of the question whether a token is good.
 *
 * @param kind the answer
 * @param owner whose token it is; absent where the service did not say
 * @param tenant the Entra tenant behind the organization, all zeros for personal accounts; absent
 *     where the service did not say
 * @param publicProjects whether the organization was seen to answer anybody; false is no proof
 * @param said the service's own words on a refusal, in one line; empty when it had none
 * @param unknown why nothing, or with {@code GOOD} not all, could be told; absent otherwise
 */
public record Verdict(
    Kind kind,
    @Nullable Owner owner,
    @Nullable String tenant,
    boolean publicProjects,
    String said,
    @Nullable String unknown) {

  /**
   * Whose token it is.
   *
   * @param name as the service shows it
   * @param account what the person signs in with; absent where the service did not say
   * @param id the person's identity in the service
   */
  public record Owner(String name, @Nullable String account, String id) {}

  /** What the answer was, in a closed set. */
  public enum Kind {
    /** The service lets its owner in, and what was asked for besides may be done. */
    GOOD,
    /** The service says that it has expired (seen in public issues; the service seldom says it). */
    EXPIRED,
    /**
     * Expired, revoked, mistyped, of another organization, or without any scope that was asked for:
     * the service answers all of them with the same bare 401 (measured by third parties), with a
     * sign-in page, or as it answers somebody without a token (Microsoft's code).
     */
    REJECTED,
    /** A good token of somebody who does not belong to the organization: TF400813. */
    NOT_A_MEMBER,
    /** A token for all organizations, which none accepts since 1 December 2026 (Microsoft). */
    GLOBAL_BARRED,
    /** A good token in the wrong place, network or device: VS403463. */
    CONDITIONAL_ACCESS,
    /** A good token of somebody who has to sign in once with a browser: TF401444. */
    NEVER_SIGNED_IN,
    /**
     * A Server whose IIS asks for passwords itself, so that it never sees a token: its {@code
     * Basic} has a realm that is not a URL.
     */
    IIS_BASIC,
    /** A good token that may not read code: a 401 where the same token was let in otherwise. */
    LACKS_CODE_READ,
    /** A good token that may read code and not write it: a 401 for a push alone. */
    LACKS_CODE_WRITE,
    /** A good token; its owner may not see the repository, or there is none: TF401019, TF200016. */
    REPOSITORY_NOT_VISIBLE,
    /** A good token; its owner, or the branch's policy, forbids the push: TF401027, TF402455. */
    PUSH_NOT_PERMITTED,
    /** A host that is not Azure DevOps; the token was not sent. */
    NOT_CHECKABLE,
    /** No answer, or one that says nothing about the token: see {@link Verdict#unknown}. */
    COULD_NOT_TELL
  }

  /** Whether it is accepted and may do all that was asked. */
  public boolean isGood() {
    return kind == Kind.GOOD;
  }

  /** Whether it is of no use there any more: another token is needed. */
  public boolean isBad() {
    return switch (kind) {
      case EXPIRED, REJECTED, NOT_A_MEMBER, GLOBAL_BARRED -> true;
      default -> false;
    };
  }

  /** Whether the service was seen to let its owner in, whatever else was refused. */
  public boolean isAlive() {
    return switch (kind) {
      case GOOD, LACKS_CODE_READ, LACKS_CODE_WRITE, REPOSITORY_NOT_VISIBLE, PUSH_NOT_PERMITTED ->
          true;
      default -> false;
    };
  }

  /** Whether the organization belongs to personal Microsoft accounts, not to an Entra tenant. */
  public boolean isOfPersonalAccounts() {
    return "00000000-0000-0000-0000-000000000000".equals(tenant);
  }

  /** The answer where nothing could be asked, for this reason. */
  public static Verdict couldNotTell(String why) {
    return of(Kind.COULD_NOT_TELL).butUnknown(why);
  }

  /** A copy with another answer. */
  Verdict with(Kind kind, String said) {
    return new Verdict(kind, owner, tenant, publicProjects, said, null);
  }

  /** A copy that leaves something open. */
  Verdict butUnknown(String why) {
    return new Verdict(kind, owner, tenant, publicProjects, said, why);
  }

  /** An answer that says nothing else. */
  static Verdict of(Kind kind) {
    return new Verdict(kind, null, null, false, "", null);
  }
}
