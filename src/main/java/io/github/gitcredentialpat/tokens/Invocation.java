package io.github.gitcredentialpat.tokens;

import io.github.gitcredentialpat.platform.Messages;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreChain;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.store.Surroundings;

/**
 * What one call of the program works with.
 *
 * @param chain the stores, in the order in which they are asked
 * @param surroundings the environment, and the time that is left
 * @param messages where lines for the person go
 * @param now seconds since the epoch
 */
public record Invocation(StoreChain chain, Surroundings surroundings, Messages messages, long now) {
  /** Set aside for longer than this, an entry is deleted. */
  private static final long KEPT_ASIDE = 7 * 86_400;

  /** How long ago a refused token may have been set aside before it is dropped for good. */
  public boolean isLongForgotten(Entry entry) {
    return entry.setAsideAt() != 0 && entry.setAsideAt() + KEPT_ASIDE < now;
  }

  /**
   * Tells the person that a store failed, unless it simply is not there, nobody chose it and
   * another comes after it.
   */
  public void report(Store store, StoreException problem) {
    messages.trace(problem);
    boolean isLast = store == chain.stores().get(chain.stores().size() - 1);
    if (problem.reason() != Reason.UNAVAILABLE
        || problem.hidesEntries()
        || chain.chosen()
        || isLast) {
      messages.say(store.name() + ": " + problem.getMessage());
    }
  }
}
