/** Tokens on this machine: login, list, check, logout. */
@NullMarked
package io.github.gitcredentialpat.command.auth;

import org.jspecify.annotations.NullMarked;
