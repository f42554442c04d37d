package io.github.gitcredentialpat.online;

import io.github.gitcredentialpat.azure.Pat;
import io.github.gitcredentialpat.azure.PatClient;
import io.github.gitcredentialpat.azure.Verdict;
import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.http.ServiceException.Reason;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.online.RotationJournal.Pending;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.tokens.StoredEntry;
import io.github.gitcredentialpat.tokens.TokenKeeper;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Replaces a stored token by a new one of the same scopes: makes it, tests it, stores it, and only
 * then revokes the old one. Wherever it ends, even killed, a token that works is stored; what it
 * leaves at the service stands in the {@link RotationJournal}, and {@link #finish} revokes it.
 *
 * <p>Whoever rotates holds the {@link RotationLock}.
 */
public final class TokenRotation {
  /** A token that was just made may not be known everywhere yet. */
  private static final int TRIES = 4;

  private static final long PAUSE_MILLIS = 2_000;

  /** In seconds: the service gives no more than about a year. */
  private static final long LONGEST_LIFE = 366L * 86_400;

  private static final String ROTATED =
      " rotated \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d( [0-9a-f]{4})?$";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

  private final CommandContext context;
  private final Resolution whose;
  private final String organization;
  private final PatClient pats;
  private final RotationJournal journal;

  /** Rotates tokens of this organization. */
  public TokenRotation(CommandContext context, Resolution whose, PatClient pats) {
    this.context = context;
    this.whose = whose;
    this.pats = pats;
    organization = whose.identity().path();
    journal = new RotationJournal(context.run().surroundings());
  }

  /**
   * The end of a token that is made now and is to live as long as this one, in seconds since the
   * epoch.
   */
  public long sameLife(Pat old) {
    long life = old.validTo().getEpochSecond() - old.validFrom().getEpochSecond();
    return context.run().now() + Math.min(LONGEST_LIFE, life);
  }

  /** Whether a rotation made this token, and less than half of its life is over. */
  public boolean isFresh(Pat token) {
    long from = token.validFrom().getEpochSecond();
    long half = (token.validTo().getEpochSecond() - from) / 2;
    boolean isRotated = !baseName(token).equals(token.displayName());
    return isRotated && context.run().now() < from + half;
  }

  /**
   * Replaces a token, and reports the result.
   *
   * @param stored the entry that holds it here
   * @param old what the service knows of it
   * @param isOver whether it works no longer, so that there is nothing to revoke
   * @param end when the new one is to expire, in seconds since the epoch
   * @param keepOld how many seconds the old one is to stay alive
   * @param isComplete whether all that is stored here was read: what was not may hold the old one,
   *     which then stays alive until a later {@link #finish}
   * @return whether all is done, but for an old one that is to live on for a while
   */
  public boolean rotate(
      StoredEntry stored, Pat old, boolean isOver, long end, long keepOld, boolean isComplete)
      throws ServiceException, UserException, IOException {
    long now = context.run().now();
    String name = newName(old, now);
    Pending pending = journal.begin(organization, name, old, isOver, now + keepOld);
    Pat fresh;
    try {
      fresh = pats.create(name, old.scope(), Instant.ofEpochSecond(end));
    } catch (ServiceException e) {
      if (e.reason() != Reason.UNEXPECTED && e.reason() != Reason.UNREACHABLE) {
        journal.end(pending);
      }
      throw e;
    }
    Secret secret = CreatedToken.secret(fresh);
    try {
      Verdict verdict = test(secret);
      if (verdict.isBad()) {
        sayVerdict(verdict);
        takeBack(pending, fresh);
        context.say("still using the old token " + old.displayName());
        return false;
      }
      Entry entry = TokenDetails.of(fresh).entry(stored.entry().key(), secret, now);
      if (!replace(stored, entry)) {
        takeBack(pending, fresh);
        return false;
      }
      pending = journal.stored(pending, verdict.isAlive());
      if (!verdict.isAlive()) {
        sayVerdict(verdict);
        context.say(
            "stored the new token, but did not revoke the old one; do so once the new one works",
            isOver ? null : PatWording.revocation(organization, old.authorizationId()));
        return false;
      }
      String made =
          PatWording.summary("rotated", fresh, organization) + PatWording.clamped(fresh, end);
      if (isOver) {
        journal.end(pending);
        context.done(made);
        return true;
      }
      if (keepOld > 0) {
        context.done(
            made
                + "; old one kept until "
                + TIME.format(Instant.ofEpochSecond(now + keepOld))
                + " UTC");
        return true;
      }
      if (!isComplete) {
        context.done(made + "; old one kept until all stores can be read");
        return false;
      }
      return revokeOld(pending, made);
    } finally {
      secret.wipe();
    }
  }

  /**
   * By it {@link #finish} knows a token again: another machine, or another token of the same name,
   * may be rotated in the same second.
   */
  private static String newName(Pat old, long now) {
    int random = 0x10000 + new SecureRandom().nextInt(0x10000);
    return baseName(old)
        + " rotated "
        + TIME.format(Instant.ofEpochSecond(now))
        + " "
        + Integer.toHexString(random).substring(1);
  }

  /** The name without what a rotation appended. */
  private static String baseName(Pat token) {
    return token.displayName().replaceFirst(ROTATED, "");
  }

  private void sayVerdict(Verdict verdict) {
    context.say(
        "the new token: "
            + VerdictAdvice.on(verdict, organization, whose.identity(), context.run().now()));
  }

  private void takeBack(Pending pending, Pat fresh) {
    if (CreatedToken.takeBack(context, pats, organization, fresh)) {
      journal.end(pending);
    }
  }

  /**
   * Puts an entry into the place of another, unless somebody changed that meanwhile.
   *
   * @return whether it is there now
   * @throws UserException when nobody can tell: then neither token may be revoked
   */
  private boolean replace(StoredEntry expected, Entry entry) throws UserException {
    TokenKeeper.Change change = TokenKeeper.replaceIfUnchanged(context.run(), expected, entry);
    if (change == TokenKeeper.Change.UNKNOWN) {
      throw UserException.couldNot(
              "cannot tell which token "
                  + expected.store().name()
                  + " has now; none revoked for "
                  + organization)
          .withHint("git-credential-pat token list " + organization);
    }
    if (change.isOvertaken()) {
      context.say(
          "not replaced: "
              + StoredEntry.describe(expected.store(), entry.key())
              + " was changed in the meantime");
    }
    return change == TokenKeeper.Change.DONE;
  }

  private Verdict test(Secret secret) {
    TokenChecker checker = new TokenChecker(context);
    Verdict verdict = checker.check(whose.identity(), null, secret, TokenChecker.LIMIT);
    for (int i = 1; i < TRIES && verdict.isBad(); i++) {
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return verdict;
      }
      verdict = checker.check(whose.identity(), null, secret, TokenChecker.LIMIT);
    }
    return verdict;
  }

  private boolean revokeOld(Pending pending, String made) {
    try {
      pats.revoke(pending.old());
      journal.end(pending);
      context.done(made + "; old one revoked");
      return true;
    } catch (ServiceException e) {
      context.messages().trace(e);
      context.say(made);
      context.say(
          "warning: the old one is not revoked: " + e.getMessage(),
          PatWording.revocation(organization, pending.old()));
      return false;
    }
  }

  // --- what was left to do ---

  /**
   * Finishes earlier rotations: revokes a new token that was never stored, because its process was
   * killed, and an old one whose time is over.
   *
   * @param stored what is stored here for the organization
   * @param isComplete whether that is all: what lies in a locked store is not absent
   * @return whether nothing is left but what is to live on for a while
   */
  public boolean finish(List<StoredEntry> stored, boolean isComplete)
      throws ServiceException, IOException {
    List<Pending> left = journal.of(organization);
    if (left.isEmpty()) {
      return true;
    }
    List<Pat> active = pats.list(PatClient.Filter.ACTIVE);
    boolean isDone = true;
    for (Pending pending : left) {
      isDone &= finish(pending, active, stored, isComplete);
    }
    return isDone;
  }

  private boolean finish(
      Pending pending, List<Pat> active, List<StoredEntry> stored, boolean isComplete)
      throws ServiceException, IOException {
    Pat fresh = null;
    Pat old = null;
    for (Pat each : active) {
      fresh = each.displayName().equals(pending.name()) ? each : fresh;
      old = each.authorizationId().equalsIgnoreCase(pending.old()) ? each : old;
    }
    StoredEntry here = fresh == null ? null : holder(fresh, stored);
    if (!pending.isStored() && here == null) {
      if (fresh != null && !isComplete) {
        return false;
      }
      if (fresh != null) {
        pats.revoke(fresh.authorizationId());
        context.done(
            "revoked \""
                + fresh.displayName()
                + "\" of "
                + organization
                + ", which an interrupted rotation left behind");
      }
      journal.end(pending);
      return true;
    }
    if (here != null && !pending.isTested()) {
      Verdict verdict = test(here.entry().secret());
      if (!verdict.isAlive()) {
        sayVerdict(verdict);
        return false;
      }
      journal.stored(pending, true);
    }
    if (old == null || holder(old, stored) != null) {
      journal.end(pending);
      return true;
    }
    if (pending.revokeAt() <= context.run().now()) {
      if (!isComplete) {
        return false;
      }
      pats.revoke(old.authorizationId());
      context.done(
          "revoked \"" + old.displayName() + "\" of " + organization + ", which was replaced");
      journal.end(pending);
    }
    return true;
  }

  private static @Nullable StoredEntry holder(Pat token, List<StoredEntry> stored) {
    for (StoredEntry each : stored) {
      if (TokenSelector.isSame(token, each.entry())) {
        return each;
      }
    }
    return null;
  }
}
