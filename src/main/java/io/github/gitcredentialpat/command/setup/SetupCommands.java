package io.github.gitcredentialpat.command.setup;

import io.github.gitcredentialpat.cli.GlobalOptions;
import java.util.List;

/** The door to what changes git's configuration. */
public final class SetupCommands {
  private SetupCommands() {}

  /** The commands, for the root to add. */
  public static List<Object> all(GlobalOptions global) {
    return List.of(new Configure(global), new Unconfigure(global), new Use(global));
  }
}
