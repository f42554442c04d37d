/** Which stores one run of the program uses, and in which order. */
@NullMarked
package io.github.gitcredentialpat.store.choice;

import org.jspecify.annotations.NullMarked;
