package io.github.gitcredentialpat.command.token;

import io.github.gitcredentialpat.azure.Scopes;
import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.cli.JsonReport;
import io.github.gitcredentialpat.cli.TextTable;
import io.github.gitcredentialpat.platform.UserException;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Lists the scopes that a token can have, with the names that can be typed for them. */
@Command(
    name = "scopes",
    description = "List the scopes a token can have; ! marks high privilege.",
    footer = {"", "Example: git-credential-pat token scopes --json"})
final class TokenScopes implements Callable<Integer> {
  private final GlobalOptions global;

  TokenScopes(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public Integer call() throws UserException, IOException {
    CommandContext context = global.context();
    JsonReport json = new JsonReport("scopes");
    TextTable table = new TextTable("SCOPE", "", "ON THE TOKEN PAGE", "ON THE SERVER");
    for (Scopes.Scope scope : Scopes.all()) {
      if (scope.kind() == Scopes.Kind.ENTRA_ONLY) {
        continue;
      }
      json.add()
          .put("scope", Scopes.shortName(scope))
          .put("title", scope.title())
          .put("name", scope.name())
          .put("highPrivilege", scope.privileged())
          .put("onPage", scope.kind() == Scopes.Kind.ORDINARY);
      table.add(
          Scopes.shortName(scope),
          scope.privileged() ? "!" : "",
          scope.kind() == Scopes.Kind.ORDINARY ? scope.title() : "(not offered)",
          scope.name());
    }
    context.print(context.json() ? json.text() : table.below(3, 2).text(context.screen()));
    return 0;
  }
}
