package io.github.gitcredentialpat.helper;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.protocol.Request;
import io.github.gitcredentialpat.protocol.Response;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.store.TokenUse;
import io.github.gitcredentialpat.tokens.Invocation;
import io.github.gitcredentialpat.tokens.StoredEntry;
import io.github.gitcredentialpat.tokens.Wording;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

// More than 400 lines: one decision in its order; what is said of it is in GetNotice.
/** {@code get}: the stored entry that fits the request best, or nothing. */
public final class GetOperation {
  /** The user name where neither the request nor the entry has one: git needs some. */
  private static final String ANY_USER = "pat";

  private final Invocation run;
  private final Request request;
  private @Nullable Store lockedStore;
  private @Nullable StoreException lock;

  /** Whose token git asks for; absent when the request leaves that open or is refused. */
  private @Nullable Resolution whose;

  private @Nullable Entry found;
  private @Nullable Store foundIn;

  /** The newest matching entry that must not be answered, to tell the person about. */
  private @Nullable Entry dead;

  private boolean explained;

  /** Whether a store has told the person why it was of no help. */
  private boolean said;

  /** A matching entry that would only be refused, to tell the person about. */
  private @Nullable Entry unfit;

  /** Whether tokens are stored of which none is the one that is asked for. */
  private boolean isUndecided;

  /** Whether a store failed that may hold what is asked for. */
  private boolean isUnread;

  private boolean isAgain;
  private @Nullable TokenUse use;

  private GetOperation(Invocation run, Request request) {
    this.run = run;
    this.request = request;
  }

  /**
   * The entry that a get for this place, and this user, would be answered with.
   *
   * @param use what it is wanted for; absent when that is not known
   */
  static @Nullable Entry find(
      Invocation run, Resolution whose, @Nullable String user, @Nullable TokenUse use) {
    GetOperation get = new GetOperation(run, Request.ofUser(user));
    get.use = use;
    Entry entry = get.firstFound(whose);
    if (entry == null) {
      get.sayWhyNot(whose, "");
    } else {
      ExpiryWarning.warn(run, whose, entry);
    }
    get.wipeDead();
    return entry;
  }

  /** The get of this request, with what is stored for it looked up. */
  static GetOperation of(Invocation run, Request request) {
    GetOperation get = new GetOperation(run, request);
    if (request.protocol() == null || request.host() == null || request.host().isEmpty()) {
      return get;
    }
    Resolution whose =
        Resolution.resolve(request.protocol(), request.host(), request.path(), request.username());
    if (whose.identity() == null) {
      Wording.sayRefusal(run.messages(), whose, request.host());
      return get;
    }
    get.whose = whose;
    get.found = get.firstFound(whose);
    return get;
  }

  /**
   * The token that would be answered if no server had refused it; absent when there is none, or
   * something else to answer or to say.
   */
  public @Nullable Entry setAside() {
    return found == null && lock == null && dead != null && dead.setAsideAt() != 0 ? dead : null;
  }

  /**
   * The organization that a token is missing for: none is stored, or it has expired. Absent where
   * one is answered, where a store could not be read that may hold one, where several are stored
   * for other users, and where something else is to be done about one that is stored.
   */
  public @Nullable Resolution missed() {
    boolean isMissed =
        found == null
            && whose != null
            && whose.kind() == Resolution.Kind.ORGANIZATION
            && lock == null
            && unfit == null
            && !isUndecided
            && !isUnread
            && (dead == null || dead.setAsideAt() == 0);
    return isMissed ? whose : null;
  }

  /** Whether the person is told nothing about the token that is missing. */
  public boolean isSilent() {
    return !said && dead == null;
  }

  /**
   * Looks again, since another process may have stored a token; in silence, and only where tokens
   * are stored. Returns whether there is one.
   */
  public boolean lookAgain() {
    isAgain = true;
    found = firstFound(whose);
    return found != null;
  }

  /** Answers with this entry, which was stored meanwhile. */
  public void answer(Entry stored) {
    found = stored;
  }

  /** The token that is answered, and where it is stored; absent when there is none. */
  @Nullable StoredEntry answered() {
    wipeDead();
    return found == null ? null : new StoredEntry(foundIn, found);
  }

  /** What git asks for. */
  public Request request() {
    return request;
  }

  /** Answers with the token that was set aside, which is good after all. */
  public void answerSetAside() {
    found = dead;
    dead = null;
  }

  /** Notes that the person was told why the token that is set aside is not answered. */
  public void isExplained() {
    explained = true;
  }

  /**
   * Writes the answer, or nothing, and says on standard error what the person has to know.
   *
   * @return whether what is stored could be answered
   */
  public boolean writeTo(OutputStream out) throws IOException {
    try {
      Response answer = answer();
      run.surroundings().deadline().done();
      answer.writeTo(out);
      return true;
    } catch (IllegalArgumentException e) {
      run.messages().say("no answer for " + request.host() + ": " + e.getMessage());
      return false;
    } finally {
      request.wipe();
      wipeDead();
      if (found != null) {
        found.wipe();
      }
    }
  }

