/** Tokens in and out: import, export, remotes. */
@NullMarked
package io.github.gitcredentialpat.command.transfer;

import org.jspecify.annotations.NullMarked;
