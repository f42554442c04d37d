package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.azure.Verdict;
import io.github.gitcredentialpat.helper.Helper;
import io.github.gitcredentialpat.identity.Whose;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreLock;
import io.github.gitcredentialpat.store.Terminal;
import io.github.gitcredentialpat.tokens.ChainWriter;
import io.github.gitcredentialpat.tokens.Invocation;
import io.github.gitcredentialpat.tokens.StoredEntry;
import io.github.gitcredentialpat.tokens.Wording;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * After git's erase: says in one line what to do next. Where a person is there to read it, the
 * service is asked first why it refused, for two seconds at most, and a token that proves good is
 * brought back. Git itself only says "Authentication failed".
 */
public final class Explanation {
  private static final String VARIABLE = "GIT_CREDENTIAL_PAT_EXPLAIN";
  private static final Duration LIMIT = Duration.ofSeconds(2);

  /** Git does not ask once it was refused, but ends. */
  private static final String AGAIN = ", then the git command again";

  private final Invocation run;
  private final Helper.Erased erased;

  private Explanation(Invocation run, Helper.Erased erased) {
    this.run = run;
    this.erased = erased;
  }

  /** Explains what was erased, which is something. Never fails, and wipes nothing. */
  public static void give(Invocation run, Helper.Erased erased) {
    // Of several tokens that were refused at once one tells the reason.
    Entry entry = erased.entries().get(0);
    Whose asked = Whose.token(erased.protocol(), erased.host(), erased.path(), null);
    boolean isOrganization = entry.key().identity().isOrganization();
    if (!asked.isAzure() && !isOrganization) {
      return;
    }
    boolean mayAsk =
        !"0".equals(run.surroundings().variable(VARIABLE)) && Terminal.isTerminal(Terminal.ERROR);
    String reason = mayAsk ? new Explanation(run, erased).reason(entry) : null;
    if (reason == null) {
      Whose whose =
          asked.isAzure()
              ? asked
              : new Whose(Whose.Kind.ORGANIZATION, entry.key().identity(), false, null);
      reason = Wording.renewal(whose) + AGAIN;
    }
    run.messages().say(reason);
  }

  /** Why it was refused, and what to do about it; absent when that could not be found out. */
  private @Nullable String reason(Entry entry) {
    Session session =
        new Session(
            run,
            List.of(),
            InputStream.nullInputStream(),
            OutputStream.nullOutputStream(),
            false,
            false);
    Verdict verdict =
        new Checker(session).check(entry.key().identity(), repository(), entry.secret(), LIMIT);
    boolean back = erased.setAside() && isOfUse(verdict) && bringBack(entry);
    if (back
        || verdict.isBad()
        || verdict.kind() == Verdict.Kind.LACKS_CODE_READ
        || verdict.kind() == Verdict.Kind.IIS_BASIC) {
      String token = StoredEntry.describe(entry.key());
      String advice =
          Advice.on(
              verdict,
              back ? token + ", which is back," : token,
              entry.key().identity(),
              run.now());
      boolean namesACommand =
          verdict.isBad()
              || verdict.kind() == Verdict.Kind.LACKS_CODE_READ
              || verdict.kind() == Verdict.Kind.LACKS_CODE_WRITE;
      return namesACommand ? advice + AGAIN : advice;
    }
    run.messages().trace("no explanation: " + verdict.kind() + " " + verdict.unknown());
    return null;
  }

  /** Git gives the path percent-decoded. */
  private @Nullable URI repository() {
    if (erased.path() == null) {
      return null;
    }
    try {
      URI uri = new URI(erased.protocol(), erased.host(), "/" + erased.path(), null);
      return Checker.repository(uri.toASCIIString());
    } catch (URISyntaxException e) {
      return null;
    }
  }

  /** Whether the refusal had another reason than the token, or concerned a push only. */
  private static boolean isOfUse(Verdict verdict) {
    return switch (verdict.kind()) {
      case GOOD,
          LACKS_CODE_WRITE,
          REPOSITORY_NOT_VISIBLE,
          PUSH_NOT_PERMITTED,
          CONDITIONAL_ACCESS,
          NEVER_SIGNED_IN ->
          true;
      default -> false;
    };
  }

  private boolean bringBack(Entry entry) {
    run.surroundings().deadline().promptClosed();
    StoreLock lock = StoreLock.acquire(run.surroundings());
    try {
      ChainWriter placement = new ChainWriter(run, entry.key().identity());
      placement.read();
      for (Entry now : placement.entries()) {
        // Another process may have stored a new one in the meantime.
        if (now.key().equals(entry.key()) && now.secret().sameAs(entry.secret())) {
          return placement.keep(now.setAsideAt(0), now.key(), StoredEntry.describe(now.key()))
              != null;
        }
      }
      return false;
    } catch (StoreException e) {
      run.messages().trace(e);
      return false;
    } finally {
      lock.close();
    }
  }
}
