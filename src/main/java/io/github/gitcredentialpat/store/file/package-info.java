/** Encrypted files, for machines without a keychain. */
@NullMarked
package io.github.gitcredentialpat.store.file;

import org.jspecify.annotations.NullMarked;
