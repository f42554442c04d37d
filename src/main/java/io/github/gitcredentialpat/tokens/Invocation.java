package io.github.gitcredentialpat.tokens;

import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreChain;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.util.List;

/**
 * What one call of the program works with.
 *
 * @param chain the stores, in the order in which they are asked
 * @param surroundings the environment, and the time that is left
 * @param messages where lines for the person go
 * @param now seconds since the epoch
 */
public record Invocation(StoreChain chain, Environment surroundings, Console messages, long now) {
  /** Waits until nobody else changes the stores of the chain. */
  public StoreLock lock() throws StoreException {
    return lock(chain.stores());
  }

  /**
   * Waits until nobody else changes these stores. The caller closes the lock.
   *
   * @throws StoreException when another process does not finish
   */
  public StoreLock lock(List<Store> stores) throws StoreException {
    return StoreLock.acquire(surroundings, stores, messages);
  }

  /**
   * Tells the person that a store failed, unless it is simply not available here, was not chosen,
   * and another one follows. Returns whether it was told.
   */
  public boolean report(Store store, StoreException problem) {
    messages.trace(problem);
    boolean isLast = store == chain.stores().get(chain.stores().size() - 1);
    if (problem.reason() != Reason.UNAVAILABLE
        || problem.hidesEntries()
        || chain.chosen()
        || isLast) {
      messages.say(store.name() + ": " + problem.getMessage(), problem.hint());
      return true;
    }
    return false;
  }
}
