/**
 * The person's git: its configuration and its files, read by git's own judgment and changed only in
 * lines of ours.
 */
@NullMarked
package io.github.gitcredentialpat.git;

import org.jspecify.annotations.NullMarked;
