package io.github.gitcredentialpat.helper;

import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.TokenFormat;
import io.github.gitcredentialpat.protocol.Request;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The user and secret that a request presents, in one form: after an answer with {@code
 * authtype=Basic} git sends no password back but only the credential, which is decoded here so that
 * it counts as the user and password that it is.
 *
 * @param user the user name, absent when none is given
 * @param secret the secret, absent when none is given
 */
record PresentedCredential(@Nullable String user, @Nullable Secret secret) {
  static final String BASIC = "Basic";

  /** What a request presents; null when its Basic credential cannot be decoded. */
  static @Nullable PresentedCredential of(Request request) {
    byte[] credential = request.credential();
    String authtype = request.authtype();
    if (credential == null || authtype == null) {
      byte[] password = request.password();
      return new PresentedCredential(
          request.username(), password == null ? null : Secret.password(password));
    }
    if (!authtype.equalsIgnoreCase(BASIC)) {
      return new PresentedCredential(request.username(), Secret.credential(authtype, credential));
    }
    byte[] decoded;
    try {
      decoded = Base64.getDecoder().decode(credential);
    } catch (IllegalArgumentException e) {
      return null;
    }
    int colon = 0;
    while (colon < decoded.length && decoded[colon] != ':') {
      colon++;
    }
    if (colon == decoded.length) {
      Arrays.fill(decoded, (byte) 0);
      return null;
    }
    String user = new String(decoded, 0, colon, StandardCharsets.UTF_8);
    byte[] password = Arrays.copyOfRange(decoded, colon + 1, decoded.length);
    Arrays.fill(decoded, (byte) 0);
    return new PresentedCredential(user, Secret.password(password));
  }

  /**
   * The same as it counts on an Azure host: a token that was typed as the user name, beside a
   * password that is none, is the secret, since any user name will do there.
   */
  PresentedCredential onAzure() {
    if (user == null
        || secret == null
        || secret.authtype() != null
        || !TokenFormat.isLike(user)
        || TokenFormat.isLike(new String(secret.bytes(), StandardCharsets.ISO_8859_1))
        || TokenFormat.bareIfToken(secret.bytes()) != secret.bytes()) {
      return this;
    }
    return new PresentedCredential(null, Secret.password(user.getBytes(StandardCharsets.UTF_8)));
  }

  /** Whether there is a secret, and nothing in it: git's {@code http.emptyAuth} makes such. */
  boolean isEmpty() {
    return secret != null && secret.bytes().length == 0;
  }

  /**
   * Whether the presented user means this entry of an Azure host when several are to choose from;
   * on every other host, whether git's own matching lets it pass.
   */
  static boolean userMatches(Resolution whose, @Nullable String given, Entry entry) {
    return whose.user(given) == null || whose.isSameUser(given, entry.key().user());
  }
}
