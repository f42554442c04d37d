package io.github.gitcredentialpat.online;

import io.github.gitcredentialpat.azure.Verdict;
import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.Screen;
import io.github.gitcredentialpat.helper.DatedMark;
import io.github.gitcredentialpat.helper.Erased;
import io.github.gitcredentialpat.helper.GetOperation;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.platform.Terminal;
import io.github.gitcredentialpat.protocol.Request;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.tokens.Invocation;
import io.github.gitcredentialpat.tokens.StoredEntry;
import io.github.gitcredentialpat.tokens.TokenKeeper;
import io.github.gitcredentialpat.tokens.Wording;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks the service about a token that a server refused, where a person is there to read the answer:
 * after git's erase, to say why it was refused, for git itself only says "Authentication failed";
 * or, where nobody could read along then, once before a get is answered. A token that proves good
 * is brought back. It waits for the service for at most two seconds, or longer only where this
 * machine itself is slow.
 */
public final class RefusalExplanation {
  private static final String VARIABLE = "GIT_CREDENTIAL_PAT_EXPLAIN";

  /** From when the first request goes out, on a machine that has nothing else to do. */
  private static final Duration LIMIT = Duration.ofSeconds(2);

  /**
   * The limit for everything, including this machine's own work, which takes long where much else
   * runs.
   */
  private static final long ALL_MILLIS = 20_000;

  /** What to add where git does not ask again but ends. */
  private static final String AGAIN = ", then repeat the git command";

  private final Invocation run;
  private final String protocol;
  private final String host;
  private final @Nullable String path;

  private RefusalExplanation(Invocation run, String protocol, String host, @Nullable String path) {
    this.run = run;
    this.protocol = protocol;
    this.host = host;
    this.path = path;
  }

  /** Explains an erase that changed something. Never throws; the caller still wipes. */
  public static void give(Invocation run, Erased erased) {
    // Of several tokens that were refused at once one tells the reason.
    Entry entry = erased.entries().get(0);
    Resolution asked = Resolution.resolve(erased.protocol(), erased.host(), erased.path(), null);
    boolean isOrganization = entry.key().identity().isOrganization();
    if (!asked.isAzure() && !isOrganization) {
      return;
    }
    boolean isExplained =
        mayAsk(run)
            && new RefusalExplanation(run, erased.protocol(), erased.host(), erased.path())
                .explain(entry, erased.setAside());
    if (!isExplained) {
      Resolution whose =
          asked.isAzure() ? asked : Resolution.ofOrganization(entry.key().identity());
      if (whose.isAzure()) {
        Wording.sayNewToken(run, whose, AGAIN);
      }
    }
  }

  /**
   * Asks once whether the token that a get found set aside is good after all, and has it answered
   * then. Never fails.
   */
  public static void reconsider(Invocation run, GetOperation get) {
    Entry entry = get.setAside();
    DatedMark asked = new DatedMark(run, DatedMark.ASKED, entry.key());
    // Where it cannot be remembered, every get would ask.
    if (!mayAsk(run) || asked.isSetSince(entry.setAsideAt()) || !asked.set()) {
      return;
    }
    Request request = get.request();
    RefusalExplanation explanation =
        new RefusalExplanation(run, request.protocol(), request.host(), request.path());
    Verdict verdict = explanation.verdict(entry);
    Entry made = isExpired(verdict, entry, run) ? replaced(run, entry) : null;
    if (isOfUse(verdict) && explanation.bringBack(entry)) {
      get.answerSetAside();
      say(verdict, entry, true, run);
    } else if (made != null) {
      get.answer(made);
    } else if (isClear(verdict)) {
      get.isExplained();
      say(verdict, entry, false, run);
    }
  }

  private static boolean mayAsk(Invocation run) {
    return !"0".equals(run.surroundings().variable(VARIABLE))
        && (Terminal.isTerminal(Terminal.ERROR) || TokenOnDemand.isOn(run));
  }

  /** Of a token that was rejected, the person may have said when it expires. */
  private static boolean isExpired(Verdict verdict, Entry entry, Invocation run) {
    return verdict.kind() == Verdict.Kind.EXPIRED
        || (verdict.kind() == Verdict.Kind.REJECTED
            && entry.expiry() != null
            && entry.expiry().at() <= run.now());
  }

  /** The token that was created in the place of one that has expired; absent for none. */
  private static @Nullable Entry replaced(Invocation run, Entry entry) {
    Identity identity = entry.key().identity();
    return identity.isOrganization()
        ? TokenOnDemand.inPlaceOfExpired(run, Resolution.ofOrganization(identity))
        : null;
  }

  private static void say(Verdict verdict, Entry entry, boolean isRestored, Invocation run) {
    String token = StoredEntry.describe(entry.key());
    Identity place = entry.key().identity();
    String line =
        VerdictAdvice.on(verdict, isRestored ? "restored " + token : token, place, run.now());
    String todo = VerdictAdvice.whatToDo(verdict, place);
    run.messages()
        .say(
            line + (todo == null ? "" : "; " + todo + AGAIN),
            VerdictAdvice.command(verdict, place));
  }

  /** Says why it was refused, and what to do about it; false when that could not be found out. */
  private boolean explain(Entry entry, boolean setAside) {
    Verdict verdict = verdict(entry);
    boolean back = setAside && isOfUse(verdict) && bringBack(entry);
    if (!back && !isClear(verdict)) {
      return false;
    }
    Entry made = setAside && isExpired(verdict, entry, run) ? replaced(run, entry) : null;
    if (made != null) {
      made.wipe();
      run.messages().say(StoredEntry.describe(entry.key()) + ": expired" + AGAIN);
      return true;
    }
    if (setAside && !back) {
      new DatedMark(run, DatedMark.ASKED, entry.key()).set();
    }
    say(verdict, entry, back, run);
    return true;
  }

  private Verdict verdict(Entry entry) {
    run.surroundings().deadline().startAgain(ALL_MILLIS);
    run.surroundings().deadline().doing("asking the server why it rejected the token");
    CommandContext context =
        new CommandContext(
            run,
            List.of(),
            InputStream.nullInputStream(),
            OutputStream.nullOutputStream(),
            false,
            Screen.NONE);
    Verdict verdict =
        new TokenChecker(context)
            .checkPatiently(entry.key().identity(), repository(), entry.secret(), LIMIT);
    if (!isOfUse(verdict) && !isClear(verdict)) {
      run.messages().trace("no explanation: " + verdict.kind() + " " + verdict.unknown());
    }
    return verdict;
  }

  /** The repository's URL; git gave its path percent-decoded. */
  private @Nullable URI repository() {
    if (path == null) {
      return null;
    }
    try {
      return TokenChecker.repository(new URI(protocol, host, "/" + path, null).toASCIIString());
    } catch (URISyntaxException e) {
      return null;
    }
  }

  /** Whether the verdict says what is wrong with the token, or with the way to the service. */
  private static boolean isClear(Verdict verdict) {
    return verdict.isBad()
        || verdict.kind() == Verdict.Kind.LACKS_CODE_READ
        || verdict.kind() == Verdict.Kind.IIS_BASIC;
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
    run.surroundings().deadline().restart();
    return TokenKeeper.bringBack(run, entry);
  }
}
