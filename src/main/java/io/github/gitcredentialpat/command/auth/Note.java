package io.github.gitcredentialpat.command.auth;

import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.cli.TokenLifetime;
import io.github.gitcredentialpat.cli.UserChoice;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.TypedPlace;
import io.github.gitcredentialpat.online.TokenDetails;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.tokens.Inventory;
import io.github.gitcredentialpat.tokens.SharedStores;
import io.github.gitcredentialpat.tokens.StoredEntries;
import io.github.gitcredentialpat.tokens.StoredEntry;
import io.github.gitcredentialpat.tokens.TokenKeeper;
import io.github.gitcredentialpat.tokens.Wording;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Adds what a person knows of a token that is stored: when it expires, and what it is called. */
@Command(
    name = "note",
    description = {
      "Add the expiry or the name of a stored token.",
      "With a sign-in, its name is enough: the server knows the rest. Without options, asks.",
      ""
    },
    footer = {"", "Example: git-credential-pat note contoso --expires 2027-02-01"})
final class Note implements Callable<Integer> {
  private final GlobalOptions global;

  @Parameters(paramLabel = "ORG|URL", description = "Organization, collection or host.")
  private String place;

  @Option(
      names = "--expires",
      paramLabel = "DATE|DAYS",
      description = "Expiry date (2027-02-01) or days (90); you are warned a week before.")
  private @Nullable String expires;

  @Option(names = "--name", paramLabel = "TEXT", description = "The token's name on the server.")
  private @Nullable String name;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description = "Only the token stored for this account.")
  private @Nullable String user;

  Note(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public Integer call() throws UserException, IOException {
    CommandContext context = global.context();
    Resolution whose = TypedPlace.resolve(place);
    long now = context.run().now();
    Expiry typed =
        expires == null ? null : new Expiry(TokenLifetime.end(expires, now), Expiry.Source.PERSON);
    if (typed == null && name == null && !context.isAttended()) {
      throw UserException.wrongUsage("nothing to note; add --expires or --name");
    }
    Inventory inventory = context.inventory();
    try (StoredEntries stored = inventory.entries(whose)) {
      StoredEntry meant = only(stored, whose, inventory.isComplete());
      if (meant == null) {
        return 1;
      }
      TokenDetails details = details(context, whose, typed, stored, meant);
      if (details == null) {
        context.say("nothing noted");
        return 1;
      }
      return note(context, meant, details);
    }
  }

  /** The token to describe; absent when it cannot be determined, and the person was told why. */
  private @Nullable StoredEntry only(StoredEntries stored, Resolution whose, boolean isComplete)
      throws UserException {
    List<StoredEntry> writable = new ArrayList<>();
    for (StoredEntry each : stored) {
      if (each.store().capacity().writable()) {
        writable.add(each);
      }
    }
    List<StoredEntry> meant = UserChoice.of(writable, each -> each.entry().key(), whose, user);
    String name = whose.identity().display();
    if (meant.isEmpty()) {
      for (StoredEntry each : stored) {
        SharedStores.check(each.store(), "note " + Console.word(name));
      }
      if (!isComplete) {
        return null;
      }
      throw UserException.couldNot("no token is stored for " + name)
          .withHint("git-credential-pat login " + Wording.argument(name));
    }
    if (meant.size() > 1) {
      throw UserException.couldNot(
          meant.size()
              + " tokens for "
              + name
              + " are stored here ("
              + UserChoice.accounts(meant, each -> each.entry().key())
              + "); choose one with --user NAME or --store NAME");
    }
    return meant.get(0);
  }

  /** The details that are known now; absent where the person knows none. */
  private @Nullable TokenDetails details(
      CommandContext context,
      Resolution whose,
      @Nullable Expiry typed,
      List<StoredEntry> stored,
      StoredEntry meant)
      throws IOException {
    TokenIdentification identification = new TokenIdentification(context, whose, true);
    TokenDetails found = null;
    if (name != null) {
      found = identification.named(name);
    } else if (typed == null) {
      List<StoredEntry> others = new ArrayList<>(stored);
      others.remove(meant);
      found = identification.ask(others);
      if (found == null) {
        return null;
      }
    }
    if (found != null && found.authorizationId() != null) {
      return found;
    }
    Entry before = meant.entry();
    Expiry asked = found == null ? typed : found.expiry();
    boolean isRenamed = name != null && !Objects.equals(name, before.name());
    return new TokenDetails(
        name == null ? before.name() : name,
        before.scopes(),
        isRenamed ? null : before.authorizationId(),
        asked == null ? before.expiry() : asked);
  }

  private static int note(CommandContext context, StoredEntry meant, TokenDetails details) {
    Entry before = meant.entry();
    Entry after =
        details
            .entry(before.key(), before.secret(), before.storedAt())
            .setAsideAt(before.setAsideAt())
            .with(details.expiry(), before.refreshToken());
    String what = StoredEntry.describe(meant.store(), before.key());
    TokenKeeper.Change change = TokenKeeper.replaceIfUnchanged(context.run(), meant, after);
    if (change != TokenKeeper.Change.DONE) {
      context.say(
          change.isOvertaken()
              ? "not noted: " + what + " was changed in the meantime"
              : "not noted: " + what);
      return 1;
    }
    Expiry expiry = after.expiry();
    context.done(
        "noted: "
            + what
            + (after.name() == null ? "" : ", \"" + after.name() + "\"")
            + (expiry == null ? ", expiry unknown" : ", expires " + Wording.date(expiry.at())));
    return 0;
  }
}
