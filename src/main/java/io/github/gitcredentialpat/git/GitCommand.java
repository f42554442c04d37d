package io.github.gitcredentialpat.git;

import io.github.gitcredentialpat.platform.Executables;
import io.github.gitcredentialpat.platform.Subprocess;
import io.github.gitcredentialpat.platform.UserException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The person's git, which is asked for its own configuration. It is found by an absolute path,
 * never in the working directory (CVE-2020-26233), and has ten seconds for each call.
 */
public final class GitCommand {
  private static final String NAME = File.separatorChar == '\\' ? "git.exe" : "git";
  private static final int SECONDS = 10;

  /** In bytes: more than all settings of a machine take. */
  private static final int MOST_OUTPUT = 1 << 24;

  /** The variables that point git to a certain repository, whatever its folder. */
  private static final List<String> LOCAL =
      List.of("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX");

  private final Path program;
  private final Map<String, String> environment;

  private GitCommand(Path program, Map<String, String> environment) {
    this.program = program;
    this.environment = environment;
  }

  /**
   * The first git on the PATH; entries that are not absolute are passed over.
   *
   * @throws UserException when there is none
   */
  public static GitCommand find(Map<String, String> environment) throws UserException {
    Path program = Executables.find(NAME, environment);
    if (program != null) {
      return new GitCommand(program, environment);
    }
    throw UserException.couldNot("git not found on the PATH");
  }

  /** Whether there is a git on the PATH. */
  public static boolean isThere(Map<String, String> environment) {
    return Executables.find(NAME, environment) != null;
  }

  /** The environment that it is run in. */
  public Map<String, String> environment() {
    return environment;
  }

  /** The same git with one more variable in its environment. */
  GitCommand with(String variable, String value) {
    Map<String, String> more = new HashMap<>(environment);
    more.put(variable, value);
    return new GitCommand(program, more);
  }

  /**
   * Runs git.
   *
   * @param folder where; absent for the working directory, whose repository's settings count then
   * @throws UserException when it does not end in ten seconds
   */
  public Subprocess run(@Nullable Path folder, String... arguments)
      throws UserException, IOException {
    return run(folder, new byte[0], arguments);
  }

  /** Runs git with this on its standard input. */
  public Subprocess run(@Nullable Path folder, byte[] input, String... arguments)
      throws UserException, IOException {
    List<String> command = new ArrayList<>();
    command.add(program.toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = Subprocess.prepare(command, environment);
    builder.environment().put("LC_ALL", "C.UTF-8");
    if (folder != null) {
      builder.directory(folder.toFile());
      builder.environment().keySet().removeAll(LOCAL);
    }
    Subprocess result = Subprocess.run(builder, input, SECONDS * 1_000L, MOST_OUTPUT);
    if (!result.hasEnded()) {
      throw UserException.couldNot(
          "git did not answer in " + SECONDS + " seconds (" + program + " " + arguments[0] + ")");
    }
    return result;
  }

  /**
   * A setting of the person or the machine, as git uses it for this URL: the settings of whatever
   * repository the working directory is in do not count.
   *
   * @param type {@code --no-type}, or one that git knows, such as {@code --path}
   * @return absent when it is not set
   */
  public @Nullable String setting(String type, String key, String url)
      throws UserException, IOException {
    Path nowhere = Path.of(File.separator).toAbsolutePath();
    Subprocess result = run(nowhere, "config", type, "--get-urlmatch", key, url);
    return result.status() == 0 ? result.out().stripTrailing() : null;
  }

  /** Its version, such as 2.39.5, with a suffix on Windows and macOS; empty when unknown. */
  public String version() throws UserException, IOException {
    String[] words = run(null, "version").out().strip().split(" ");
    return words.length < 3 ? "" : words[2];
  }

  /** Whether it is at least this version, such as 2.46. */
  public boolean isAtLeast(int major, int minor) throws UserException, IOException {
    String[] numbers = version().split("\\.");
    try {
      int foundMajor = Integer.parseInt(numbers[0]);
      int foundMinor = Integer.parseInt(numbers[1]);
      return foundMajor > major || (foundMajor == major && foundMinor >= minor);
    } catch (ArrayIndexOutOfBoundsException | NumberFormatException e) {
      return false;
    }
  }
}
