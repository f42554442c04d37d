package io.github.gitcredentialpat.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.PersonalAccessToken;
import io.github.gitcredentialpat.identity.Whose;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.ForeignEntry;
import io.github.gitcredentialpat.store.ForeignEntry.Program;
import io.github.gitcredentialpat.store.Secret;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Another program's entry, whose it is, and what becomes of it. */
final class Finding {
  /** What becomes of an entry. */
  enum Outcome {
    TAKEN("taken", "taken"),
    WOULD_BE_TAKEN("wouldBeTaken", "would be taken"),
    KEPT_ALREADY("keptAlready", "kept already"),
    ANOTHER_IS_KEPT("anotherIsKept", "left: another is kept, not known to be older"),
    NEWER_WAS_FOUND("newerWasFound", "left: not the newest that was found"),
    NOT_AZURE("notAzure", "left: not Azure DevOps; --all takes it"),
    NO_ORGANIZATION("noOrganization", "left: of which organisation? add --organization"),
    REFUSED("refused", "left: no address that a secret may go to"),
    USER_IS_SECRET("userIsSecret", "left: its user name looks like a token"),
    EXPIRED("expired", "left: expired"),
    EMPTY("empty", "left: there is nothing in it"),
    NOT_READ("notRead", "could not be read"),
    NOT_KEPT("notKept", "could not be kept");

    private final String word;
    private final String text;

    Outcome(String word, String text) {
      this.word = word;
      this.text = text;
    }

    /** As JSON has it. */
    String word() {
      return word;
    }

    /** For a person. */
    String text(@Nullable Store store) {
      return text + (store == null ? "" : " (" + store.name() + ")");
    }
  }

  /** What Git Credential Manager has for a user name beside a token. */
  private static final String MANAGERS_USER = "PersonalAccessToken";

  private final ImportSource source;
  private final ForeignEntry foreign;
  private @Nullable Whose whose;
  private @Nullable Outcome outcome;
  private @Nullable Entry entry;
  private @Nullable Store store;
  private boolean deleted;
  private boolean wasMarked;

  /**
   * What was found there.
   *
   * @param organization the one that is meant where an entry does not say it; absent for none
   * @param all whether what is not Azure DevOps' is wanted as well
   */
  Finding(ImportSource source, ForeignEntry foreign, @Nullable String organization, boolean all) {
    this.source = source;
    this.foreign = foreign;
    Whose found = foreign.host().isEmpty() ? null : resolve(foreign);
    whose =
        isOpen(found) && organization != null
            ? Whose.token("https", Identity.SERVICES_HOST, organization, null)
            : found;
    outcome = unwanted(whose, foreign.user(), all);
  }

  private static boolean isOpen(@Nullable Whose whose) {
    return whose != null && (whose.kind() == Whose.Kind.UNKNOWN_ORGANIZATION || whose.fromUser());
  }

  private static Whose resolve(ForeignEntry foreign) {
    String path = foreign.path();
    boolean encoded =
        foreign.program() == Program.GIT_CREDENTIAL_MANAGER
            || foreign.program() == Program.AZURE_CLI;
    return encoded && path != null
        ? Whose.tokenOf(foreign.protocol() + "://" + foreign.host() + "/" + path)
        : Whose.token(foreign.protocol(), foreign.host(), path, foreign.user());
  }

  private static @Nullable Outcome unwanted(
      @Nullable Whose whose, @Nullable String user, boolean all) {
    if (whose == null || whose.kind() == Whose.Kind.REFUSED) {
      return Outcome.REFUSED;
    }
    if (whose.identity() == null) {
      return Outcome.NO_ORGANIZATION;
    }
    boolean wanted = whose.isAzure() || (all && whose.identity().protocol().equals("https"));
    if (!wanted) {
      return Outcome.NOT_AZURE;
    }
    // A user name is no secret to any store, and is shown.
    boolean canBeUser = whose.isAzure() || user == null || ForeignUser.isName(user);
    return canBeUser ? null : Outcome.USER_IS_SECRET;
  }

  ImportSource source() {
    return source;
  }

  /** Whose it is; only of one that {@link #isWanted}. */
  Whose whose() {
    return whose;
  }

  /** Whether nothing speaks against bringing it over yet. */
  boolean isWanted() {
    return outcome == null;
  }

  /** Whether the entry names no organisation, or at most by its user name. */
  boolean isOpen() {
    return isOpen(whose);
  }

