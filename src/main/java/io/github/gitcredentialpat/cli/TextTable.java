package io.github.gitcredentialpat.cli;

import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.TextWidth;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Text in columns, control characters in it escaped. In a pipe or a file a row is one line; on a
 * terminal, what does not fit beside the rest stands below it.
 */
public final class TextTable {
  private static final String GAP = "  ";

  private final String[] heads;
  private final List<Row> rows = new ArrayList<>();
  private int[] lessImportant = {};

  /** Starts a table with these headings. */
  public TextTable(String... heads) {
    this.heads = heads;
  }

  /** One row, to which colors can be added. */
  public static final class Row {
    private final String[] cells;
    private final String[] colors;

    private Row(String[] cells) {
      this.cells = cells;
      this.colors = new String[cells.length];
    }

    /**
     * Colors a cell.
     *
     * @param color as ANSI terminals know it
     */
    public void color(int column, String color) {
      colors[column] = color;
    }

    private String shown(int column, Screen screen) {
      return colors[column] == null ? cells[column] : screen.color(colors[column], cells[column]);
    }

    /** Whether the cell says anything. */
    private boolean tells(int column) {
      return !cells[column].isBlank() && !cells[column].equals("-");
    }
  }

  /** Adds a row. */
  public Row add(String... cells) {
    String[] harmless = new String[cells.length];
    for (int i = 0; i < cells.length; i++) {
      harmless[i] = Console.harmless(cells[i]);
    }
    Row row = new Row(harmless);
    rows.add(row);
    return row;
  }

  /** Names the columns that go below the others where not all fit, the first to go first. */
  public TextTable below(int... columns) {
    lessImportant = columns;
    return this;
  }

  /** The table as it fits. */
  public String text(Screen screen) {
    Set<Integer> below = new LinkedHashSet<>();
    for (int i = 0; i < lessImportant.length && !fits(below, screen); i++) {
      below.add(lessImportant[i]);
    }
    if (!fits(below, screen)) {
      for (int i = 1; i < heads.length; i++) {
        below.add(i);
      }
    }
    int[] widths = widths();
    StringBuilder text = new StringBuilder();
    if (below.isEmpty() || below.size() + 1 < heads.length) {
      Row head = new Row(heads);
      text.append(line(head, widths, below, screen)).append('\n');
    }
    for (Row row : rows) {
      text.append(line(row, widths, below, screen)).append('\n');
      below(text, row, below, screen);
    }
    return text.toString();
  }

  private boolean fits(Set<Integer> below, Screen screen) {
    int[] widths = widths();
    int total = -GAP.length();
    for (int i = 0; i < widths.length; i++) {
      total += below.contains(i) ? 0 : GAP.length() + widths[i];
    }
    return !screen.isThere() || total <= screen.width();
  }

  private int[] widths() {
    int[] widths = new int[heads.length];
    for (int i = 0; i < heads.length; i++) {
      widths[i] = TextWidth.of(heads[i]);
      for (Row row : rows) {
        widths[i] = Math.max(widths[i], TextWidth.of(row.cells[i]));
      }
    }
    return widths;
  }

  private static String line(Row row, int[] widths, Set<Integer> below, Screen screen) {
    StringBuilder line = new StringBuilder();
    int missing = 0;
    for (int i = 0; i < widths.length; i++) {
      if (!below.contains(i)) {
        String gap = line.length() == 0 && missing == 0 ? "" : GAP;
        if (row.cells[i].isBlank()) {
          missing += gap.length() + widths[i];
          continue;
        }
        line.append(" ".repeat(missing)).append(gap).append(row.shown(i, screen));
        missing = widths[i] - TextWidth.of(row.cells[i]);
      }
    }
    return line.toString();
  }

  private void below(StringBuilder text, Row row, Set<Integer> below, Screen screen) {
    int column = 0;
    for (int i = 0; i < heads.length; i++) {
      if (!below.contains(i) || !row.tells(i)) {
        continue;
      }
      String label = heads[i].isEmpty() ? "" : heads[i].toLowerCase(Locale.ROOT) + ": ";
      int width = label.length() + TextWidth.of(row.cells[i]);
      boolean goesOn = column > 0 && column + GAP.length() + width <= screen.width();
      text.append(column > 0 && !goesOn ? "\n" : "").append(GAP);
      if (GAP.length() + width <= screen.width()) {
        text.append(label).append(row.shown(i, screen));
      } else {
        text.append(TextWidth.wrap(label + row.cells[i], screen.width() - 4, "    "));
      }
      column = (goesOn ? column : 0) + GAP.length() + width;
    }
    text.append(column > 0 ? "\n" : "");
  }
}
