package io.github.gitcredentialpat.command.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.cli.JsonReport;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.KnownOrganizations;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.identity.TokenFormat;
import io.github.gitcredentialpat.identity.UserName;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.ForeignEntry;
import io.github.gitcredentialpat.store.ForeignEntry.Program;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.tokens.ForeignSource;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Another program's entry, whose token it is, and what becomes of it. */
final class ImportCandidate {
  /** What becomes of an entry. */
  enum Outcome {
    TAKEN("taken", "imported"),
    WOULD_BE_TAKEN("wouldBeTaken", "would import"),
    KEPT_ALREADY("keptAlready", "already stored"),
    SET_ASIDE("setAside", "skipped: stored, but set aside (rejected by a server)"),
    ANOTHER_IS_KEPT("anotherIsKept", "skipped: another one is stored that may be newer"),
    NEWER_WAS_FOUND("newerWasFound", "skipped: a newer one was found"),
    NOT_AZURE("notAzure", "skipped: not Azure DevOps (use --all)"),
    NO_ORGANIZATION("noOrganization", "skipped: organization unknown (use --organization)"),
    REFUSED("refused", "skipped: no token may be sent to this address"),
    SIGN_IN("signIn", "skipped: an Entra sign-in, not a token (sign in again here)"),
    USER_IS_SECRET("userIsSecret", "skipped: its user name looks like a token"),
    EXPIRED("expired", "skipped: expired"),
    EMPTY("empty", "skipped: empty"),
    NOT_READ("notRead", "cannot be read"),
    NOT_KEPT("notKept", "cannot be stored");

    private final String word;
    private final String text;

    Outcome(String word, String text) {
      this.word = word;
      this.text = text;
    }

    /** The word in JSON. */
    String word() {
      return word;
    }

    /** For a person. */
    String text(@Nullable Store store) {
      return text + (store == null ? "" : " (" + store.name() + ")");
    }
  }

  /** The user name that Git Credential Manager stores with a token. */
  private static final String MANAGERS_USER = "PersonalAccessToken";

  private final ForeignSource source;
  private final ForeignEntry foreign;
  private final boolean all;
  private @Nullable Resolution whose;
  private boolean isByUser;
  private @Nullable Outcome outcome;
  private @Nullable Entry entry;
  private @Nullable Store store;
  private boolean deleted;
  private boolean wasMarked;

  /**
   * What was found there.
   *
   * @param all whether entries for other hosts are wanted as well
   */
  ImportCandidate(ForeignSource source, ForeignEntry foreign, boolean all) {
    this.source = source;
    this.foreign = foreign;
    this.all = all;
    Resolution found = foreign.host().isEmpty() ? null : resolve(foreign);
    // A user name may be anything; until something bears it out it is no organization.
    isByUser = found != null && found.fromUser();
    whose = found;
    outcome = isByUser ? Outcome.NO_ORGANIZATION : unwanted();
  }

  /**
   * Decides whose token an entry is that names no organization, except perhaps as its user name.
   *
   * @param known the organizations that confirm a user name as one
   * @param organization the one that the person named for all others; absent for none
   */
  void settle(KnownOrganizations known, @Nullable String organization) {
    if (isByUser && known.contains(whose.identity())) {
      outcome = unwanted();
    } else if (organization != null) {
      belongsTo(Resolution.resolve("https", Identity.SERVICES_HOST, organization, null));
    }
  }

  private void belongsTo(Resolution found) {
    whose = found;
    isByUser = false;
    outcome = unwanted();
  }

  private static Resolution resolve(ForeignEntry foreign) {
    String path = foreign.path();
    boolean encoded =
        foreign.program() == Program.GIT_CREDENTIAL_MANAGER
            || foreign.program() == Program.AZURE_CLI;
    return encoded && path != null
        ? Resolution.parse(foreign.protocol() + "://" + foreign.host() + "/" + path)
        : Resolution.resolve(foreign.protocol(), foreign.host(), path, foreign.user());
  }

