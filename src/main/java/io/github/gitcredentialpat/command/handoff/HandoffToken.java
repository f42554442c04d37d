package io.github.gitcredentialpat.command.handoff;

import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.helper.CredentialHelper;
import io.github.gitcredentialpat.identity.HttpUrl;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.SshAddress;
import io.github.gitcredentialpat.identity.TypedPlace;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.TokenUse;
import io.github.gitcredentialpat.tokens.Wording;
import org.jspecify.annotations.Nullable;

/**
 * The token for a place, as git would be answered there, for programs other than git.
 *
 * @param whose the place
 * @param address the URL that was named; absent when it was an organization
 * @param entry the token
 */
record HandoffToken(Resolution whose, @Nullable HttpUrl address, Entry entry)
    implements AutoCloseable {
  /** The user name where a program needs one; with a token, any will do. */
  private static final String ANY_USER = "pat";

  /**
   * Finds it.
   *
   * @param place an organization or a URL
   * @param user chooses among several tokens; absent for the URL's user part, if it has one
   * @throws UserException when there is none; the message says what to type
   */
  static HandoffToken find(CommandContext context, String place, @Nullable String user)
      throws UserException {
    Resolution whose = TypedPlace.resolve(place);
    boolean hasScheme = place.contains("://");
    // A host's name has a dot in it, an organization's has none.
    HttpUrl address =
        hasScheme || (place.indexOf('.') >= 0 && !SshAddress.is(place))
            ? HttpUrl.of(hasScheme ? place : "https://" + place)
            : null;
    String name = whose.user(user) == null && address != null ? address.user() : user;
    boolean isFeed = address != null && address.feed() != null;
    Entry entry =
        CredentialHelper.find(context.run(), whose, name, isFeed ? TokenUse.PACKAGES : null);
    String display = whose.identity().display();
    if (entry == null) {
      throw UserException.couldNot("no usable token for " + display).withHint(login(display));
    }
    for (byte b : entry.secret().bytes()) {
      if ((b >= 0 && b < ' ') || b == 0x7f) {
        entry.wipe();
        throw UserException.couldNot(
                "the token for " + display + " contains a control character; store it again")
            .withHint(login(display));
      }
    }
    return new HandoffToken(whose, address, entry);
  }

  private static String login(String place) {
    return "git-credential-pat login " + Wording.argument(place);
  }

  /** The token itself, not a copy. */
  byte[] token() {
    return entry.secret().bytes();
  }

  /** The user name for HTTP: Microsoft's own examples have none with a token. */
  String user() {
    return whose.isAzure() ? "" : namedUser();
  }

  /** The user name where one is needed. */
  String namedUser() {
    String stored = entry.key().user();
    return whose.isAzure() || stored == null || stored.isEmpty() ? ANY_USER : stored;
  }

  /**
   * The URL of the feed that was named.
   *
   * @param example how such a URL ends
   * @throws UserException when none was
   */
  HttpUrl feed(String what, String example) throws UserException {
    if (address == null || (whose.isAzure() && address.feed() == null)) {
      String host = whose.isAzure() ? "https://pkgs.dev.azure.com/" : "https://host/";
      throw UserException.wrongUsage(
          what + " needs the URL of a feed, such as " + host + "ORG/_packaging/FEED/" + example);
    }
    return address;
  }

  @Override
  public void close() {
    entry.wipe();
  }
}
