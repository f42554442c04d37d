package io.github.gitcredentialpat.command.handoff;

import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.identity.HttpUrl;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.platform.UserException;
import org.jspecify.annotations.Nullable;

/** What package managers are answered that ask by themselves: about Azure DevOps only. */
final class FeedTokens {
  private FeedTokens() {}

  /** Whether the URL leads to an organization or collection, which its user part never says. */
  static boolean isAzure(String url) {
    HttpUrl address = HttpUrl.of(url);
    return address != null && Resolution.parse(address.url()).isAzure();
  }

  /**
   * The token for a URL.
   *
   * @param user chooses among several tokens; absent for the newest
   * @return absent when the URL is not Azure DevOps'; nothing is said then, for another is asked
   * @throws UserException when there is none; what to type is said
   */
  static @Nullable HandoffToken find(CommandContext context, String url, @Nullable String user)
      throws UserException {
    HttpUrl address = HttpUrl.of(url);
    Resolution whose = address == null ? null : Resolution.parse(address.url());
    if (whose == null || !whose.isAzure()) {
      return null;
    }
    return HandoffToken.find(
        context, address.url(), whose.user(user) == null ? address.user() : user);
  }
}
