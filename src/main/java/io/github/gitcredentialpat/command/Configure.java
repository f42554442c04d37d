package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.command.CredentialSettings.Setting;
import io.github.gitcredentialpat.identity.Whose;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Sets git up to ask this helper, and no other, for Azure DevOps. */
@Command(
    name = "configure",
    description = {
      "Set git up to ask this helper, and no other, for Azure DevOps.",
      "Nothing of yours is changed: lines are added at the end of the file, and unconfigure takes"
          + " them out again.",
      ""
    },
    footer = {"", "Example: git-credential-pat configure --server http://tfs.corp.local:8080/tfs"})
final class Configure implements Callable<Integer> {
  @ParentCommand private Commands commands;

  @Mixin private ConfigurationChoice choice;

  @Option(names = "--all-hosts", description = "For every host, not only for Azure DevOps.")
  private boolean allHosts;

  @Option(
      names = "--server",
      paramLabel = "URL",
      description = "Also for this Azure DevOps Server or TFS; may be given several times.")
  private List<String> servers = new ArrayList<>();

  @Option(
      names = "--proactive",
      paramLabel = "ORG",
      description =
          "Only let git send this organisation's token with its first request (git 2.46 or newer).")
  private @Nullable String proactive;

  @Override
  public Integer call() throws CommandException, IOException {
    Session session = commands.silentSession();
    Git git = Git.find(session.environment());
    if (proactive == null) {
      setUp(session, git);
    } else if (allHosts || !servers.isEmpty() || !commands.helperOptions().isEmpty()) {
      throw CommandException.wrongUsage(
          "--proactive is set on its own; leave --all-hosts, --server and --store out");
    } else {
      setUpProactive(session, git);
    }
    return 0;
  }

  private void setUp(Session session, Git git) throws CommandException, IOException {
    ConfigurationFile file = ConfigurationFile.open(git, choice.scope());
    Launcher windows = windows(session);
    Launcher launcher = windows == null ? Launcher.find() : windows;
    HelperSetup setup = HelperSetup.of(git, file, launcher.command());
    setup.choose(commands.helperOptions());
    for (String server : servers) {
      setup.addServer(HelperSetup.server(server));
    }
    if (allHosts) {
      setup.addAllHosts();
    }
    setup.apply();
    choice.finish(session, file);
    if (file.changes().isEmpty()) {
      session.say("git is set up already; nothing is changed");
    }
    CredentialSettings later = setup.later(choice.scope());
    for (Setting other : setup.others(later)) {
      session.say(
          other.helperName()
              + " in "
              + other.place()
              + " comes after this helper and is given tokens as well; take its line out there");
    }
    for (Setting other : setup.hidingPaths(later)) {
      session.say(
          "useHttpPath in "
              + other.place()
              + " keeps git from saying which organisation is meant; take its line out there");
    }
  }

  /** The helper of Windows below WSL, unless a store of this side is chosen. */
  private @Nullable Launcher windows(Session session) throws IOException {
    Launcher windows =
        commands.helperOptions().isEmpty() ? new Wsl(session.environment()).windowsHelper() : null;
    if (windows != null) {
      session.say(
          "this is WSL: git asks the helper of Windows, and both share one keychain; with --store"
              + " file tokens would stay on this side");
    }
    return windows;
  }

  private void setUpProactive(Session session, Git git) throws CommandException, IOException {
    String organization = organization(proactive);
    ProactiveAuth setting = new ProactiveAuth(git);
    if (!setting.isSupported()) {
      throw CommandException.couldNot(ProactiveAuth.NEEDS + "; upgrade git and repeat");
    }
    ConfigurationFile file = ConfigurationFile.open(git, choice.scope());
    if (!setting.isSet(organization)) {
      setting.addTo(file, organization);
    }
    choice.finish(session, file);
    if (file.changes().isEmpty()) {
      session.say("git does so for " + organization + " already; nothing is changed");
    }
    session.say(
        "where no token is kept, git asks for one then even for public projects of "
            + organization
            + "; type: git-credential-pat unconfigure --proactive "
            + organization
            + " to undo it");
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
