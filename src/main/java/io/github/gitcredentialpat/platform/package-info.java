/**
 * The machine: environment, time, console and terminal, files of the person's own, and other
 * programs. The one place that knows how each system differs in these.
 */
@NullMarked
package io.github.gitcredentialpat.platform;

import org.jspecify.annotations.NullMarked;
