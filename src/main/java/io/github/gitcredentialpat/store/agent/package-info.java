/**
 * Tokens that an agent on another machine, or outside of a container, answers with over a Unix
 * socket, so that none is copied here. {@code command.agent} is that agent.
 */
@NullMarked
package io.github.gitcredentialpat.store.agent;

import org.jspecify.annotations.NullMarked;
