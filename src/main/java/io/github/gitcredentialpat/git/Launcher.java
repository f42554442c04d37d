package io.github.gitcredentialpat.git;

import io.github.gitcredentialpat.platform.Subprocess;
import io.github.gitcredentialpat.platform.UserException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The file that a person or git runs to start this program, as {@code
 * helper/launcher/git-credential-pat} names it: a link that outlives the build it leads to.
 *
 * @param path absolute
 */
public record Launcher(Path path) {
  /** The system property that the launcher sets. */
  public static final String PROPERTY = "git-credential-pat.launcher";

  private static final String NAME = "git-credential-pat";

  private static final int SECONDS = 10;
  private static final int MOST_OUTPUT = 1 << 16;

  /**
   * The launcher of this run.
   *
   * @throws UserException when it cannot be found again
   */
  public static Launcher find() throws UserException, IOException {
    Launcher launcher = present();
    if (launcher == null) {
      throw UserException.couldNot(
          "cannot find the file that started this program; call it by its full path");
    }
    return launcher;
  }

  /** The file that started this program; absent when it cannot be found. */
  public static @Nullable Launcher present() throws IOException {
    String named = System.getProperty(PROPERTY, "");
    Path path = Path.of(named).toAbsolutePath().normalize();
    return named.isEmpty() || !Files.isRegularFile(path) ? null : new Launcher(installed(path));
  }

  /** Whether it can be started and answers as this program does. */
  boolean answers() {
    ProcessBuilder builder = new ProcessBuilder(program().toString(), "capability");
    try {
      Subprocess result = Subprocess.run(builder, new byte[0], SECONDS * 1_000L, MOST_OUTPUT);
      return result.hasSucceeded() && result.out().startsWith("version 0");
    } catch (IOException e) {
      // What cannot be started does not answer.
      return false;
    }
  }

  /**
   * The file in which the installer once noted the former {@code useHttpPath}, before our lines
   * carried a mark.
   */
  public Path formerNote() {
    return path.resolveSibling("../lib/" + NAME + "/git-configuration").normalize();
  }

  /** The installed link for a build that was started under its own name. */
  private static Path installed(Path path) throws IOException {
    Path library = path.getParent().resolve("../..").normalize();
    Path link = library.resolve("../../bin").resolve(NAME).normalize();
    return library.endsWith(Path.of("lib", NAME))
            && Files.exists(link)
            && Files.isSameFile(link, path)
        ? link
        : path;
  }

  /** The file to start: on Windows the .cmd, since it cannot start sh scripts. */
  public Path program() {
    return File.separatorChar == '\\' ? Path.of(path + ".cmd") : path;
  }

  /**
   * The value for {@code credential.helper}: a word of sh, and an absolute path, which it would not
   * be with a quotation mark in front.
   */
  public String command() throws UserException {
    String name = path.toString();
    if (File.separatorChar == '\\') {
      name = name.replace('\\', '/');
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c < 0x20 && c != '\t') {
        throw UserException.couldNot(
            "the program's path contains a control character; install it elsewhere");
      }
    }
    return ShellWords.quote(name);
  }
}
