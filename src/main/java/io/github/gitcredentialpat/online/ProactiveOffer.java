package io.github.gitcredentialpat.online;

import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.git.GitCommand;
import io.github.gitcredentialpat.git.HelperCheck;
import io.github.gitcredentialpat.git.ProactiveAuth;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.UserException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Proactive authentication for an organization whose token is good, where nothing is lost by it.
 */
public final class ProactiveOffer {
  private ProactiveOffer() {}

  /**
   * Sets it up, and says so, for an organization whose token was just stored and proved good, if
   * git knows the setting and asks this helper, and the service answers nobody without a token.
   *
   * @param organization as the person spells it
   * @return why not, for a person; absent where git does so now
   */
  public static @Nullable String useFor(
      CommandContext context, Identity place, String organization) {
    if (!GitCommand.isThere(context.environment())) {
      return "git not found on the PATH";
    }
    try {
      ProactiveAuth setting = new ProactiveAuth(GitCommand.find(context.environment()));
      if (!setting.isSupported()) {
        return ProactiveAuth.NEEDS;
      }
      if (setting.isSet(organization)) {
        return null;
      }
      if (!HelperCheck.isAsked(GitCommand.find(context.environment()), place)) {
        return "git does not use this helper for " + organization;
      }
      if (new TokenChecker(context).mayHavePublicProjects(place)) {
        return organization + " has public projects, and git would ask for a token for those too";
      }
      if (setting.set(organization)) {
        context.done("git sends the token with its first request to " + organization);
        context.say("to undo this", "git-credential-pat unconfigure --proactive " + organization);
      }
      return null;
    } catch (UserException | IOException e) {
      context.messages().trace(e);
      return e.getMessage();
    }
  }
}
