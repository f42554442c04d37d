/** Renewing tokens before they expire, and telling the person of those that nobody can renew. */
@NullMarked
package io.github.gitcredentialpat.command.renew;

import org.jspecify.annotations.NullMarked;
