package io.github.gitcredentialpat.online;

import io.github.gitcredentialpat.azure.Pat;
import io.github.gitcredentialpat.azure.PatClient;
import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.secret.Secret;
import java.util.Arrays;

/** A token that was just created, whose secret the service tells only once. */
public final class CreatedToken {
  private CreatedToken() {}

  /** The secret of a token that was just created, for the caller to wipe. */
  public static Secret secret(Pat token) {
    byte[] bytes = token.secret();
    Secret secret = Secret.password(Arrays.copyOf(bytes, bytes.length));
    Arrays.fill(bytes, (byte) 0);
    return secret;
  }

  /**
   * Revokes a token that could not be used, and reports when that fails.
   *
   * @return whether it is gone
   */
  public static boolean takeBack(
      CommandContext context, PatClient pats, String organization, Pat token) {
    try {
      pats.revoke(token.authorizationId());
      return true;
    } catch (ServiceException e) {
      context.messages().trace(e);
      context.say(
          "warning: the new token " + token.displayName() + " could not be revoked either",
          PatWording.revocation(organization, token.authorizationId()));
      return false;
    }
  }
}
