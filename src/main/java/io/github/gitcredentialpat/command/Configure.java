package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.command.CredentialSettings.Setting;
import io.github.gitcredentialpat.identity.Resolution;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
          "Let git send this organization's token with its first request (git 2.46 or newer);"
              + " without other options only that.")
  private @Nullable String proactive;

  @Override
  public Integer call() throws CommandException, IOException {
    Session session = commands.silentSession();
    Git git = Git.find(session.environment());
    boolean onlyProactive =
        proactive != null && !allHosts && servers.isEmpty() && commands.helperOptions().isEmpty();
    String organization = proactive == null ? null : organization(proactive);
    if (organization != null && !new ProactiveAuth(git).isSupported()) {
      throw CommandException.couldNot(ProactiveAuth.NEEDS + "; upgrade git and repeat");
    }
    ConfigurationFile file = ConfigurationFile.open(git, choice.scope());
    HelperSetup setup = onlyProactive ? null : setUp(session, git, file);
    if (organization != null) {
      addProactive(git, file, organization);
    }
    choice.finish(session, file);
    if (file.changes().isEmpty()) {
      session.say("git is set up already; nothing is changed");
    }
    if (organization != null) {
      session.say(
          "where no token is kept, git asks for one then even for public projects of "
              + organization
              + "; type: git-credential-pat unconfigure --proactive "
              + organization
              + " to undo it");
    }
    if (setup != null) {
      sayWhatIsInTheWay(session, setup);
    }
    return 0;
  }

  private static void addProactive(Git git, ConfigurationFile file, String organization)
      throws CommandException, IOException {
    ProactiveAuth setting = new ProactiveAuth(git);
    if (!setting.isSet(organization)) {
      setting.addTo(file, organization);
    }
  }

  private HelperSetup setUp(Session session, Git git, ConfigurationFile file)
      throws CommandException, IOException {
    Launcher windows = windows(session);
    Launcher launcher = windows == null ? Launcher.find() : windows;
    HelperSetup setup = HelperSetup.of(git, file, launcher.command());
    setup.choose(commands.helperOptions());
    List<String> urls = new ArrayList<>();
    for (String server : servers) {
      urls.add(HelperSetup.server(server));
    }
    urls.forEach(setup::addServer);
    if (allHosts) {
      setup.addAllHosts();
    }
    setup.apply();
    for (String url : urls) {
      new ProactiveAuth(git).addServer(file, url);
    }
    return setup;
  }

  /** Names what in more local files still gets in the way. */
  private void sayWhatIsInTheWay(Session session, HelperSetup setup)
      throws CommandException, IOException {
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

  /** The name of the organization that a person names by it or a URL, in their spelling. */
  static String organization(String typed) throws CommandException {
    Resolution whose = Session.whose(typed);
    if (whose.kind() != Resolution.Kind.ORGANIZATION) {
      throw CommandException.wrongUsage(
          whose.identity().display() + " is not an organization of Azure DevOps Services");
    }
    return spelling(typed, whose.identity().display());
  }

  /** An organization's name as it stands in a URL or alone: git compares paths with case. */
  static String spelling(String typed, String name) {
    int start = typed.toLowerCase(Locale.ROOT).indexOf("/" + name) + 1;
    String found = start == 0 ? typed.strip() : typed.substring(start, start + name.length());
    return found.equalsIgnoreCase(name) ? found : name;
  }
}
