package io.github.gitcredentialpat.command.setup;

import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.git.Launcher;
import io.github.gitcredentialpat.git.Wsl;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.schedule.DailyCommand;
import io.github.gitcredentialpat.schedule.Scheduler;
import io.github.gitcredentialpat.schedule.Schedulers;
import java.io.IOException;
import java.util.List;

/** The timer that runs {@code renew}, in the system's own scheduler. */
final class RenewalTimer {
  private RenewalTimer() {}

  /**
   * Sets it up, and shows what was changed for it.
   *
   * @param isOfWindows whether below WSL the stores are those of Windows' side, if it has a helper
   */
  static void setUp(CommandContext context, ConfigFileOptions choice, boolean isOfWindows)
      throws UserException, IOException {
    Environment surroundings = context.run().surroundings();
    if (isOfWindows && new Wsl(context.environment()).windowsHelper() != null) {
      throw UserException.couldNot(
          "WSL: the tokens are in Windows' keychain; run configure --renew on Windows, or add"
              + " --store file for tokens on this side");
    }
    DailyCommand command = DailyCommand.renewal(Launcher.find().program(), surroundings);
    Scheduler scheduler = Schedulers.choose(surroundings);
    List<Scheduler.Change> changes = scheduler.setUp(command, choice.isDryRun());
    for (String name : DailyCommand.withPasswords(surroundings)) {
      context.say(
          "warning: " + name + " holds a password and is left out; set http.proxy for git instead");
    }
    if (changes.isEmpty()) {
      context.say("tokens are already renewed daily by " + scheduler.display());
      return;
    }
    show(context, choice, changes);
    if (!choice.isDryRun()) {
      context.done("tokens are renewed daily by " + scheduler.display());
      context.say("to undo this", "git-credential-pat unconfigure --renew");
    }
  }

  /**
   * Takes it out, and shows what was changed.
   *
   * @return whether there was one
   */
  static boolean remove(CommandContext context, ConfigFileOptions choice)
      throws UserException, IOException {
    boolean isFound = false;
    for (Scheduler scheduler : Schedulers.all(context.run().surroundings())) {
      try {
        List<Scheduler.Change> changes = scheduler.remove(choice.isDryRun());
        show(context, choice, changes);
        isFound |= !changes.isEmpty();
      } catch (UserException | IOException e) {
        context.messages().trace(e);
        context.say("warning: cannot remove the timer that renews tokens: " + e.getMessage());
      }
    }
    return isFound;
  }

  private static void show(
      CommandContext context, ConfigFileOptions choice, List<Scheduler.Change> changes)
      throws IOException {
    for (Scheduler.Change change : changes) {
      choice.show(context, change.place(), change.lines());
    }
  }
}
