package io.github.gitcredentialpat.helper;

import io.github.gitcredentialpat.protocol.Request;
import io.github.gitcredentialpat.secret.Secret;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What is sent in {@code state[]} with an answer and comes back with store and erase. */
final class AnswerState {
  private static final String OURS = "git-credential-pat:";

  /** The user part was in the URL from the start, so it may name an organization. */
  static final String USER_WAS_GIVEN = OURS + "user";

  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private AnswerState() {}

  /**
   * A digest of a complete answer. When a store brings it back and what git sends still has the
   * same digest, nothing changed and nothing needs to be stored. A constant mark would hide what
   * another helper answered in between. FNV-1a with 64 bits will do: it keeps no secret from
   * anybody, since anyone who can read the state can also read the secret.
   */
  static String digest(Request request, @Nullable String user, Secret secret) {
    long hash = FNV_OFFSET;
    hash = add(hash, request.protocol());
    hash = add(hash, request.host());
    hash = add(hash, request.path());
    hash = add(hash, user);
    hash = add(hash, secret.authtype());
    hash = add(hash, secret.bytes());
    return OURS + Long.toHexString(hash);
  }

  /** Whether the request brings back what went out with an answer of ours. */
  static boolean isOfAnAnswer(Request request) {
    for (int i = 0; i < request.states().size(); i++) {
      String state = request.states().get(i);
      if (state.startsWith(OURS) && !state.equals(USER_WAS_GIVEN)) {
        return true;
      }
    }
    return false;
  }

  /** A digest of public text, good enough to name a file by. */
  static String nameOf(String text) {
    return Long.toHexString(add(FNV_OFFSET, text));
  }

  private static long add(long hash, @Nullable String text) {
    // A line feed is in no value, so that absent and empty stay two different things.
    return text == null
        ? (hash ^ '\n') * FNV_PRIME
        : add(hash, text.getBytes(StandardCharsets.UTF_8));
  }

  private static long add(long hash, byte[] bytes) {
    long result = hash;
    for (byte b : bytes) {
      result = (result ^ (b & 0xff)) * FNV_PRIME;
    }
    return result * FNV_PRIME; // A NUL ends each value; no value holds one.
  }
}
