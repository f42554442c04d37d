package io.github.gitcredentialpat.command.setup;

import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.git.GitConfigFile;
import io.github.gitcredentialpat.git.GitConfigFile.Scope;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.UserException;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/**
 * The options for which of git's configuration files to change, and whether to only show the
 * change.
 */
final class ConfigFileOptions {
  @ArgGroup private @Nullable Chosen chosen;

  @Option(names = "--dry-run", description = "Show the changes without making them.")
  private boolean dryRun;

  /** At most one of these. */
  private static final class Chosen {
    @Option(names = "--system", description = "For all users of this machine.")
    private boolean system;

    @Option(names = "--global", description = "For you, in all repositories (default).")
    @SuppressWarnings("unused") // It is what counts when the other two are not given.
    private boolean global;

    @Option(names = "--local", description = "For the current repository only.")
    private boolean local;
  }

  Scope scope() {
    return chosen != null && chosen.system
        ? Scope.SYSTEM
        : chosen != null && chosen.local ? Scope.LOCAL : Scope.GLOBAL;
  }

  boolean isDryRun() {
    return dryRun;
  }

  /** Saves the file unless this is a dry run, and shows the changes. */
  void finish(CommandContext context, GitConfigFile file) throws UserException, IOException {
    if (!dryRun) {
      file.save();
    }
    if (!file.changes().isEmpty()) {
      show(context, file.path().toString(), file.changes());
    }
  }

  /** Shows the changes that were made, or would be. */
  void show(CommandContext context, String place, List<String> changes) throws IOException {
    StringBuilder text = new StringBuilder(place + (dryRun ? " (dry run):" : ":"));
    for (String change : changes) {
      text.append("\n").append(Console.harmless(change));
    }
    context.print(text.append("\n").toString());
  }
}
