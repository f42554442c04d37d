package io.github.gitcredentialpat.command.auth;

import io.github.gitcredentialpat.azure.Pat;
import io.github.gitcredentialpat.azure.PatClient;
import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.TokenLifetime;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.online.PatWording;
import io.github.gitcredentialpat.online.SignIn;
import io.github.gitcredentialpat.online.TokenDetails;
import io.github.gitcredentialpat.online.TokenSelector;
import io.github.gitcredentialpat.online.VerdictAdvice;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.tokens.StoredEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which of the service's tokens a secret is, since the service does not tell: by a name
 * that the person gives, by their choice from a list, or at least its expiry, if they know it.
 */
final class TokenIdentification {
  /** What fits on a screen; the newest come first. */
  private static final int MOST_CHOICES = 20;

  private static final int TRIES = 3;

  private final CommandContext context;
  private final Resolution whose;
  private final boolean mayLookUp;

  /**
   * For a token of this place.
   *
   * @param mayLookUp whether the service may be asked
   */
  TokenIdentification(CommandContext context, Resolution whose, boolean mayLookUp) {
    this.context = context;
    this.whose = whose;
    this.mayLookUp = mayLookUp && whose.kind() == Resolution.Kind.ORGANIZATION;
  }

  /** The service's details of the token with this name; absent when they are not available. */
  @Nullable TokenDetails named(String name) {
    return lookUp(pats -> TokenSelector.named(pats, name));
  }

  /**
   * Asks the person which token it is, or when it expires.
   *
   * @param stored what is stored here already, which it cannot be
   * @return absent where they do not know either
   */
  @Nullable TokenDetails ask(List<StoredEntry> stored) throws IOException {
    TokenDetails chosen = lookUp(pats -> choose(pats, stored));
    if (chosen != null) {
      return chosen;
    }
    Expiry expiry = askExpiry();
    return expiry == null ? null : new TokenDetails(null, null, null, expiry);
  }

  /** A look at the service's tokens. */
  private interface LookUp {
    @Nullable Pat find(PatClient pats) throws ServiceException, IOException;
  }

  private @Nullable TokenDetails lookUp(LookUp look) {
    if (!mayLookUp) {
      return null;
    }
    try (SignIn signIn = SignIn.withoutAsking(context, whose)) {
      Pat found = signIn == null ? null : look.find(signIn.pats());
      if (found == null) {
        return null;
      }
      VerdictAdvice.onGlobal(context, found, whose.identity().display());
      return TokenDetails.of(found);
    } catch (ServiceException | UserException | IOException | StoreException e) {
      context.messages().trace(e);
      return null;
    }
  }

  private @Nullable Pat choose(PatClient pats, List<StoredEntry> stored)
      throws ServiceException, IOException {
    List<Pat> choices = new ArrayList<>();
    for (Pat each : pats.list(PatClient.Filter.ACTIVE)) {
      if (!TokenSelector.isStored(each, stored)) {
        choices.add(each);
      }
    }
    if (choices.isEmpty()) {
      return null;
    }
    choices.sort(Comparator.comparing(Pat::validFrom).reversed());
    choices = choices.subList(0, Math.min(MOST_CHOICES, choices.size()));
    for (int i = 0; i < choices.size(); i++) {
      Pat each = choices.get(i);
      context.say((i + 1) + ": \"" + each.displayName() + "\", " + PatWording.describe(each));
    }
    for (int i = 0; i < TRIES; i++) {
      String answer = context.ask("which of these is it? (a number; Enter: none, or unknown)");
      if (answer.isEmpty()) {
        return null;
      }
      if (answer.matches("\\d{1,3}")) {
        int number = Integer.parseInt(answer);
        if (number >= 1 && number <= choices.size()) {
          return choices.get(number - 1);
        }
      }
      context.say("type a number from 1 to " + choices.size() + ", or only Enter");
    }
    return null;
  }

  private @Nullable Expiry askExpiry() throws IOException {
    for (int i = 0; i < TRIES; i++) {
      String answer =
          context.ask(
              "when does it expire? (a date or days; the token page suggests 30; Enter: unknown)");
      if (answer.isEmpty()) {
        return null;
      }
      try {
        long end = TokenLifetime.end(answer, context.run().now());
        return new Expiry(end, Expiry.Source.PERSON);
      } catch (UserException e) {
        context.say("type a date or days from now, such as 2027-02-01 or 30, or only Enter");
      }
    }
    return null;
  }
}
