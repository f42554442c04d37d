/** The password store of pass(1): files that gpg encrypts. */
@NullMarked
package io.github.gitcredentialpat.store.pass;

import org.jspecify.annotations.NullMarked;
