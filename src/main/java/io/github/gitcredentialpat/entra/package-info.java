/** Signing in to Entra: with a code, with what an earlier sign-in left, or by the Azure CLI. */
@NullMarked
package io.github.gitcredentialpat.entra;

import org.jspecify.annotations.NullMarked;
