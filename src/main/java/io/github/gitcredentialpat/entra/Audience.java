package io.github.gitcredentialpat.entra;

import io.github.gitcredentialpat.http.Http;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.identity.Identity;
import java.time.Duration;

/** Which service an access token is for: no other takes it. */
public interface Audience {
  /** The service as Entra knows it: an id or an address, to which it adds {@code /.default}. */
  String resource();

  /**
   * Where the service is: the way there is git's own, and the token of a pipeline is for nothing
   * but an organization.
   */
  Identity place();

  /** Whether the sign-ins that are remembered are good for it: they are the public cloud's. */
  boolean isInPublicCloud();

  /**
   * The tenant that gives access tokens for it, asked of the service itself.
   *
   * @return its id, or {@link EntraClient#ANY_TENANT} when the service does not say
   */
  String tenant(Http http, Duration limit) throws ServiceException;

  /** What an account has to be for its tokens to be accepted: {@code a member of contoso}. */
  String requiredOfAccounts();

  /** The command that asks for another token after one was rejected. */
  String commandAfterRejection();

  /** The command that asks for a token while git does not wait. */
  String commandWithoutGit();
}
