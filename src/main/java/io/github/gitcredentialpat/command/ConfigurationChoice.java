package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.command.ConfigurationFile.Scope;
import io.github.gitcredentialpat.helper.Messages;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which of git's configuration files is changed, and whether it really is. */
final class ConfigurationChoice {
  @ArgGroup private @Nullable Chosen chosen;

  @Option(names = "--dry-run", description = "Show what would be changed, and change nothing.")
  private boolean dryRun;

  /** At most one of these. */
  private static final class Chosen {
    @Option(names = "--system", description = "For everybody on this machine.")
    private boolean system;

    @Option(names = "--global", description = "For you, in every repository (the default).")
    @SuppressWarnings("unused") // It is what counts when the other two are not given.
    private boolean global;

    @Option(names = "--local", description = "For the repository in the working directory.")
    private boolean local;
  }

  Scope scope() {
    return chosen != null && chosen.system
        ? Scope.SYSTEM
        : chosen != null && chosen.local ? Scope.LOCAL : Scope.GLOBAL;
  }

  ConfigurationFile open(Git git) throws CommandException, IOException {
    return ConfigurationFile.open(git, scope());
  }

  /** Saves the file unless this is a dry run, and shows what was changed in it. */
  void finish(Session session, ConfigurationFile file, String nothing)
      throws CommandException, IOException {
    if (file.changes().isEmpty()) {
      session.say(nothing);
      return;
    }
    if (!dryRun) {
      file.save();
    }
    session.print(Messages.harmless(file.path().toString()) + ":\n");
    for (String change : file.changes()) {
      session.print(change.replace("\t", "  ") + "\n");
    }
    if (dryRun) {
      session.say("nothing is changed yet; repeat without --dry-run to change it");
    }
  }
}
