package io.github.gitcredentialpat.endtoend;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a terminal showed, as a picture in SVG. The lines appear one after the other, and at once
 * where pictures do not move.
 */
final class TerminalSvg {
  private static final double CELL = 8.4;
  private static final int LINE = 20;
  private static final int MARGIN = 16;
  private static final double TYPING = 0.04;
  private static final double PAUSE = 0.9;
  private static final Pattern CONTROL = Pattern.compile("\u001b\\[([0-9;?]*)([A-Za-z])");

  private static final Map<String, String> COLORS =
      Map.of(
          "31", "#ff7b72",
          "32", "#7ee787",
          "33", "#e3b341",
          "34", "#79c0ff",
          "35", "#d2a8ff",
          "36", "#76e3ea",
          "2", "#8b949e",
          "90", "#8b949e");

  private final int columns;
  private final List<String> rows = new ArrayList<>();
  private double time;

  TerminalSvg(int columns) {
    this.columns = columns;
  }

  /** A command that a person types behind a prompt. */
  void typed(String command) {
    time += PAUSE;
    row("<tspan class=\"p\">$</tspan> <tspan class=\"c\">" + escaped(command) + "</tspan>");
    time += command.length() * TYPING;
  }

  /** The prompt that waits at the end. */
  void prompt() {
    time += PAUSE;
    row("<tspan class=\"p\">$</tspan> <tspan class=\"p\">\u2588</tspan>");
  }

  /** What a command wrote to the terminal. */
  void printed(String output) {
    for (String line : output.split("\r?\n")) {
      // Progress is overwritten by what comes behind a carriage return.
      String[] parts = line.split("\r");
      String last = parts.length == 0 ? "" : parts[parts.length - 1];
      for (String row : cut(last)) {
        row(colored(row));
        time += TYPING;
      }
    }
  }

  /** Breaks what is longer than the terminal is wide, as a terminal does. */
  private List<String> cut(String line) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    int width = 0;
    Matcher control = CONTROL.matcher(line);
    for (int i = 0; i < line.length(); ) {
      if (control.find(i) && control.start() == i) {
        part.append(control.group());
        i = control.end();
        continue;
      }
      if (width == columns) {
        parts.add(part.toString());
        part.setLength(0);
        width = 0;
      }
      part.append(line.charAt(i++));
      width++;
    }
    parts.add(part.toString());
    return parts;
  }

  private static String colored(String line) {
    StringBuilder text = new StringBuilder();
    Matcher control = CONTROL.matcher(line);
    boolean open = false;
    int end = 0;
    while (control.find()) {
      text.append(escaped(line.substring(end, control.start())));
      end = control.end();
      if (control.group(2).equals("m")) {
        text.append(open ? "</tspan>" : "");
        String color = null;
        for (String code : control.group(1).split(";")) {
          color = COLORS.getOrDefault(code, color);
        }
        open = color != null;
        text.append(open ? "<tspan fill=\"" + color + "\">" : "");
      }
    }
    return text.append(escaped(line.substring(end))).append(open ? "</tspan>" : "").toString();
  }

  private void row(String content) {
    rows.add(
        String.format(
            Locale.ROOT,
            "<text x=\"%d\" y=\"%d\" style=\"animation-delay:%.2fs\">%s</text>",
            MARGIN,
            MARGIN + 2 * LINE + LINE * rows.size(),
            time,
            content));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /** The picture. */
  String text() {
    int width = (int) (columns * CELL) + 2 * MARGIN;
    int height = LINE * (rows.size() + 2) + MARGIN;
    return """
        <svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d">
        <title>git-credential-pat at a terminal: clone, expiry warning, rotation</title>
        <style>
        text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
               fill: #e6edf3; white-space: pre; animation: show 0.01s backwards; }
        .p { fill: #7ee787; } .c { font-weight: bold; }
        @keyframes show { from { visibility: hidden; } to { visibility: visible; } }
        @media (prefers-reduced-motion: reduce) { text { animation: none; } }
        </style>
        <rect width="100%%" height="100%%" rx="8" fill="#0d1117"/>
        <circle cx="20" cy="18" r="6" fill="#ff5f57"/><circle cx="40" cy="18" r="6" fill="#febc2e"/>
        <circle cx="60" cy="18" r="6" fill="#28c840"/>
        """
            .formatted(width, height)
        + String.join("\n", rows)
        + "\n</svg>\n";
  }
}
