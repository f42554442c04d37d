package io.github.gitcredentialpat.entra;

import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.tokens.SignInKeeper;
import io.github.gitcredentialpat.tokens.StoredEntry;
import org.jspecify.annotations.Nullable;

/** A sign-in with a code on a web page, which the stores remember: it is good for more tokens. */
public final class RememberedSignIn {
  private RememberedSignIn() {}

  /**
   * New tokens without the person; what they are good for next is remembered.
   *
   * @param tenant as the sign-in was remembered under
   * @param clientId as the sign-in was remembered under
   * @return absent when no sign-in is remembered, or it is of no use any more
   * @throws ServiceException {@code UNAUTHORIZED} when the person has to do something
   */
  public static @Nullable EntraTokens refresh(
      EntraClient entra, SignInKeeper keeper, String tenant, String clientId)
      throws ServiceException {
    // Twice at most: another process may have used the first one up meanwhile.
    for (int i = 0; i < 2; i++) {
      StoredEntry found = keeper.find();
      if (found == null) {
        return null;
      }
      try {
        EntraTokens tokens = entra.refresh(tenant, clientId, found.entry().secret().bytes());
        if (tokens != null) {
          keeper.keepNext(found, tokens.refreshToken());
          return tokens;
        }
        if (!keeper.forget(found)) {
          return null;
        }
      } finally {
        found.wipe();
      }
    }
    return null;
  }
}
