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
      "Make git use this helper, and only this one, for Azure DevOps.",
      "Only adds lines at the end of the file; unconfigure removes exactly those.",
      ""
    },
    footer = {"", "Example: git-credential-pat configure --server http://tfs.corp.local:8080/tfs"})
public final class Configure implements Callable<Integer> {
  private final GlobalOptions global;

  @Mixin private ConfigFileOptions choice;

  @Option(names = "--all-hosts", description = "For all hosts, not only Azure DevOps.")
  private boolean allHosts;

  @Option(
      names = "--server",
      paramLabel = "URL",
      description = "Also for this Azure DevOps Server or TFS (repeatable).")
  private List<String> servers = new ArrayList<>();

  @Option(
      names = "--proactive",
      paramLabel = "ORG",
      description =
          "Only make git send this organization's token with its first request (git 2.46 or newer).")
  private @Nullable String proactive;

  @Option(
      names = "--renew",
      description = "Only set up the system's timer that renews tokens daily.")
  private boolean renew;

  @Mixin private CreationOptions creation;

  Configure(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public Integer call() throws UserException, IOException {
    CommandContext context = global.silentContext();
    creation.check();
    if (renew) {
      RenewalTimer.setUp(context, choice, global.helperOptions().isEmpty());
    }
    if (creation.isWanted()) {
      creation.setUp(context, choice);
    }
    if (renew || creation.isWanted()) {
      if (proactive == null && !allHosts && servers.isEmpty() && global.helperOptions().isEmpty()) {
        return 0;
      }
    }
    GitCommand git = GitCommand.find(context.environment());
    boolean onlyProactive =
        proactive != null && !allHosts && servers.isEmpty() && global.helperOptions().isEmpty();
    String organization = proactive == null ? null : organization(proactive);
    if (organization != null && !new ProactiveAuth(git).isSupported()) {
      throw UserException.couldNot(ProactiveAuth.NEEDS + "; upgrade git");
    }
    GitConfigFile file = GitConfigFile.open(git, choice.scope());
    HelperConfiguration setup = onlyProactive ? null : setUp(context, git, file);
    if (organization != null) {
      addProactive(git, file, organization);
    }
    choice.finish(context, file);
    if (file.changes().isEmpty()) {
      context.say("git is already set up; nothing changed");
    }
    if (organization != null) {
      context.say(
          "without a stored token git now asks for one even for public projects of "
              + organization
              + "; to undo this",
          "git-credential-pat unconfigure --proactive " + organization);
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

  /** Names settings in more local files that still get in the way. */
  private void sayWhatIsInTheWay(CommandContext context, HelperConfiguration setup)
      throws UserException, IOException {
    CredentialSettings later = setup.later(choice.scope());
    for (Setting other : setup.others(later)) {
      context.say(
          other.helperName()
              + " in "
              + other.place()
              + " runs after this helper and also sees every token; remove that line");
    }
    for (Setting other : setup.hidingPaths(later)) {
      context.say(
          "useHttpPath in "
              + other.place()
              + " keeps git from naming the organization; remove that line");
    }
  }

  /** The Windows helper, inside WSL, unless a store of the Linux side is chosen. */
  private @Nullable Launcher windows(CommandContext context) throws IOException {
    Launcher windows =
        global.helperOptions().isEmpty() ? new Wsl(context.environment()).windowsHelper() : null;
    if (windows != null) {
      context.say(
          "WSL: git uses the helper on Windows and shares its keychain; use --store file to keep"
              + " tokens on this side");
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
