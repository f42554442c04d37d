package io.github.gitcredentialpat.git;

import io.github.gitcredentialpat.git.secrets.SecretSearch;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.KnownOrganizations;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.SshAddress;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.FileProblem;
import io.github.gitcredentialpat.platform.Subprocess;
import io.github.gitcredentialpat.platform.UserException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A repository with all files in which git keeps settings and URLs for it and its submodules;
 * outside of any, only what holds everywhere.
 */
public final class GitRepository {
  private static final String FILE = "file:";

  private final GitCommand git;
  private final @Nullable Path folder;

  /** The folder that git's file names are relative to. */
  private final Path base;

  private final boolean isThere;

  private GitRepository(GitCommand git, @Nullable Path folder, Path base, boolean isThere) {
    this.git = git;
    this.folder = folder;
    this.base = base;
    this.isThere = isThere;
  }

  /**
   * The repository of this folder.
   *
   * @param folder absent for the working directory
   * @throws UserException when there is none, or git does not trust whose it is
   */
  public static GitRepository at(GitCommand git, @Nullable Path folder)
      throws UserException, IOException {
    Subprocess top = git.run(folder, "rev-parse", "--show-toplevel");
    if (top.status() != 0 || top.out().isBlank()) {
      // A bare one has no files of its own.
      top = git.run(folder, "rev-parse", "--absolute-git-dir");
    }
    if (top.status() == 0) {
      return new GitRepository(git, folder, Path.of(line(top)).toAbsolutePath(), true);
    }
    if (folder == null && top.errors().contains("not a git repository (or any")) {
      return outside(git);
    }
    throw UserException.couldNot(
            folder == null
                ? "git refuses the repository here"
                : "git refuses the repository in " + folder)
        .withHint(
            folder == null
                ? "git status"
                : "git -C " + Console.word(folder.toString()) + " status");
  }

  /** Stands for no repository: only the settings of the person and the machine count. */
  public static GitRepository outside(GitCommand git) {
    return new GitRepository(git, null, Path.of("").toAbsolutePath(), false);
  }

  /** Whether there is a repository. */
  public boolean isThere() {
    return isThere;
  }

  /**
   * The address of the remote here that is Azure DevOps: the one that git would fetch from, or else
   * the only other.
   *
   * @return a URL; where nothing here is Azure DevOps, that of the host that git would fetch from
   * @throws UserException when there is none, or they do not agree
   */
  public static String azureRemote(GitCommand git) throws UserException, IOException {
    List<String> remotes = remotes(git);
    Map<Identity, String> azure = new LinkedHashMap<>();
    for (String remote : remotes) {
      Resolution whose = Resolution.parse(remote);
      if (whose.isAzure()) {
        azure.putIfAbsent(whose.identity(), SshAddress.is(remote) ? url(whose) : remote);
      }
    }
    String usual = remotes.isEmpty() ? "" : remotes.get(0);
    String found = azure.get(Resolution.parse(usual).identity());
    if (found != null) {
      return found;
    }
    if (azure.size() > 1) {
      throw UserException.wrongUsage(
          "the remotes here belong to several organizations ("
              + String.join(", ", azure.keySet().stream().map(Identity::display).toList())
              + "); name one");
    }
    if (azure.isEmpty() && !(usual.startsWith("https://") || usual.startsWith("http://"))) {
      throw UserException.wrongUsage("no Azure DevOps remote here; name an organization or URL");
    }
    return azure.isEmpty() ? usual : azure.values().iterator().next();
  }

  /** Whether a plain {@code git fetch} here goes over ssh, where git asks nobody for a token. */
  public static boolean fetchesOverSsh(GitCommand git) throws UserException, IOException {
    List<String> remotes = remotes(git);
    return !remotes.isEmpty() && SshAddress.is(remotes.get(0));
  }

  private static String url(Resolution whose) {
    return "https://" + Identity.SERVICES_HOST + "/" + whose.identity().path();
  }

