package io.github.gitcredentialpat.git;

import io.github.gitcredentialpat.http.Http;
import io.github.gitcredentialpat.http.HttpSettings;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.UserException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** The way to a service or server, with the proxy and the certificates that git would use. */
public final class ServiceConnection {
  private ServiceConnection() {}

  /**
   * HTTP to this place, as the person's git would speak it.
   *
   * @throws ServiceException when the proxy or the certificates in git's configuration or in the
   *     environment cannot be used
   */
  public static Http open(Identity place, Map<String, String> environment)
      throws ServiceException, UserException, IOException {
    return new Http(settings(place, environment));
  }

  /**
   * The proxy and the certificates for this place, to use another program's in their place.
   *
   * @throws ServiceException as {@link #open} does
   */
  public static HttpSettings settings(Identity place, Map<String, String> environment)
      throws ServiceException, UserException, IOException {
    String url =
        place.protocol() + "://" + place.host() + (place.path() == null ? "" : "/" + place.path());
    Map<String, String> settings = new HashMap<>();
    if (GitCommand.isThere(environment)) {
      GitCommand git = GitCommand.find(environment);
      settings.put("http.proxy", git.setting("--no-type", "http.proxy", url));
      settings.put("http.sslCAInfo", git.setting("--path", "http.sslCAInfo", url));
    }
    return HttpSettings.of(place.protocol(), environment, settings::get);
  }
}
