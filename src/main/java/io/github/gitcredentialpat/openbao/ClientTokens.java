package io.github.gitcredentialpat.openbao;

import org.jspecify.annotations.Nullable;

/** Where the tokens of logins are kept from one run to the next, so that not each one logs in. */
public interface ClientTokens {
  /**
   * The one that is kept and has not come to its end; absent for none.
   *
   * @param who all that decides who asks, and where; some of it is secret
   */
  @Nullable String get(String... who);

  /**
   * Keeps one in place of the one before.
   *
   * @param seconds how long it lives from now on
   */
  void keep(String token, long seconds, String... who);
}
