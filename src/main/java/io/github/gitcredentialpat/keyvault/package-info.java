/** Azure Key Vault: the secrets of one vault, and access tokens for it. */
@NullMarked
package io.github.gitcredentialpat.keyvault;

import org.jspecify.annotations.NullMarked;
