package io.github.gitcredentialpat.command;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The file that a person or git runs to start this program, as {@code helper/git-credential-pat}
 * names it: a link that outlives the build it leads to.
 *
 * @param path absolute
 */
record Launcher(Path path) {
  /** The system property that the launcher sets. */
  static final String PROPERTY = "git-credential-pat.launcher";

  private static final String NAME = "git-credential-pat";

  private static final int SECONDS = 10;

  /** What sh gives a meaning to. */
  private static final String SPECIAL = "[] \t\"'$`\\&;|<>()*?#~=%{}!^";

  /**
   * The launcher of this run.
   *
   * @throws CommandException when it cannot be found again
   */
  static Launcher find() throws CommandException, IOException {
    Launcher launcher = present();
    if (launcher == null) {
      throw CommandException.couldNot(
          "the file that starts this program cannot be found; call it by its whole path");
    }
    return launcher;
  }

  /** The same, absent when it cannot be found. */
  static @Nullable Launcher present() throws IOException {
    String named = System.getProperty(PROPERTY, "");
    Path path = Path.of(named).toAbsolutePath().normalize();
    return named.isEmpty() || !Files.isRegularFile(path) ? null : new Launcher(installed(path));
  }

  /** Whether it runs and is one. */
  boolean answers() {
    ProcessBuilder builder = new ProcessBuilder(program().toString(), "capability");
    try {
      Programs.Result result = Programs.run(builder, new byte[0], SECONDS);
      return result != null && result.exit() == 0 && result.out().startsWith("version 0");
    } catch (IOException e) {
      // What cannot be started does not answer.
      return false;
    }
  }

  /** Where the installer noted what {@code useHttpPath} was, before lines of ours bore a mark. */
  Path formerNote() {
    return path.resolveSibling("../lib/" + NAME + "/git-configuration").normalize();
  }

  /** A build that was called by its own name, and not by the link to the newest one. */
  private static Path installed(Path path) throws IOException {
    Path library = path.getParent().resolve("../..").normalize();
    Path link = library.resolve("../../bin").resolve(NAME).normalize();
    return library.endsWith(Path.of("lib", NAME))
            && Files.exists(link)
            && Files.isSameFile(link, path)
        ? link
        : path;
  }

  /** It as this system starts programs: Windows runs no script of sh. */
  Path program() {
    return File.separatorChar == '\\' ? Path.of(path + ".cmd") : path;
  }

  /**
   * It as {@code credential.helper} wants it: a word of sh, and an absolute path, which it would
   * not be with a quotation mark in front.
   */
  String command() throws CommandException {
    String name = path.toString();
    if (File.separatorChar == '\\') {
      name = name.replace('\\', '/');
    }
    StringBuilder command = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c < 0x20 && c != '\t') {
        throw CommandException.couldNot(
            "git cannot be told of a path with a control character in it; install it elsewhere");
      }
      if (SPECIAL.indexOf(c) >= 0) {
        command.append('\\');
      }
      command.append(c);
    }
    return command.toString();
  }
}
