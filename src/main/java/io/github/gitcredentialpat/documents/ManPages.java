package io.github.gitcredentialpat.documents;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/** The manual: a page in AsciiDoc for the program and for each command. */
final class ManPages {
  private ManPages() {}

  static void write(CommandLine line, String version, String date, Path folder) throws IOException {
    prepare(line, line.getCommandName() + " " + version);
    int status =
        ManPageGenerator.generateManPage(
            folder.toFile(), null, new boolean[0], true, line.getCommandSpec());
    if (status != 0) {
      throw new IOException("the manual could not be made: " + status);
    }
    try (Stream<Path> pages = Files.list(folder)) {
      for (Path page : pages.toList()) {
        Files.write(page, corrected(Files.readAllLines(page), date));
      }
    }
  }

  /** Gives a command and those below it what a page has, and a screen of help has not. */
  private static void prepare(CommandLine line, String version) {
    CommandSpec spec = line.getCommandSpec();
    spec.versionProvider(null).version(version);
    spec.usageMessage()
        .header(CommandSyntax.summary(spec))
        .description(paragraphs(spec.usageMessage().description()))
        .footerHeading("Notes%n")
        .footer(paragraphs(spec.usageMessage().footer()))
        // A synopsis on one line: the page breaks it where it is shown.
        .width(1_000);
    line.getSubcommands().values().forEach(each -> prepare(each, version));
  }

  /** Joins lines that are broken for the width of a screen, but for examples. */
  private static String[] paragraphs(String[] lines) {
    List<String> joined = new ArrayList<>();
    boolean goesOn = false;
    for (String line : lines) {
      if (goesOn && !line.isEmpty() && !line.startsWith("Example: ")) {
        joined.set(joined.size() - 1, joined.get(joined.size() - 1) + " " + line);
      } else if (!line.isEmpty()) {
        joined.add(line);
      }
      goesOn = !line.isEmpty();
    }
    return joined.toArray(String[]::new);
  }

  /** Has AsciiDoc take what a person reads as it is: no dash for --, and no emphasis in NAMES. */
  private static List<String> corrected(List<String> page, String date) {
    List<String> lines = new ArrayList<>();
    String before = "";
    for (String line : page) {
      String text = line.strip();
      if (text.isEmpty() || before.equals("== Name") || text.matches("(//|:|=|\\[%|xref:).*")) {
        lines.add(line);
      } else if (text.matches("[*_\\[].*")) {
        lines.add(line.replace(" -- ", " \\-- "));
      } else {
        lines.add(line.replace(text, "++" + text + "++"));
      }
      if (text.equals(":doctype: manpage")) {
        lines.add(":docdate: " + date);
      }
      before = text.isEmpty() ? before : text;
    }
    return lines;
  }
}
