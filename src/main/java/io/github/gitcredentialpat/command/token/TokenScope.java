package io.github.gitcredentialpat.command.token;

import io.github.gitcredentialpat.azure.Pat;
import io.github.gitcredentialpat.azure.ScopeNames;
import io.github.gitcredentialpat.azure.Scopes;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.online.PatWording;
import io.github.gitcredentialpat.online.VerdictAdvice;
import io.github.gitcredentialpat.platform.UserException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Changes a token's scopes; its secret stays the same. */
@Command(
    name = "scope",
    description = "Change a token's scopes; the token itself stays the same.",
    footer = {
      "",
      "Scopes: git-read, git, packages, full-access; \"token scopes\" lists all names.",
      "Example: git-credential-pat token scope contoso --add git",
      "Example: git-credential-pat token scope contoso --remove work-items:read"
    })
final class TokenScope extends SelectedTokenCommand {
  @Option(
      names = "--scopes",
      paramLabel = "SCOPES",
      completionCandidates = ScopeNames.class,
      description = "Replace all scopes by these.")
  private @Nullable String scopes;

  @Option(
      names = "--add",
      paramLabel = "SCOPES",
      completionCandidates = ScopeNames.class,
      description = "Scopes to add.")
  private @Nullable String added;

  @Option(
      names = "--remove",
      paramLabel = "SCOPES",
      completionCandidates = ScopeNames.class,
      description = "Scopes to remove.")
  private @Nullable String removed;

  TokenScope(GlobalOptions global) {
    super(global);
  }

  @Override
  public void checkArguments() throws UserException {
    if ((scopes == null) == (added == null && removed == null)) {
      throw UserException.wrongUsage("use either --scopes, or --add and --remove");
    }
    for (String typed : Arrays.asList(scopes, added, removed)) {
      if (typed != null) {
        scopes(typed);
      }
    }
  }

  @Override
  int run(Desk desk) throws ServiceException, UserException {
    Pat old = chosen(desk);
    desk.check(old, "token scope");
    String wanted = scopes == null ? changed(desk, old.scope()) : said(desk, scopes).scope();
    Pat now = desk.pats().update(old.authorizationId(), null, wanted, null);
    desk.update(now);
    VerdictAdvice.onGlobal(desk.context(), now, desk.organization());
    desk.context().done(PatWording.summary("changed", now, desk.organization()));
    return 0;
  }

  /** The token's scopes with the added ones and without the removed ones. */
  private String changed(Desk desk, String scope) throws UserException {
    try {
      String left = removed == null ? scope : Scopes.without(scope, removed);
      return added == null ? left : Scopes.with(left, said(desk, added).scope());
    } catch (IllegalArgumentException e) {
      throw UserException.couldNot(e.getMessage());
    }
  }

  private static Scopes.Parsed said(Desk desk, String typed) throws UserException {
    Scopes.Parsed parsed = scopes(typed);
    parsed.warnings().forEach(desk::say);
    return parsed;
  }
}
