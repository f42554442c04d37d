package io.github.gitcredentialpat.cli;

import io.github.gitcredentialpat.platform.Terminal;
import io.github.gitcredentialpat.platform.TextWidth;
import java.io.File;
import java.util.Locale;
import java.util.Map;

/**
 * The screen that standard output or standard error is shown on.
 *
 * @param width in columns; 0 when it is no terminal but a pipe or a file
 * @param colored whether it shows colors
 * @param utf8 whether it shows characters that are not ASCII
 */
public record Screen(int width, boolean colored, boolean utf8) {
  /** A pipe or a file. */
  public static final Screen NONE = new Screen(0, false, false);

  /** The width in columns where it is unknown. */
  private static final int USUAL_WIDTH = 80;

  /** The launcher's prefix for the former value of a variable that it changed. */
  private static final String LAUNCHER = "GIT_CREDENTIAL_PAT_WAS_";

  private static final int WIDEST = 10_000;

  /** A mark for how something went. */
  public enum Mark {
    GOOD("\u2713", "OK", "32"),
    BAD("\u2717", "FAILED", "31"),
    WARNING("!", "WARNING", "33"),
    NOTE("\u00b7", "NOTE", "36"),
    OPEN("?", "UNKNOWN", "33");

    private final String symbol;
    private final String word;
    private final String color;

    Mark(String symbol, String word, String color) {
      this.symbol = symbol;
      this.word = word;
      this.color = color;
    }

    /** Its color, as ANSI terminals know it. */
    public String color() {
      return color;
    }
  }

  /**
   * The screen behind a standard stream of this process.
   *
   * @param descriptor of the stream, as {@link Terminal} knows it
   */
  static Screen of(int descriptor, Map<String, String> environment) {
    int width = width(environment.get("COLUMNS"));
    String terminal = environment.get("TERM");
    // A terminal has a name everywhere but on Windows.
    boolean mayBeTerminal = terminal != null || File.separatorChar == '\\';
    boolean isTerminal = mayBeTerminal && Terminal.isTerminal(descriptor);
    if (width == 0 && isTerminal) {
      width = Terminal.columns(descriptor);
      width = width == 0 ? USUAL_WIDTH : width;
    }
    String refused = environment.get("NO_COLOR");
    boolean isColored =
        isTerminal
            && terminal != null
            && !terminal.equals("dumb")
            && (refused == null || refused.isEmpty());
    return new Screen(width, isColored, isUtf8(environment));
  }

  private static int width(String columns) {
    try {
      int width = columns == null ? 0 : Integer.parseInt(columns);
      return width < 0 || width > WIDEST ? 0 : width;
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** The character locale, chosen as setlocale(3) does. */
  private static boolean isUtf8(Map<String, String> environment) {
    for (String name : new String[] {"LC_ALL", "LC_CTYPE", "LANG"}) {
      // The launcher has one of its own set, and keeps the person's.
      String locale = environment.getOrDefault(LAUNCHER + name, environment.get(name));
      if (locale != null && !locale.isEmpty()) {
        String lower = locale.toLowerCase(Locale.ROOT);
        return lower.endsWith("utf-8") || lower.endsWith("utf8");
      }
    }
    return false;
  }

  /** Whether it is a terminal. */
  public boolean isThere() {
    return width > 0;
  }

  /** How wide a line of text may be; without a terminal, as wide as on a usual one. */
  public int textWidth() {
    return width == 0 ? USUAL_WIDTH : width;
  }

  /** The same screen with unlimited width. */
  public Screen withoutEdge() {
    return new Screen(WIDEST, colored, utf8);
  }

  /** The mark as this screen can show it, without its color. */
  public String mark(Mark mark) {
    return hasSymbols() ? mark.symbol : mark.word;
  }

  /** A text behind a mark, in lines that fit. */
  public String marked(Mark mark, String text) {
    return marked(mark, mark.word, text);
  }

  /**
   * The same.
   *
   * @param word the mark where symbols cannot be shown
   */
  public String marked(Mark mark, String word, String text) {
    String shown = hasSymbols() ? mark.symbol : word;
    String lines = wrap(shown + " " + text, " ".repeat(shown.length() + 1));
    return color(mark.color, shown) + lines.substring(shown.length());
  }

  /** Whether it shows a mark as a symbol; else it is a word. */
  public boolean hasSymbols() {
    return width > 0 && utf8;
  }

  /** The text in a color, as ANSI terminals know it, where colors are shown. */
  public String color(String color, String text) {
    return colored && !color.isEmpty() ? "\u001b[" + color + "m" + text + "\u001b[0m" : text;
  }

  /**
   * The text in lines that fit on a terminal.
   *
   * @param indent what every line but the first begins with
   */
  public String wrap(String text, String indent) {
    return width == 0 ? text : TextWidth.wrap(text, width, indent);
  }
}
