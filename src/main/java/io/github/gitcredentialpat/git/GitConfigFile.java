package io.github.gitcredentialpat.git;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.github.gitcredentialpat.git.GitConfigText.Section;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.Subprocess;
import io.github.gitcredentialpat.platform.UserException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One of git's configuration files, where git has it and as git would write it. Git itself checks
 * each change before it is saved: every other setting must still be there.
 */
public final class GitConfigFile {
  /** Which of git's files. */
  public enum Scope {
    SYSTEM,
    GLOBAL,
    LOCAL
  }

  private final GitCommand git;
  private final Path path;
  private final byte @Nullable [] before;
  private final GitConfigText text;

  private GitConfigFile(GitCommand git, Path path) throws UserException, IOException {
    this.git = git;
    this.path = path;
    before = read(path);
    text = new GitConfigText(before);
  }

  /**
   * The file that git writes to for this scope.
   *
   * @throws UserException when there is none, such as the repository's outside of one
   */
  public static GitConfigFile open(GitCommand git, Scope scope) throws UserException, IOException {
    Path path =
        switch (scope) {
          case SYSTEM -> system(git);
          case GLOBAL -> global(git.environment());
          case LOCAL -> local(git);
        };
    return open(git, path);
  }

  /** The file at this place. */
  public static GitConfigFile open(GitCommand git, Path path) throws UserException, IOException {
    if (!Files.exists(path)) {
      return new GitConfigFile(git, path);
    }
    // A link stays a link; what it leads to is changed, as git does it.
    Path real = path.toRealPath();
    if (!Files.isRegularFile(real)) {
      throw UserException.couldNot(path + " is not a file; cannot write there");
    }
    return new GitConfigFile(git, real);
  }

  /** The files of this scope that exist; a person can have two. */
  public static List<GitConfigFile> present(GitCommand git, Scope scope)
      throws UserException, IOException {
    List<GitConfigFile> files = new ArrayList<>();
    if (scope == Scope.GLOBAL && git.environment().get("GIT_CONFIG_GLOBAL") == null) {
      Path first = global(git.environment());
      Path usual = usual(git.environment());
      Path other = other(git.environment());
      for (Path path : Environment.isNowhere(usual) ? List.of(first) : List.of(other, usual)) {
        files.add(open(git, path));
      }
    } else {
      files.add(open(git, scope));
    }
    files.removeIf(file -> file.before == null);
    return files;
  }

  private static Path global(Map<String, String> environment) throws UserException {
    String chosen = environment.get("GIT_CONFIG_GLOBAL");
    if (chosen != null) {
      return Path.of(chosen).toAbsolutePath();
    }
    Path usual = usual(environment);
    Path other = other(environment);
    Path present = !Files.exists(usual) && Files.exists(other) ? other : usual;
    if (Environment.isNowhere(present)) {
      throw UserException.couldNot(Environment.whyNoHome(environment));
    }
    return present;
  }

  private static Path usual(Map<String, String> environment) {
    return home(environment).resolve(".gitconfig");
  }

  private static Path other(Map<String, String> environment) {
    String base = environment.get("XDG_CONFIG_HOME");
    return (base == null || base.isEmpty() ? home(environment).resolve(".config") : Path.of(base))
        .resolve("git/config");
  }

  /** The person's home folder. */
  static Path home(Map<String, String> environment) {
    return Path.of(Environment.home(environment));
  }

  private static Path system(GitCommand git) throws UserException, IOException {
    String chosen = git.environment().get("GIT_CONFIG_SYSTEM");
    if (chosen != null) {
      return Path.of(chosen).toAbsolutePath();
    }
    // With an editor that only prints its argument git says which file it would open.
    Subprocess result =
        git.with("GIT_EDITOR", "printf %s").run(null, "config", "--system", "--edit");
    if (result.status() == 0 && !result.out().isEmpty()) {
      return Path.of(result.out());
    }
    throw UserException.couldNot("cannot find git's system configuration; set GIT_CONFIG_SYSTEM");
  }

  private static Path local(GitCommand git) throws UserException, IOException {
    Subprocess result = git.run(null, "rev-parse", "--git-path", "config");
    if (result.status() != 0) {
      throw UserException.couldNot("not in a git repository; change into one or omit --local");
    }
    return Path.of(result.out().stripTrailing()).toAbsolutePath();
  }

  private static byte @Nullable [] read(Path path) throws UserException, IOException {
    try {
      return Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      if (Files.isSymbolicLink(path)) {
        throw UserException.couldNot(path + " is a broken link");
      }
      return null;
    } catch (AccessDeniedException e) {
      throw UserException.couldNot("cannot read " + path + ": permission denied");
    } catch (IOException e) {
      throw UserException.couldNot("cannot read " + path + " (" + reason(e) + ")");
    }
  }

  /** The system's reason, without the file names that Java adds. */
  private static String reason(IOException problem) {
    String reason =
        problem instanceof FileSystemException ofFile ? ofFile.getReason() : problem.getMessage();
    return reason == null ? problem.getClass().getSimpleName() : reason;
  }

  public Path path() {
    return path;
  }

  boolean exists() {
    return before != null;
  }

  /** Whether it is empty now, and did not exist before this program made it. */
  public boolean isGone() {
    return text.isGone() || (before == null && text.bytes().length == 0);
  }

  /** The changes, line by line, with a plus or minus in front. */
  public List<String> changes() {
    return text.changes();
  }

  /** The headers of the sections with lines of ours. */
  List<String> ours() {
    return text.ours();
  }

