package io.github.gitcredentialpat.cli;

import io.github.gitcredentialpat.platform.Environment;
import java.util.List;
import picocli.CommandLine.Command;

/**
 * The commands that a command line can mean, found before picocli looks at it: it takes a
 * millisecond for each that it is told of, and a run needs one of them.
 *
 * @param commands the one that is typed; all of them where it is none
 * @param rest the arguments behind the typed one
 */
public record TypedCommand(List<Object> commands, List<String> rest) {

  /** Those of these commands that the arguments can mean. */
  public static TypedCommand of(List<Object> commands, List<String> arguments) {
    int place = index(arguments);
    if (place >= 0) {
      for (Object command : commands) {
        if (name(command).equals(arguments.get(place))) {
          List<String> rest = arguments.subList(place + 1, arguments.size());
          return new TypedCommand(List.of(command), rest);
        }
      }
    }
    return new TypedCommand(commands, List.of());
  }

  /** The name of a command, by its annotation. */
  public static String name(Object command) {
    return command.getClass().getAnnotation(Command.class).name();
  }

  /**
   * Where a command's name would stand; -1 when there is none, or another option than the global
   * ones that change what a command does comes first.
   */
  private static int index(List<String> arguments) {
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      int equals = argument.indexOf('=');
      if (hasValue(equals < 0 ? argument : argument.substring(0, equals))) {
        i += equals < 0 ? 1 : 0;
      } else if (!argument.equals("--json") && !argument.equals("--trace")) {
        return argument.startsWith("-") ? -1 : i;
      }
    }
    return -1;
  }

  private static boolean hasValue(String option) {
    return option.equals("--store")
        || option.equals("--timeout")
        || Environment.variableOf(option) != null;
  }
}
