package io.github.gitcredentialpat.online;

import io.github.gitcredentialpat.azure.Pat;
import io.github.gitcredentialpat.azure.PatClient;
import io.github.gitcredentialpat.cli.UserChoice;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.tokens.StoredEntry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds which of the service's tokens a person means, and which are stored here. */
public final class TokenSelector {
  private TokenSelector() {}

  /** The one token that works and has this name; absent when there is none, or more than one. */
  public static @Nullable Pat named(PatClient pats, String name) throws ServiceException {
    List<Pat> found = matching(pats.list(PatClient.Filter.ACTIVE), name);
    return found.size() == 1 ? found.get(0) : null;
  }

  /** The service's token that an entry holds; absent when that is unknown. */
  public static @Nullable Pat of(PatClient pats, Entry entry) throws ServiceException {
    if (entry.authorizationId() != null) {
      return pats.get(entry.authorizationId());
    }
    return entry.name() == null ? null : named(pats, entry.name());
  }

  /**
   * The token that is meant.
   *
   * @param word its name or id; absent for the one that is stored here
   * @param stored what is stored here for the organization
   */
  public static Pat chosen(
      PatClient pats,
      PatClient.Filter filter,
      String organization,
      @Nullable String word,
      List<StoredEntry> stored)
      throws ServiceException, UserException {
    List<Pat> tokens = pats.list(filter);
    List<Pat> found = new ArrayList<>();
    if (word != null) {
      found.addAll(matching(tokens, word));
    } else {
      for (Pat token : tokens) {
        if (isStored(token, stored)) {
          found.add(token);
        }
      }
    }
    if (found.size() == 1) {
      return found.get(0);
    }
    if (word == null && found.size() > 1) {
      throw UserException.couldNot(
          found.size()
              + " tokens for "
              + organization
              + " are stored here ("
              + UserChoice.accounts(stored, each -> each.entry().key())
              + "); choose one with --user NAME");
    }

    String problem =
        !found.isEmpty()
            ? "several tokens of " + organization + " are called " + word + "; use an id"
            : word == null
                ? "cannot tell which token of "
                    + organization
                    + " on the server is stored here; name it"
                : "no token " + word + " in " + organization;
    throw UserException.couldNot(problem).withHint("git-credential-pat token list " + organization);
  }

  /** Whether a token of the service is one that is stored here: by its id, else by its name. */
  public static boolean isStored(Pat token, List<StoredEntry> stored) {
    return stored.stream().anyMatch(each -> isSame(token, each.entry()));
  }

  public static boolean isSame(Pat token, Entry entry) {
    return entry.authorizationId() != null
        ? entry.authorizationId().equalsIgnoreCase(token.authorizationId())
        : token.displayName().equals(entry.name());
  }

  private static List<Pat> matching(List<Pat> tokens, String word) {
    List<Pat> byName = new ArrayList<>();
    for (Pat token : tokens) {
      if (token.authorizationId().equalsIgnoreCase(word)) {
        return List.of(token);
      }
      if (token.displayName().equals(word)) {
        byName.add(token);
      }
    }
    return byName;
  }
}