  /** Finds out whose it is by the same secret among those that are kept. */
  void recognize(List<Entry> kept) {
    for (Entry each : kept) {
      Identity identity = each.key().identity();
      if (entry != null && identity.isOrganization() && each.secret().sameAs(entry.secret())) {
        whose = new Whose(Whose.Kind.ORGANIZATION, identity, false, null);
        outcome = null;
        return;
      }
    }
  }

  /** The entry as ours; only of one that was read. */
  Entry entry() {
    return entry;
  }

  /** The user to keep it under: what names nobody, or is a token, is none. */
  @Nullable String user() {
    String user = whose.user(foreign.user());
    return ForeignUser.isName(user) && !MANAGERS_USER.equals(user) ? user : null;
  }

  /** What only one secret can be used for: a place, and where any user name will not do, a user. */
  EntryKey purpose() {
    return new EntryKey(whose.identity(), whose.isAzure() ? null : foreign.user());
  }

  /** Reads the secret. */
  void read(long now) throws StoreException {
    Identity identity = whose.identity();
    Identity place =
        identity == null ? new Identity(foreign.protocol(), foreign.host(), null) : identity;
    Entry read = source.entries().read(foreign, new EntryKey(place, user()));
    String user = foreign.user();
    if (read != null
        && (whose.isAzure() || isOpen())
        && user != null
        && PersonalAccessToken.isLike(user)
        && !PersonalAccessToken.isLike(new String(read.secret().bytes(), UTF_8))) {
      // A token may be sent as the user name, with anything for a password.
      read = Entry.of(read.key(), Secret.password(user.getBytes(UTF_8)), read.storedAt());
    }
    if (read != null && (whose.isAzure() || isOpen()) && read.secret().authtype() == null) {
      byte[] bare = PersonalAccessToken.bareIfToken(read.secret().bytes());
      if (bare != read.secret().bytes()) {
        Entry whole = read;
        read =
            Entry.of(whole.key(), Secret.password(bare), whole.storedAt())
                .with(whole.expiry(), whole.refreshToken());
        whole.secret().wipe();
        wasMarked = true;
      }
    }
    if (read == null || read.secret().bytes().length == 0) {
      outcome = Outcome.EMPTY;
    } else if (read.expiry() != null && read.expiry().at() <= now) {
      read.wipe();
      outcome = Outcome.EXPIRED;
    } else {
      entry = read;
    }
  }

  /** Whether quotes or invisible characters stood around the token, and were left out. */
  boolean wasMarked() {
    return wasMarked;
  }

  void become(Outcome what) {
    become(what, null);
  }

  void become(Outcome what, @Nullable Store where) {
    outcome = what;
    store = where;
  }

  /** The same as the one that holds the same secret for the same purpose. */
  void becomeAs(Finding same) {
    outcome = same.outcome;
    store = same.store;
  }

  Outcome outcome() {
    return outcome;
  }

  /** Whether our copy was read, so that theirs could go. */
  boolean isKept() {
    return outcome == Outcome.TAKEN || outcome == Outcome.KEPT_ALREADY;
  }

  /** Deletes it at its source. */
  void delete() throws StoreException {
    deleted = source.entries().delete(foreign);
  }

  boolean isDeleted() {
    return deleted;
  }

  void wipe() {
    if (entry != null) {
      entry.wipe();
    }
  }

  /** For a person: whose it is. */
  String display() {
    if (whose != null && whose.identity() != null) {
      return whose.identity().display() + (whose.fromUser() ? " (by its user name)" : "");
    }
    return foreign.protocol() + "://" + foreign.host();
  }

  String[] row() {
    return new String[] {
      display(),
      ForeignUser.shown(foreign.user()),
      foreign.program().display(),
      source.place(),
      outcome.text(store) + (deleted ? ", deleted" : "")
    };
  }

  void describe(Json.Item item) {
    if (whose != null && whose.identity() != null) {
      item.place(whose.identity());
    }
    item.put("protocol", foreign.protocol())
        .put("host", foreign.host())
        .put("path", foreign.path())
        .put("user", ForeignUser.isName(foreign.user()) ? foreign.user() : null)
        .put("program", foreign.program().display())
        .put("source", source.name())
        .put("place", source.place())
        .time("storedAt", foreign.storedAt())
        .put("outcome", outcome.word)
        .put("store", store == null ? null : store.name())
        .put("deleted", deleted);
  }

  /** Whether both hold the same secret. */
  boolean isSame(Finding other) {
    return Arrays.equals(entry.secret().bytes(), other.entry.secret().bytes());
  }
}
