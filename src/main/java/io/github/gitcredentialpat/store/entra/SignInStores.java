package io.github.gitcredentialpat.store.entra;

import io.github.gitcredentialpat.store.StoreChain;

/** The stores that a sign-in to Entra is remembered in: this one keeps none. */
public interface SignInStores {
  /** Opens them; called only where nobody else answers. */
  StoreChain open();
}
