package io.github.gitcredentialpat.helper;

import io.github.gitcredentialpat.identity.Whose;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreChain;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.store.Surroundings;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * What one run of the helper works with.
 *
 * @param chain the stores, in the order in which they are asked
 * @param surroundings the environment, and the time that is left
 * @param messages where lines for the person go
 * @param now seconds since the epoch
 */
public record Run(StoreChain chain, Surroundings surroundings, Messages messages, long now) {
  private static final long DAY = 86_400;

  /** Set aside for longer than this, an entry is deleted. */
  private static final long KEPT_ASIDE = 7 * DAY;

  /** A date as people write it down, from seconds since the epoch. */
  public static String date(long time) {
    return LocalDate.ofEpochDay(Math.floorDiv(time, DAY)).toString();
  }

  /** How long ago a refused token may have been set aside before it is dropped for good. */
  boolean isLongForgotten(Entry entry) {
    return entry.setAsideAt() != 0 && entry.setAsideAt() + KEPT_ASIDE < now;
  }

  /** What a secret of that place is called. */
  public static String secretOf(Whose whose) {
    return (whose.isAzure() ? "the token for " : "the password for ") + whose.identity().display();
  }

  /** What a person does to get a new secret. */
  public static String renewal(Whose whose) {
    String page = whose.tokenPage();
    return page == null
        ? "type the new one when git asks for it"
        : "make a new one at "
            + page
            + " and type: git-credential-pat login "
            + whose.identity().display();
  }

  /** The line for a URL that is refused, or that leaves the organisation open; null if neither. */
  static @Nullable String refusal(Whose whose, String host) {
    if (whose.kind() == Whose.Kind.REFUSED) {
      return "nothing is done for " + host + ": " + whose.refusal();
    }
    if (whose.kind() == Whose.Kind.UNKNOWN_ORGANIZATION) {
      return "git did not say which organisation of " + host + " is meant; " + useHttpPath();
    }
    return null;
  }

  /** The setting that lets git say which organisation is meant. */
  static String useHttpPath() {
    return "type: git config --global credential.https://dev.azure.com.useHttpPath true";
  }

  /**
   * Tells the person that a store failed, unless it simply is not there, nobody chose it and
   * another comes after it.
   */
  public void report(Store store, StoreException problem) {
    messages.trace(problem);
    boolean isLast = store == chain.stores().get(chain.stores().size() - 1);
    if (problem.reason() != Reason.UNAVAILABLE || chain.chosen() || isLast) {
      messages.say(store.name() + ": " + problem.getMessage());
    }
  }
}
