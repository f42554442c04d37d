package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.azure.Verdict;
import io.github.gitcredentialpat.helper.Helper;
import io.github.gitcredentialpat.helper.Placement;
import io.github.gitcredentialpat.helper.Run;
import io.github.gitcredentialpat.identity.Whose;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreLock;
import io.github.gitcredentialpat.store.Terminal;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * After git's erase: asks the service why it refused, for two seconds at most, says it in one line,
 * and brings back a token that proves good. Git itself only says "Authentication failed".
 */
public final class Explanation {
  private static final String VARIABLE = "GIT_CREDENTIAL_PAT_EXPLAIN";
  private static final Duration LIMIT = Duration.ofSeconds(2);

  private final Run run;
  private final Helper.Erased erased;

  private Explanation(Run run, Helper.Erased erased) {
    this.run = run;
    this.erased = erased;
  }

  /**
   * Explains what was erased, which is something, if a person is there to read it. Never fails, and
   * wipes nothing.
   */
  public static void give(Run run, Helper.Erased erased) {
    if (!"0".equals(run.surroundings().variable(VARIABLE)) && Terminal.isTerminal(Terminal.ERROR)) {
      new Explanation(run, erased).give();
    }
  }

  private void give() {
    Whose whose = Whose.token(erased.protocol(), erased.host(), erased.path(), null);
    // Of several tokens that were refused at once one tells the reason.
    Entry entry = erased.entries().get(0);
    if (!whose.isAzure() && !entry.key().identity().isOrganization()) {
      return;
    }
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
      String token = Kept.describe(entry.key());
      run.messages()
          .say(
              Advice.on(
                  verdict,
                  back ? token + ", which is back," : token,
                  entry.key().identity(),
                  run.now()));
    } else {
      run.messages().trace("no explanation: " + verdict.kind() + " " + verdict.unknown());
    }
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
      Placement placement = new Placement(run, entry.key().identity());
      placement.read();
      for (Entry now : placement.entries()) {
        // Another process may have stored a new one in the meantime.
        if (now.key().equals(entry.key()) && now.secret().sameAs(entry.secret())) {
          return placement.keep(now.setAsideAt(0), now.key(), Kept.describe(now.key())) != null;
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
