package io.github.gitcredentialpat.tokens;

import io.github.gitcredentialpat.platform.Program;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.Store;
import org.jspecify.annotations.Nullable;

/**
 * Stores that many machines share, which only a command that names them changes: another one is
 * refused before it asks a person or a service for anything.
 */
public final class SharedStores {
  private SharedStores() {}

  /**
   * Checks that a new token has a place, as far as shared stores are concerned.
   *
   * @param typed what the person typed, but for the store
   */
  public static void checkPlace(Invocation run, String typed) throws UserException {
    Store shared = null;
    for (Store store : run.chain().stores()) {
      if (store.capacity().writable()) {
        return;
      }
      shared = shared == null && store.isShared() ? store : shared;
    }
    check(shared, typed);
  }

  /**
   * Checks that what a store has may be changed.
   *
   * @param typed what the person typed, but for the store
   */
  public static void check(@Nullable Store store, String typed) throws UserException {
    if (store != null && store.isShared() && !store.capacity().writable()) {
      throw UserException.couldNot(
              "many machines share "
                  + store.name()
                  + ", so it is only read here; name it to"
                  + " change it")
          .withHint(Program.NAME + " " + typed + " --store " + store.name());
    }
  }
}
