/**
 * The agent: it answers git's requests over a Unix socket, so that containers and other machines
 * can use tokens that are not copied there.
 */
@NullMarked
package io.github.gitcredentialpat.command.agent;

import org.jspecify.annotations.NullMarked;
