/** One glance at what git gets for the repository here. */
@NullMarked
package io.github.gitcredentialpat.command.status;

import org.jspecify.annotations.NullMarked;
