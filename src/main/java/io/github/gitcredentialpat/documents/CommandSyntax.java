package io.github.gitcredentialpat.documents;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What can be typed behind a command.
 *
 * @param path the command without the program's own name, such as {@code token create}; empty for
 *     the program alone
 * @param commands its commands
 * @param options its options
 */
record CommandSyntax(String path, List<Command> commands, List<Option> options) {
  /** A command of that command. */
  record Command(String name, String description) {}

  /**
   * An option.
   *
   * @param takes what stands behind it
   * @param choices of its values, where they are known
   */
  record Option(List<String> names, String description, Takes takes, List<String> choices) {}

  /** What an option wants behind it. */
  enum Takes {
    NOTHING,
    A_VALUE,
    A_PATH
  }

  /** Those of all commands, the program's own first. */
  static List<CommandSyntax> of(CommandLine line) {
    List<CommandSyntax> all = new ArrayList<>();
    add("", line, all);
    return all;
  }

  /** The commands of a command, but for those that nobody types. */
  static List<CommandLine> shown(CommandLine line) {
    return line.getSubcommands().values().stream()
        .filter(command -> !command.getCommandSpec().usageMessage().hidden())
        .toList();
  }

  private static void add(String path, CommandLine line, List<CommandSyntax> all) {
    List<CommandLine> shown = shown(line);
    all.add(
        new CommandSyntax(
            path,
            shown.stream()
                .map(
                    command ->
                        new Command(command.getCommandName(), summary(command.getCommandSpec())))
                .toList(),
            line.getCommandSpec().options().stream()
                .filter(option -> !option.hidden())
                .map(CommandSyntax::option)
                .toList()));
    for (CommandLine command : shown) {
      add((path + " " + command.getCommandName()).strip(), command, all);
    }
  }

  private static Option option(OptionSpec option) {
    Takes takes =
        option.arity().max() == 0
            ? Takes.NOTHING
            : option.type() == Path.class ? Takes.A_PATH : Takes.A_VALUE;
    List<String> choices = new ArrayList<>();
    if (option.completionCandidates() != null) {
      option.completionCandidates().forEach(choices::add);
    }
    // As it is shown, with its variables replaced.
    String description = String.join(" ", option.description());
    return new Option(List.of(option.names()), firstSentence(description), takes, choices);
  }

  /** The first sentence of what a command's help says of it, without its period. */
  static String summary(CommandSpec spec) {
    return firstSentence(String.join(" ", spec.usageMessage().description()));
  }

  private static String firstSentence(String text) {
    String sentence = text.strip().split("(?<=[.;]) ", 2)[0];
    return sentence.replaceFirst("[.;]$", "");
  }
}