  private @Nullable Outcome unwanted() {
    if (whose == null || whose.kind() == Resolution.Kind.REFUSED) {
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
    String user = foreign.user();
    boolean canBeUser = whose.isAzure() || user == null || UserName.isName(user);
    return canBeUser ? null : Outcome.USER_IS_SECRET;
  }

  ForeignSource source() {
    return source;
  }

  /** Whose token it is; only for one that {@link #isWanted}. */
  Resolution whose() {
    return whose;
  }

  /** Whether nothing speaks against importing it so far. */
  boolean isWanted() {
    return outcome == null;
  }

  /** Whether it is unknown which organization it is for. */
  boolean isOpen() {
    return outcome == Outcome.NO_ORGANIZATION;
  }

  /**
   * Finds out whose token it is by the same secret elsewhere.
   *
   * @param organizations by the secrets of their tokens
   */
  void recognize(Map<ByteBuffer, Identity> organizations) {
    Identity identity = entry == null ? null : organizations.get(secret());
    if (identity != null) {
      belongsTo(Resolution.ofOrganization(identity));
    }
  }

  /** The secret, to be compared; only for one that was read, and until it is wiped. */
  ByteBuffer secret() {
    return ByteBuffer.wrap(entry.secret().bytes());
  }

  /** The entry as one of ours; only for one that was read. */
  Entry entry() {
    return entry;
  }

  /** The user to store it under; absent when the name means nobody, or is a token. */
  @Nullable String user() {
    String user = whose.user(foreign.user());
    return UserName.isName(user) && !MANAGERS_USER.equals(user) ? user : null;
  }

  /**
   * The purpose, for which only one secret can be used: a place, and where user names matter, a
   * user.
   */
  EntryKey purpose() {
    return new EntryKey(whose.identity(), whose.isAzure() ? null : foreign.user());
  }

  /** Reads the secret. */
  void read(long now) throws StoreException {
    boolean isOpen = isOpen();
    Identity place =
        isOpen ? new Identity(foreign.protocol(), foreign.host(), null) : whose.identity();
    Entry read = source.entries().read(foreign, new EntryKey(place, user()));
    String user = foreign.user();
    if (read != null
        && (whose.isAzure() || isOpen)
        && user != null
        && TokenFormat.isLike(user)
        && !TokenFormat.isLike(new String(read.secret().bytes(), UTF_8))) {
      // A token may be sent as the user name, with anything for a password.
      read = Entry.of(read.key(), Secret.password(user.getBytes(UTF_8)), read.storedAt());
    }
    if (read != null && (whose.isAzure() || isOpen()) && read.secret().authtype() == null) {
      byte[] bare = TokenFormat.bareIfToken(read.secret().bytes());
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

  /** Whether quotes or invisible characters around the token were removed. */
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

  /** Gets the outcome of the one that holds the same secret for the same purpose. */
  void becomeAs(ImportCandidate same) {
    outcome = same.outcome;
    store = same.store;
  }

  Outcome outcome() {
    return outcome;
  }

  /** Whether our copy was read back, so that theirs may be deleted. */
  boolean isStored() {
    return outcome == Outcome.TAKEN || outcome == Outcome.KEPT_ALREADY;
  }

  /** The entry as its source stores it. */
  ForeignEntry foreign() {
    return foreign;
  }

  /** Notes that it was deleted at its source. */
  void becomeDeleted() {
    deleted = true;
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
    if (!isOpen() && whose != null && whose.identity() != null) {
      return whose.identity().display() + (isByUser ? " (from its user name)" : "");
    }
    return foreign.protocol() + "://" + foreign.host();
  }

  String[] row() {
    return new String[] {
      display(),
      UserName.shown(foreign.user()),
      foreign.program().display(),
      source.place(),
      outcome.text(store) + (deleted ? ", deleted" : "")
    };
  }

  void describe(JsonReport.Item item) {
    if (!isOpen() && whose != null && whose.identity() != null) {
      item.place(whose.identity());
    }
    item.put("protocol", foreign.protocol())
        .put("host", foreign.host())
        .put("path", foreign.path())
        .put("user", UserName.isName(foreign.user()) ? foreign.user() : null)
        .put("program", foreign.program().display())
        .put("source", source.name())
        .put("place", source.place())
        .time("storedAt", foreign.storedAt())
        .put("outcome", outcome.word)
        .put("store", store == null ? null : store.name())
        .put("deleted", deleted);
  }

  /** Whether both hold the same secret. */
  boolean isSame(ImportCandidate other) {
    return Arrays.equals(entry.secret().bytes(), other.entry.secret().bytes());
  }
}
