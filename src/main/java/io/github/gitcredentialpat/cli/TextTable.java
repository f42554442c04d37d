package io.github.gitcredentialpat.cli;

import io.github.gitcredentialpat.platform.Console;
import java.util.ArrayList;
import java.util.List;

/** Text in columns, control characters in it escaped. */
public final class TextTable {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();
  private final List<String> colors = new ArrayList<>();

  /** With these words above its columns. */
  public TextTable(String... heads) {
    add("", heads);
  }

  /**
   * Adds a row.
   *
   * @param color of its last cell, as ANSI terminals know it; empty for none
   */
  public void add(String color, String... cells) {
    List<String> row = new ArrayList<>();
    for (String cell : cells) {
      row.add(Console.harmless(cell));
    }
    rows.add(row);
    colors.add(color);
  }

  /** One line for each row. */
  public String text() {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows.size(); i++) {
      StringBuilder line = new StringBuilder();
      for (int j = 0; j < columns - 1; j++) {
        String cell = rows.get(i).get(j);
        line.append(cell).append(" ".repeat(widths[j] - cell.length())).append(GAP);
      }
      String last = rows.get(i).get(columns - 1);
      String color = colors.get(i);
      line.append(color.isEmpty() ? last : "\u001b[" + color + "m" + last + "\u001b[0m");
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
