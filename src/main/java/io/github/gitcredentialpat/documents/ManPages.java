package io.github.gitcredentialpat.documents;

import static io.github.gitcredentialpat.documents.Markdown.plain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The manual: a page in AsciiDoc for the program and for each command. What a command takes comes
 * from its definition; examples of daily life, stores, variables, files and the fields of JSON come
 * from the documents that everybody reads.
 */
final class ManPages {
  private static final String EXAMPLE = "Example: ";
  private static final String EXIT_STATUS = "Exit status: ";
  private static final String HOME = "https://github.com/gitcredentialpat/git-credential-pat";

  private final Markdown readme;
  private final Markdown stores;
  private final Markdown environment;
  private final Markdown json;
  private final String version;
  private final String date;

  /**
   * A manual of this version.
   *
   * @param project the folder with README.md and docs
   * @param date as in 2026-11-01
   */
  ManPages(Path project, String version, String date) throws IOException {
    readme = new Markdown(project.resolve("README.md"));
    stores = new Markdown(project.resolve("docs/stores.md"));
    environment = new Markdown(project.resolve("docs/environment.md"));
    json = new Markdown(project.resolve("docs/json.md"));
    this.version = version;
    this.date = date;
  }

  /** Writes the pages of a command and of those below it. */
  void write(CommandLine line, Path folder) throws IOException {
    CommandSpec spec = line.getCommandSpec();
    String name = spec.qualifiedName("-");
    Files.write(folder.resolve(name + ".adoc"), page(spec, name));
    for (CommandLine each : CommandSyntax.shown(line)) {
      write(each, folder);
    }
  }

  private List<String> page(CommandSpec spec, String name) {
    boolean isProgram = spec.parent() == null;
    List<String> page = new ArrayList<>();
    page.add("= " + name + "(1)");
    page.add(":doctype: manpage");
    page.add(":docdate: " + date);
    page.add(":manmanual: PAT Manual");
    page.add(":mansource: " + spec.root().name() + " " + version);
    page.add(":man-linkstyle: pass:[blue R < >]");
    section(page, "Name");
    page.add(name + " - " + CommandSyntax.summary(spec));
    section(page, "Synopsis");
    page.addAll(synopsis(spec));
    section(page, "Description");
    page.addAll(paragraphs(spec.usageMessage().description()));
    page.addAll(paragraphs(notes(spec)));
    commands(page, spec);
    options(page, spec, isProgram);
    if (isProgram) {
      section(page, "Stores");
      page.addAll(stores.section("The stores"));
      section(page, "JSON");
      page.add(
          Markdown.inline(
              "With `--json`, a command that lists something prints one object with an array. The"
                  + " page of each such command has its fields."));
      for (String each : List.of("Exit status", "Environment", "Files")) {
        section(page, each);
        page.addAll(environment.section(each));
      }
    } else {
      String command = spec.qualifiedName().substring(spec.root().name().length() + 1);
      if (json.sections().contains("`" + command + "`")) {
        section(page, "JSON");
        page.addAll(json.section("`" + command + "`"));
      }
      section(page, "Exit status");
      page.add(plain(exitStatus(spec)));
      section(page, "Environment");
      page.add("All variables are described in *" + spec.root().name() + "*(1).");
    }
    section(page, "Examples");
    page.addAll(isProgram ? readme.section("Everyday use") : examples(spec));
    section(page, "See also");
    page.addAll(seeAlso(spec, isProgram));
    return page;
  }

  private static void section(List<String> page, String title) {
    page.add("");
    page.add("== " + title);
    page.add("");
  }

  /** One line, or two where a command is called in two ways. */
  private static List<String> synopsis(CommandSpec spec) {
    String[] custom = spec.usageMessage().customSynopsis();
    if (custom.length > 0) {
      return paragraphs(custom);
    }
    boolean isProgram = spec.parent() == null;
    StringBuilder line = new StringBuilder("**" + plain(spec.qualifiedName()) + "**");
    for (OptionSpec option : own(spec)) {
      String shown = "**" + plain(option.longestName()) + "**" + value(option);
      line.append(' ').append(option.required() ? shown : "[" + shown + "]");
      line.append(option.isMultiValue() ? "..." : "");
    }
    line.append(isProgram ? "" : " [__++OPTIONS++__]");
    for (PositionalParamSpec word : spec.positionalParameters()) {
      String shown = "__" + plain(word.paramLabel()) + "__" + (word.arity().max() > 1 ? "..." : "");
      line.append(' ').append(word.arity().min() == 0 ? "[" + shown + "]" : shown);
    }
    if (!spec.subcommands().isEmpty()) {
      line.append(" __++COMMAND++__");
    }
    return isProgram
        ? List.of(line.toString(), "", "**++git credential-pat++** __++COMMAND++__")
        : List.of(line.toString());
  }

