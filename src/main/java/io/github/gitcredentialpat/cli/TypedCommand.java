package io.github.gitcredentialpat.cli;

import java.util.List;
import picocli.CommandLine.Command;

/** Which command a person typed, found before picocli looks at it. */
public final class TypedCommand {
  private TypedCommand() {}

  /**
   * Where the command's name stands.
   *
   * @return its index; -1 when there is none, or another option than the global ones that change
   *     what a command does comes first
   */
  public static int index(List<String> arguments) {
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (argument.equals("--store") || argument.equals("--timeout")) {
        i++;
      } else if (!argument.startsWith("--store=")
          && !argument.startsWith("--timeout=")
          && !argument.equals("--json")
          && !argument.equals("--trace")) {
        return argument.startsWith("-") ? -1 : i;
      }
    }
    return -1;
  }

  /** The name of a command, by its annotation. */
  public static String name(Object command) {
    return command.getClass().getAnnotation(Command.class).name();
  }
}
