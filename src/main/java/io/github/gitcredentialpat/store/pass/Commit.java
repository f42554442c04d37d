package io.github.gitcredentialpat.store.pass;

import io.github.gitcredentialpat.store.Surroundings;
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
 * <p>What cannot be committed (nobody's name is set, another git is at work) is left in the work
 * tree: the token is kept all the same.
 */
final class Commit {
  private final Path root;
  private final Surroundings surroundings;

  Commit(Path root, Surroundings surroundings) {
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
    String git = Child.find("git", surroundings);
    if (git == null) {
      return;
    }
    String name = top.relativize(file).toString();
    try {
      if (run(git, top, "add", "--all", "--", name)) {
        run(git, top, "commit", "--quiet", "-m", message, "--", name);
      }
    } catch (IOException e) {
      // As above: the work tree has it.
    }
  }

  private boolean run(String git, Path top, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(git);
    command.add("--literal-pathspecs");
    command.add("-C");
    command.add(top.toString());
    command.add("-c");
    command.add("core.hooksPath=/dev/null");
    command.add("-c");
    command.add("gc.auto=0");
    command.addAll(List.of(arguments));
    ProcessBuilder builder = Child.prepare(command, surroundings);
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
    return Child.run(builder, new byte[0], surroundings).status() == 0;
  }
}
