package io.github.gitcredentialpat.command.transfer;

import io.github.gitcredentialpat.cli.GlobalOptions;
import java.util.List;

/** The door to what moves tokens in and out. */
public final class TransferCommands {
  private TransferCommands() {}

  /** The commands, for the root to add. */
  public static List<Object> all(GlobalOptions global) {
    return List.of(new Import(global), new Export(global), new Remotes(global));
  }
}
