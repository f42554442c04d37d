package io.github.gitcredentialpat.command;

import io.github.gitcredentialpat.identity.Whose;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Removes tokens from this machine, in every store, which is how a person revokes locally. */
@Command(
    name = "logout",
    description = "Remove tokens from this machine, in every store: revoke locally.",
    footer = {"", "Example: git-credential-pat logout contoso"})
final class Logout implements Callable<Integer> {
  @ParentCommand private Commands commands;

  @Parameters(
      arity = "0..1",
      paramLabel = "ORG|URL",
      description = "The organisation, collection or host.")
  private @Nullable String place;

  @Option(names = "--all", description = "Remove every token.")
  private boolean all;

  @Option(names = "--yes", description = "Do not ask before removing several.")
  private boolean yes;

  @Override
  public Integer call() throws CommandException, IOException {
    if (all == (place != null)) {
      throw CommandException.wrongUsage("name an organisation or a URL, or say --all");
    }
    Session session = commands.session();
    Whose whose = place == null ? null : Session.whose(place);
    Inventory inventory = new Inventory(session);
    List<Inventory.Place> chosen = inventory.places(whose);
    if (all) {
      for (Store store : session.run().chain().stores()) {
        if (inventory.absent().contains(store)) {
          session.say(store.name() + " is not here now; what it may keep stays");
        }
      }
    }
    if (chosen.size() > 1 && !yes && !isConfirmed(session, chosen)) {
      session.say("nothing is removed; add --yes to remove without being asked");
      return 1;
    }
    boolean removedAll = true;
    for (Inventory.Place place : chosen) {
      inventory.begin("deleting from " + place.store().name());
      try {
        place.store().delete(place.key());
        session.say(
            Kept.describe(place.store(), place.key())
                + " is removed; it stays good at the service until revoked");
      } catch (StoreException e) {
        session.run().report(place.store(), e);
        removedAll = false;
      }
    }
    if (chosen.isEmpty() && inventory.isComplete()) {
      session.say("no token is kept" + (whose == null ? "" : " for " + whose.identity().display()));
    }
    return removedAll && inventory.isComplete() ? 0 : 1;
  }

  private static boolean isConfirmed(Session session, List<Inventory.Place> chosen)
      throws IOException {
    for (Inventory.Place place : chosen) {
      session.say(Kept.describe(place.store(), place.key()));
    }
    return session.isConfirmed("remove these " + chosen.size() + " tokens from this machine?");
  }
}
