/**
 * What git calls: {@code get}, {@code store}, {@code erase} and {@code capability}. Each class here
 * is loaded at each fetch.
 */
@NullMarked
package io.github.gitcredentialpat.helper;

import org.jspecify.annotations.NullMarked;
