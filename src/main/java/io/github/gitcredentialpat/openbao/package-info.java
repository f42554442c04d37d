/**
 * OpenBao and HashiCorp Vault over HTTP: where the server is, who signs in to it, and its secrets
 * of KV version 2.
 */
@NullMarked
package io.github.gitcredentialpat.openbao;

import org.jspecify.annotations.NullMarked;
