package io.github.gitcredentialpat.command.status;

import io.github.gitcredentialpat.git.GitCommand;
import io.github.gitcredentialpat.git.GitRepository;
import io.github.gitcredentialpat.git.HelperCheck;
import io.github.gitcredentialpat.git.ProactiveAuth;
import io.github.gitcredentialpat.identity.HttpUrl;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.platform.Subprocess;
import io.github.gitcredentialpat.platform.UserException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * How git, as configured here, gets the token for a place.
 *
 * @param isSsh whether the remote is reached over ssh, where git asks nobody for a token
 * @param isAsked whether git asks this helper
 * @param isProactive whether git sends the token with its first request
 * @param canBeProactive whether this git knows how
 * @param user the user name that git asks for; absent when it asks for any
 */
record GitUse(
    boolean isSsh,
    boolean isAsked,
    boolean isProactive,
    boolean canBeProactive,
    @Nullable String user) {

  /**
   * The requests of a fetch that finds nothing new; two of them are refused if git sends no token
   * first.
   */
  private static final int REQUESTS = 4;

  private static final int REQUESTS_PROACTIVE = 2;

  /**
   * Looks at git's configuration, as it counts in the working directory.
   *
   * @param typed the place as a person typed it; absent for this repository's remote
   * @param url the place's URL, whose user part may be a secret
   */
  static GitUse of(GitCommand git, @Nullable String typed, String url, Resolution whose)
      throws UserException, IOException {
    Identity place = whose.identity();
    boolean hasScheme = url.contains("://");
    HttpUrl named =
        hasScheme || !place.isOrganization()
            ? HttpUrl.of(hasScheme ? url : "https://" + url)
            : null;
    String address = named == null ? services(url, place) : named.url();
    boolean isSupported = new ProactiveAuth(git).isSupported();
    String proactive = setting(git, "http.proactiveAuth", address);
    String user = named == null ? null : named.user();
    return new GitUse(
        typed == null && GitRepository.fetchesOverSsh(git),
        HelperCheck.isAsked(git, place),
        isSupported && "basic".equalsIgnoreCase(proactive),
        isSupported,
        user != null ? user : setting(git, "credential.username", address));
  }

  /** The address of an organization as the person spells it: git compares paths with case. */
  private static String services(String typed, Identity place) {
    String name = typed.equalsIgnoreCase(place.path()) ? typed : place.path();
    return "https://" + Identity.SERVICES_HOST + "/" + name;
  }

  private static @Nullable String setting(GitCommand git, String key, String url)
      throws UserException, IOException {
    Subprocess result = git.run(null, "config", "--get-urlmatch", key, url);
    return result.status() == 0 ? result.out().stripTrailing() : null;
  }

  /** How many HTTP requests a fetch takes that finds nothing new. */
  int requests() {
    return isProactive ? REQUESTS_PROACTIVE : REQUESTS;
  }

  /** A summary in one line. */
  String text(Resolution whose) {
    if (isSsh) {
      return "git fetches over SSH here, without a token";
    }
    if (!isAsked) {
      return "git does not use this helper for " + whose.identity().display();
    }
    if (!whose.isAzure()) {
      return "git uses this helper";
    }
    return "git uses this helper; a fetch takes "
        + requests()
        + " requests"
        + (isProactive ? " (proactive)" : canBeProactive ? " (2 if proactive)" : "");
  }
}
