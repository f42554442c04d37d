package io.github.gitcredentialpat.cli;

import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.EntryKey;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code --user}: of several accounts' tokens for one place, those that a person means. */
public final class UserChoice {
  private UserChoice() {}

  /**
   * Those of this account.
   *
   * @param stored what is stored for the place
   * @param key how each is known
   * @param user as the person typed it; absent for all
   * @throws UserException when other accounts' are stored, and none of this one's
   */
  public static <T> List<T> of(
      List<T> stored, Function<T, EntryKey> key, Resolution whose, @Nullable String user)
      throws UserException {
    if (user == null) {
      return stored;
    }
    List<T> chosen = new ArrayList<>();
    for (T each : stored) {
      if (whose.isSameUser(user, key.apply(each).user())) {
        chosen.add(each);
      }
    }
    if (chosen.isEmpty() && !stored.isEmpty()) {
      throw UserException.couldNot(
          "no token of "
              + user
              + " is stored for "
              + whose.identity().display()
              + "; stored accounts: "
              + accounts(stored, key));
    }
    return chosen;
  }

  /** {@code alice, bob}: whose they are, for a person to choose from. */
  public static <T> String accounts(List<T> stored, Function<T, EntryKey> key) {
    Set<String> accounts = new LinkedHashSet<>();
    for (T each : stored) {
      String user = key.apply(each).user();
      accounts.add(user == null || user.isEmpty() ? "(without a user name)" : user);
    }
    return String.join(", ", accounts);
  }
}