  /**
   * The addresses that git fetches from and pushes to in the working directory's repository, as it
   * uses them, that of a plain {@code git fetch} first; none outside of a repository, or where a
   * remote is a folder.
   */
  static List<String> remotes(GitCommand git) throws UserException, IOException {
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

  private static String line(Subprocess result) {
    String out = result.out();
    return out.endsWith("\n") ? out.substring(0, out.length() - 1) : out;
  }

  /**
   * The folders of all repositories below one, itself included; links are not followed.
   *
   * @param unread gets the folders that could not be read
   */
  public static List<Path> below(Path root, List<Path> unread) throws IOException {
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

  /**
   * Searches all of these files for secrets.
   *
   * @param problems gets a line for each place that could not be searched
   */
  public void search(SecretSearch search, List<String> problems) throws UserException, IOException {
    read(git.run(folder, "config", "--list", "--show-origin", "-z"), search);
    if (!isThere) {
      return;
    }
    for (String tracked : new String[] {".gitmodules", ".lfsconfig"}) {
      readFile(base.resolve(tracked), search, problems);
    }
    Path current = folder == null ? Path.of("").toAbsolutePath() : folder;
    Path common = current.resolve(line(git.run(folder, "rev-parse", "--git-common-dir")));
    List<Path> gitFolders = new ArrayList<>();
    gitFolders.add(common.normalize());
    modules(common.resolve("modules"), gitFolders, problems);
    for (Path gitFolder : List.copyOf(gitFolders)) {
      for (Path worktree : children(gitFolder.resolve("worktrees"), problems)) {
        readFile(worktree.resolve("config.worktree"), search, problems);
        gitFolders.add(worktree);
      }
      if (gitFolder != gitFolders.get(0)) {
        readFile(gitFolder.resolve("config"), search, problems);
      }
    }
    for (Path gitFolder : gitFolders) {
      // Git itself leaves secrets out there; other programs that write these files may not.
      searchFile(gitFolder.resolve("FETCH_HEAD"), search, problems);
      for (String name : new String[] {"branches", "remotes", "logs"}) {
        searchBelow(gitFolder.resolve(name), search, problems);
      }
    }
  }

  private static List<Path> children(Path folder, List<String> problems) {
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      stream.forEach(children::add);
    } catch (NoSuchFileException | NotDirectoryException e) {
      return children;
    } catch (DirectoryIteratorException e) {
      problems.add(FileProblem.describe("read", folder, e.getCause()));
    } catch (IOException e) {
      problems.add(FileProblem.describe("read", folder, e));
    }
    children.sort(null);
    return children;
  }

  private static void searchBelow(Path path, SecretSearch search, List<String> problems) {
    if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      searchFile(path, search, problems);
      return;
    }
    for (Path child : children(path, problems)) {
      searchBelow(child, search, problems);
    }
  }

  private static void searchFile(Path file, SecretSearch search, List<String> problems) {
    if (Files.notExists(file)) {
      return;
    }
    try {
      search.file(file);
    } catch (IOException e) {
      problems.add(FileProblem.describe("read", file, e));
    }
  }

  /** Finds the repositories of submodules, which git keeps inside the outer one. */
  private static void modules(Path root, List<Path> found, List<String> problems)
      throws IOException {
    if (Files.notExists(root)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            if (isGitFolder(folder)) {
              found.add(folder.normalize());
            }
            // Those of its own submodules lie deeper; objects may be many.
            return folder.endsWith("objects")
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException problem) {
            problems.add(FileProblem.describe("read", file, problem));
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private void readFile(Path file, SecretSearch search, List<String> problems)
      throws UserException, IOException {
    if (Files.notExists(file)) {
      return;
    }
    Subprocess result =
        git.run(
            folder,
            "config",
            "--file",
            file.toString(),
            "--list",
            "--includes",
            "--show-origin",
            "-z");
    try {
      read(result, search);
    } catch (UserException e) {
      problems.add("git cannot read " + file);
    }
  }

  /** Origin, then name and value with a line feed between them; NUL behind each. */
  private void read(Subprocess result, SecretSearch search) throws UserException {
    if (result.status() != 0) {
      throw UserException.couldNot("git cannot read the configuration of " + base)
          .withHint("git config --list");
    }
    String[] parts = result.out().split("\0", -1);
    for (int i = 0; i + 1 < parts.length; i += 2) {
      Path file =
          parts[i].startsWith(FILE)
              ? base.resolve(parts[i].substring(FILE.length())).normalize()
              : null;
      int end = parts[i + 1].indexOf('\n');
      String key = end < 0 ? parts[i + 1] : parts[i + 1].substring(0, end);
      search.setting(file, key, end < 0 ? null : parts[i + 1].substring(end + 1));
    }
  }

  /** Adds the organizations that git's configuration names. */
  public static void addOrganizations(GitCommand git, KnownOrganizations known)
      throws UserException, IOException {
    for (String setting : git.run(null, "config", "--list", "--null").out().split("\0")) {
      int feed = setting.indexOf('\n');
      String key = feed < 0 ? setting : setting.substring(0, feed);
      int dot = key.indexOf('.');
      if (dot >= 0 && dot < key.lastIndexOf('.')) {
        known.addUrl(key.substring(dot + 1, key.lastIndexOf('.')));
      }
      known.addUrl(setting.substring(feed + 1));
    }
  }
}
