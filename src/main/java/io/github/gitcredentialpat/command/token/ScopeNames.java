package io.github.gitcredentialpat.command.token;

import io.github.gitcredentialpat.azure.Scopes;
import java.util.Iterator;

/** The words that a shell completes after {@code --scopes}: the shortest name of each scope. */
final class ScopeNames implements Iterable<String> {
  @Override
  public Iterator<String> iterator() {
    return Scopes.all().stream()
        .filter(scope -> scope.kind() != Scopes.Kind.ENTRA_ONLY)
        .map(Scopes::shortName)
        .iterator();
  }
}
