package io.github.gitcredentialpat.azure;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.gitcredentialpat.http.Http;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.secret.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The questions that a token is tried with, all of them within one limit of time. */
final class TokenProbe {
  private final Http http;
  private final Identity place;
  private final byte @Nullable [] token;
  private final long deadline;

  /** About this token, at this place and no other. */
  TokenProbe(Http http, Identity place, byte[] token, Duration limit) {
    this(http, place, token, System.nanoTime() + limit.toNanos());
  }

  private TokenProbe(Http http, Identity place, byte @Nullable [] token, long deadline) {
    this.http = http;
    this.place = place;
    this.token = token;
    this.deadline = deadline;
  }

  Identity place() {
    return place;
  }

  /** The same questions, asked as anybody could, in what is left of the time. */
  TokenProbe withoutToken() {
    return new TokenProbe(http, place, null, deadline);
  }

  /** Asks whose token this is. */
  ProbeAnswer connection() throws ServiceException {
    return ask(api("_apis/connectionData", null), "", Map.of("Accept", "application/json"));
  }

  /** Which repositories there are: the nearest question that needs the scope Code (Read). */
  ProbeAnswer code() throws ServiceException {
    // A Server refuses versions that it is too old for; 1.0 is known to all of them.
    String query = "$top=1&api-version=" + (place.isOrganization() ? "7.1" : "1.0");
    return ask(api("_apis/git/repositories", query), "", Map.of("Accept", "application/json"));
  }

  /**
   * Git's own first question on a fetch or a push.
   *
   * @param service {@code git-upload-pack} or {@code git-receive-pack}
   */
  ProbeAnswer refs(URI repository, String service) throws ServiceException {
    String path = repository.getRawPath();
    while (path.endsWith("/")) {
      path = path.substring(0, path.length() - 1);
    }
    String authority = repository.getRawAuthority();
    URI uri =
        URI.create(
            repository.getScheme()
                + "://"
                + authority.substring(authority.lastIndexOf('@') + 1)
                + path
                + "/info/refs?service="
                + service);
    // Azure DevOps answers a browser otherwise than git, and knows git by this. Version 2 of git's
    // protocol spares it a list of all branches.
    return ask(
        uri,
        "pat",
        Map.of("User-Agent", "git/2 (git-credential-pat)", "Git-Protocol", "version=2"));
  }

  private URI api(String path, @Nullable String query) {
    try {
      String folder = place.path() == null ? "/" : "/" + place.path() + "/";
      return URI.create(
          new URI(place.protocol(), place.host(), folder + path, query, null).toASCIIString());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(place.display() + " is no address", e);
    }
  }

  private ProbeAnswer ask(URI uri, String user, Map<String, String> headers)
      throws ServiceException {
    Map<String, String> all = new HashMap<>(headers);
    // A 401 in place of a sign-in page.
    all.put("X-TFS-FedAuthRedirect", "Suppress");
    Duration left = Duration.ofNanos(deadline - System.nanoTime());
    if (token == null) {
      return new ProbeAnswer(http.beginning(uri, all, left));
    }
    byte[] credential = Secret.basic(user, token);
    String pair = new String(credential, ISO_8859_1);
    Arrays.fill(credential, (byte) 0);
    all.put("Authorization", "Basic " + pair);
    return new ProbeAnswer(http.beginning(uri, all, left), pair, new String(token, ISO_8859_1));
  }
}
