/** Access tokens of Entra in the place of personal access tokens, where those are forbidden. */
@NullMarked
package io.github.gitcredentialpat.store.entra;

import org.jspecify.annotations.NullMarked;
