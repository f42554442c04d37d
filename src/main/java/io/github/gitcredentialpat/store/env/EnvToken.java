package io.github.gitcredentialpat.store.env;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.TokenFormat;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Parses what the environment or a file gives: tokens, and the places they are for. */
final class EnvToken {
  private EnvToken() {}

  /**
   * The organization or collection of that name or URL: of a Server's URL its collection, or the
   * whole server where it names none. Absent when it is neither.
   */
  static @Nullable Identity scope(String nameOrUrl) {
    Resolution whose = Resolution.parse(nameOrUrl.strip());
    Identity identity = whose.identity();
    if (identity != null && !whose.isAzure()) {
      // The form of a repository's URL, by which a collection is known.
      String path = identity.path() == null ? "" : identity.path();
      whose = Resolution.resolve(identity.protocol(), identity.host(), path + "/_git/any", null);
      identity = whose.identity();
    }
    if (identity == null || !whose.isAzure()) {
      return null;
    }
    // A Server's applications lie below this path, its collections below that.
    return "tfs".equals(identity.path()) && !identity.isOrganization()
        ? new Identity(identity.protocol(), identity.host(), null)
        : identity;
  }

  /** Whether a text is more than what clings to a token, and no expression left of a pipeline. */
  static boolean isToken(byte[] text) {
    byte[] bare = TokenFormat.bare(text);
    boolean isToken = bare.length > 0 && !TokenFormat.isUnresolved(bare);
    for (int i = 0; i < bare.length; i++) {
      isToken &= bare[i] < 0 || (bare[i] >= ' ' && bare[i] != 0x7f);
    }
    if (bare != text) {
      Arrays.fill(bare, (byte) 0);
    }
    return isToken;
  }
}
