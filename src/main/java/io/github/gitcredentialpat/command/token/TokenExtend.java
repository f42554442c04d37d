package io.github.gitcredentialpat.command.token;

import io.github.gitcredentialpat.azure.Pat;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.cli.TokenLifetime;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.online.PatWording;
import io.github.gitcredentialpat.online.VerdictAdvice;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.tokens.Wording;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Extends a token's life; its secret stays the same. */
@Command(
    name = "extend",
    description = "Extend a token's expiry; the token itself stays the same.",
    footer = {"", "Example: git-credential-pat token extend contoso --expires 90"})
final class TokenExtend extends SelectedTokenCommand {
  @Option(
      names = "--expires",
      paramLabel = "DATE|DAYS",
      defaultValue = "30",
      description = "Expiry date or days (default: ${DEFAULT-VALUE} days).")
  private String expires;

  TokenExtend(GlobalOptions global) {
    super(global);
  }

  @Override
  public void checkArguments() throws UserException {
    TokenLifetime.end(expires, Instant.now().getEpochSecond());
  }

  @Override
  int run(Desk desk) throws ServiceException, UserException {
    long end = TokenLifetime.end(expires, desk.now());
    Pat old = chosen(desk);
    desk.check(old, "token extend");
    Pat now = desk.pats().update(old.authorizationId(), null, null, Instant.ofEpochSecond(end));
    desk.update(now);
    VerdictAdvice.onGlobal(desk.context(), now, desk.organization());
    boolean isLonger = now.validTo().isAfter(old.validTo());
    if (!isLonger && end > old.validTo().getEpochSecond() + 86_400) {
      desk.say(
          "not extended: the organization's policy limits \""
              + now.displayName()
              + "\" to "
              + Wording.date(now.end().getEpochSecond()),
          "git-credential-pat token rotate " + desk.organization());
      return 1;
    }
    desk.context()
        .done(
            PatWording.summary("extended", now, desk.organization())
                + PatWording.clamped(now, end));
    return 0;
  }
}
