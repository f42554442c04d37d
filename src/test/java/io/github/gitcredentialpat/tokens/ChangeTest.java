package io.github.gitcredentialpat.tokens;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.helper.CredentialHelper;
import io.github.gitcredentialpat.helper.GetOperation;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreChain;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.tokens.TokenKeeper.Change;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes to what was read before, and replacements where a key is there more than once. */
final class ChangeTest {
  private static final EntryKey KEY = new EntryKey(Identity.ofOrganization("contoso"), "alice");
  private static final long NOW = 1_800_000_000L;

  @TempDir Path home;
  private final InMemoryStore store = new InMemoryStore("first");
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private Invocation run(Store... stores) {
    return new Invocation(
        new StoreChain(List.of(stores), false),
        new Environment(Map.of("HOME", home.toString()), false, new Deadline()),
        new Console(err, false),
        NOW);
  }

  private static Entry entry(String secret) {
    return Entry.of(KEY, Secret.password(secret.getBytes(UTF_8)), NOW);
  }

  private static List<String> secrets(Store store) throws StoreException {
    List<String> secrets = new ArrayList<>();
    for (Entry entry : store.find(KEY.identity())) {
      secrets.add(new String(entry.secret().bytes(), UTF_8));
    }
    return secrets;
  }

  private StoredEntry read() throws StoreException {
    return new StoredEntry(store, store.find(KEY.identity()).get(0));
  }

  // --- changing what was read before ---

