/** Finds passwords and tokens in plain text in git's settings and files. */
@NullMarked
package io.github.gitcredentialpat.git.secrets;

import org.jspecify.annotations.NullMarked;
