package io.github.gitcredentialpat.command.renew;

import io.github.gitcredentialpat.azure.Pat;
import io.github.gitcredentialpat.azure.PatClient;
import io.github.gitcredentialpat.azure.Verdict;
import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.online.SignIn;
import io.github.gitcredentialpat.online.TokenChecker;
import io.github.gitcredentialpat.online.TokenDetails;
import io.github.gitcredentialpat.online.TokenRotation;
import io.github.gitcredentialpat.online.TokenSelector;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.tokens.StoredEntry;
import io.github.gitcredentialpat.tokens.TokenKeeper;
import io.github.gitcredentialpat.tokens.Wording;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Renews the tokens of one organization of Azure DevOps Services. */
final class OrganizationRenewal {
  private final CommandContext context;
  private final Resolution whose;
  private final List<StoredEntry> candidates = new ArrayList<>();

  OrganizationRenewal(CommandContext context, Identity identity) {
    this.context = context;
    whose = Resolution.ofOrganization(identity);
  }

  /** Adds a token that may have to be renewed. */
  void add(StoredEntry candidate) {
    candidates.add(candidate);
  }

  /**
   * Renews what expires until then, and says what it cannot renew.
   *
   * @param stored all that was read, of other organizations as well
   * @param isComplete whether that is all that is stored here
   * @param until in seconds since the epoch
   * @param keepOld how many seconds the old tokens are to live on
   * @param isAttended whether a person may be asked to sign in
   * @return whether nothing is left to do
   */
  boolean renew(
      List<StoredEntry> stored, boolean isComplete, long until, long keepOld, boolean isAttended) {
    List<StoredEntry> ours = new ArrayList<>();
    for (StoredEntry each : stored) {
      if (each.identity().equals(whose.identity())) {
        ours.add(each);
      }
    }
    try (SignIn signIn =
        isAttended ? SignIn.to(context, whose) : SignIn.withoutAsking(context, whose)) {
      if (signIn == null) {
        return sayNotSignedIn();
      }
      PatClient pats = signIn.pats();
      TokenRotation rotation = new TokenRotation(context, whose, pats);
      boolean isDone = rotation.finish(ours, isComplete);
      if (candidates.isEmpty()) {
        return isDone;
      }
      List<Pat> active = pats.list(PatClient.Filter.ACTIVE);
      for (StoredEntry each : candidates) {
        isDone &= renew(each, ours, isComplete, active, pats, rotation, until, keepOld);
      }
      return isDone;
    } catch (ServiceException e) {
      return failed(e, e.hint());
    } catch (UserException e) {
      return failed(e, e.hint());
    } catch (StoreException e) {
      return failed(e, e.hint());
    } catch (IOException e) {
      return failed(e, null);
    }
  }

  private boolean failed(Exception problem, @Nullable String hint) {
    context.messages().trace(problem);
    context.say("error: cannot renew " + name() + ": " + problem.getMessage(), hint);
    return false;
  }

  private String name() {
    return whose.identity().display();
  }

  private boolean sayNotSignedIn() {
    for (StoredEntry each : candidates) {
      context.say(life(each, context.run().now()) + " and cannot be renewed: not signed in");
    }
    if (candidates.isEmpty()) {
      context.say("cannot finish renewing " + name() + ": not signed in");
    }
    context.messages().hint("git-credential-pat renew " + Wording.argument(name()));
    return false;
  }

  private boolean renew(
      StoredEntry stored,
      List<StoredEntry> ours,
      boolean isComplete,
      List<Pat> active,
      PatClient pats,
      TokenRotation rotation,
      long until,
      long keepOld)
      throws ServiceException, UserException, IOException {
    Entry entry = stored.entry();
    boolean isDead = false;
    if (entry.authorizationId() == null && entry.name() != null) {
      // The token of that name may be another machine's, where this one is dead.
      Verdict verdict =
          new TokenChecker(context)
              .check(whose.identity(), null, entry.secret(), TokenChecker.LIMIT);
      isDead = verdict.isBad();
      if (!isDead && !verdict.isAlive()) {
        context.say(
            life(stored, context.run().now())
                + " and is not renewed: the server did not say whether it still works");
        return false;
      }
    }
    Pat token = isDead ? null : find(active, entry);
    boolean isOver = false;
    if (token == null && entry.expiry() != null && entry.expiry().at() <= context.run().now()) {
      token = find(pats.list(PatClient.Filter.EXPIRED), entry);
      isOver = true;
    }
    if (token == null) {
      sayUnknown(stored);
      return false;
    }
    if (token.global()) {
      // Other organizations may use it, here or elsewhere.
      context.say(
          life(stored, context.run().now()) + " and is not renewed: it is for all organizations",
          "git-credential-pat token create " + Wording.argument(name()));
      return false;
    }
    if (!isOver && (token.end().getEpochSecond() > until || rotation.isFresh(token))) {
      note(stored, token);
      return true;
    }
    if (isStoredTwice(token, entry, ours)) {
      context.say(
          life(stored, context.run().now()) + " and is not renewed: it is stored more than once",
          "git-credential-pat list " + Wording.argument(name()));
      return false;
    }
    return rotation.rotate(stored, token, isOver, rotation.sameLife(token), keepOld, isComplete);
  }

  private static @Nullable Pat find(List<Pat> tokens, Entry entry) {
    Pat found = null;
    for (Pat each : tokens) {
      if (TokenSelector.isSame(each, entry)) {
        if (found != null) {
          // Two of one name: nobody knows which one this is.
          return null;
        }
        found = each;
      }
    }
    return found;
  }

  private static boolean isStoredTwice(Pat token, Entry entry, List<StoredEntry> ours) {
    return ours.stream()
            .map(StoredEntry::entry)
            .filter(
                each -> TokenSelector.isSame(token, each) || each.secret().sameAs(entry.secret()))
            .count()
        > 1;
  }

  /** It was extended on the web page, or its expiry was not known here. */
  private void note(StoredEntry stored, Pat token) {
    Entry entry = stored.entry();
    Entry updated = TokenDetails.of(token).entry(entry.key(), entry.secret(), entry.storedAt());
    if (!updated.expiry().equals(entry.expiry())) {
      TokenKeeper.replaceIfUnchanged(context.run(), stored, updated);
    }
  }

  private void sayUnknown(StoredEntry stored) {
    boolean isNamed = stored.entry().authorizationId() != null || stored.entry().name() != null;
    Wording.sayHowToRenew(
        context.run(),
        whose,
        life(stored, context.run().now())
            + " and cannot be renewed: "
            + (isNamed
                ? "it is not among your tokens on the server"
                : "its name on the server is not known"),
        "");
  }

  /** {@code contoso (alice) expires on 2026-12-05}. */
  static String life(StoredEntry stored, long now) {
    Expiry expiry = stored.entry().expiry();
    String token = StoredEntry.describe(stored.entry().key());
    if (expiry == null) {
      return token + " expires at an unknown time";
    }
    return token
        + (expiry.at() <= now ? " expired on " : " expires on ")
        + Wording.date(expiry.at());
  }
}
