/** Git's configuration for this helper: configure, unconfigure, use. */
@NullMarked
package io.github.gitcredentialpat.command.setup;

import org.jspecify.annotations.NullMarked;
