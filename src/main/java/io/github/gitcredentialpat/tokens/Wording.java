package io.github.gitcredentialpat.tokens;

import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.TokenPage;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.store.Store;
import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** Wording that messages share: how they name a secret, a day, and what a person can do next. */
public final class Wording {
  /** The command for the setting that lets git say which organization it asks for. */
  public static final String USE_HTTP_PATH =
      "git config --global credential.https://dev.azure.com.useHttpPath true";

  private static final long DAY = 86_400;

  private Wording() {}

  /** A date as people write it down, from seconds since the epoch. */
  public static String date(long time) {
    return LocalDate.ofEpochDay(Math.floorDiv(time, DAY)).toString();
  }

  /** A minute, for what lives no longer than hours, from seconds since the epoch. */
  public static String minute(long time) {
    return Instant.ofEpochSecond(time).toString().substring(0, 16).replace('T', ' ') + " UTC";
  }

  /** How messages name the secret of a place. */
  public static String secretOf(Resolution whose) {
    return (whose.isAzure() ? "the token for " : "the password for ") + whose.identity().display();
  }

  /** A name or address as an argument of a command that a person copies. */
  public static String argument(String text) {
    return text.indexOf(' ') < 0 ? text : '"' + text + '"';
  }

  /**
   * Reports what happened to a secret, and how a person gets a new one.
   *
   * @param instead what else they can do, such as {@code " and paste it when git asks"}; may be
   *     empty
   */
  public static void sayHowToRenew(
      Invocation run, Resolution whose, String whatHappened, String instead) {
    if (!whose.isAzure()) {
      run.messages().say(whatHappened + "; enter the new one when git asks for it");
      return;
    }
    run.messages().say(whatHappened);
    sayNewToken(run, whose, instead);
  }

  /** Says how a person gets a new token for an Azure DevOps place. */
  public static void sayNewToken(Invocation run, Resolution whose, String instead) {
    run.messages().say("create a new token at " + TokenPage.inMessage(whose.identity()) + instead);
    String shared = onlyShared(run);
    run.messages()
        .hint(
            "git-credential-pat login "
                + argument(whose.identity().display())
                + (shared == null ? "" : " --store " + shared));
  }

  /** The shared store that has to be named to be changed, where there is no other; else absent. */
  private static @Nullable String onlyShared(Invocation run) {
    String shared = null;
    for (Store store : run.chain().stores()) {
      if (store.capacity().writable()) {
        return null;
      }
      shared = shared == null && store.isShared() ? store.name() : shared;
    }
    return shared;
  }

  /** The line for a URL that is refused, or that leaves the organization open; null if neither. */
  private static @Nullable String refusal(Resolution whose, String host) {
    if (whose.kind() == Resolution.Kind.REFUSED) {
      return "refusing " + host + ": " + whose.refusal();
    }
    if (whose.kind() == Resolution.Kind.UNKNOWN_ORGANIZATION) {
      return "git did not say which organization of " + host + " it needs";
    }
    return null;
  }

  /** Says why a URL is refused, or which setting lets git say the organization. */
  public static void sayRefusal(Console messages, Resolution whose, String host) {
    boolean isUnknown = whose.kind() == Resolution.Kind.UNKNOWN_ORGANIZATION;
    messages.say(refusal(whose, host), isUnknown ? USE_HTTP_PATH : null);
  }
}
