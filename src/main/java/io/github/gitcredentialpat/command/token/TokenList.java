package io.github.gitcredentialpat.command.token;

import io.github.gitcredentialpat.azure.Pat;
import io.github.gitcredentialpat.azure.PatClient;
import io.github.gitcredentialpat.azure.Scopes;
import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.cli.JsonReport;
import io.github.gitcredentialpat.cli.TextTable;
import io.github.gitcredentialpat.cli.TokenLifetime;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.online.TokenSelector;
import io.github.gitcredentialpat.online.VerdictAdvice;
import io.github.gitcredentialpat.platform.Program;
import io.github.gitcredentialpat.tokens.Wording;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists an organization's tokens at the service. */
@Command(
    name = "list",
    description = "List the tokens on the server; * marks those stored here.",
    footer = {"", "Example: git-credential-pat token list contoso --filter all"})
final class TokenList extends TokenCommand {

  @Option(
      names = "--filter",
      defaultValue = "active",
      paramLabel = "WHICH",
      description = "active, revoked, expired or all (default: ${DEFAULT-VALUE}).")
  private PatClient.Filter filter;

  TokenList(GlobalOptions global) {
    super(global);
  }

  @Override
  int run(Desk desk) throws ServiceException, IOException {
    List<Pat> tokens = desk.pats().list(filter);
    Set<String> revoked = revoked(desk, tokens);
    CommandContext context = desk.context();
    if (context.json()) {
      JsonReport json = new JsonReport("tokens");
      for (Pat token : tokens) {
        State state = State.of(token, revoked, desk.now());
        JsonReport.Item item = json.add();
        item.put("displayName", token.displayName())
            .put("authorizationId", token.authorizationId())
            .put("scopes", token.scope())
            .time("validFrom", token.validFrom().getEpochSecond())
            .time("validTo", token.validTo().getEpochSecond())
            .put("global", token.global())
            .put("automatic", isAutomatic(token))
            .put("keptHere", TokenSelector.isStored(token, desk.stored()))
            .put("state", state.word());
        if (state != State.REVOKED) {
          item.put("daysLeft", TokenLifetime.daysLeft(token.end().getEpochSecond(), desk.now()));
        }
      }
      context.print(json.text());
    } else if (tokens.isEmpty()) {
      context.say("no such tokens on the server for " + desk.organization());
    } else {
      context.print(table(tokens, revoked, desk).text(context.screen()));
    }
    for (Pat token : tokens) {
      if (TokenSelector.isStored(token, desk.stored())
          && State.of(token, revoked, desk.now()).isAlive()) {
        VerdictAdvice.onGlobal(context, token, desk.organization());
      }
    }
    return 0;
  }

  /**
   * The ids of revoked tokens: a token itself says when it expires, but not that it was revoked.
   */
  private Set<String> revoked(Desk desk, List<Pat> tokens) throws ServiceException {
    List<Pat> revoked =
        switch (filter) {
          case ACTIVE, EXPIRED -> List.of();
          case REVOKED -> tokens;
          case ALL -> desk.pats().list(PatClient.Filter.REVOKED);
        };
    return revoked.stream().map(Pat::authorizationId).collect(Collectors.toSet());
  }

  private static TextTable table(List<Pat> tokens, Set<String> revoked, Desk desk) {
    TextTable table = new TextTable("", "NAME", "SCOPES", "MADE", "EXPIRES", "LEFT", "ID", "");
    for (Pat token : tokens) {
      long end = token.end().getEpochSecond();
      State state = State.of(token, revoked, desk.now());
      String remark =
          token.global()
              ? "for all organizations: stops working on 2026-12-01"
              : isAutomatic(token) ? "created by a program" : "";
      table.add(
          TokenSelector.isStored(token, desk.stored()) ? "*" : " ",
          token.displayName(),
          Scopes.describe(token.scope()),
          Wording.date(token.validFrom().getEpochSecond()),
          Wording.date(end),
          state.isAlive()
              ? TokenLifetime.days(TokenLifetime.daysLeft(end, desk.now()))
              : state.word(),
          token.authorizationId(),
          remark);
    }
    return table.below(6, 7, 2, 3);
  }

  /** The state of a token. */
  private enum State {
    OK,
    EXPIRING,
    EXPIRED,
    REVOKED;

    static State of(Pat token, Set<String> revoked, long now) {
      if (revoked.contains(token.authorizationId())) {
        return REVOKED;
      }
      long end = token.end().getEpochSecond();
      return end <= now ? EXPIRED : TokenLifetime.endsSoon(end, now) ? EXPIRING : OK;
    }

    boolean isAlive() {
      return this == OK || this == EXPIRING;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * By the names that programs give to what they make, in the spellings of Microsoft's pages ("Use
   * personal access tokens": unexpected notifications) and of Git Credential Manager.
   */
  static boolean isAutomatic(Pat token) {
    StringBuilder name = new StringBuilder();
    StringTokenizer words = new StringTokenizer(token.displayName().toLowerCase(Locale.ROOT), " :");
    while (words.hasMoreTokens()) {
      name.append(words.nextToken()).append(' ');
    }
    String plain = name.toString();
    return plain.startsWith("git http")
        || plain.startsWith("service hooks azure app service ")
        || plain.equals("webapploadtestcdinttoken ")
        || plain.equals("microsoft teams integration ")
        || plain.startsWith(Program.NAME + " ");
  }
}
