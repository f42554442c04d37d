package io.github.gitcredentialpat.command.setup;

import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.git.AccountChoice;
import io.github.gitcredentialpat.git.GitCommand;
import io.github.gitcredentialpat.git.GitConfigFile;
import io.github.gitcredentialpat.git.GitConfigFile.Scope;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.TypedPlace;
import io.github.gitcredentialpat.identity.UserName;
import io.github.gitcredentialpat.platform.Program;
import io.github.gitcredentialpat.platform.Subprocess;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.tokens.Inventory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Chooses which of several accounts of an organization git uses. */
@Command(
    name = "use",
    description = {
      "Choose which account git uses for an organization, or show the choice.",
      "Sets credential.<url>.username for both hosts of the organization, in your configuration or,"
          + " with --for, for one repository or all repositories below a folder. Undo it with"
          + " unconfigure --use ORG.",
      ""
    },
    footer = {
      "",
      "Example: git-credential-pat use contoso alice@contoso.com",
      "         git-credential-pat use contoso bob@contoso.com --for ~/work"
    })
final class Use implements Callable<Integer> {
  private final GlobalOptions global;

  @Parameters(index = "0", paramLabel = "ORG|URL", description = "Organization.")
  private String place;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "NAME",
      description = "The account's user name, as shown by list. Default: show the choice.")
  private @Nullable String user;

  @Option(
      names = "--for",
      paramLabel = "DIR",
      description = "Only for this repository, or for those below this folder.")
  private @Nullable Path folder;

  Use(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public Integer call() throws UserException, IOException {
    CommandContext context = global.silentContext();
    String organization = Configure.organization(place);
    GitCommand git = GitCommand.find(context.environment());
    Path where = folder == null ? null : existing(folder);
    if (user == null) {
      show(context, git, organization, where);
      return 0;
    }
    Resolution whose = TypedPlace.resolve(organization);
    if (whose.user(user) == null || hasControls(user)) {
      throw UserException.wrongUsage("not the user name of an account");
    }
    warnWithoutToken(context, whose, user);
    if (where == null) {
      GitConfigFile file = GitConfigFile.open(git, Scope.GLOBAL);
      AccountChoice.set(file, organization, user);
      file.save();
      context.done("git uses " + user + " for " + organization + " (" + file.path() + ")");
    } else {
      setFor(context, git, organization, where);
    }
    return 0;
  }

  private void setFor(CommandContext context, GitCommand git, String organization, Path where)
      throws UserException, IOException {
    Path own = configuration(git, where);
    if (own != null) {
      GitConfigFile file = GitConfigFile.open(git, own);
      AccountChoice.set(file, organization, user);
      file.save();
      context.done("git uses " + user + " for " + organization + " in " + where);
      return;
    }
    GitConfigFile global = GitConfigFile.open(git, Scope.GLOBAL);
    GitConfigFile file = GitConfigFile.open(git, AccountChoice.file(global, where));
    AccountChoice.set(file, organization, user);
    AccountChoice.include(global, where);
    file.save();
    global.save();
    context.done(
        "git uses "
            + user
            + " for "
            + organization
            + " in all repositories below "
            + where
            + " ("
            + file.path()
            + ")");
  }

  private static Path existing(Path folder) throws UserException, IOException {
    if (!Files.isDirectory(folder)) {
      throw UserException.wrongUsage(folder + " is not a folder");
    }
    return folder.toRealPath();
  }

  /** The configuration of the repository that is this folder; absent for one that holds several. */
  private static @Nullable Path configuration(GitCommand git, Path folder)
      throws UserException, IOException {
    Subprocess top = git.run(folder, "rev-parse", "--show-toplevel");
    if (top.status() != 0 || top.out().isBlank()) {
      top = git.run(folder, "rev-parse", "--absolute-git-dir");
    }
    if (top.status() != 0 || !Files.isSameFile(Path.of(top.out().stripTrailing()), folder)) {
      return null;
    }
    Subprocess path = git.run(folder, "rev-parse", "--git-path", "config");
    return folder.resolve(path.out().stripTrailing());
  }

  private static void show(
      CommandContext context, GitCommand git, String organization, @Nullable Path where)
      throws UserException, IOException {
    String url = "https://dev.azure.com/" + organization;
    Subprocess result = git.run(where, "config", "--get-urlmatch", "credential.username", url);
    String found = result.status() == 0 ? result.out().stripTrailing() : null;
    if (where != null && configuration(git, where) == null) {
      GitConfigFile global = GitConfigFile.open(git, Scope.GLOBAL);
      Path file = AccountChoice.file(global, where);
      String own = AccountChoice.in(GitConfigFile.open(git, file), organization);
      found = own == null ? found : own;
    }
    if (found == null) {
      context.say("no account chosen for " + organization + "; git uses the newest token");
    } else {
      context.print(found + "\n");
    }
  }

  private static void warnWithoutToken(CommandContext context, Resolution whose, String user) {
    Set<String> accounts = new LinkedHashSet<>();
    Inventory inventory = new Inventory(context.run(), context.allStores());
    for (Inventory.Place each : inventory.places(whose)) {
      EntryKey key = each.key();
      if (whose.isSameUser(user, key.user())) {
        return;
      }
      if (key.user() != null) {
        accounts.add(UserName.shown(key.user()));
      }
    }
    if (!inventory.isComplete()) {
      return; // What could not be read has been said, and may hold it.
    }
    String organization = whose.identity().display();
    context.say(
        "warning: no token for "
            + user
            + (accounts.isEmpty() ? "" : "; stored accounts: " + String.join(", ", accounts)));
    context.messages().hint(Program.NAME + " login " + organization + " --user " + user);
  }

  private static boolean hasControls(String text) {
    return text.chars().anyMatch(c -> c < ' ' || c == 0x7f);
  }
}
