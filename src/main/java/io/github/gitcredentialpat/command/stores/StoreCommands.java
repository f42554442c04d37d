package io.github.gitcredentialpat.command.stores;

import io.github.gitcredentialpat.cli.GlobalOptions;
import java.util.List;

/** The door to the commands that show and test the stores. */
public final class StoreCommands {
  private StoreCommands() {}

  /** The commands, for the root to add. */
  public static List<Object> all(GlobalOptions global) {
    return List.of(new ListStores(global), new Selftest(global));
  }
}
