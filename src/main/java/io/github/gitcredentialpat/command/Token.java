package io.github.gitcredentialpat.command;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** The tokens of an organisation at the service, through its PAT lifecycle API. */
@Command(
    name = "token",
    description = {
      "Manage the tokens of an organisation at the service.",
      "Azure DevOps Services only; signed in with the Azure CLI or your own app registration.",
      ""
    },
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    subcommands = {
      TokenList.class,
      TokenCreate.class,
      TokenExtend.class,
      TokenScope.class,
      TokenScopes.class,
      TokenRotate.class,
      TokenRevoke.class
    },
    footer = {"", "Example: git-credential-pat token list contoso"})
final class Token implements Callable<Integer> {
  @ParentCommand private Commands commands;
  @Spec private CommandSpec spec;

  Session session() throws CommandException {
    return commands.session();
  }

  @Override
  public Integer call() {
    throw new CommandLine.ParameterException(spec.commandLine(), "token wants a command");
  }
}
