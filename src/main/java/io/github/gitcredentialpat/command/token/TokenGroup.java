package io.github.gitcredentialpat.command.token;

import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.cli.TypedCommand;
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

  private final List<Object> commands;

  /** The group; picocli does not know its commands yet. */
  public TokenGroup(GlobalOptions global) {
    commands =
        List.of(
            new TokenList(global),
            new TokenCreate(global),
            new TokenExtend(global),
            new TokenScope(global),
            new TokenScopes(global),
            new TokenRotate(global),
            new TokenRevoke(global));
  }

  /**
   * The group with the commands that these arguments can mean: all of them, where it is none.
   *
   * @param arguments what is typed behind the group's name
   */
  public CommandLine line(List<String> arguments) {
    CommandLine group = new CommandLine(this);
    TypedCommand.of(commands, arguments).commands().forEach(group::addSubcommand);
    return group;
  }

  @Override
  public Integer call() {
    throw new CommandLine.ParameterException(
        spec.commandLine(),
        "token needs a command: list, create, extend, scope, scopes, rotate or revoke");
  }
}
