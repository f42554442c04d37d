package io.github.gitcredentialpat.command.auth;

import io.github.gitcredentialpat.azure.Pat;
import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.cli.UserChoice;
import io.github.gitcredentialpat.git.GitCommand;
import io.github.gitcredentialpat.git.ProactiveAuth;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.TokenPage;
import io.github.gitcredentialpat.identity.TypedPlace;
import io.github.gitcredentialpat.online.SignIn;
import io.github.gitcredentialpat.online.TokenSelector;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.tokens.Inventory;
import io.github.gitcredentialpat.tokens.SharedStores;
import io.github.gitcredentialpat.tokens.StoredEntry;
import io.github.gitcredentialpat.tokens.TokenKeeper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Deletes tokens from this machine, in every store. */
@Command(
    name = "logout",
    description = "Delete tokens from this machine (they stay valid on the server; see --revoke).",
    footer = {
      "",
      "Example: git-credential-pat logout contoso",
      "Example: git-credential-pat logout contoso --user alice@contoso.com",
      "Example: git-credential-pat logout --sign-in"
    })
final class Logout implements Callable<Integer> {
  private final GlobalOptions global;

  @Parameters(
      arity = "0..1",
      paramLabel = "ORG|URL",
      description = "Organization, collection or host.")
  private @Nullable String place;

  @Option(names = "--user", paramLabel = "NAME", description = "Only this account's tokens.")
  private @Nullable String user;

  @Option(names = "--all", description = "Delete all tokens and sign-ins.")
  private boolean all;

  @Option(
      names = "--sign-in",
      description = "Forget the Microsoft Entra sign-ins that manage tokens.")
  private boolean signIn;

  @Option(names = "--revoke", description = "Also revoke them on the server.")
  private boolean revoke;

  @Option(names = "--yes", description = "Do not ask before deleting several.")
  private boolean yes;

