package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.azure.AzureException;
import io.github.gitcredentialpat.azure.PatToken;
import io.github.gitcredentialpat.azure.Pats;
import io.github.gitcredentialpat.azure.Scopes;
import io.github.gitcredentialpat.tokens.Wording;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists an organisation's tokens at the service. */
@Command(
    name = "list",
    description = "List the tokens at the service; * is one that is kept here.",
    footer = {"", "Example: git-credential-pat token list contoso --filter all"})
final class TokenList extends TokenCommand {

  @Option(
      names = "--filter",
      defaultValue = "active",
      paramLabel = "WHICH",
      description = "active, revoked, expired or all (default: ${DEFAULT-VALUE}).")
  private Pats.Filter filter;

  @Override
  int run(Desk desk) throws AzureException, IOException {
    List<PatToken> tokens = desk.pats().list(filter);
    Session session = desk.session();
    if (session.json()) {
      Json json = new Json("tokens");
      for (PatToken token : tokens) {
        json.add()
            .put("displayName", token.displayName())
            .put("authorizationId", token.authorizationId())
            .put("scopes", token.scope())
            .time("validFrom", token.validFrom().getEpochSecond())
            .time("validTo", token.validTo().getEpochSecond())
            .put("daysLeft", Lifetime.daysLeft(token.validTo().getEpochSecond(), desk.now()))
            .put("global", token.global())
            .put("automatic", isAutomatic(token))
            .put("keptHere", TokenChoice.isKept(token, desk.kept()));
      }
      session.print(json.text());
    } else if (tokens.isEmpty()) {
      session.say("there is no such token at the service for " + desk.organization());
    } else {
      session.print(table(tokens, desk));
    }
    return 0;
  }

  private static String table(List<PatToken> tokens, Desk desk) {
    Table table = new Table("", "NAME", "SCOPES", "MADE", "EXPIRES", "LEFT", "ID", "");
    for (PatToken token : tokens) {
      long left = Lifetime.daysLeft(token.validTo().getEpochSecond(), desk.now());
      String remark =
          token.global()
              ? "for all organisations: ends on 2026-12-01"
              : isAutomatic(token) ? "made by a program" : "";
      table.add(
          "",
          TokenChoice.isKept(token, desk.kept()) ? "*" : " ",
          token.displayName(),
          Scopes.describe(token.scope()),
          Wording.date(token.validFrom().getEpochSecond()),
          Wording.date(token.validTo().getEpochSecond()),
          left < 0 ? "expired" : Lifetime.days(left),
          token.authorizationId(),
          remark);
    }
    return table.text();
  }

  /** By the names that Git Credential Manager and Visual Studio give to what they make. */
  private static boolean isAutomatic(PatToken token) {
    String name = token.displayName();
    return name.startsWith("Git: http") || name.startsWith(Commands.NAME + " ");
  }
}
