/**
 * The root of what a person types. It knows the door of each room of commands, and nothing behind
 * it.
 */
@NullMarked
package io.github.gitcredentialpat.command;

import org.jspecify.annotations.NullMarked;
