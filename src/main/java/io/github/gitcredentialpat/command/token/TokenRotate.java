package io.github.gitcredentialpat.command.token;

import io.github.gitcredentialpat.azure.Pat;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.cli.TokenLifetime;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.online.RotationLock;
import io.github.gitcredentialpat.online.TokenRotation;
import io.github.gitcredentialpat.online.TokenSelector;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.tokens.SharedStores;
import io.github.gitcredentialpat.tokens.StoredEntry;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Replaces the token that is stored here by a new one, and revokes the old one only once the new
 * one is stored and works.
 */
@Command(
    name = "rotate",
    description = {
      "Replace the stored token with a new one.",
      "Creates a token with the same scopes, tests and stores it, then revokes the old one.",
      ""
    },
    footer = {"", "Example: git-credential-pat token rotate contoso"})
final class TokenRotate extends SelectedTokenCommand {
  @Option(
      names = "--expires",
      paramLabel = "DATE|DAYS",
      description = "Expiry date or days. Default: the old token's lifetime.")
  private @Nullable String expires;

  TokenRotate(GlobalOptions global) {
    super(global);
  }

  @Override
  public void checkArguments() throws UserException {
    if (expires != null) {
      TokenLifetime.end(expires, Instant.now().getEpochSecond());
    }
  }

  @Override
  int run(Desk desk) throws ServiceException, UserException, IOException {
    try (RotationLock lock = RotationLock.acquire(desk.context().run().surroundings(), 0)) {
      if (lock == null) {
        throw UserException.couldNot(
            "another rotation is running; nothing done for " + desk.organization());
      }
      TokenRotation rotation = new TokenRotation(desk.context(), desk.whose(), desk.pats());
      Pat old = chosen(desk);
      StoredEntry stored = stored(desk, old);
      SharedStores.check(stored.store(), "token rotate " + Console.word(desk.organization()));
      long end = expires == null ? rotation.sameLife(old) : TokenLifetime.end(expires, desk.now());
      return rotation.rotate(stored, old, false, end, 0, true) ? 0 : 1;
    }
  }

  /** The entry that holds the old token. */
  private StoredEntry stored(Desk desk, Pat old) throws UserException {
    List<StoredEntry> same =
        desk.stored().stream().filter(each -> TokenSelector.isSame(old, each.entry())).toList();
    if (same.size() == 1) {
      return same.get(0);
    }
    // Told by the person, and nothing here contradicts.
    if (same.isEmpty()
        && isNamed()
        && desk.stored().size() == 1
        && desk.stored().get(0).entry().authorizationId() == null) {
      return desk.stored().get(0);
    }
    throw UserException.couldNot(
        old.displayName()
            + (same.isEmpty() ? " is not stored here" : " is stored here more than once")
            + " for "
            + desk.organization()
            + "; nothing done");
  }
}
