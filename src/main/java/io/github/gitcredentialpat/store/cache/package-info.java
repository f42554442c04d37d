/** What one machine keeps for a while of what it was told by others. */
@NullMarked
package io.github.gitcredentialpat.store.cache;

import org.jspecify.annotations.NullMarked;
