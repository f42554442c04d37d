/**
 * Reads, decides and writes under the lock. Nobody else changes what stores hold, but for git's own
 * operations and the self-test.
 */
@NullMarked
package io.github.gitcredentialpat.tokens;

import org.jspecify.annotations.NullMarked;
