package io.github.gitcredentialpat.schedule;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.Executables;
import io.github.gitcredentialpat.platform.Subprocess;
import io.github.gitcredentialpat.platform.UserException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One line in the person's crontab(5), with a mark at its end; all others stay as they are, byte by
 * byte.
 */
final class CronTable implements Scheduler {
  /** For sh the rest of the line is a comment. */
  private static final String MARK = " # " + UnitFile.MARK;

  private static final int HOUR = 60;

  private final SystemProgram crontab;

  CronTable(Environment surroundings) {
    crontab =
        new SystemProgram(Executables.find("crontab", surroundings.environment()), surroundings);
  }

  static boolean isThere(Environment surroundings) {
    return Executables.find("crontab", surroundings.environment()) != null;
  }

  @Override
  public String display() {
    return "a line in your crontab";
  }

  @Override
  public boolean isSetUp() throws UserException, IOException {
    return read().contains(MARK);
  }

  @Override
  public List<Change> setUp(DailyCommand command, boolean dry) throws UserException, IOException {
    String before = read();
    String line = new String(line(command).getBytes(UTF_8), ISO_8859_1);
    List<String> lines = new ArrayList<>();
    String others = without(before, lines);
    if (lines.equals(List.of(line))) {
      return List.of();
    }
    lines.replaceAll(removed -> "- " + text(removed));
    lines.add("+ " + text(line));
    String gap = others.isEmpty() || others.endsWith("\n") ? "" : "\n";
    return write(others + gap + line + "\n", lines, dry);
  }

  @Override
  public List<Change> remove(boolean dry) throws UserException, IOException {
    List<String> lines = new ArrayList<>();
    String others = without(read(), lines);
    if (lines.isEmpty()) {
      return List.of();
    }
    lines.replaceAll(removed -> "- " + text(removed));
    return write(others, lines, dry);
  }

  /** The line, with what cron gives a meaning to behind a backslash. */
  static String line(DailyCommand command) {
    StringBuilder line = new StringBuilder();
    line.append(command.minute() % HOUR).append(' ').append(command.minute() / HOUR);
    line.append(" * * *");
    for (Map.Entry<String, String> variable : command.variables().entrySet()) {
      line.append(' ').append(variable.getKey()).append('=');
      line.append(word(variable.getValue()));
    }
    for (String word : command.words()) {
      line.append(' ').append(word(word));
    }
    return line + MARK;
  }

  private static String word(String text) {
    return Console.word(text).replace("%", "\\%");
  }

  /** The table without our lines, which are added to the list. */
  private static String without(String table, List<String> ours) {
    StringBuilder others = new StringBuilder();
    int start = 0;
    while (start < table.length()) {
      int end = table.indexOf('\n', start);
      String line = table.substring(start, end < 0 ? table.length() : end);
      if (line.endsWith(MARK)) {
        ours.add(line);
      } else {
        others.append(line).append(end < 0 ? "" : "\n");
      }
      start = end < 0 ? table.length() : end + 1;
    }
    return others.toString();
  }

  private static String text(String bytes) {
    return new String(bytes.getBytes(ISO_8859_1), UTF_8);
  }

  /**
   * The table, a character for each byte; empty when there is none.
   *
   * @throws UserException when it cannot be read: what is not known must not be replaced
   */
  private String read() throws UserException, IOException {
    Subprocess result = crontab.run("-l");
    if (result.status() == 0) {
      return new String(result.output(), ISO_8859_1);
    }
    String said = result.errors();
    // Of Vixie's, cronie and systemd-cron, and of BusyBox; and who may not use it has none.
    if (result.output().length == 0
        && (said.contains("no crontab for")
            || said.contains("No such file or directory")
            || said.contains("not allowed to use"))) {
      return "";
    }
    throw crontab.failed(result);
  }

  private List<Change> write(String table, List<String> lines, boolean dry)
      throws UserException, IOException {
    if (!dry) {
      Subprocess result = crontab.run(table.getBytes(ISO_8859_1), List.of("-"));
      if (result.status() != 0) {
        throw crontab.failed(result);
      }
    }
    return List.of(new Change("crontab", lines));
  }
}
