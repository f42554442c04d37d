/** The program: what {@code git-credential-pat} runs as, and what an image runs as. */
@NullMarked
package io.github.gitcredentialpat;

import org.jspecify.annotations.NullMarked;
