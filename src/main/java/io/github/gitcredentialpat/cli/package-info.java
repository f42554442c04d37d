/** What all commands have: their options, their context, and how results are shown. */
@NullMarked
package io.github.gitcredentialpat.cli;

import org.jspecify.annotations.NullMarked;
