package io.github.gitcredentialpat.tokens;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

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
    Invocation run = run(store);
    // It fails with the write, and answers again afterwards.
    Store halfway = new Halfway(store, true);
    StoredEntry there = new StoredEntry(halfway, read.entry());
    assertThat(TokenKeeper.replaceIfUnchanged(run, there, entry("new"))).isEqualTo(Change.DONE);
    there = new StoredEntry(new Halfway(store, false), store.find(KEY.identity()).get(0));
    assertThat(TokenKeeper.replaceIfUnchanged(run, there, entry("newer"))).isEqualTo(Change.FAILED);
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
      assertThat(e).hasMessageContaining("does not have what was just stored");
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

  private void keep(Entry entry, Store... stores) throws StoreException {
    Resolution whose = Resolution.parse("contoso");
    assertThat(new TokenKeeper(run(stores), whose, null).keep(entry, "alice")).isNotNull();
  }

  /** A keyring in which two first stores at once have left two equal items. */
  private static class Twins implements Store {
    private final String name;
    private final List<Entry> items = new ArrayList<>();
    boolean forgets;

    Twins(String name) {
      this.name = name;
    }

    void put(Entry entry) {
      items.add(entry);
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public String location() {
      return "memory";
    }

    @Override
    public String readers() {
      return "this test";
    }

    @Override
    public List<Entry> find(Identity where) {
      List<Entry> found = new ArrayList<>();
      for (Entry item : items) {
        byte[] copy = item.secret().bytes().clone();
        found.add(Entry.of(item.key(), Secret.password(copy), item.storedAt()));
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
        byte[] copy = entry.secret().bytes().clone();
        items.add(Entry.of(entry.key(), Secret.password(copy), entry.storedAt()));
      }
    }

    @Override
    public boolean delete(EntryKey key) {
      return items.removeIf(item -> item.key().equals(key));
    }
  }

  /** A store that fails with each write, which it may have done. */
  private record Halfway(InMemoryStore inside, boolean isDone) implements Store {
    @Override
    public String name() {
      return inside.name();
    }

    @Override
    public String location() {
      return inside.location();
    }

    @Override
    public String readers() {
      return inside.readers();
    }

    @Override
    public List<Entry> find(Identity where) throws StoreException {
      return inside.find(where);
    }

    @Override
    public List<EntryKey> list() throws StoreException {
      return inside.list();
    }

    @Override
    public void save(Entry entry) throws StoreException {
      if (isDone) {
        inside.save(entry);
      }
      throw new StoreException(Reason.TIMEOUT, "too late");
    }

    @Override
    public boolean delete(EntryKey key) throws StoreException {
      return inside.delete(key);
    }
  }
}
