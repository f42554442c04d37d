/** Entries in OpenBao or HashiCorp Vault, which many machines share. */
@NullMarked
package io.github.gitcredentialpat.store.openbao;

import org.jspecify.annotations.NullMarked;
