package io.github.gitcredentialpat.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One of git's configuration files, changed so that it can be put back byte for byte. Sections are
 * only ever added at its end, where they win over all that stands before them, and each of their
 * lines ends with a comment that says whose it is: so it is known without a record beside the file,
 * which people share between machines. What a change does is checked by git before it is saved.
 */
final class ConfigurationFile {
  /** Which of git's files. */
  enum Scope {
    SYSTEM,
    GLOBAL,
    LOCAL
  }

  /**
   * A section.
   *
   * @param name such as {@code credential}
   * @param url what it is for; absent for everything
   * @param settings its keys and values, in order, as text for people and git: quoted where needed
   */
  record Section(String name, @Nullable String url, List<String> settings) {
    String header() {
      return url == null
          ? "[" + name + "]"
          : "[" + name + " \"" + url.replace("\\", "\\\\").replace("\"", "\\\"") + "\"]";
    }
  }

  private final Git git;
  private final Path path;
  private final byte @Nullable [] before;
  private final List<String> changes = new ArrayList<>();

  /** Its bytes as ISO 8859-1: what is not ours passes through unchanged, whatever it is. */
  private String text;

  private boolean isGone;

  private ConfigurationFile(Git git, Path path) throws CommandException, IOException {
    this.git = git;
    this.path = path;
    before = read(path);
    text = before == null ? "" : new String(before, ISO_8859_1);
  }

  /**
   * The file that git writes to for this scope.
   *
   * @throws CommandException when there is none, such as the repository's outside of one, or git
   *     cannot read it
   */
  static ConfigurationFile open(Git git, Scope scope) throws CommandException, IOException {
    Path path =
        switch (scope) {
          case SYSTEM -> system(git);
          case GLOBAL -> global(git.environment());
          case LOCAL -> local(git);
        };
    // A link stays a link; what it leads to is changed, as git does it.
    return new ConfigurationFile(git, Files.exists(path) ? path.toRealPath() : path);
  }

  private static Path global(Map<String, String> environment) {
    String chosen = environment.get("GIT_CONFIG_GLOBAL");
    if (chosen != null) {
      return Path.of(chosen).toAbsolutePath();
    }
    String variable = environment.get("HOME");
    Path home = Path.of(variable == null ? System.getProperty("user.home") : variable);
    Path usual = home.resolve(".gitconfig");
    String base = environment.get("XDG_CONFIG_HOME");
    Path other =
        (base == null || base.isEmpty() ? home.resolve(".config") : Path.of(base))
            .resolve("git/config");
    return !Files.exists(usual) && Files.exists(other) ? other : usual;
  }

  private static Path system(Git git) throws CommandException, IOException {
    String chosen = git.environment().get("GIT_CONFIG_SYSTEM");
    if (chosen != null) {
      return Path.of(chosen).toAbsolutePath();
    }
    // With an editor that only prints its argument git says which file it would open.
    Git.Result result =
        git.with("GIT_EDITOR", "printf %s").run(null, "config", "--system", "--edit");
    if (result.exit() == 0 && !result.out().isEmpty()) {
      return Path.of(result.out());
    }
    throw CommandException.couldNot(
        "git does not say where its system configuration is; name it in GIT_CONFIG_SYSTEM");
  }

  private static Path local(Git git) throws CommandException, IOException {
    Git.Result result = git.run(null, "rev-parse", "--git-path", "config");
    if (result.exit() != 0) {
      throw CommandException.couldNot(
          "there is no repository here; change into one or leave --local out");
    }
    return Path.of(result.out().stripTrailing()).toAbsolutePath();
  }

  private static byte @Nullable [] read(Path path) throws CommandException, IOException {
    try {
      return Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      if (Files.isSymbolicLink(path)) {
        throw CommandException.couldNot(path + " is a link to nowhere; mend it and repeat");
      }
      return null;
    } catch (AccessDeniedException e) {
      throw CommandException.couldNot(path + " cannot be read; mend its permissions and repeat");
    }
  }

  Path path() {
    return path;
  }

  /** What was changed, line by line, with a plus or minus in front. */
  List<String> changes() {
    return changes;
  }

  /** Whether it has lines of ours below such a header. */
  boolean hasOurs(Predicate<String> header) {
    return blocks().stream()
        .anyMatch(block -> block.isChosen(header) && block.body().stream().anyMatch(Mark::isOn));
  }

  /** Adds sections at the end. */
  void add(List<Section> sections) throws CommandException, IOException {
    if (sections.isEmpty()) {
      return;
    }
    String end = text.contains("\r\n") ? "\r\n" : "\n";
    StringBuilder added = new StringBuilder();
    Mark mark = before == null && text.isEmpty() ? Mark.MADE_FILE : Mark.PLAIN;
    if (!text.isEmpty() && !text.endsWith("\n")) {
      added.append(end);
      mark = Mark.ENDED_LINE;
    }
    int count = 0;
    for (Section section : sections) {
      changes.add("+ " + section.header());
      added.append(section.header()).append(' ').append(mark).append(end);
      mark = Mark.PLAIN;
      for (String setting : section.settings()) {
        changes.add("+ \t" + setting);
        added.append('\t').append(setting).append(' ').append(mark).append(end);
        count++;
      }
    }
    String after = text + new String(added.toString().getBytes(UTF_8), ISO_8859_1);
    expect(after, text, count);
    text = after;
  }

