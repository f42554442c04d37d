package io.github.gitcredentialpat.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.testing.Certificate;
import io.github.gitcredentialpat.testing.Pty;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A person with a home folder of their own, a git, and the packaged helper with one store. */
final class Person {
  private final GitVersion git;
  private final String store;
  private final Path home;
  private final Path layer;
  private final Map<String, String> environment = new HashMap<>();

  /**
   * Makes the home folder, with git set up as the installer does it, for all hosts.
   *
   * @param store what {@code --store} says; empty: nothing, so that it is the platform's chain
   * @param folder an empty folder
   * @param surroundings variables beside those of every test, such as the bus's address
   */
  Person(GitVersion git, String store, Path folder, Map<String, String> surroundings)
      throws Exception {
    this.git = git;
    this.store = store;
    home = Files.createDirectory(folder.resolve("home"));
    layer = Files.createDirectory(folder.resolve("layer"));
    environment.putAll(surroundings);
    environment.put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    environment.put("HOME", home.toString());
    environment.put("LANG", "C.UTF-8");
    environment.put("GIT_CONFIG_NOSYSTEM", "1");
    environment.put("GIT_TERMINAL_PROMPT", "0");
    configure("user.name", "Alice");
    configure("user.email", "alice@example.com");
    configure("init.defaultBranch", "main");
    configure("protocol.file.allow", "always");
    // It would go on in the background, while the folder is removed.
    configure("gc.auto", "0");
    configure("maintenance.auto", "false");
    configure("credential.helper", String.join(" ", helper()));
    configure("credential.https://dev.azure.com.useHttpPath", "true");
  }

  GitVersion git() {
    return git;
  }

  Path home() {
    return home;
  }

  Map<String, String> environment() {
    return environment;
  }

  /** Sets a variable for all that follows. */
  void set(String variable, String value) {
    environment.put(variable, value);
  }

  /** The person's git trusts this server and finds it behind its proxy. */
  void meets(GitServer server) throws Exception {
    configure("http.sslCAInfo", Certificate.ofThisRun().pem().toString());
    configure("http.proxy", server.proxy().address());
  }

  /** {@code git config --global}. */
  void configure(String key, String value) throws Exception {
    done(git(home, "config", "--global", key, value));
  }

  /** Runs git in a folder. */
  Programs.Result git(Path folder, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    return run(folder, "", command);
  }

  /** Clones into a folder of this name in the home folder, which it returns. */
  Path clones(String url, String name) throws Exception {
    done(git(home, "clone", "-q", url, name));
    return home.resolve(name);
  }

  /** {@code git credential fill}, {@code approve} or {@code reject}. */
  Programs.Result credential(String action, String... lines) throws Exception {
    return run(home, String.join("\n", lines) + "\n\n", List.of("git", "credential", action));
  }

  /** Runs the helper itself, as git would. */
  Programs.Result helper(String operation, String... lines) throws Exception {
    List<String> command = helper();
    command.add(operation);
    return run(home, String.join("\n", lines) + "\n", command);
  }

  /** Types a command of the helper's. */
  Programs.Result pat(Path folder, String... arguments) throws Exception {
    List<String> command = helper();
    command.addAll(List.of(arguments));
    return run(folder, "", command);
  }

  /** Pipes a text into a command of the helper's, in the home folder. */
  Programs.Result pipes(String input, String... arguments) throws Exception {
    List<String> command = helper();
    command.addAll(List.of(arguments));
    return run(home, input, command);
  }

  /** Types words behind the name of the launcher alone, in the home folder. */
  Programs.Result command(String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of(Helper.launcher().toString()));
    command.addAll(List.of(words));
    return run(home, "", command);
  }

  /** Types a line of sh in the home folder. */
  Programs.Result shell(String line) throws Exception {
    return run(home, "", List.of("sh", "-c", line));
  }

  /** Types a command at a terminal in a folder. */
  Pty terminal(Path folder, String... command) throws Exception {
    StringBuilder line = new StringBuilder("cd " + folder + " && exec");
    for (String word : git.command(layer, folder, List.of(command))) {
      line.append(" '").append(word.replace("'", "'\\''")).append("'");
    }
    return new Pty(line.toString(), environment);
  }

  private List<String> helper() {
    List<String> command = new ArrayList<>(List.of(Helper.launcher().toString()));
    if (!store.isEmpty()) {
      command.addAll(List.of("--store", store));
    }
    return command;
  }

  /**
   * Answers git's questions: what is in the file {@code user}, then what is in {@code password}.
   */
  void types(String user, String password) throws Exception {
    Path answers = home.resolve("askpass");
    Files.writeString(
        answers,
        "#!/bin/sh\ncase $1 in Username*) echo '"
            + user
            + "' ;; *) echo '"
            + password
            + "' ;; esac\n");
    answers.toFile().setExecutable(true);
    set("GIT_ASKPASS", answers.toString());
  }

  /** Fails with all that the program said unless it ended well. */
  static Programs.Result done(Programs.Result result) {
    assertThat(result.exit()).describedAs("%s", result).isZero();
    return result;
  }

  private Programs.Result run(Path folder, String input, List<String> command) throws Exception {
    return Programs.run(folder, environment, input, git.command(layer, folder, command));
  }
}