  @Test
  void whatIsUnchangedIsReplacedOrDeleted() throws Exception {
    store.save(entry("old"));
    assertThat(TokenKeeper.replaceIfUnchanged(run(store), read(), entry("new")))
        .isEqualTo(Change.DONE);
    assertThat(secrets(store)).containsExactly("new");
    assertThat(TokenKeeper.deleteIfUnchanged(run(store), read())).isEqualTo(Change.DONE);
    assertThat(store.list()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aChangeBeforeOrAfterTheFirstLookIsSeen(int searches) throws Exception {
    Expiry expiry = new Expiry(NOW + 9, Expiry.Source.SERVICE);
    for (Entry theirs :
        List.of(
            entry("theirs"),
            entry("old").setAsideAt(NOW),
            entry("old").with(expiry, null),
            entry("old").with(null, Secret.password("refresh".getBytes(UTF_8))))) {
      store.save(entry("old"));
      StoredEntry read;
      if (searches == 1) {
        read = read();
        store.save(theirs);
      } else {
        read = read();
        store.afterFind(1, () -> store.save(theirs));
      }
      assertThat(TokenKeeper.replaceIfUnchanged(run(store), read, entry("new")))
          .isEqualTo(Change.CHANGED_MEANWHILE);
      assertThat(TokenKeeper.deleteIfUnchanged(run(store), read))
          .isEqualTo(Change.CHANGED_MEANWHILE);
      assertThat(secrets(store)).containsExactly(new String(theirs.secret().bytes(), UTF_8));
    }
  }

  @Test
  void whatIsGoneIsNotBroughtBack() throws Exception {
    store.save(entry("old"));
    StoredEntry read = read();
    store.afterFind(1, () -> store.delete(KEY));
    assertThat(TokenKeeper.replaceIfUnchanged(run(store), read, entry("new")))
        .isEqualTo(Change.GONE);
    assertThat(TokenKeeper.deleteIfUnchanged(run(store), read)).isEqualTo(Change.GONE);
    assertThat(store.list()).isEmpty();
  }

  @Test
  void aStoreThatFailsBeforehandHasWhatItHad() throws Exception {
    store.save(entry("old"));
    StoredEntry read = read();
    store.failWith(new StoreException(Reason.LOCKED, "locked"));
    assertThat(TokenKeeper.replaceIfUnchanged(run(store), read, entry("new")))
        .isEqualTo(Change.FAILED);
    assertThat(err.toString(UTF_8)).contains("first: locked");
  }

  @Test
  void whatAStoreHasThatFailedHalfwayIsLookedAt() throws Exception {
    store.save(entry("old"));
    StoredEntry read = read();
    StoreException tooLate = new StoreException(Reason.TIMEOUT, "too late");
    store.failWritesWith(tooLate, true);
    assertThat(TokenKeeper.replaceIfUnchanged(run(store), read, entry("new")))
        .isEqualTo(Change.DONE);
    store.failWritesWith(tooLate, false);
    assertThat(TokenKeeper.replaceIfUnchanged(run(store), read(), entry("newer")))
        .isEqualTo(Change.FAILED);
    assertThat(secrets(store)).containsExactly("new");
  }

  @Test
  void bringsBackOnlyTheSameSecret() throws Exception {
    store.save(entry("old").setAsideAt(NOW));
    assertThat(TokenKeeper.bringBack(run(store), entry("old"))).isTrue();
    assertThat(read().entry().setAsideAt()).isZero();
    store.save(entry("new").setAsideAt(NOW));
    assertThat(TokenKeeper.bringBack(run(store), entry("old"))).isFalse();
    assertThat(read().entry().setAsideAt()).isEqualTo(NOW);
  }

  // --- one key, more than once ---

  @Test
  void aReplacementKeepsTheNewTokenWhereAStoreShowsTheKeyTwice() throws Exception {
    Twins twins = new Twins("first");
    twins.put(entry("old"));
    twins.put(entry("older"));
    keep(entry("new"), twins, store);
    assertThat(secrets(twins)).containsExactly("new");
  }

  @Test
  void aReplacementKeepsTheNewTokenWhereOneStoreIsThereTwice() throws Exception {
    store.save(entry("old"));
    keep(entry("new"), store, store);
    assertThat(secrets(store)).containsExactly("new");
  }

  @Test
  void copiesBelowGoOnlyOnceTheNewOneCanBeReadBack() throws Exception {
    Twins forgetful = new Twins("forgetful");
    forgetful.put(entry("old"));
    forgetful.forgets = true;
    store.save(entry("older"));
    try {
      keep(entry("new"), forgetful, store);
    } catch (StoreException e) {
      assertThat(e).hasMessageContaining("does not have the token just stored");
    }
    assertThat(secrets(store)).containsExactly("older");
  }

  @Test
  void copiesBelowGoUnderTheOldAndTheNewUserName() throws Exception {
    EntryKey nameless = new EntryKey(KEY.identity(), null);
    InMemoryStore below = new InMemoryStore("second");
    store.save(entry("old").withKey(nameless));
    below.save(entry("older").withKey(nameless));
    below.save(entry("oldest"));
    Invocation run = run(store, below);
    ChainWriter chain = new ChainWriter(run, KEY.identity());
    try (StoreLock lock = run.lock()) {
      chain.read(lock);
      assertThat(chain.keep(entry("new"), nameless, "the token")).isSameAs(store);
    }
    assertThat(secrets(store)).containsExactly("new");
    assertThat(below.list()).isEmpty();
  }

  @Test
  void whatIsSetAsideIsNotBroughtBackOverItsTwin() throws Exception {
    Twins twins = new Twins("first");
    twins.put(entry("old").setAsideAt(NOW));
    twins.put(entry("new"));
    assertThat(TokenKeeper.bringBack(run(twins), entry("old"))).isFalse();
    assertThat(secrets(twins)).containsExactly("old", "new");
  }

  @Test
  void whatIsForgottenTakesNoTwinAlong() throws Exception {
    long day = 86_400;
    Twins twins = new Twins("first");
    twins.put(entry("old").setAsideAt(NOW - 9 * day));
    twins.put(entry("new"));
    for (long now : List.of(NOW, NOW + 2 * day)) {
      Invocation run = run(twins);
      readUnderTheLock(new Invocation(run.chain(), run.surroundings(), run.messages(), now));
    }
    assertThat(secrets(twins)).contains("new");
  }

  @Test
  void aSecondNameTakesNoTwinAlong() throws Exception {
    Twins twins = new Twins("first");
    twins.put(entry("one").withKey(NAMELESS));
    twins.put(entry("another").withKey(NAMELESS));
    twins.put(entry("one"));
    readUnderTheLock(run(twins));
    assertThat(secrets(twins)).contains("one", "another");
  }

  private static void readUnderTheLock(Invocation run) throws StoreException {
    try (StoreLock lock = run.lock()) {
      new ChainWriter(run, KEY.identity()).read(lock);
    }
  }

  // --- another user name ---

  private static final EntryKey NAMELESS = new EntryKey(KEY.identity(), null);
  private static final EntryKey BOB = new EntryKey(KEY.identity(), "bob");

  /** What git is answered when the URL has this user. */
  private String answer(String user) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String request = "protocol=https\nhost=dev.azure.com\npath=contoso\nusername=" + user + "\n";
    err.reset();
    GetOperation get =
        CredentialHelper.get(run(store), new ByteArrayInputStream(request.getBytes(UTF_8)));
    get.writeTo(out);
    return out.toString(UTF_8);
  }

  /** A login as another user than the one under whom the old token is stored. */
  private void loginAsAlice(EntryKey before, String secret) throws StoreException {
    TokenKeeper keeper =
        new TokenKeeper(
            run(store), Resolution.parse("contoso"), before.user() == null ? "alice" : null);
    keeper.keep(entry(secret), "alice");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void ofALoginThatIsKilledTheOldTokenIsNowhereAnswered(int writes) throws Exception {
    for (EntryKey before : List.of(NAMELESS, BOB)) {
      // As late as the new one: the time tells nothing.
      store.save(entry("old").withKey(before));
      store.killAfter(writes);
      try {
        loginAsAlice(before, "new");
        assertThat(writes).isGreaterThan(2);
      } catch (InMemoryStore.Killed e) {
        assertThat(writes).isLessThan(3);
      }
      store.killAfter(Integer.MAX_VALUE);
      for (String user : List.of("", "alice", "bob", "carol")) {
        assertThat(answer(user)).as(user).contains("password=new\n");
        assertThat(err.toString(UTF_8)).isEmpty();
      }
      loginAsAlice(before, "newer");
      assertThat(secrets(store)).containsExactly("newer");
      for (EntryKey key : store.list()) {
        store.delete(key);
      }
    }
  }

  @Test
  void aStoreMendsWhatAKilledLoginLeft() throws Exception {
    store.save(entry("old").withKey(NAMELESS));
    store.killAfter(2);
    try {
      loginAsAlice(NAMELESS, "new");
    } catch (InMemoryStore.Killed e) {
      assertThat(store.list()).hasSize(2);
    }
    store.killAfter(Integer.MAX_VALUE);
    String request =
        "protocol=https\nhost=dev.azure.com\npath=contoso\nusername=alice\npassword=newer\n";
    CredentialHelper.store(run(store), new ByteArrayInputStream(request.getBytes(UTF_8)));
    assertThat(secrets(store)).containsExactly("newer");
    assertThat(store.list()).containsExactly(KEY);
  }

  @Test
  void aTokenThatCannotHaveTheNewUserNameIsStoredUnderTheOldOne() throws Exception {
    InMemoryStore full =
        new InMemoryStore("full") {
          @Override
          public void save(Entry entry) throws StoreException {
            if (entry.key().equals(KEY)) {
              throw new StoreException(Reason.LIMIT, "no room for another one");
            }
            super.save(entry);
          }
        };
    full.save(entry("old").withKey(NAMELESS));
    TokenKeeper keeper = new TokenKeeper(run(full), Resolution.parse("contoso"), "alice");
    assertThat(keeper.keep(entry("new"), null)).isSameAs(full);
    assertThat(secrets(full)).containsExactly("new");
    assertThat(err.toString(UTF_8)).contains("no room", "not under the user name alice");
  }

  @Test
  void onOtherHostsAnotherPersonsEqualPasswordStays() throws Exception {
    Resolution whose = Resolution.parse("https://example.com");
    for (String user : List.of("alice", "bob")) {
      EntryKey key = new EntryKey(whose.identity(), user);
      TokenKeeper keeper = new TokenKeeper(run(store), whose, user);
      assertThat(keeper.keep(entry("same").withKey(key), user)).isNotNull();
    }
    assertThat(store.list()).extracting(EntryKey::user).containsExactlyInAnyOrder("alice", "bob");
  }

  private void keep(Entry entry, Store... stores) throws StoreException {
    Resolution whose = Resolution.parse("contoso");
    assertThat(new TokenKeeper(run(stores), whose, null).keep(entry, "alice")).isNotNull();
  }

  /** A keyring in which two first stores at once have left two equal items. */
  private static final class Twins extends InMemoryStore {
    private final List<Entry> items = new ArrayList<>();
    boolean forgets;

    Twins(String name) {
      super(name);
    }

    void put(Entry entry) {
      items.add(entry);
    }

    private static Entry copy(Entry entry) {
      Secret secret = Secret.password(entry.secret().bytes().clone());
      return Entry.of(entry.key(), secret, entry.storedAt()).setAsideAt(entry.setAsideAt());
    }

    @Override
    public List<Entry> find(Identity where) {
      List<Entry> found = new ArrayList<>();
      for (Entry item : items) {
        found.add(copy(item));
      }
      return found;
    }

    @Override
    public List<EntryKey> list() {
      return items.stream().map(Entry::key).distinct().toList();
    }

    @Override
    public void save(Entry entry) {
      if (!forgets) {
        items.removeIf(item -> item.key().equals(entry.key()));
        items.add(copy(entry));
      }
    }

    @Override
    public boolean delete(EntryKey key) {
      return items.removeIf(item -> item.key().equals(key));
    }
  }
}