  /** Takes out our lines below such headers, and headers of ours that nobody else needs. */
  void remove(Predicate<String> header) throws CommandException, IOException {
    StringBuilder after = new StringBuilder();
    int count = 0;
    Mark note = Mark.PLAIN;
    int place = 0;
    for (Block block : blocks()) {
      String head = block.head();
      boolean chosen = block.isChosen(header);
      StringBuilder body = new StringBuilder();
      boolean needed = false;
      List<String> removed = new ArrayList<>();
      for (String line : block.body()) {
        if (chosen && Mark.isOn(line)) {
          removed.add("- \t" + shown(Mark.without(line)));
        } else {
          body.append(line);
          needed |= !line.isBlank();
        }
      }
      count += removed.size();
      if (!removed.isEmpty()) {
        changes.add("- " + shown(Mark.without(head)));
        changes.addAll(removed);
      }
      if (Mark.isOn(head)) {
        Mark mark = Mark.of(head);
        if (chosen && !needed) {
          head = "";
          if (mark != Mark.PLAIN) {
            note = mark;
            place = after.length();
          }
        } else if (chosen) {
          // Somebody else's settings or comments stand below it now.
          head = Mark.without(head) + end(head);
        } else if (note != Mark.PLAIN) {
          // What the first header of ours knows of the file, the next one has to know.
          head = Mark.without(head) + " " + note + end(head);
          note = Mark.PLAIN;
        }
      }
      after.append(head).append(body);
    }
    if (note == Mark.ENDED_LINE && place == after.length()) {
      after.setLength(place - end(after.toString()).length());
    }
    expect(text, after.toString(), count);
    text = after.toString();
    isGone = note == Mark.MADE_FILE && text.isEmpty();
  }

  /**
   * Writes what was changed, under git's own lock.
   *
   * @throws CommandException when somebody else is writing, or wrote since it was read
   */
  void save() throws CommandException, IOException {
    if (changes.isEmpty()) {
      return;
    }
    Path lock = path.resolveSibling(path.getFileName() + ".lock");
    boolean isOurs = false;
    try {
      try (FileChannel channel = FileChannel.open(lock, CREATE_NEW, WRITE)) {
        isOurs = true;
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(ISO_8859_1));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      if (!Arrays.equals(before, read(path))) {
        throw CommandException.couldNot(path + " was changed meanwhile; repeat");
      }
      if (isGone) {
        Files.delete(path);
      } else {
        if (before != null) {
          copyPermissions(lock);
        }
        Files.move(lock, path, ATOMIC_MOVE, REPLACE_EXISTING);
      }
    } catch (FileAlreadyExistsException e) {
      throw CommandException.couldNot(
          path + " is being changed by another program; if there is none, delete " + lock);
    } catch (AccessDeniedException | NoSuchFileException e) {
      throw CommandException.couldNot(path + " cannot be written; mend its permissions and repeat");
    } finally {
      if (isOurs) {
        Files.deleteIfExists(lock);
      }
    }
  }

  private void copyPermissions(Path to) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(to, PosixFileAttributeView.class);
    if (view != null) {
      view.setPermissions(Files.getPosixFilePermissions(path));
    }
  }

  /** Has git read both, and compare: one is the other and some settings more, in that order. */
  private void expect(String more, String less, int difference)
      throws CommandException, IOException {
    List<String> all = settings(more);
    List<String> rest = settings(less);
    int found = 0;
    for (String setting : all) {
      if (found < rest.size() && rest.get(found).equals(setting)) {
        found++;
      }
    }
    if (found < rest.size() || all.size() - rest.size() != difference) {
      throw CommandException.couldNot(
          path + " cannot be changed safely; change it by hand as --dry-run shows");
    }
  }

  private List<String> settings(String text) throws CommandException, IOException {
    Git.Result result =
        git.run(null, text.getBytes(ISO_8859_1), "config", "--file", "-", "--null", "--list");
    if (result.exit() != 0) {
      throw CommandException.couldNot("git cannot read " + path + "; mend it and repeat");
    }
    return List.of(result.out().split("\0", -1));
  }

  /**
   * A header and what stands below it.
   *
   * @param head the header's line; empty for what stands above the first
   * @param body whole lines
   */
  private record Block(String head, List<String> body) {
    boolean isChosen(Predicate<String> header) {
      return header.test(Mark.without(head));
    }
  }

  private List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    blocks.add(new Block("", new ArrayList<>()));
    for (int start = 0; start < text.length(); ) {
      int feed = text.indexOf('\n', start);
      int next = feed < 0 ? text.length() : feed + 1;
      String line = text.substring(start, next);
      if (line.strip().startsWith("[")) {
        blocks.add(new Block(line, new ArrayList<>()));
      } else {
        blocks.get(blocks.size() - 1).body().add(line);
      }
      start = next;
    }
    return blocks;
  }

  private static String end(String line) {
    return line.endsWith("\r\n") ? "\r\n" : line.endsWith("\n") ? "\n" : "";
  }

  private static String shown(String line) {
    return new String(line.getBytes(ISO_8859_1), UTF_8);
  }

  /** The comment that ends each line of ours. */
  private enum Mark {
    PLAIN("# git-credential-pat"),
    /** On the first header of ours, where there was no file before. */
    MADE_FILE("# git-credential-pat made this file"),
    /** On the first header of ours, where the line before it had no end. */
    ENDED_LINE("# git-credential-pat ended the line before");

    private final String comment;

    Mark(String comment) {
      this.comment = comment;
    }

    @Override
    public String toString() {
      return comment;
    }

    static boolean isOn(String line) {
      return of(line) != null;
    }

    static @Nullable Mark of(String line) {
      for (Mark mark : values()) {
        if (line.stripTrailing().endsWith(" " + mark)) {
          return mark;
        }
      }
      return null;
    }

    /** The line without the mark, the blanks around it, and its end. */
    static String without(String line) {
      String bare = line.strip();
      Mark mark = of(line);
      return mark == null
          ? bare
          : bare.substring(0, bare.length() - mark.comment.length()).stripTrailing();
    }
  }
}
