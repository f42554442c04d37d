/** The service on behalf of a command: sign-in, checks of tokens, and what is said of them. */
@NullMarked
package io.github.gitcredentialpat.online;

import org.jspecify.annotations.NullMarked;
