package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.azure.AzureException;
import io.github.gitcredentialpat.azure.PatToken;
import io.github.gitcredentialpat.azure.Pats;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lets a token live longer; its secret stays the same. */
@Command(
    name = "extend",
    description = "Let a token live longer; the secret stays the same.",
    footer = {"", "Example: git-credential-pat token extend contoso --expires 90"})
final class TokenExtend extends TokenCommand {
  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "TOKEN",
      description = "Its name or id; else the one that is kept here.")
  private @Nullable String token;

  @Option(
      names = "--expires",
      paramLabel = "DATE|DAYS",
      defaultValue = "30",
      description = "Until when (default: ${DEFAULT-VALUE} days from now).")
  private String expires;

  @Override
  void checkArguments() throws CommandException {
    Lifetime.end(expires, Instant.now().getEpochSecond());
  }

  @Override
  int run(Desk desk) throws AzureException, CommandException {
    long end = Lifetime.end(expires, desk.now());
    PatToken old =
        TokenChoice.chosen(
            desk.pats(), Pats.Filter.ACTIVE, desk.organization(), word(token), desk.kept());
    PatToken now =
        desk.pats().update(old.authorizationId(), null, null, Instant.ofEpochSecond(end));
    desk.update(now);
    desk.say("extended " + describe(now) + " for " + desk.organization() + clamped(now, end));
    return 0;
  }
}
