package io.github.gitcredentialpat.command.setup;

import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.git.CredentialSettings;
import io.github.gitcredentialpat.git.CredentialSettings.Setting;
import io.github.gitcredentialpat.git.GitCommand;
import io.github.gitcredentialpat.git.GitConfigFile;
import io.github.gitcredentialpat.git.HelperConfiguration;
import io.github.gitcredentialpat.git.Launcher;
import io.github.gitcredentialpat.git.ProactiveAuth;
import io.github.gitcredentialpat.git.Wsl;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.TypedPlace;
import io.github.gitcredentialpat.platform.UserException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
public final class Configure implements Callable<Integer> {
  private final GlobalOptions global;

  @Mixin private ConfigFileOptions choice;

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

  Configure(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public Integer call() throws UserException, IOException {
    CommandContext context = global.silentContext();
    GitCommand git = GitCommand.find(context.environment());
    boolean onlyProactive =
        proactive != null && !allHosts && servers.isEmpty() && global.helperOptions().isEmpty();
    String organization = proactive == null ? null : organization(proactive);
    if (organization != null && !new ProactiveAuth(git).isSupported()) {
      throw UserException.couldNot(ProactiveAuth.NEEDS + "; upgrade git and repeat");
    }
    GitConfigFile file = GitConfigFile.open(git, choice.scope());
    HelperConfiguration setup = onlyProactive ? null : setUp(context, git, file);
    if (organization != null) {
      addProactive(git, file, organization);
    }
    choice.finish(context, file);
    if (file.changes().isEmpty()) {
      context.say("git is set up already; nothing is changed");
    }
    if (organization != null) {
      context.say(
          "where no token is kept, git asks for one then even for public projects of "
              + organization
              + "; type: git-credential-pat unconfigure --proactive "
              + organization
              + " to undo it");
    }
    if (setup != null) {
      sayWhatIsInTheWay(context, setup);
    }
    return 0;
  }

  private static void addProactive(GitCommand git, GitConfigFile file, String organization)
      throws UserException, IOException {
    ProactiveAuth setting = new ProactiveAuth(git);
    if (!setting.isSet(organization)) {
      setting.addTo(file, organization);
    }
  }

  private HelperConfiguration setUp(CommandContext context, GitCommand git, GitConfigFile file)
      throws UserException, IOException {
    Launcher windows = windows(context);
    Launcher launcher = windows == null ? Launcher.find() : windows;
    HelperConfiguration setup = HelperConfiguration.of(git, file, launcher.command());
    setup.choose(global.helperOptions());
    List<String> urls = new ArrayList<>();
    for (String server : servers) {
      urls.add(HelperConfiguration.server(server));
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
  private void sayWhatIsInTheWay(CommandContext context, HelperConfiguration setup)
      throws UserException, IOException {
    CredentialSettings later = setup.later(choice.scope());
    for (Setting other : setup.others(later)) {
      context.say(
          other.helperName()
              + " in "
              + other.place()
              + " comes after this helper and is given tokens as well; take its line out there");
    }
    for (Setting other : setup.hidingPaths(later)) {
      context.say(
          "useHttpPath in "
              + other.place()
              + " keeps git from saying which organization is meant; take its line out there");
    }
  }

  /** The helper of Windows below WSL, unless a store of this side is chosen. */
  private @Nullable Launcher windows(CommandContext context) throws IOException {
    Launcher windows =
        global.helperOptions().isEmpty() ? new Wsl(context.environment()).windowsHelper() : null;
    if (windows != null) {
      context.say(
          "this is WSL: git asks the helper of Windows, and both share one keychain; with --store"
              + " file tokens would stay on this side");
    }
    return windows;
  }

  /** The name of the organization that a person names by it or a URL, in their spelling. */
  static String organization(String typed) throws UserException {
    Resolution whose = TypedPlace.resolve(typed);
    if (whose.kind() != Resolution.Kind.ORGANIZATION) {
      throw UserException.wrongUsage(
          whose.identity().display() + " is not an organization of Azure DevOps Services");
    }
    return TypedPlace.spelling(typed, whose.identity().display());
  }
}
