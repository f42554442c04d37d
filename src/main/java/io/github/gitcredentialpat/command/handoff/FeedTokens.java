package io.github.gitcredentialpat.command.handoff;

import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.identity.HttpUrl;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.platform.UserException;
import org.jspecify.annotations.Nullable;

/** Tokens for package managers that ask by themselves: for Azure DevOps only. */
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
   * @return absent, without a message, when the URL is not Azure DevOps': another provider is asked
   *     then
   * @throws UserException when there is none; the message says what to type
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
