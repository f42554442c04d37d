package io.github.gitcredentialpat.command.auth;

import io.github.gitcredentialpat.cli.GlobalOptions;
import java.util.List;

/** The door to what keeps, shows, checks and forgets tokens on this machine. */
public final class AuthCommands {
  private AuthCommands() {}

  /** The commands, for the root to add. */
  public static List<Object> all(GlobalOptions global) {
    return List.of(
        new Login(global),
        new ListTokens(global),
        new Check(global),
        new Logout(global),
        new Complete(global));
  }
}
