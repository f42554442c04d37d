package io.github.gitcredentialpat.command.token;

import io.github.gitcredentialpat.azure.Pat;
import io.github.gitcredentialpat.azure.PatClient;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.online.TokenSelector;
import io.github.gitcredentialpat.platform.UserException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The base of the commands for one of the organization's tokens. */
abstract class SelectedTokenCommand extends TokenCommand {
  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "TOKEN",
      description = "The token's name or id on the server. Default: the one stored here.")
  private @Nullable String word;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description = "Use the token stored for this account.")
  private @Nullable String user;

  SelectedTokenCommand(GlobalOptions global) {
    super(global);
  }

  @Override
  final @Nullable String account() {
    return user;
  }

  /** Whether the person named one. */
  final boolean isNamed() {
    return word != null;
  }

  /** The chosen token, which still works. */
  final Pat chosen(Desk desk) throws ServiceException, UserException {
    return TokenSelector.chosen(
        desk.pats(), PatClient.Filter.ACTIVE, desk.organization(), word, desk.stored());
  }
}
