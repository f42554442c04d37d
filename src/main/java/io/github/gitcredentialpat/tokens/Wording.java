package io.github.gitcredentialpat.tokens;

import io.github.gitcredentialpat.identity.Resolution;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** How messages name a stored secret, a day, and what a person can do next. */
public final class Wording {
  private static final long DAY = 86_400;

  private Wording() {}

  /** A date as people write it down, from seconds since the epoch. */
  public static String date(long time) {
    return LocalDate.ofEpochDay(Math.floorDiv(time, DAY)).toString();
  }

  /** What a secret of that place is called. */
  public static String secretOf(Resolution whose) {
    return (whose.isAzure() ? "the token for " : "the password for ") + whose.identity().display();
  }

  /** A name or address as a word of a command that a person copies. */
  public static String argument(String text) {
    return text.indexOf(' ') < 0 ? text : '"' + text + '"';
  }

  /** What a person does to get a new secret. */
  public static String renewal(Resolution whose) {
    return !whose.isAzure()
        ? "type the new one when git asks for it"
        : "make a new one at "
            + Resolution.tokenPages(whose.identity())
            + " and type: git-credential-pat login "
            + whose.identity().display();
  }

  /** The line for a URL that is refused, or that leaves the organization open; null if neither. */
  public static @Nullable String refusal(Resolution whose, String host) {
    if (whose.kind() == Resolution.Kind.REFUSED) {
      return "nothing is done for " + host + ": " + whose.refusal();
    }
    if (whose.kind() == Resolution.Kind.UNKNOWN_ORGANIZATION) {
      return "git did not say which organization of " + host + " is meant; " + useHttpPath();
    }
    return null;
  }

  /** The setting that lets git say which organization is meant. */
  public static String useHttpPath() {
    return "type: git config --global credential.https://dev.azure.com.useHttpPath true";
  }
}
