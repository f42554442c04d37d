package io.github.gitcredentialpat.command.token;

import io.github.gitcredentialpat.cli.GlobalOptions;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The tokens of an organization at the service, through its PAT lifecycle API. */
@Command(
    name = "token",
    description = {
      "Create, list, rotate and revoke tokens on the server.",
      "For Azure DevOps Services. Signs in with the Azure CLI or your own app registration.",
      ""
    },
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    footer = {"", "Example: git-credential-pat token list contoso"})
public final class TokenGroup implements Callable<Integer> {
  @Spec private CommandSpec spec;

  private TokenGroup() {}

  /** The group and its commands. */
  public static CommandLine of(GlobalOptions global) {
    CommandLine group = new CommandLine(new TokenGroup());
    for (Object command :
        List.of(
            new TokenList(global),
            new TokenCreate(global),
            new TokenExtend(global),
            new TokenScope(global),
            new TokenScopes(global),
            new TokenRotate(global),
            new TokenRevoke(global))) {
      group.addSubcommand(command);
    }
    return group;
  }

  @Override
  public Integer call() {
    throw new CommandLine.ParameterException(
        spec.commandLine(),
        "token needs a command: list, create, extend, scope, scopes, rotate or revoke");
  }
}
