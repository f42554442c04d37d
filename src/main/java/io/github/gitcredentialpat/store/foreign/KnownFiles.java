package io.github.gitcredentialpat.store.foreign;

import io.github.gitcredentialpat.platform.Environment;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The files that are known to hold passwords in plain text, where they are. */
public final class KnownFiles {
  private KnownFiles() {}

  /**
   * Those of git's {@code store} helper.
   *
   * @param named those that git's configuration names
   */
  public static List<PlaintextFile> ofGit(Environment surroundings, List<Path> named) {
    Path home = Path.of(surroundings.home());
    String variable = surroundings.variable("XDG_CONFIG_HOME");
    Path configuration = variable == null ? home.resolve(".config") : Path.of(variable);
    Set<Path> paths = new LinkedHashSet<>();
    paths.add(home.resolve(".git-credentials"));
    paths.add(configuration.resolve("git").resolve("credentials"));
    named.forEach(path -> paths.add(path.normalize()));
    return present(new GitCredentialsFormat(), paths.toArray(Path[]::new));
  }

  /** What curl, and git through it, reads; on Windows under another name as well. */
  public static List<PlaintextFile> ofNetrc(Environment surroundings) {
    Path home = Path.of(surroundings.home());
    return File.separatorChar == '/'
        ? present(new NetrcFormat(), home.resolve(".netrc"))
        : present(new NetrcFormat(), home.resolve(".netrc"), home.resolve("_netrc"));
  }

  /** What the Azure DevOps CLI keeps where there is no keyring. */
  public static List<PlaintextFile> ofAzure(Environment surroundings) {
    Path folder = Path.of(surroundings.home(), ".azure", "azuredevops");
    return present(new AzureDevOpsFormat(), folder.resolve("personalAccessTokens"));
  }

  private static List<PlaintextFile> present(FileFormat format, Path... paths) {
    List<PlaintextFile> files = new ArrayList<>();
    for (Path path : paths) {
      // One that nobody can tell of is not absent: reading it says why.
      if (!Files.notExists(path)) {
        files.add(new PlaintextFile(path, format));
      }
    }
    return files;
  }
}
