package io.github.gitcredentialpat.documents;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A document of which the manual has a part: one source for both. Knows what these documents use:
 * headings, paragraphs, blocks of code, tables, links and words in backquotes.
 */
final class Markdown {
  private static final Pattern INLINE = Pattern.compile("`([^`]+)`|\\[([^\\]]+)\\]\\([^)]+\\)");

  private final Path file;
  private final List<String> lines;

  Markdown(Path file) throws IOException {
    this.file = file;
    lines = Files.readAllLines(file);
  }

  /** The headings of the second level, in their order. */
  List<String> sections() {
    return lines.stream()
        .filter(line -> line.startsWith("## "))
        .map(line -> line.substring(3))
        .toList();
  }

  /** The text below a heading of the second level, in AsciiDoc; without the heading. */
  List<String> section(String heading) {
    int begin = lines.indexOf("## " + heading);
    if (begin < 0) {
      throw new IllegalArgumentException(file + " has no section " + heading);
    }
    int end = begin + 1;
    while (end < lines.size() && !lines.get(end).startsWith("## ")) {
      end++;
    }
    return asciidoc(lines.subList(begin + 1, end));
  }

  private static List<String> asciidoc(List<String> markdown) {
    List<String> page = new ArrayList<>();
    boolean isCode = false;
    for (String line : markdown) {
      if (line.startsWith("```")) {
        isCode = !isCode;
      } else if (line.isEmpty()) {
        page.add(line);
      } else if (isCode) {
        command(line, page);
      } else if (line.startsWith("|")) {
        row(line, page);
      } else {
        page.add(inline(line));
      }
    }
    return page;
  }

  /** A command, and below it its comment, for which a screen has no room beside it. */
  private static void command(String line, List<String> page) {
    int comment = line.indexOf(" # ");
    if (comment < 0) {
      page.add(" " + line);
    } else {
      page.add("**" + plain(line.substring(0, comment).strip()) + "**::");
      page.add("  " + plain(line.substring(comment + 3)));
      page.add("");
    }
  }

  /** A term and what the other cells say of it; a row of headings is left out. */
  private static void row(String line, List<String> page) {
    String[] cells = line.substring(1).split("\\|", -1);
    String term = cells[0].strip();
    if (!term.startsWith("`")) {
      return;
    }
    String meaning =
        Arrays.stream(cells)
            .skip(1)
            .map(String::strip)
            .filter(cell -> !cell.isEmpty())
            .collect(Collectors.joining("; "));
    page.add(inline(term) + "::");
    page.add("  " + inline(meaning));
    page.add("");
  }

  /** Words in backquotes are bold, and a link is what it is shown as. */
  static String inline(String text) {
    StringBuilder line = new StringBuilder();
    Matcher matcher = INLINE.matcher(text);
    int end = 0;
    while (matcher.find()) {
      line.append(plain(text.substring(end, matcher.start())));
      String code = matcher.group(1);
      line.append(code != null ? "**" + plain(code) + "**" : plain(matcher.group(2)));
      end = matcher.end();
    }
    return line.append(plain(text.substring(end))).toString();
  }

  /** As it is: no dash for --, and no emphasis in NAMES_OF_VARIABLES. */
  static String plain(String text) {
    if (text.contains("++")) {
      throw new IllegalArgumentException("AsciiDoc would take ++ out of: " + text);
    }
    return text.isBlank() ? text : "++" + text + "++";
  }
}
