package io.github.gitcredentialpat.command.token;

import io.github.gitcredentialpat.azure.Pat;
import io.github.gitcredentialpat.azure.PatClient;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.online.TokenSelector;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.tokens.StoredEntry;
import io.github.gitcredentialpat.tokens.TokenKeeper;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes one token, or all of them, useless for ever. */
@Command(
    name = "revoke",
    description = "Revoke a token, or all tokens, at the service, and remove them here.",
    footer = {"", "Example: git-credential-pat token revoke contoso laptop"})
final class TokenRevoke extends SelectedTokenCommand {
  @Option(names = "--all", description = "Revoke all tokens of yours in the organization.")
  private boolean all;

  @Option(names = "--yes", description = "Do not ask before revoking all.")
  private boolean yes;

  TokenRevoke(GlobalOptions global) {
    super(global);
  }

  @Override
  public void checkArguments() throws UserException {
    if (all && isNamed()) {
      throw UserException.wrongUsage("name a token, or say --all");
    }
  }

  @Override
  int run(Desk desk) throws ServiceException, UserException, IOException {
    List<Pat> chosen = all ? desk.pats().list(PatClient.Filter.ACTIVE) : List.of(chosen(desk));
    if (all && !yes && !chosen.isEmpty()) {
      for (Pat each : chosen) {
        desk.say(describe(each));
      }
      if (!desk.context().isConfirmed("revoke these " + chosen.size() + " tokens for ever?")) {
        desk.say("nothing is revoked; add --yes to revoke without being asked");
        return 1;
      }
    }
    int status = 0;
    for (Pat each : chosen) {
      try {
        status = revoke(desk, each) ? status : 1;
      } catch (ServiceException e) {
        desk.context().messages().trace(e);
        desk.say(each.displayName() + " is not revoked: " + e.getMessage());
        status = 1;
      }
    }
    if (chosen.isEmpty()) {
      desk.say("there is no token to revoke for " + desk.organization());
    }
    return status;
  }

  /** Returns whether nothing of it is left here. */
  private static boolean revoke(Desk desk, Pat token) throws ServiceException {
    boolean wasThere = desk.pats().revoke(token.authorizationId());
    desk.say(
        token.displayName()
            + (wasThere ? " is revoked for " : " was revoked already for ")
            + desk.organization());
    boolean removed = true;
    for (StoredEntry kept : desk.kept()) {
      if (TokenSelector.isSame(token, kept.entry())) {
        removed &= remove(desk, kept);
      }
    }
    return removed;
  }

  private static boolean remove(Desk desk, StoredEntry kept) {
    String what = StoredEntry.describe(kept.store(), kept.entry().key());
    TokenKeeper.Change change = TokenKeeper.deleteIfUnchanged(desk.context().run(), kept);
    desk.say(
        what
            + switch (change) {
              case DONE -> " is removed";
              case GONE -> " was gone already";
              case CHANGED_MEANWHILE -> " was replaced by another one meanwhile, which stays";
              default -> " could not be removed; it is of no use any more";
            });
    return change.isOver();
  }
}
