/** Passwords and tokens that stand in git's settings and files for everybody to read. */
@NullMarked
package io.github.gitcredentialpat.git.secrets;

import org.jspecify.annotations.NullMarked;