  /**
   * The value of a setting for this URL in the file as it is now, without its includes.
   *
   * @return absent when it is not set
   */
  @Nullable String setting(String key, String url) throws UserException, IOException {
    Subprocess result =
        git.run(
            null,
            text.bytes(),
            "config",
            "--file",
            "-",
            "--no-includes",
            "--get-urlmatch",
            key,
            url);
    return result.status() == 0 ? result.out().stripTrailing() : null;
  }

  /** Adds sections at the end. */
  void add(List<Section> sections) throws UserException, IOException {
    byte[] less = text.bytes();
    int count = text.add(sections);
    expect(text.bytes(), less, count);
  }

  /** Removes our lines below such headers, and headers of ours that nobody else needs. */
  public void remove(Predicate<String> header) throws UserException, IOException {
    byte[] more = text.bytes();
    int count = text.remove(header);
    expect(more, text.bytes(), count);
  }

  /** Removes helper lines that name this command and carry no mark of ours. */
  public void removeUnmarked(String command) throws UserException, IOException {
    byte[] more = text.bytes();
    int count = text.removeUnmarked(command);
    expect(more, text.bytes(), count);
  }

  /**
   * Spells a URL differently wherever it is the whole value or subsection of a setting, and in
   * comments. It is done here and not by git, which would want the URL on its command line.
   *
   * @param url as git reads it
   * @param clean what it becomes
   * @param pattern what it becomes in the name of a setting that holds for matching URLs
   * @throws UserException when git would not find the same settings afterwards
   */
  public void respell(String url, String clean, String pattern) throws UserException, IOException {
    List<String> before = settings(text.bytes());
    List<String> expected = new ArrayList<>();
    for (String setting : before) {
      int feed = setting.indexOf('\n');
      String key = feed < 0 ? setting : setting.substring(0, feed);
      int dot = key.indexOf('.');
      int last = key.lastIndexOf('.');
      if (dot < last && key.substring(dot + 1, last).equals(url)) {
        String other = GitConfigText.isForUrls(key.substring(0, dot)) ? pattern : clean;
        key = key.substring(0, dot + 1) + other + key.substring(last);
      }
      String value = feed < 0 ? "" : setting.substring(feed);
      expected.add(key + (value.equals("\n" + url) ? "\n" + clean : value));
    }
    if (!expected.equals(before)) {
      text.respell(url, clean, pattern);
      if (!settings(text.bytes()).equals(expected)) {
        throw notSafe();
      }
    }
  }

  private UserException notSafe() {
    return UserException.couldNot("cannot change " + path + " safely; check it for broken lines");
  }

  /**
   * Writes what was changed, under git's own lock.
   *
   * @throws UserException when somebody else is writing, or wrote since it was read
   */
  public void save() throws UserException, IOException {
    if (changes().isEmpty()) {
      return;
    }
    Path lock = path.resolveSibling(path.getFileName() + ".lock");
    boolean isOurs = false;
    try {
      create(lock);
      isOurs = true;
      permit(lock);
      try (FileChannel channel = FileChannel.open(lock, WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(text.bytes());
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      if (!Arrays.equals(before, read(path))) {
        throw UserException.couldNot(path + " was changed in the meantime; try again");
      }
      if (text.isGone()) {
        Files.delete(path);
      } else {
        Files.move(lock, path, ATOMIC_MOVE, REPLACE_EXISTING);
      }
    } catch (FileAlreadyExistsException e) {
      throw UserException.couldNot(
          "another program is changing " + path + "; if not, delete " + lock);
    } catch (AccessDeniedException e) {
      throw UserException.couldNot("cannot write " + path + "; try again as its owner");
    } catch (NoSuchFileException e) {
      throw UserException.couldNot("the folder of " + path + " does not exist");
    } catch (IOException e) {
      throw UserException.couldNot(
          "cannot write " + path + " (" + reason(e) + "); nothing changed");
    } finally {
      if (isOurs) {
        Files.deleteIfExists(lock);
      }
    }
  }

  /**
   * Makes the new file with the permissions of the one that it replaces, which may hold secrets.
   */
  private void create(Path lock) throws IOException {
    Set<PosixFilePermission> permissions = permissions();
    if (permissions == null) {
      Files.createFile(lock);
    } else {
      Files.createFile(lock, PosixFilePermissions.asFileAttribute(permissions));
    }
  }

  /** Restores the permissions that the umask took away. */
  private void permit(Path lock) throws IOException {
    Set<PosixFilePermission> permissions = permissions();
    if (permissions != null && !Files.getPosixFilePermissions(lock).equals(permissions)) {
      Files.setPosixFilePermissions(lock, permissions);
    }
  }

  /** The file's permissions; absent without a file, or on a system without such permissions. */
  private @Nullable Set<PosixFilePermission> permissions() throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
    return before == null || view == null ? null : view.readAttributes().permissions();
  }

  /**
   * Has git read both texts: one must have all settings of the other in their order, and some more.
   */
  private void expect(byte[] more, byte[] less, int difference) throws UserException, IOException {
    if (Arrays.equals(more, less)) {
      return;
    }
    List<String> all = settings(more);
    List<String> rest = settings(less);
    int found = 0;
    for (String setting : all) {
      if (found < rest.size() && rest.get(found).equals(setting)) {
        found++;
      }
    }
    if (found < rest.size() || all.size() - rest.size() != difference) {
      throw notSafe();
    }
  }

  private List<String> settings(byte[] content) throws UserException, IOException {
    Subprocess result =
        git.run(null, content, "config", "--file", "-", "--no-includes", "--null", "--list");
    if (result.status() != 0) {
      throw UserException.couldNot("git cannot read " + path + "; correct it");
    }
    return List.of(result.out().split("\0", -1));
  }
}
