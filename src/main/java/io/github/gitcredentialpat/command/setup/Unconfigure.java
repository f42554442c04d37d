package io.github.gitcredentialpat.command.setup;

import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.git.AccountChoice;
import io.github.gitcredentialpat.git.CredentialSettings;
import io.github.gitcredentialpat.git.GitCommand;
import io.github.gitcredentialpat.git.GitConfigFile;
import io.github.gitcredentialpat.git.GitConfigFile.Scope;
import io.github.gitcredentialpat.git.HelperConfiguration;
import io.github.gitcredentialpat.git.Launcher;
import io.github.gitcredentialpat.git.ProactiveAuth;
import io.github.gitcredentialpat.platform.Subprocess;
import io.github.gitcredentialpat.platform.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Removes from git's configuration what {@code configure} added. */
@Command(
    name = "unconfigure",
    description = {
      "Remove from git's configuration what configure added, and nothing else.",
      "Stored tokens stay.",
      ""
    },
    footer = {"", "Example: git-credential-pat unconfigure --dry-run"})
final class Unconfigure implements Callable<Integer> {
  private static final String USE_HTTP_PATH = "credential.https://dev.azure.com.useHttpPath";

  private final GlobalOptions global;

  @Mixin private ConfigFileOptions choice;

  @Option(names = "--all-hosts", description = "Only what was added for all hosts.")
  private boolean allHosts;

  @Option(
      names = "--server",
      paramLabel = "URL",
      description = "Only what was added for this server (repeatable).")
  private List<String> servers = new ArrayList<>();

  @Option(
      names = "--proactive",
      paramLabel = "ORG",
      description = "Only what configure --proactive added for this organization.")
  private @Nullable String proactive;

  @Option(
      names = "--use",
      paramLabel = "ORG",
      description = "Only the account that use chose for this organization.")
  private @Nullable String use;

  @Option(names = "--renew", description = "Only the timer that configure --renew set up.")
  private boolean renew;

  @Option(names = "--create", description = "Only what configure --create turned on.")
  private boolean create;

  Unconfigure(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public Integer call() throws UserException, IOException {
    CommandContext context = global.silentContext();
    boolean isTimerRemoved =
        (renew || (isAll() && choice.scope() == Scope.GLOBAL))
            && RenewalTimer.remove(context, choice);
    boolean isCreationRemoved =
        (create || (isAll() && choice.scope() == Scope.GLOBAL))
            && CreationOptions.remove(context, choice);
    if ((renew || create) && namesNothingOfGit()) {
      if (create && !isCreationRemoved) {
        context.say("missing tokens are not created; nothing changed");
      }
      if (renew && !isTimerRemoved) {
        context.say("no timer of this program is set up; nothing changed");
      }
      return 0;
    }
    GitCommand git = GitCommand.find(context.environment());
    Launcher launcher = Launcher.present();
    boolean changed = isTimerRemoved || isCreationRemoved;
    for (GitConfigFile file : GitConfigFile.present(git, choice.scope())) {
      changed |= removeIncluded(context, git, file);
      remove(git, file, launcher);
      choice.finish(context, file);
      changed |= !file.changes().isEmpty();
      if (isAll() && launcher != null && choice.scope() == Scope.GLOBAL) {
        changed |= restoreUseHttpPath(context, git, file.path(), launcher.formerNote());
      }
    }
    if (!changed) {
      context.say("nothing of this program in git's configuration; nothing changed");
    }
    return 0;
  }

  private boolean isAll() {
    return !renew && !create && namesNothingOfGit();
  }

  private boolean namesNothingOfGit() {
    return !allHosts && servers.isEmpty() && proactive == null && use == null;
  }

  private void remove(GitCommand git, GitConfigFile file, @Nullable Launcher launcher)
      throws UserException, IOException {
    if (isAll()) {
      file.remove(header -> true);
      if (launcher != null) {
        file.removeUnmarked(launcher.command());
      }
    }
    if (allHosts) {
      file.remove(CredentialSettings.header(null)::equals);
    }
    for (String server : servers) {
      HelperConfiguration.removeServer(file, HelperConfiguration.server(server));
      ProactiveAuth.removeServer(file, HelperConfiguration.server(server));
    }
    if (use != null) {
      AccountChoice.remove(file, Configure.organization(use));
    }
    if (proactive != null) {
      new ProactiveAuth(git).removeFrom(file, Configure.organization(proactive));
    }
  }

  /**
   * Does the same in the files that {@code use} included, and deletes those that are then empty.
   */
  private boolean removeIncluded(CommandContext context, GitCommand git, GitConfigFile file)
      throws UserException, IOException {
    boolean changed = false;
    for (String header : AccountChoice.includes(file)) {
      if (!isAll() && use == null) {
        return false;
      }
      GitConfigFile included = GitConfigFile.open(git, AccountChoice.included(file, header));
      if (isAll()) {
        included.remove(any -> true);
      } else {
        AccountChoice.remove(included, Configure.organization(use));
      }
      choice.finish(context, included);
      changed |= !included.changes().isEmpty();
      if (included.isGone()) {
        AccountChoice.exclude(file, header);
      }
    }
    return changed;
  }

  /**
   * Restores the value that the installer once changed and noted, before our lines carried a mark.
   */
  private boolean restoreUseHttpPath(CommandContext context, GitCommand git, Path file, Path note)
      throws UserException, IOException {
    if (!Files.isRegularFile(note)) {
      return false;
    }
    String path = file.toString();
    String before = Files.readString(note);
    if (!git.run(null, "config", "--file", path, "--get", USE_HTTP_PATH).out().equals("true\n")) {
      return false;
    }
    choice.show(
        context,
        path,
        before.isEmpty()
            ? List.of("- " + USE_HTTP_PATH + " = true")
            : List.of("- " + USE_HTTP_PATH + " = true", "+ " + USE_HTTP_PATH + " = " + before));
    if (!choice.isDryRun()) {
      Subprocess result =
          before.isEmpty()
              ? git.run(null, "config", "--file", path, "--unset-all", USE_HTTP_PATH)
              : git.run(null, "config", "--file", path, "--replace-all", USE_HTTP_PATH, before);
      if (result.status() != 0) {
        throw UserException.couldNot(path + " cannot be written; try again as its owner");
      }
      Files.delete(note);
    }
    return true;
  }
}