  Logout(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public Integer call() throws UserException, IOException {
    if ((all ? 1 : 0) + (signIn ? 1 : 0) + (place == null ? 0 : 1) != 1) {
      throw UserException.wrongUsage("name an organization or URL, or use --all or --sign-in");
    }
    if (place == null && (user != null || (signIn && revoke))) {
      throw UserException.wrongUsage(
          user == null ? "--revoke does not go with --sign-in" : "--user needs an organization");
    }
    CommandContext context = global.context();
    Resolution whose = place == null ? null : TypedPlace.resolve(place);
    Inventory inventory = context.inventory();
    List<Inventory.Place> chosen = new ArrayList<>(signIn ? List.of() : tokens(inventory, whose));
    if (all || signIn) {
      chosen.addAll(inventory.signIns());
    }
    if (all) {
      for (Store store : context.run().chain().stores()) {
        if (inventory.absent().contains(store)) {
          context.say(store.name() + " is not available; tokens stored there are not deleted");
        }
      }
    }
    if (revoke) {
      // What could not be deleted afterwards would go on to be answered on other machines.
      for (Inventory.Place each : chosen) {
        SharedStores.check(
            each.store(), "logout --revoke " + Console.word(each.key().identity().display()));
      }
    }
    if (chosen.size() > 1 && !signIn && !yes && !isConfirmed(context, chosen)) {
      context.say("nothing deleted (use --yes to delete without being asked)");
      return 1;
    }
    boolean removedAll = !revoke || revoke(context, inventory, chosen);
    for (Inventory.Place place : chosen) {
      inventory.begin("deleting from " + place.store().name());
      removedAll &= remove(context, place);
    }
    boolean allRead = inventory.isComplete() && sayWhatIsDamaged(context, inventory, whose);
    if (removedAll) {
      undoProactive(context, inventory, chosen);
    }
    if (chosen.isEmpty() && allRead) {
      context.say(
          signIn
              ? "no sign-ins remembered"
              : "no tokens stored" + (whose == null ? "" : " for " + whose.identity().display()));
    }
    return removedAll && allRead ? 0 : 1;
  }

  private List<Inventory.Place> tokens(Inventory inventory, @Nullable Resolution whose)
      throws UserException {
    List<Inventory.Place> stored = inventory.places(whose);
    return whose == null ? stored : UserChoice.of(stored, Inventory.Place::key, whose, user);
  }

  /**
   * Undoes proactive authentication, with which git would ask for a missing token even where none
   * is needed.
   */
  private static void undoProactive(
      CommandContext context, Inventory inventory, List<Inventory.Place> removed)
      throws UserException, IOException {
    if (!GitCommand.isThere(context.environment())) {
      return;
    }
    ProactiveAuth setting = new ProactiveAuth(GitCommand.find(context.environment()));
    Set<Identity> places = new LinkedHashSet<>();
    removed.forEach(each -> places.add(each.key().identity()));
    for (Identity place : places) {
      Resolution whose = Resolution.ofOrganization(place);
      if (place.isOrganization()
          && inventory.places(whose).isEmpty()
          && setting.remove(place.display())) {
        context.say("git no longer sends a token with its first request to " + place.display());
      }
    }
  }

  private boolean remove(CommandContext context, Inventory.Place place) {
    String what = StoredEntry.describe(place.store(), place.key());
    TokenKeeper.Change change = TokenKeeper.delete(context.run(), place);
    switch (change) {
      case DONE ->
          context.done(
              revoke || place.key().identity().isSignIn()
                  ? "deleted " + what
                  : "deleted " + what + "; it stays valid on the server until revoked");
      case GONE -> context.say("already gone: " + what);
      default -> context.say("error: cannot delete " + what);
    }
    return change.isOver();
  }

  /** Reports damaged entries, whose owner is unknown. Returns whether there are none. */
  private static boolean sayWhatIsDamaged(
      CommandContext context, Inventory inventory, @Nullable Resolution whose) {
    boolean none = true;
    for (Inventory.Damaged damaged : inventory.damaged()) {
      int count = damaged.entries();
      context.say(
          damaged.store().name()
              + ": "
              + (count == 1 ? "1 damaged entry" : count + " damaged entries")
              + " not deleted"
              + (whose == null ? "" : ", possibly for " + whose.identity().display()));
      none = false;
    }
    if (!none) {
      context.messages().hint("git-credential-pat doctor");
    }
    return none;
  }

  /** Revokes them at the service. Returns whether all are revoked. */
  private static boolean revoke(
      CommandContext context, Inventory inventory, List<Inventory.Place> chosen) {
    boolean revokedAll = true;
    Set<Identity> places = new LinkedHashSet<>();
    chosen.forEach(each -> places.add(each.key().identity()));
    places.removeIf(Identity::isSignIn);
    for (Identity place : places) {
      String page = TokenPage.inMessage(place);
      if (!place.isOrganization()) {
        context.say("cannot revoke tokens of " + place.display() + " from here; use " + page);
        revokedAll = false;
        continue;
      }
      Resolution whose = Resolution.ofOrganization(place);
      List<StoredEntry> stored = inventory.entries(whose);
      try (SignIn signIn = SignIn.to(context, whose)) {
        for (StoredEntry each : stored) {
          if (!chosen.contains(new Inventory.Place(each.store(), each.entry().key()))) {
            continue;
          }
          Pat token = TokenSelector.of(signIn.pats(), each.entry());
          if (token == null) {
            context.say(
                "cannot tell which token of "
                    + place.display()
                    + " on the server this is; revoke it at "
                    + page);
            revokedAll = false;
          } else {
            signIn.pats().revoke(token.authorizationId());
            context.done("revoked " + token.displayName() + " of " + place.display());
          }
        }
      } catch (ServiceException | UserException | IOException | StoreException e) {
        context.messages().trace(e);
        context.say("not revoked for " + place.display() + ": " + e.getMessage());
        context.say("revoke it at " + page);
        revokedAll = false;
      } finally {
        stored.forEach(each -> each.entry().wipe());
      }
    }
    return revokedAll;
  }

  private static boolean isConfirmed(CommandContext context, List<Inventory.Place> chosen)
      throws IOException {
    for (Inventory.Place place : chosen) {
      context.say(StoredEntry.describe(place.store(), place.key()));
    }
    return context.isConfirmed("delete these " + chosen.size() + " tokens from this machine?");
  }
}
