/**
 * Tokens in the environment, or in a file that it names: build agents and containers. Read only.
 */
@NullMarked
package io.github.gitcredentialpat.store.env;

import org.jspecify.annotations.NullMarked;
