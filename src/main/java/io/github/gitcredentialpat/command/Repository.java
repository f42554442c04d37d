package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.identity.SshAddress;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A repository and all files with settings that count in it, those of its submodules included. */
final class Repository {
  private static final String FILE = "file:";

  private final Git git;
  private final @Nullable Path folder;

  /** What git names files relative to. */
  private final Path base;

  private Repository(Git git, @Nullable Path folder, Path base) {
    this.git = git;
    this.folder = folder;
    this.base = base;
  }

  /**
   * The repository of this folder.
   *
   * @param folder absent for the working directory
   * @throws CommandException when there is none, or git does not trust whose it is
   */
  static Repository at(Git git, @Nullable Path folder) throws CommandException, IOException {
    Programs.Result top = git.run(folder, "rev-parse", "--show-toplevel");
    if (top.exit() != 0 || top.out().isBlank()) {
      // A bare one has no files of its own.
      top = git.run(folder, "rev-parse", "--absolute-git-dir");
    }
    if (top.exit() != 0) {
      throw CommandException.couldNot(
          (folder == null
                  ? "there is no repository here that git takes; go into one, or add --recursive"
                  : "git does not take " + folder + " for a repository of yours")
              + "; git status says why");
    }
    return new Repository(git, folder, Path.of(line(top)).toAbsolutePath());
  }

  /**
   * The addresses that git fetches from and pushes to in the working directory's repository, as it
   * uses them, that of a plain {@code git fetch} first; none outside of a repository, or where a
   * remote is a folder.
   */
  static List<String> remotes(Git git) throws CommandException, IOException {
    Set<String> found = new LinkedHashSet<>();
    found.add(git.run(null, "ls-remote", "--get-url").out().strip());
    for (String line : git.run(null, "remote", "--verbose").out().split("\n")) {
      // NAME, a tab, the address, a blank, and what it is for in parentheses.
      int end = line.indexOf(" (");
      if (end > 0) {
        found.add(line.substring(line.indexOf('\t') + 1, end));
      }
    }
    found.removeIf(address -> !address.contains("://") && !SshAddress.is(address));
    return List.copyOf(found);
  }

  private static String line(Programs.Result result) {
    String out = result.out();
    return out.endsWith("\n") ? out.substring(0, out.length() - 1) : out;
  }

  /**
   * The folders of all repositories below one, itself included; links are not followed.
   *
   * @param unread gets the folders that could not be read
   */
  static List<Path> below(Path root, List<Path> unread) throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            if (folder.endsWith(".git")) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            if (Files.exists(folder.resolve(".git"))) {
              found.add(folder);
            } else if (isGitFolder(folder)) {
              found.add(folder);
              return FileVisitResult.SKIP_SUBTREE;
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException problem) {
            unread.add(file);
            return FileVisitResult.CONTINUE;
          }
        });
    return found;
  }

  private static boolean isGitFolder(Path folder) {
    return Files.isRegularFile(folder.resolve("HEAD"))
        && Files.isDirectory(folder.resolve("objects"))
        && Files.isDirectory(folder.resolve("refs"));
  }

  /** The settings with a secret in them, wherever they are set. */
  Set<UrlSetting> secretUrls() throws CommandException, IOException {
    Set<UrlSetting> found = new LinkedHashSet<>();
    read(git.run(folder, "config", "--list", "--show-origin", "-z"), found);
    for (String tracked : new String[] {".gitmodules", ".lfsconfig"}) {
      if (Files.isRegularFile(base.resolve(tracked))) {
        readFile(base.resolve(tracked), found);
      }
    }
    Path common =
        (folder == null ? Path.of("").toAbsolutePath() : folder)
            .resolve(line(git.run(folder, "rev-parse", "--git-common-dir")));
    Path modules = common.resolve("modules");
    if (Files.isDirectory(modules)) {
      for (Path module : modules(modules)) {
        readFile(module.resolve("config"), found);
      }
    }
    return found;
  }

  /** The repositories of submodules that git keeps in that of the whole. */
  private static List<Path> modules(Path root) throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            if (isGitFolder(folder)) {
              found.add(folder);
            }
            // Those of its own submodules lie deeper; objects may be many.
            return folder.endsWith("objects")
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException problem) {
            return FileVisitResult.CONTINUE;
          }
        });
    return found;
  }

  private void readFile(Path file, Set<UrlSetting> found) throws CommandException, IOException {
    read(
        git.run(
            folder,
            "config",
            "--file",
            file.toString(),
            "--list",
            "--includes",
            "--show-origin",
            "-z"),
        found);
  }

  /** Origin, then name and value with a line feed between them; NUL behind each. */
  private void read(Programs.Result result, Set<UrlSetting> found) throws CommandException {
    if (result.exit() != 0) {
      throw CommandException.couldNot(
          "git cannot read the configuration of " + base + "; type: git config --list");
    }
    String[] parts = result.out().split("\0", -1);
    for (int i = 0; i + 1 < parts.length; i += 2) {
      int end = parts[i + 1].indexOf('\n');
      if (end < 0) {
        continue;
      }
      Path file =
          parts[i].startsWith(FILE)
              ? base.resolve(parts[i].substring(FILE.length())).normalize()
              : null;
      UrlSetting setting =
          UrlSetting.of(file, parts[i + 1].substring(0, end), parts[i + 1].substring(end + 1));
      if (setting != null) {
        found.add(setting);
      }
    }
  }
}
