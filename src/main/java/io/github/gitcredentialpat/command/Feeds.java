package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.identity.Resolution;
import org.jspecify.annotations.Nullable;

/** What package managers are answered that ask by themselves: about Azure DevOps only. */
final class Feeds {
  private Feeds() {}

  /** Whether the URL leads to an organisation or collection, which its user part never says. */
  static boolean isAzure(String url) {
    Address address = Address.of(url);
    return address != null && Resolution.parse(address.url()).isAzure();
  }

  /**
   * The token for a URL.
   *
   * @param user chooses among several tokens; absent for the newest
   * @return absent when the URL is not Azure DevOps'; nothing is said then, for another is asked
   * @throws CommandException when there is none; what to type is said
   */
  static @Nullable Credential find(Session session, String url, @Nullable String user)
      throws CommandException {
    Address address = Address.of(url);
    Resolution whose = address == null ? null : Resolution.parse(address.url());
    if (whose == null || !whose.isAzure()) {
      return null;
    }
    return Credential.find(
        session, address.url(), whose.user(user) == null ? address.user() : user);
  }
}
