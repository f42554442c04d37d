package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.identity.Whose;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Sets git up to ask this helper. */
@Command(
    name = "configure",
    description = "Set git up to ask this helper for Azure DevOps.",
    footer = {"", "Example: git-credential-pat configure --proactive contoso"})
final class Configure implements Callable<Integer> {
  @ParentCommand private Commands commands;

  @Mixin private ConfigurationChoice choice;

  @Option(
      names = "--proactive",
      required = true,
      paramLabel = "ORG",
      description =
          "Only let git send this organisation's token with its first request (git 2.46 or newer).")
  private String proactive;

  @Override
  public Integer call() throws CommandException, IOException {
    Session session = commands.silentSession();
    Git git = Git.find(session.environment());
    ConfigurationFile file = choice.open(git);
    String organization = organization(proactive);
    ProactiveAuth setting = new ProactiveAuth(git);
    if (!setting.isSupported()) {
      throw CommandException.couldNot(ProactiveAuth.NEEDS + "; upgrade git and repeat");
    }
    if (!setting.isSet(organization)) {
      setting.addTo(file, organization);
    }
    choice.finish(
        session, file, "git does so for " + organization + " already; nothing is changed");
    session.say(
        "where no token is kept, git now asks for one even for public projects of "
            + organization
            + "; type: git-credential-pat unconfigure --proactive "
            + organization
            + " to undo it");
    return 0;
  }

  /** The name of the organisation that a person names by it or a URL, in their spelling. */
  static String organization(String typed) throws CommandException {
    Whose whose = Session.whose(typed);
    if (whose.kind() != Whose.Kind.ORGANIZATION) {
      throw CommandException.wrongUsage(
          whose.identity().display() + " is no organisation of Azure DevOps Services");
    }
    String name = whose.identity().display();
    return typed.equalsIgnoreCase(name) ? typed : name;
  }
}
