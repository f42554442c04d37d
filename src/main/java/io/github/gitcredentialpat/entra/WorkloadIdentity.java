package io.github.gitcredentialpat.entra;

import io.github.gitcredentialpat.http.Http;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.http.ServiceException.Reason;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.SecretFile;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;

/**
 * Workload identity, as Kubernetes and other platforms hand it out: a file with a token of theirs,
 * which Entra takes as proof of who an application is.
 */
final class WorkloadIdentity {
  static final String FILE = "AZURE_FEDERATED_TOKEN_FILE";
  static final String CLIENT_ID = "AZURE_CLIENT_ID";
  static final String TENANT_ID = "AZURE_TENANT_ID";

  private WorkloadIdentity() {}

  static boolean isSet(Environment surroundings) {
    return surroundings.variable(FILE) != null;
  }

  /**
   * Asks for an access token. The file is read each time, since the platform replaces it.
   *
   * @param resource the service that the token is for, as Entra knows it
   */
  static EntraTokens token(Environment surroundings, String resource, Http http, Duration limit)
      throws ServiceException {
    String clientId = required(surroundings, CLIENT_ID);
    String tenant = required(surroundings, TENANT_ID);
    if (!Tenant.isTenant(tenant)) {
      throw new ServiceException(
          Reason.UNSUPPORTED, TENANT_ID + " is not the id or a domain of a tenant; correct it");
    }
    EntraClient entra =
        new EntraClient(
            http, Authority.of(surroundings.variable(Authority.VARIABLE)), limit, resource);
    byte[] assertion = read(surroundings.variable(FILE));
    try {
      return entra.byAssertion(tenant, clientId, assertion);
    } finally {
      Arrays.fill(assertion, (byte) 0);
    }
  }

  private static String required(Environment surroundings, String variable)
      throws ServiceException {
    String value = surroundings.variable(variable);
    if (value == null) {
      throw new ServiceException(
          Reason.UNSUPPORTED, FILE + " is set, but " + variable + " is not; set both");
    }
    return value;
  }

  private static byte[] read(String path) throws ServiceException {
    try {
      return SecretFile.read(path);
    } catch (IOException e) {
      throw new ServiceException(
          Reason.UNSUPPORTED, "cannot read a token from " + path + "; correct " + FILE, e);
    }
  }
}