  private void wipeDead() {
    if (dead != null) {
      dead.wipe();
    }
  }

  private Response answer() {
    Response answer = new Response();
    if (whose == null) {
      return answer;
    }
    if (found == null) {
      if (!explained) {
        sayWhyNot(whose, whose.isAzure() ? " and paste it when git asks" : "");
      }
      if (whose.fromUser() && request.offers("state")) {
        answer.add("capability[]", "state");
        answer.add("state[]", AnswerState.USER_WAS_GIVEN);
      }
      return answer;
    }
    fill(answer, whose, found);
    ExpiryWarning.warn(run, whose, found);
    return answer;
  }

  private @Nullable Entry firstFound(Resolution whose) {
    // A collection may be served by an entry for its whole server, so both are looked for.
    Identity identity = whose.identity();
    Identity where =
        whose.kind() == Resolution.Kind.COLLECTION
            ? new Identity(identity.protocol(), identity.host(), null)
            : identity;
    List<Store> stores = run.chain().stores();
    for (int i = 0; i < stores.size(); i++) {
      Store store = stores.get(i);
      if (isAgain && store.fetches()) {
        continue;
      }
      run.surroundings().deadline().doing("reading " + store.name());
      try {
        List<StoreException> unread = new ArrayList<>(0);
        Entry entry = best(whose, store.find(where, request.username(), unread));
        for (int j = 0; j < unread.size(); j++) {
          failed(store, unread.get(j));
        }
        if (entry != null) {
          String notice = store.notice();
          if (notice != null) {
            run.messages().say(notice);
          }
          foundIn = store;
          return entry;
        }
      } catch (StoreException e) {
        failed(store, e);
      }
    }
    return null;
  }

  /** Notes a failure; a locked store is reported only if nothing is answered. */
  private void failed(Store store, StoreException problem) {
    if (problem.reason() == Reason.LOCKED && lock == null) {
      lockedStore = store;
      lock = problem;
      return;
    }
    isUnread |= mayHide(store, problem);
    if (isAgain) {
      run.messages().trace(problem);
    } else {
      said |= run.report(store, problem);
    }
  }

  /** Whether a store that fails so may hold an entry that can be read another time. */
  private static boolean mayHide(Store store, StoreException problem) {
    return store.isShared()
        || (!store.fetches()
            && problem.reason() != Reason.DAMAGED
            && (problem.reason() != Reason.UNAVAILABLE || problem.hidesEntries()));
  }

  /**
   * Of an organization's tokens, those whose scopes, as far as known, allow what is asked. Git gets
   * none that would only be refused, and then set aside; any other caller always gets one.
   */
  private List<Entry> serving(Resolution whose, List<Entry> live) {
    List<Entry> serving = new ArrayList<>(live.size());
    List<Entry> others = new ArrayList<>(0);
    for (int i = 0; i < live.size(); i++) {
      Entry entry = live.get(i);
      // Loads nothing for what is stored without scopes.
      boolean serves = entry.scopes() == null || !wanted().isRuledOutBy(entry.scopes());
      (serves ? serving : others).add(entry);
    }
    boolean isForGit = request.host() != null && wanted() == TokenUse.GIT;
    boolean personChose = request.host() == null && whose.user(request.username()) != null;
    if (others.isEmpty() || (!isForGit && (serving.isEmpty() || personChose))) {
      return live;
    }
    for (int i = 0; i < others.size(); i++) {
      unfit = others.get(i);
      unfit.wipe();
    }
    return serving;
  }

  private TokenUse wanted() {
    if (use == null) {
      String host = request.host();
      boolean isFeed =
          host != null
              && (host.startsWith("pkgs.")
                  || host.startsWith("feeds.")
                  || host.contains(".pkgs.")
                  || host.contains(".feeds."));
      use = isFeed ? TokenUse.PACKAGES : TokenUse.GIT;
    }
    return use;
  }

  private @Nullable Entry best(Resolution whose, List<Entry> found) {
    List<Entry> live = new ArrayList<>(found.size());
    boolean exactPath = false;
    for (int i = 0; i < found.size(); i++) {
      Entry entry = found.get(i);
      if (!fits(whose, entry)) {
        entry.wipe();
      } else if (entry.isOver(run.now())) {
        bury(whose, entry);
      } else {
        live.add(entry);
        exactPath |= entry.key().identity().path() != null;
      }
    }
    if (whose.kind() == Resolution.Kind.ORGANIZATION) {
      live = serving(whose, live);
    }
    if (live.size() > 1 && whose.kind() == Resolution.Kind.COLLECTION && exactPath) {
      live = withPath(live);
    }
    if (live.size() > 1 && whose.isAzure()) {
      Entry chosen = chosenByUser(whose, live);
      isUndecided |= chosen == null;
      return chosen;
    }
    return newest(live);
  }

