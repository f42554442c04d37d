package io.github.gitcredentialpat.command;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where other programs are. */
final class Programs {
  private Programs() {}

  /**
   * The first program of that name on the PATH, by its absolute path. Entries that are not absolute
   * are passed over: they lead into the working directory, which may be anybody's (CVE-2020-26233).
   */
  static @Nullable Path find(String name, Map<String, String> environment) {
    String path = environment.getOrDefault("PATH", environment.getOrDefault("Path", ""));
    for (String entry : path.split(File.pathSeparator)) {
      try {
        Path program = Path.of(entry).resolve(name);
        if (program.isAbsolute() && Files.isRegularFile(program) && Files.isExecutable(program)) {
          return program;
        }
      } catch (InvalidPathException e) {
        // No folder has such a name.
      }
    }
    return null;
  }
}
