package io.github.gitcredentialpat.git;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The text of one of git's configuration files, changed so that it can be put back byte for byte.
 * Sections are only ever added at its end, where they win over all that stands before them, and
 * each of their lines ends with a comment that says whose it is: so no record beside the file is
 * needed, which people share between machines.
 *
 * <p>It is no parser of the format: it knows lines of ours and headers, and what it makes of a file
 * is for git to judge.
 */
final class GitConfigText {
  /**
   * A section.
   *
   * @param name such as {@code credential}
   * @param url what it is for; absent for everything
   * @param settings its lines, in order, with values quoted where the format needs it
   */
  record Section(String name, @Nullable String url, List<String> settings) {
    String header() {
      return url == null ? "[" + name + "]" : "[" + name + " \"" + escaped(url) + "\"]";
    }
  }

  /** A value quoted for git's format, where a backslash begins an escape, and # or ; a comment. */
  static String quoted(String value) {
    boolean isPlain = value.chars().noneMatch(c -> "\\\"#;\t".indexOf(c) >= 0);
    return isPlain ? value : "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private final boolean exists;
  private final List<String> changes = new ArrayList<>();

  /** Its bytes as ISO 8859-1: what is not ours passes through unchanged, whatever it is. */
  private String text;

  private boolean isGone;

  /** The text of a file; absent where there is none. */
  GitConfigText(byte @Nullable [] content) {
    exists = content != null;
    text = content == null ? "" : new String(content, ISO_8859_1);
  }

  /** The text as it is now. */
  byte[] bytes() {
    return text.getBytes(ISO_8859_1);
  }

  /** Whether this program made the file, and nothing is left in it. */
  boolean isGone() {
    return isGone;
  }

  /** The changes, line by line, with a plus or minus in front. */
  List<String> changes() {
    return changes;
  }

  /** The headers of the sections with lines of ours. */
  List<String> ours() {
    return blocks().stream()
        .filter(block -> block.body().stream().anyMatch(Mark::isOn))
        .map(block -> shown(Mark.without(block.head())))
        .distinct()
        .toList();
  }

  /**
   * Adds sections at the end.
   *
   * @return how many settings they have
   */
  int add(List<Section> sections) {
    String end = text.contains("\r\n") ? "\r\n" : "\n";
    StringBuilder added = new StringBuilder();
    Mark mark = isGone || (!exists && text.isEmpty()) ? Mark.MADE_FILE : Mark.PLAIN;
    isGone &= sections.isEmpty();
    if (!sections.isEmpty() && !text.isEmpty() && !text.endsWith("\n")) {
      added.append(end);
      mark = Mark.ENDED_LINE;
    }
    int count = 0;
    for (Section section : sections) {
      changes.add("+ " + section.header());
      added.append(section.header()).append(' ').append(mark).append(end);
      mark = Mark.PLAIN;
      for (String setting : section.settings()) {
        changes.add("+   " + setting);
        added.append('\t').append(setting).append(' ').append(mark).append(end);
        count++;
      }
    }
    text += new String(added.toString().getBytes(UTF_8), ISO_8859_1);
    return count;
  }

  /**
   * Removes our lines below such headers, and headers of ours that nobody else needs.
   *
   * @return how many settings were removed
   */
  int remove(Predicate<String> header) {
    StringBuilder after = new StringBuilder();
    int count = 0;
    Mark note = Mark.PLAIN;
    int place = 0;
    for (Block block : blocks()) {
      String head = block.head();
      boolean chosen = header.test(shown(Mark.without(head)));
      List<String> rest = new ArrayList<>(block.body());
      if (chosen) {
        rest.removeIf(Mark::isOn);
        count += noteRemoved(block, rest);
      }
      if (Mark.isOn(head)) {
        Mark mark = Mark.of(head);
        if (chosen && rest.stream().allMatch(String::isBlank)) {
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
      after.append(head).append(String.join("", rest));
    }
    if (note == Mark.ENDED_LINE && place == after.length()) {
      // The line may have ended in a carriage return of its own.
      after.setLength(place - 1);
      boolean isOfWindows = after.indexOf("\r\n") >= 0 && after.toString().endsWith("\r");
      after.setLength(after.length() - (isOfWindows ? 1 : 0));
    }
    text = after.toString();
    isGone = note == Mark.MADE_FILE && text.isEmpty();
    return count;
  }

  /**
   * Removes helper lines that name this command and carry no mark, as the installer once wrote
   * them, each with the empty helper before it.
   *
   * @param command with or without options behind it
   * @return how many settings were removed
   */
  int removeUnmarked(String command) {
    StringBuilder after = new StringBuilder();
    int count = 0;
    for (Block block : blocks()) {
      List<String> rest = new ArrayList<>();
      for (String line : block.body()) {
        String helper = Mark.isOn(line) ? null : value(line, "helper");
        if (helper == null || !(helper + " ").startsWith(command + " ")) {
          rest.add(line);
          continue;
        }
        int last = rest.size() - 1;
        if (last >= 0 && !Mark.isOn(rest.get(last)) && "".equals(value(rest.get(last), "helper"))) {
          rest.remove(last);
        }
      }
      int removed = noteRemoved(block, rest);
      count += removed;
      if (removed == 0 || rest.stream().anyMatch(line -> !line.isBlank())) {
        after.append(block.head());
      }
      after.append(String.join("", rest));
    }
    text = after.toString();
    return count;
  }

  /** Whether the subsections of this section are URLs that git compares others with. */
  static boolean isForUrls(String section) {
    return section.equalsIgnoreCase("http")
        || section.equalsIgnoreCase("credential")
        || section.equalsIgnoreCase("lfs");
  }

  /**
   * Spells a URL differently wherever it stands as a whole, with or without the backslashes that
   * quotes need; what git makes of it is for the caller to find out.
   *
   * @param clean what it becomes
   * @param pattern what it becomes in the header of a section whose settings hold for matching URLs
   */
  void respell(String url, String clean, String pattern) {
    changes.add("~ " + clean);
    respellAs(url, clean, pattern);
    respellAs(escaped(url), escaped(clean), escaped(pattern));
  }

  private void respellAs(String url, String clean, String pattern) {
    String sought = raw(url);
    StringBuilder after = new StringBuilder();
    int done = 0;
    for (int at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + 1)) {
      int end = at + sought.length();
      boolean begins = at == 0 || "\"'= \t\r\n<(".indexOf(text.charAt(at - 1)) >= 0;
      boolean ends = end == text.length() || "\"'; \t\r\n#>)".indexOf(text.charAt(end)) >= 0;
      if (at >= done && begins && ends) {
        after.append(text, done, at).append(raw(isInHeaderForUrls(at) ? pattern : clean));
        done = end;
      }
    }
    text = after.append(text, done, text.length()).toString();
  }

  private boolean isInHeaderForUrls(int at) {
    String before = text.substring(text.lastIndexOf('\n', at - 1) + 1, at).strip();
    int quote = before.indexOf('"');
    return before.startsWith("[")
        && quote == before.length() - 1
        && isForUrls(before.substring(1, quote).strip());
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }

  private static String raw(String text) {
    return new String(text.getBytes(UTF_8), ISO_8859_1);
  }

  /** The value of a line as git writes it; absent where the line is for another key. */
  private static @Nullable String value(String line, String key) {
    String bare = line.strip();
    int equals = bare.indexOf('=');
    if (equals < 0 || !bare.substring(0, equals).strip().equalsIgnoreCase(key)) {
      return null;
    }
    StringBuilder value = new StringBuilder();
    String written = bare.substring(equals + 1).strip();
    for (int i = 0; i < written.length(); i++) {
      char c = written.charAt(i);
      if (c == '\\' && i + 1 < written.length()) {
        i++;
        value.append(written.charAt(i));
      } else if (c != '"') {
        value.append(c);
      }
    }
    return shown(value.toString());
  }

  /** Records the lines that were removed. */
  private int noteRemoved(Block block, List<String> rest) {
    int count = block.body().size() - rest.size();
    if (count > 0) {
      changes.add("- " + shown(Mark.without(block.head())));
      List<String> left = new ArrayList<>(rest);
      for (String line : block.body()) {
        if (!left.remove(line)) {
          changes.add("-   " + shown(Mark.without(line)));
        }
      }
    }
    return count;
  }

  /**
   * A header and what stands below it.
   *
   * @param head the header's line; empty for what stands above the first
   * @param body whole lines
   */
  private record Block(String head, List<String> body) {}

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

    /** The mark of a line; absent for none, and where somebody has commented the whole line out. */
    static @Nullable Mark of(String line) {
      String bare = line.strip();
      if (bare.startsWith("#") || bare.startsWith(";")) {
        return null;
      }
      for (Mark mark : values()) {
        if (bare.endsWith(" " + mark)) {
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
