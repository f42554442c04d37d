/** Tokens for several machines, as secrets of an Azure Key Vault. */
@NullMarked
package io.github.gitcredentialpat.store.azkeyvault;

import org.jspecify.annotations.NullMarked;
