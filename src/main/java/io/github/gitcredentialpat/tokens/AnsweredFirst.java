package io.github.gitcredentialpat.tokens;

import io.github.gitcredentialpat.platform.Program;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.Store;
import java.util.List;

/**
 * What git is answered with all the same, once a token is stored: what many machines share is not
 * changed along with the rest of the chain.
 */
final class AnsweredFirst {
  private AnsweredFirst() {}

  /**
   * Says so where it is the case.
   *
   * @param chain what was read before it was stored
   * @param keeps the store that has it now
   */
  static void say(Invocation run, List<ChainWriter.Found> chain, Entry stored, Store keeps) {
    for (int i = 0; i < chain.size() && chain.get(i).store() != keeps; i++) {
      Store store = chain.get(i).store();
      if (store.isShared() && hasAnother(run, chain.get(i).entries(), stored)) {
        String place = stored.key().identity().display();
        run.messages()
            .say(
                store.name() + " has another token for " + place + ", which git gets first",
                Program.NAME + " login " + Wording.argument(place) + " --store " + store.name());
      }
    }
  }

  private static boolean hasAnother(Invocation run, List<Entry> entries, Entry stored) {
    for (int i = 0; i < entries.size(); i++) {
      Entry other = entries.get(i);
      if (!other.isOver(run.now()) && !other.secret().sameAs(stored.secret())) {
        return true;
      }
    }
    return false;
  }
}
