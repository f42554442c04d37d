package io.github.gitcredentialpat.endtoend;

import java.util.List;

/** What a server believes: who may come in, and which repository an address means. */
interface Site {
  /** The {@code WWW-Authenticate} headers of the 401 that this visit gets; none: come in. */
  List<String> challenges(Visit visit);

  /** The path below the server's repositories that an address means, with a leading slash. */
  default String locate(String host, String path) {
    return path;
  }

  /** Whether the server hands out files instead of speaking git's smart protocol. */
  default boolean dumb() {
    return false;
  }
}