  /**
   * Remembers an entry that must not be answered: of several, the newest one of the user that is
   * asked for.
   */
  private void bury(Resolution whose, Entry entry) {
    boolean isMeant =
        dead == null
            || (PresentedCredential.userMatches(whose, request.username(), entry)
                && (entry.storedAt() >= dead.storedAt()
                    || !PresentedCredential.userMatches(whose, request.username(), dead)));
    Entry other = isMeant ? dead : entry;
    dead = isMeant ? entry : dead;
    if (other != null) {
      other.wipe();
    }
  }

  /** Whether git's own matching, and on Azure hosts the rules for users, let an entry pass. */
  private boolean fits(Resolution whose, Entry entry) {
    if (entry.secret().authtype() != null && !request.offers("authtype")) {
      return false;
    }
    if (whose.kind() == Resolution.Kind.COLLECTION) {
      String path = entry.key().identity().path();
      return path == null || path.equals(whose.identity().path());
    }
    return whose.isAzure()
        || request.username() == null
        || request.username().equals(entry.key().user());
  }

  private static List<Entry> withPath(List<Entry> entries) {
    List<Entry> result = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      if (entry.key().identity().path() != null) {
        result.add(entry);
      }
    }
    return result;
  }

  /** Several tokens of one organization: the user part chooses, else the newest is answered. */
  private @Nullable Entry chosenByUser(Resolution whose, List<Entry> several) {
    if (areOne(several)) {
      return newest(several);
    }
    List<Entry> chosen = new ArrayList<>(several.size());
    StringBuilder users = new StringBuilder();
    for (Entry entry : several) {
      if (PresentedCredential.userMatches(whose, request.username(), entry)) {
        chosen.add(entry);
      }
      users.append(users.length() == 0 ? "" : ", ").append(GetNotice.userName(entry));
    }
    Entry newest = newest(chosen);
    if (newest == null || chosen.size() > 1) {
      new GetNotice(run, request).sayWhoIsThere(whose, several, users, newest);
    }
    return newest;
  }

  /**
   * Whether there is nothing to choose: a login that was cut off while it gave a token another user
   * name has left it under both, and two programs that stored at once, one entry twice.
   */
  private static boolean areOne(List<Entry> several) {
    Entry first = several.get(0);
    for (int i = 1; i < several.size(); i++) {
      Entry other = several.get(i);
      if (!other.key().equals(first.key()) && !other.secret().sameAs(first.secret())) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable Entry newest(List<Entry> entries) {
    Entry newest = null;
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      if (newest == null || entry.storedAt() >= newest.storedAt()) {
        newest = entry;
      }
    }
    return newest;
  }

  private void fill(Response answer, Resolution whose, Entry entry) {
    if (request.offers("authtype")) {
      answer.add("capability[]", "authtype");
    }
    if (request.offers("state")) {
      answer.add("capability[]", "state");
    }
    Secret secret = entry.secret();
    String user = answeredUser(whose, entry);
    if (secret.authtype() != null) {
      answer.add("authtype", secret.authtype());
      answer.add("credential", secret.bytes());
      user = request.username();
    } else if (user != null && onlySoIsBasicTried(whose, user)) {
      Secret credential = Secret.password(Secret.basic(user, secret.bytes()));
      answer.add("authtype", PresentedCredential.BASIC);
      answer.add("credential", credential.bytes());
      credential.wipe();
    } else {
      if (user != null) {
        answer.add("username", user);
      }
      answer.add("password", secret.bytes());
    }
    if (entry.expiry() != null && entry.expiry().source() != Expiry.Source.PERSON) {
      answer.add("password_expiry_utc", Long.toString(entry.expiry().at()));
    }
    if (entry.refreshToken() != null) {
      answer.add("oauth_refresh_token", entry.refreshToken().bytes());
    }
    if (request.offers("state")) {
      answer.add("state[]", AnswerState.digest(request, user, secret));
    }
  }

  private @Nullable String answeredUser(Resolution whose, Entry entry) {
    String stored = entry.key().user();
    if (!whose.isAzure()) {
      return stored;
    }
    String given = request.username();
    if (given != null && !given.isEmpty()) {
      return given;
    }
    return stored == null || stored.isEmpty() ? ANY_USER : stored;
  }

  /**
   * Whether git would never try Basic by itself: a Server or TFS offers NTLM as well, and git gives
   * that a user and password first, is refused, and erases a token that it never sent as what it
   * is. An answer with {@code authtype=Basic} makes it send Basic at once. Nobody else gets such an
   * answer, since git 2.46 to 2.53 sends no credential along with the probe that precedes a push of
   * more than 1 MiB: that push fails, and a good token would be erased.
   */
  private boolean onlySoIsBasicTried(Resolution whose, String user) {
    return whose.kind() == Resolution.Kind.COLLECTION
        && user.indexOf(':') < 0
        && request.offers("authtype")
        && request.serverOffers(PresentedCredential.BASIC)
        && request.serverOffers("NTLM");
  }

  private void sayWhyNot(Resolution whose, String otherwise) {
    if (lock != null) {
      run.report(lockedStore, lock);
    } else if (dead != null) {
      new GetNotice(run, request).sayWhyDead(whose, dead, otherwise);
    } else if (unfit != null) {
      new GetNotice(run, request).sayWhyUnfit(whose, unfit);
    }
  }
}
