package io.github.gitcredentialpat.command;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Takes out of git's configuration what {@code configure} added. */
@Command(
    name = "unconfigure",
    description = "Take out of git's configuration what configure added, and nothing else.",
    footer = {"", "Example: git-credential-pat unconfigure --dry-run"})
final class Unconfigure implements Callable<Integer> {
  @ParentCommand private Commands commands;

  @Mixin private ConfigurationChoice choice;

  @Option(
      names = "--proactive",
      paramLabel = "ORG",
      description = "Only what configure --proactive added for this organisation.")
  private @Nullable String proactive;

  @Override
  public Integer call() throws CommandException, IOException {
    Session session = commands.silentSession();
    Git git = Git.find(session.environment());
    ConfigurationFile file = choice.open(git);
    if (proactive != null) {
      new ProactiveAuth(git).removeFrom(file, Configure.organization(proactive));
    } else {
      file.remove(header -> true);
    }
    choice.finish(session, file, "nothing of this program is in " + file.path());
    return 0;
  }
}
