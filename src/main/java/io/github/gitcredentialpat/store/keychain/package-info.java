/** The keychain of macOS, through Security.framework. */
@NullMarked
package io.github.gitcredentialpat.store.keychain;

import org.jspecify.annotations.NullMarked;
