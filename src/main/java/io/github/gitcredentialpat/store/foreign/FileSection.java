package io.github.gitcredentialpat.store.foreign;

import io.github.gitcredentialpat.secret.Secret;
import org.jspecify.annotations.Nullable;

/**
 * The part of a file that is one credential, and goes with it.
 *
 * @param start of the part
 * @param end behind the part
 * @param protocol the URL's scheme
 * @param host the host, with {@code :port} when there is one
 * @param path the path without a leading slash; absent when there is none
 * @param user the user name; absent when there is none
 * @param secret the password; wiped by who reads the file
 */
record FileSection(
    int start,
    int end,
    String protocol,
    String host,
    @Nullable String path,
    @Nullable String user,
    Secret secret) {

  void wipe() {
    secret.wipe();
  }

  @Override
  public String toString() {
    return "<part of a file with secrets>";
  }
}
