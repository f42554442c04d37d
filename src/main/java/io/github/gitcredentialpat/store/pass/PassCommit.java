package io.github.gitcredentialpat.store.pass;

import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.Executables;
import io.github.gitcredentialpat.platform.Subprocess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Commits a change to the password store where that is a git work tree, as pass does, so that it
 * travels with the person's next {@code pass git push}. Nothing is ever pushed or fetched here, and
 * hooks do not run: the remote may ask this very helper for its password.
 *
 * <p>What cannot be committed (nobody's name is set, another git is at work or left its lock) is
 * left in the work tree, and the person is told: the token is kept all the same.
 */
final class PassCommit {
  /** More than git says of one file. */
  private static final int MOST_OUTPUT = 1 << 20;

  private final Path root;
  private final Environment surroundings;

  PassCommit(Path root, Environment surroundings) {
    this.root = root;
    this.surroundings = surroundings;
  }

  /** Commits this file, changed or gone, and nothing else. */
  void change(Path file, String message) {
    Path top = file.getParent();
    while (!Files.exists(top.resolve(".git"))) {
      if (top.equals(root)) {
        return;
      }
      top = top.getParent();
    }
    Path git = Executables.findInstalled("git", surroundings.environment());
    if (git == null) {
      return;
    }
    String name = top.relativize(file).toString();
    String problem;
    try {
      Subprocess child = run(git, top, "add", "--all", "--", name);
      if (child.hasSucceeded()) {
        child = run(git, top, "commit", "--quiet", "-m", message, "--", name);
      }
      if (child.hasSucceeded() || isNothingToCommit(git, top, name)) {
        return;
      }
      problem = !child.hasEnded() ? "git did not finish in time" : lastLine(child);
    } catch (IOException e) {
      problem = "cannot start " + git;
    }
    surroundings.warn(
        "warning: pass changed "
            + name
            + " but did not commit it in "
            + top
            + " ("
            + problem
            + ")");
  }

  /**
   * Whether there is nothing to commit: the file is ignored, or was never committed and is gone.
   */
  private boolean isNothingToCommit(Path git, Path top, String name) throws IOException {
    Subprocess child = run(git, top, "status", "--porcelain", "--", name);
    return child.hasSucceeded() && child.output().length == 0;
  }

  /** The last line that git wrote, or its exit status. */
  private static String lastLine(Subprocess child) {
    String errors = child.errors().strip();
    return errors.isEmpty()
        ? "status " + child.status()
        : errors.substring(errors.lastIndexOf('\n') + 1);
  }

  private Subprocess run(Path git, Path top, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(git.toString());
    command.add("--literal-pathspecs");
    command.add("-C");
    command.add(top.toString());
    command.add("-c");
    command.add("core.hooksPath=/dev/null");
    command.add("-c");
    command.add("gc.auto=0");
    command.addAll(List.of(arguments));
    ProcessBuilder builder = Subprocess.prepare(command, surroundings.environment());
    Map<String, String> environment = builder.environment();
    // Set by the git that called us, for a work tree that is another one.
    for (String variable : surroundings.environment().keySet()) {
      if (variable.startsWith("GIT_")
          && !variable.startsWith("GIT_AUTHOR_")
          && !variable.startsWith("GIT_COMMITTER_")) {
        environment.remove(variable);
      }
    }
    environment.put("GIT_TERMINAL_PROMPT", "0");
    environment.put("GIT_OPTIONAL_LOCKS", "0");
    return Subprocess.run(
        builder, new byte[0], surroundings.deadline().remainingMillis(), MOST_OUTPUT);
  }
}
