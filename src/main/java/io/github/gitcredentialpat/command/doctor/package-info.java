/** Finds what keeps git from working with tokens here, a class for each chapter. */
@NullMarked
package io.github.gitcredentialpat.command.doctor;

import org.jspecify.annotations.NullMarked;
