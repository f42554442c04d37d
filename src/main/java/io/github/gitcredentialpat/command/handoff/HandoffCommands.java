package io.github.gitcredentialpat.command.handoff;

import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.GlobalOptions;
import java.io.IOException;
import java.util.List;

/** The door to what hands tokens to other programs. */
public final class HandoffCommands {
  private HandoffCommands() {}

  /** The commands, for the root to add. */
  public static List<Object> all(GlobalOptions global) {
    return List.of(
        new Print(global), new Exec(global), new KeyringCommand(global), new NuGetPlugin(global));
  }

  /** Answers Cargo, which names no command. */
  public static int answerCargo(CommandContext context) throws IOException {
    return new CargoPlugin(context).run();
  }
}
