package io.github.gitcredentialpat.cli;

import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreChain;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the stores of a command come from. */
public interface StoreSource {
  /**
   * Those that a person, a variable or git's configuration chose.
   *
   * @param names joined by commas; absent for the platform's own
   * @param timeout how many seconds the kernel's keyring keeps an entry
   * @throws IllegalArgumentException when there is no store of such a name
   */
  StoreChain chain(@Nullable String names, int timeout, Environment surroundings);

  /**
   * Those that the command line itself names: only there a person says that what many machines
   * share may be changed.
   *
   * @param names joined by commas
   * @param timeout how many seconds the kernel's keyring keeps an entry
   * @throws IllegalArgumentException when there is no store of such a name
   */
  default StoreChain typed(String names, int timeout, Environment surroundings) {
    return chain(names, timeout, surroundings);
  }

  /** Every store that there is. */
  List<Store> all(Environment surroundings);
}
