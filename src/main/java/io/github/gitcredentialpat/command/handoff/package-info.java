/** Tokens for other programs: print, exec, and the plugins of pip, NuGet and Cargo. */
@NullMarked
package io.github.gitcredentialpat.command.handoff;

import org.jspecify.annotations.NullMarked;