  private static String value(ArgSpec option) {
    return option.arity().max() == 0 ? "" : "=__" + plain(option.paramLabel()) + "__";
  }

  private static void commands(List<String> page, CommandSpec spec) {
    if (spec.subcommands().isEmpty()) {
      return;
    }
    section(page, "Commands");
    for (CommandLine command : CommandSyntax.shown(spec.commandLine())) {
      page.add("*" + command.getCommandSpec().qualifiedName("-") + "*(1)::");
      page.add("  " + plain(CommandSyntax.summary(command.getCommandSpec())));
      page.add("");
    }
  }

  /**
   * Writes a command's own options; those of every command are on the program's page, and named
   * here.
   */
  private static void options(List<String> page, CommandSpec spec, boolean isProgram) {
    section(page, "Options");
    for (OptionSpec option : own(spec)) {
      String names =
          List.of(option.names()).stream()
              .map(name -> "**" + plain(name) + "**")
              .collect(Collectors.joining(", "));
      page.add(names + value(option) + "::");
      page.add("  " + plain(String.join(" ", option.description())));
      page.add("");
    }
    for (PositionalParamSpec word : spec.positionalParameters()) {
      if (!word.hidden()) {
        page.add("__" + plain(word.paramLabel()) + "__::");
        page.add("  " + plain(String.join(" ", word.description())));
        page.add("");
      }
    }
    if (!isProgram) {
      page.add(
          "Every command also takes the options of *"
              + spec.root().name()
              + "*(1): "
              + own(spec.root()).stream()
                  .map(option -> "**" + plain(option.longestName()) + "**")
                  .collect(Collectors.joining(", "))
              + ".");
    }
  }

  /** The options without those of every command, which are the program's own. */
  private static List<OptionSpec> own(CommandSpec spec) {
    return spec.options().stream().filter(each -> !each.hidden() && !each.inherited()).toList();
  }

  /** The end of the help, without what has a section of its own here. */
  private static String[] notes(CommandSpec spec) {
    List<String> notes = new ArrayList<>();
    for (String line : spec.usageMessage().footer()) {
      if (!isExample(line) && !line.startsWith(EXIT_STATUS)) {
        notes.add(line);
      }
    }
    return notes.toArray(String[]::new);
  }

  /** Whether the line belongs to an example, continuation lines included. */
  private static boolean isExample(String line) {
    return line.startsWith(EXAMPLE) || line.startsWith(" ".repeat(EXAMPLE.length()));
  }

  private static List<String> examples(CommandSpec spec) {
    List<String> examples = new ArrayList<>(List.of("----"));
    for (String line : spec.usageMessage().footer()) {
      if (isExample(line)) {
        examples.add(line.substring(EXAMPLE.length()));
      }
    }
    examples.add("----");
    return examples;
  }

  private static String exitStatus(CommandSpec spec) {
    for (String line : spec.usageMessage().footer()) {
      if (line.startsWith(EXIT_STATUS)) {
        String own = line.substring(EXIT_STATUS.length());
        return own.substring(0, 1).toUpperCase(Locale.ROOT) + own.substring(1);
      }
    }
    return "0 done, 1 could not, 2 wrong usage.";
  }

  private static List<String> seeAlso(CommandSpec spec, boolean isProgram) {
    List<String> pages = new ArrayList<>();
    if (isProgram) {
      pages.addAll(List.of("gitcredentials(7)", "git-credential(1)", "git-config(1)"));
    } else {
      pages.add(spec.root().name() + "(1)");
      CommandSpec group = spec.subcommands().isEmpty() ? spec.parent() : spec;
      if (group != spec.root()) {
        for (CommandLine each : CommandSyntax.shown(group.commandLine())) {
          if (each.getCommandSpec() != spec) {
            pages.add(each.getCommandSpec().qualifiedName("-") + "(1)");
          }
        }
      }
    }
    String line =
        pages.stream().map(each -> "*" + each.replace("(", "*(")).collect(Collectors.joining(", "));
    return List.of(line, "", "Documentation and issues: " + HOME);
  }

  /** Joins lines that are broken for the width of a screen; an empty one ends a paragraph. */
  private static List<String> paragraphs(String[] lines) {
    List<String> paragraphs = new ArrayList<>();
    StringBuilder paragraph = new StringBuilder();
    for (String line : lines) {
      if (line.isBlank()) {
        end(paragraph, paragraphs);
      } else {
        paragraph.append(paragraph.isEmpty() ? "" : " ").append(line.strip());
      }
    }
    end(paragraph, paragraphs);
    return paragraphs;
  }

  private static void end(StringBuilder paragraph, List<String> paragraphs) {
    if (!paragraph.isEmpty()) {
      paragraphs.add(plain(paragraph.toString()));
      paragraphs.add("");
      paragraph.setLength(0);
    }
  }
}
