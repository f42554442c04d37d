package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.command.ConfigurationFile.Scope;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.UserName;
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
import picocli.CommandLine.ParentCommand;

/** Chooses which of several accounts of an organization git uses. */
@Command(
    name = "use",
    description = {
      "Choose which account of an organization git uses, or show which one it does.",
      "Sets credential.<url>.username for both hosts of the organization, in your configuration or,"
          + " with --for, for one repository or for all repositories below a folder. unconfigure"
          + " takes it out again.",
      ""
    },
    footer = {
      "",
      "Example: git-credential-pat use contoso alice@contoso.com",
      "         git-credential-pat use contoso bob@contoso.com --for ~/work"
    })
final class Use implements Callable<Integer> {
  @ParentCommand private Commands commands;

  @Parameters(index = "0", paramLabel = "ORG|URL", description = "The organization.")
  private String place;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "NAME",
      description = "The account's user name, as list shows it. Default: show the choice.")
  private @Nullable String user;

  @Option(
      names = "--for",
      paramLabel = "DIR",
      description = "Only in this repository, or in those below this folder.")
  private @Nullable Path folder;

  @Override
  public Integer call() throws CommandException, IOException {
    Session session = commands.silentSession();
    String organization = Configure.organization(place);
    Git git = Git.find(session.environment());
    Path where = folder == null ? null : existing(folder);
    if (user == null) {
      show(session, git, organization, where);
      return 0;
    }
    Resolution whose = Session.whose(organization);
    if (whose.user(user) == null || hasControls(user)) {
      throw CommandException.wrongUsage("this is not the user name of an account");
    }
    warnWithoutToken(session, whose, user);
    if (where == null) {
      ConfigurationFile file = ConfigurationFile.open(git, Scope.GLOBAL);
      AccountChoice.set(file, organization, user);
      file.save();
      session.say("git now uses " + user + " for " + organization + " (" + file.path() + ")");
    } else {
      setFor(session, git, organization, where);
    }
    return 0;
  }

  private void setFor(Session session, Git git, String organization, Path where)
      throws CommandException, IOException {
    Path own = configuration(git, where);
    if (own != null) {
      ConfigurationFile file = ConfigurationFile.open(git, own);
      AccountChoice.set(file, organization, user);
      file.save();
      session.say("git now uses " + user + " for " + organization + " in " + where);
      return;
    }
    ConfigurationFile global = ConfigurationFile.open(git, Scope.GLOBAL);
    ConfigurationFile file = ConfigurationFile.open(git, AccountChoice.file(global, where));
    AccountChoice.set(file, organization, user);
    AccountChoice.include(global, where);
    file.save();
    global.save();
    session.say(
        "git now uses "
            + user
            + " for "
            + organization
            + " in all repositories below "
            + where
            + " ("
            + file.path()
            + ")");
  }

  private static Path existing(Path folder) throws CommandException, IOException {
    if (!Files.isDirectory(folder)) {
      throw CommandException.wrongUsage(folder + " is not a folder");
    }
    return folder.toRealPath();
  }

  /** The configuration of the repository that is this folder; absent for one that holds several. */
  private static @Nullable Path configuration(Git git, Path folder)
      throws CommandException, IOException {
    Programs.Result top = git.run(folder, "rev-parse", "--show-toplevel");
    if (top.exit() != 0 || top.out().isBlank()) {
      top = git.run(folder, "rev-parse", "--absolute-git-dir");
    }
    if (top.exit() != 0 || !Files.isSameFile(Path.of(top.out().stripTrailing()), folder)) {
      return null;
    }
    Programs.Result path = git.run(folder, "rev-parse", "--git-path", "config");
    return folder.resolve(path.out().stripTrailing());
  }

  private static void show(Session session, Git git, String organization, @Nullable Path where)
      throws CommandException, IOException {
    String url = "https://dev.azure.com/" + organization;
    Programs.Result result = git.run(where, "config", "--get-urlmatch", "credential.username", url);
    String found = result.exit() == 0 ? result.out().stripTrailing() : null;
    if (where != null && configuration(git, where) == null) {
      ConfigurationFile global = ConfigurationFile.open(git, Scope.GLOBAL);
      Path file = AccountChoice.file(global, where);
      String own = AccountChoice.in(ConfigurationFile.open(git, file), organization);
      found = own == null ? found : own;
    }
    if (found == null) {
      session.say("no account is chosen for " + organization + "; git uses the newest token");
    } else {
      session.print(found + "\n");
    }
  }

  private static void warnWithoutToken(Session session, Resolution whose, String user) {
    Set<String> accounts = new LinkedHashSet<>();
    Inventory inventory = new Inventory(session.run(), session.allStores());
    for (Inventory.Place each : inventory.places(whose)) {
      EntryKey key = each.key();
      if (whose.isSameUser(user, key.user())) {
        return;
      }
      if (key.user() != null) {
        accounts.add(UserName.shown(key.user()));
      }
    }
    String organization = whose.identity().display();
    session.say(
        "warning: no token for "
            + user
            + (accounts.isEmpty() ? "" : "; stored accounts: " + String.join(", ", accounts)));
    session.messages().hint(Commands.NAME + " login " + organization + " --user " + user);
  }

  private static boolean hasControls(String text) {
    return text.chars().anyMatch(c -> c < ' ' || c == 0x7f);
  }
}
