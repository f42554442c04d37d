package io.github.gitcredentialpat.azure;

import java.util.Iterator;

/** The words that a shell completes after {@code --scopes}: the shortest name of each scope. */
public final class ScopeNames implements Iterable<String> {
  @Override
  public Iterator<String> iterator() {
    return Scopes.all().stream()
        .filter(scope -> scope.kind() != Scopes.Kind.ENTRA_ONLY)
        .map(Scopes::shortName)
        .iterator();
  }
}
