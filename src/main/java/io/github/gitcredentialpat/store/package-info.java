/**
 * What a store of tokens is, whichever keychain is behind it. {@code StoreContract} in the tests
 * says what all of them have to do.
 */
@NullMarked
package io.github.gitcredentialpat.store;

import org.jspecify.annotations.NullMarked;
