/**
 * Files in which other programs keep credentials, in plain text or encrypted, for a person to
 * import from.
 */
@NullMarked
package io.github.gitcredentialpat.store.foreign;

import org.jspecify.annotations.NullMarked;
