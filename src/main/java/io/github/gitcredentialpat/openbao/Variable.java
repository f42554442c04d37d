package io.github.gitcredentialpat.openbao;

import io.github.gitcredentialpat.platform.Environment;
import org.jspecify.annotations.Nullable;

/**
 * What the environment says in two spellings: OpenBao's clients read the first and, where it is not
 * set, the second, which is HashiCorp Vault's. From the role's id on they are those of other
 * programs of the field, for neither server's own client logs a machine in.
 */
enum Variable {
  ADDRESS("BAO_ADDR", "VAULT_ADDR"),
  NAMESPACE("BAO_NAMESPACE", "VAULT_NAMESPACE"),
  CERTIFICATE("BAO_CACERT", "VAULT_CACERT"),
  CERTIFICATES("BAO_CAPATH", "VAULT_CAPATH"),
  SKIP_VERIFY("BAO_SKIP_VERIFY", "VAULT_SKIP_VERIFY"),
  TOKEN("BAO_TOKEN", "VAULT_TOKEN"),
  TOKEN_PATH("BAO_TOKEN_PATH", "VAULT_TOKEN_PATH"),
  ROLE_ID("BAO_ROLE_ID", "VAULT_ROLE_ID"),
  ROLE_ID_FILE("BAO_ROLE_ID_FILE", "VAULT_ROLE_ID_FILE"),
  SECRET_ID("BAO_SECRET_ID", "VAULT_SECRET_ID"),
  SECRET_ID_FILE("BAO_SECRET_ID_FILE", "VAULT_SECRET_ID_FILE"),
  AUTH_ROLE("BAO_AUTH_ROLE", "VAULT_AUTH_ROLE"),
  AUTH_PATH("BAO_AUTH_PATH", "VAULT_AUTH_PATH"),
  ID_TOKEN("BAO_ID_TOKEN", "VAULT_ID_TOKEN"),
  ID_TOKEN_FILE("BAO_ID_TOKEN_FILE", "VAULT_ID_TOKEN_FILE");

  private final String openbao;
  private final String vault;

  Variable(String openbao, String vault) {
    this.openbao = openbao;
    this.vault = vault;
  }

  /** Its value; absent when neither is set. */
  @Nullable String value(Environment surroundings) {
    String value = surroundings.variable(openbao);
    return value == null ? surroundings.variable(vault) : value;
  }

  boolean isSet(Environment surroundings) {
    return value(surroundings) != null;
  }

  /** The name of the one that is set, else the one that more people know, for a person. */
  String nameIn(Environment surroundings) {
    return surroundings.variable(openbao) == null ? vault : openbao;
  }

  /** Whether any of them is set. */
  static boolean isAnySet(Environment surroundings) {
    for (Variable variable : values()) {
      if (variable.isSet(surroundings)) {
        return true;
      }
    }
    return false;
  }
}
