/** The stores themselves: stores, selftest. */
@NullMarked
package io.github.gitcredentialpat.command.stores;

import org.jspecify.annotations.NullMarked;
