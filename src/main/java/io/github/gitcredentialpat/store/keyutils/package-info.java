/** The keyring of the Linux kernel, through keyctl(2): gone when the machine is turned off. */
@NullMarked
package io.github.gitcredentialpat.store.keyutils;

import org.jspecify.annotations.NullMarked;
