/** Tokens at the service: {@code token list}, {@code create}, {@code rotate} and the rest. */
@NullMarked
package io.github.gitcredentialpat.command.token;

import org.jspecify.annotations.NullMarked;
