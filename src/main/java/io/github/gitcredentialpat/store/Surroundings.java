package io.github.gitcredentialpat.store;

import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a store may know of the process around it: the environment, whether a person can be asked,
 * and the time that is left.
 *
 * @param environment the environment's variables
 * @param mayPrompt whether a person is there and wants to be asked
 * @param deadline the time that is left
 */
public record Surroundings(Map<String, String> environment, boolean mayPrompt, Deadline deadline) {

  /** A variable of the environment; absent when it is not set or empty. */
  public @Nullable String variable(String name) {
    String value = environment.get(name);
    return value == null || value.isEmpty() ? null : value;
  }

  /** Where entries are kept: {@code $XDG_DATA_HOME/git-credential-pat}. */
  public Path dataFolder() {
    return folder("XDG_DATA_HOME", ".local/share");
  }

  /** Where the key file, the lock and the record of warnings are kept. */
  public Path stateFolder() {
    return folder("XDG_STATE_HOME", ".local/state");
  }

  /** XDG's rule: a relative path in the variable counts as unset. */
  private Path folder(String variable, String underHome) {
    String base = variable(variable);
    if (base == null || !Path.of(base).isAbsolute()) {
      base = home() + File.separator + underHome;
    }
    return Path.of(base, "git-credential-pat");
  }

  /** The person's home folder. */
  // user.home comes from the password database and ignores $HOME, which containers and tests set.
  public String home() {
    String home = variable("HOME");
    return home != null ? home : System.getProperty("user.home");
  }
}
