package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.azure.AzureException;
import io.github.gitcredentialpat.azure.PatToken;
import io.github.gitcredentialpat.azure.Scopes;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Changes what a token may do; its secret stays the same. */
@Command(
    name = "scope",
    description = "Change what a token may do; the secret stays the same.",
    footer = {
      "",
      "Scopes: git-read, git, packages, or names as in code:read,work:read, or vso.code.",
      "Example: git-credential-pat token scope contoso --add git"
    })
final class TokenScope extends ChosenTokenCommand {
  @Option(
      names = "--scopes",
      paramLabel = "SCOPES",
      description = "All that it may do from now on.")
  private @Nullable String scopes;

  @Option(names = "--add", paramLabel = "SCOPES", description = "What it may do besides.")
  private @Nullable String added;

  @Override
  void checkArguments() throws CommandException {
    if ((scopes == null) == (added == null)) {
      throw CommandException.wrongUsage("say either --scopes or --add");
    }
    scopes(scopes == null ? added : scopes);
  }

  @Override
  int run(Desk desk) throws AzureException, CommandException {
    PatToken old = chosen(desk);
    Scopes.Parsed wanted = scopes(scopes == null ? old.scope() + " " + added : scopes);
    wanted.warnings().forEach(desk::say);
    PatToken now = desk.pats().update(old.authorizationId(), null, wanted.scope(), null);
    desk.update(now);
    desk.say("changed " + describe(now) + " for " + desk.organization());
    return 0;
  }
}
