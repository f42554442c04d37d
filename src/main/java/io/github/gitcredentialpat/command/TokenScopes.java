package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.azure.Scopes;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Lists the scopes that a token can have, under the names that are taken for them. */
@Command(
    name = "scopes",
    description = "List the scopes that a token can have; ! marks high privilege.",
    footer = {"", "Example: git-credential-pat token scopes --json"})
final class TokenScopes implements Callable<Integer> {
  @ParentCommand private Token parent;

  @Override
  public Integer call() throws CommandException, IOException {
    Session session = parent.session();
    Json json = new Json("scopes");
    Table table = new Table("SCOPE", "", "ON THE TOKEN PAGE", "AT THE SERVICE");
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
          "",
          Scopes.shortName(scope),
          scope.privileged() ? "!" : "",
          scope.kind() == Scopes.Kind.ORDINARY ? scope.title() : "(not offered)",
          scope.name());
    }
    session.print(session.json() ? json.text() : table.text());
    return 0;
  }
}
