package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.helper.Placement;
import io.github.gitcredentialpat.helper.Run;
import io.github.gitcredentialpat.identity.Whose;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Secret;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreLock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts a token that a person or the service hands over into the chain of stores. */
final class Keeping {
  private final Run run;
  private final Whose whose;
  private final @Nullable String named;

  /**
   * For tokens of this place.
   *
   * @param named the user that the person named to keep a token beside others; absent otherwise
   */
  Keeping(Run run, Whose whose, @Nullable String named) {
    this.run = run;
    this.whose = whose;
    this.named = named;
  }

  /**
   * Keeps a token; says why where no store could.
   *
   * @param token the entry as it is to be but for its key's user
   * @param owner the account whose token it is, as far as known
   * @return the store that keeps it; absent when none could
   */
  @Nullable Store keep(Entry token, @Nullable String owner) throws StoreException {
    String user = named == null ? owner : named;
    run.surroundings().deadline().promptClosed();
    StoreLock lock = StoreLock.acquire(run.surroundings());
    try {
      Placement placement = new Placement(run, whose.identity());
      placement.read();
      EntryKey replaced = replaced(placement.entries(), token.secret(), user);
      EntryKey key =
          new EntryKey(whose.identity(), user == null && replaced != null ? replaced.user() : user);
      return placement.keep(
          token.withKey(key), replaced == null ? key : replaced, Run.secretOf(whose));
    } finally {
      lock.close();
    }
  }

  /**
   * The entry whose place a token takes: the one that holds it already, the one of the same user,
   * or the only one, unless the person named a user to keep it beside that; absent for none.
   */
  private @Nullable EntryKey replaced(List<Entry> entries, Secret token, @Nullable String user) {
    EntryKey only = null;
    boolean several = false;
    for (Entry entry : entries) {
      if (entry.secret().sameAs(token) || (user != null && user.equals(entry.key().user()))) {
        return entry.key();
      }
      several |= only != null && !only.equals(entry.key());
      only = entry.key();
    }
    boolean nameless = only != null && whose.user(only.user()) == null;
    return several || (named != null && !nameless) ? null : only;
  }
}
