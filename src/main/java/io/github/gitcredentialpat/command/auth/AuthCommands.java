package io.github.gitcredentialpat.command.auth;

import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.platform.UserException;
import java.io.IOException;
import java.util.List;

/** The door to the commands that store, show, check and remove tokens on this machine. */
public final class AuthCommands {
  private AuthCommands() {}

  /** The commands, for the root to add. */
  public static List<Object> all(GlobalOptions global) {
    return List.of(
        new Login(global),
        new ListTokens(global),
        new Note(global),
        new Check(global),
        new Logout(global),
        new Complete(global));
  }

  /** The command {@code complete}, which a shell calls at a key press, without picocli's start. */
  public static int complete(GlobalOptions global, List<String> arguments)
      throws UserException, IOException {
    int dashes = arguments.indexOf("--");
    int end = dashes < 0 ? arguments.size() : dashes;
    return Complete.run(
        global,
        arguments.subList(1, end),
        arguments.subList(Math.min(end + 1, arguments.size()), arguments.size()));
  }
}
