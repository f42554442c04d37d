package io.github.gitcredentialpat.documents;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What can be typed after a command.
 *
 * @param path the command without the program's own name, such as {@code token create}; empty for
 *     the program alone
 * @param commands its commands
 * @param options its options
 * @param words which words that are stored on this machine may follow it, in their order: what the
 *     hidden command {@code complete} takes
 */
record CommandSyntax(
    String path, List<Command> commands, List<Option> options, List<String> words) {
  /** A command of that command. */
  record Command(String name, String description) {}

  /**
   * An option.
   *
   * @param takes what stands behind it
   * @param choices of its values, where they are known
   * @param stored which words that are stored on this machine are its values; empty for none
   */
  record Option(
      List<String> names, String description, Takes takes, List<String> choices, String stored) {}

  /** The value after an option: see {@link Option}. */
  record Value(Takes takes, List<String> choices, String stored) {}

  /** An option of a command; of all that have it where no command is named. */
  record Place(@Nullable String command, String option) {}

  /** What an option takes after it. */
  enum Takes {
    NOTHING,
    A_VALUE,
    A_PATH
  }

  /** The syntax of all commands, the program's own first. */
  static List<CommandSyntax> of(CommandLine line) {
    List<CommandSyntax> all = new ArrayList<>();
    add("", line, all);
    return all;
  }

  /** Every value that an option takes, and where. */
  static Map<Value, List<Place>> values(List<CommandSyntax> all) {
    Map<String, Set<Value>> byName = new LinkedHashMap<>();
    Map<Value, List<Place>> values = new LinkedHashMap<>();
    for (CommandSyntax words : all) {
      for (Option option : words.options()) {
        Set<Value> known =
            byName.computeIfAbsent(option.names().get(0), n -> new LinkedHashSet<>());
        known.add(new Value(option.takes(), option.choices(), option.stored()));
      }
    }
    for (CommandSyntax words : all) {
      for (Option option : words.options()) {
        Value value = new Value(option.takes(), option.choices(), option.stored());
        boolean isSame = byName.get(option.names().get(0)).size() == 1;
        for (String name : option.takes() == Takes.NOTHING ? List.<String>of() : option.names()) {
          Place place = new Place(isSame ? null : words.path(), name);
          List<Place> places = values.computeIfAbsent(value, v -> new ArrayList<>());
          if (!places.contains(place)) {
            places.add(place);
          }
        }
      }
    }
    return values;
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
                .toList(),
            line.getCommandSpec().positionalParameters().stream()
                .map(CommandSyntax::stored)
                .filter(words -> !words.isEmpty())
                .toList()));
    for (CommandLine command : shown) {
      add((path + " " + command.getCommandName()).strip(), command, all);
    }
  }

  private static Option option(OptionSpec option) {
    Takes takes =
        option.arity().max() == 0
            ? Takes.NOTHING
            : option.type() == Path.class || option.paramLabel().equals("FILE")
                ? Takes.A_PATH
                : Takes.A_VALUE;
    List<String> choices = new ArrayList<>();
    if (option.completionCandidates() != null) {
      option.completionCandidates().forEach(choices::add);
    }
    // As it is shown, with its variables replaced.
    String description = String.join(" ", option.description());
    return new Option(
        List.of(option.names()), firstSentence(description), takes, choices, stored(option));
  }

  /** Which stored words are meant, told by what the help calls them. */
  private static String stored(ArgSpec argument) {
    boolean isUser =
        argument instanceof OptionSpec option
            ? option.longestName().equals("--user")
            : argument.paramLabel().equals("NAME");
    if (isUser) {
      return "accounts";
    }
    if (argument instanceof OptionSpec option && option.longestName().equals("--organization")) {
      return "organizations";
    }
    return switch (argument.paramLabel()) {
      case "ORG|URL", "ORG|URL -- COMMAND" -> "places";
      case "ORG" -> "organizations";
      case "TOKEN" -> "tokens";
      default -> "";
    };
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
