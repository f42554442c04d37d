package io.github.gitcredentialpat.command.token;

import io.github.gitcredentialpat.azure.Pat;
import io.github.gitcredentialpat.azure.PatClient;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.online.PatWording;
import io.github.gitcredentialpat.online.TokenSelector;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.tokens.StoredEntry;
import io.github.gitcredentialpat.tokens.TokenKeeper;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Revokes one token, or all of them, for good. */
@Command(
    name = "revoke",
    description = "Revoke one or all of your tokens on the server and delete them here.",
    footer = {"", "Example: git-credential-pat token revoke contoso laptop"})
final class TokenRevoke extends SelectedTokenCommand {
  @Option(names = "--all", description = "Revoke all your tokens in the organization.")
  private boolean all;

  @Option(names = "--yes", description = "Do not ask before revoking all.")
  private boolean yes;

  TokenRevoke(GlobalOptions global) {
    super(global);
  }

  @Override
  public void checkArguments() throws UserException {
    if (all && isNamed()) {
      throw UserException.wrongUsage("name a token or use --all, not both");
    }
  }

  @Override
  int run(Desk desk) throws ServiceException, UserException, IOException {
    List<Pat> chosen = all ? desk.pats().list(PatClient.Filter.ACTIVE) : List.of(chosen(desk));
    for (Pat each : chosen) {
      desk.check(each, "token revoke");
    }
    if (all && !yes && !chosen.isEmpty()) {
      for (Pat each : chosen) {
        desk.say("\"" + each.displayName() + "\": " + PatWording.describe(each));
      }
      if (!desk.context().isConfirmed("permanently revoke these " + chosen.size() + " tokens?")) {
        desk.say("nothing revoked (use --yes to revoke without being asked)");
        return 1;
      }
    }
    int status = 0;
    for (Pat each : chosen) {
      try {
        status = revoke(desk, each) ? status : 1;
      } catch (ServiceException e) {
        desk.context().messages().trace(e);
        desk.say("not revoked: " + each.displayName() + ": " + e.getMessage(), e.hint());
        status = 1;
      }
    }
    if (chosen.isEmpty()) {
      desk.say("no tokens to revoke for " + desk.organization());
    }
    return status;
  }

  /** Revokes a token. Returns whether nothing of it is left here. */
  private static boolean revoke(Desk desk, Pat token) throws ServiceException {
    boolean wasThere = desk.pats().revoke(token.authorizationId());
    desk.context()
        .done(
            (wasThere ? "revoked " : "already revoked: ")
                + token.displayName()
                + " of "
                + desk.organization());
    boolean removed = true;
    for (StoredEntry stored : desk.stored()) {
      if (TokenSelector.isSame(token, stored.entry())) {
        removed &= remove(desk, stored);
      }
    }
    return removed;
  }

  private static boolean remove(Desk desk, StoredEntry stored) {
    String what = StoredEntry.describe(stored.store(), stored.entry().key());
    TokenKeeper.Change change = TokenKeeper.deleteIfUnchanged(desk.context().run(), stored);
    desk.say(
        switch (change) {
          case DONE -> "deleted " + what;
          case GONE -> "already gone: " + what;
          case CHANGED_MEANWHILE -> "not deleted: " + what + " was replaced in the meantime";
          default -> "error: cannot delete " + what + ", which no longer works";
        });
    return change.isOver();
  }
}
