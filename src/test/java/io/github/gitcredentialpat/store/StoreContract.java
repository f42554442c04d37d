package io.github.gitcredentialpat.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.CollectorBetweenCalls;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.secret.Secret;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every store must do. Each store's own test extends this and says how to open it. */
public abstract class StoreContract {
  private static final SecureRandom RANDOM = new SecureRandom();

  /** A host that nobody uses, so that real keychains hold nothing of it before or after a test. */
  protected final String host = "host-" + random(8) + ".example";

  protected Store store;

  /** Opens the store anew, as another process would. */
  protected abstract Store open() throws Exception;

  /** The native libraries that the store calls, by the names it loads them by. */
  protected List<String> nativeLibraries() {
    return List.of();
  }

  /** Whether it refuses refresh tokens and credentials that are no passwords. */
  protected boolean refusesAllButPasswords() {
    return false;
  }

  private void assertRefused(Entry entry) throws Exception {
    assertThatThrownBy(() -> store.save(entry)).isInstanceOf(StoreException.class);
    assertThat(open().find(entry.key().identity())).isEmpty();
  }

  /**
   * After so many changes another store is opened, as another process would: a run's time is not
   * meant for a thousand, on a machine that has other things to do.
   */
  private static final int MOST_OF_A_RUN = 50;

  @BeforeEach
  void openStore() throws Exception {
    store = open();
  }

  @AfterEach
  void removeEverythingOfThisTest() throws Exception {
    int deleted = 0;
    for (EntryKey key : store.list()) {
      if (key.identity().host().contains(host)) {
        if (++deleted % MOST_OF_A_RUN == 0) {
          store = open();
        }
        deleteAtLast(key);
      }
    }
  }

  /**
   * A keychain that has to write a thousand entries to a busy disk may be late once; what is left
   * here would slow down the tests that come after.
   */
  private void deleteAtLast(EntryKey key) throws Exception {
    for (int i = 0; i < 2; i++) {
      try {
        store.delete(key);
        return;
      } catch (StoreException e) {
        if (e.reason() != StoreException.Reason.TIMEOUT) {
          throw e;
        }
        store = open();
      }
    }
    store.delete(key);
  }

  /** Random lower-case hex digits. */
  protected static String random(int bytes) {
    byte[] random = new byte[bytes];
    RANDOM.nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  /** An identity on this test's host. */
  protected Identity at(@Nullable String path) {
    return new Identity("https", host, path);
  }

  /** A new entry of this test's host. */
  protected Entry entry(@Nullable String path, @Nullable String user, String password) {
    return Entry.of(
        new EntryKey(at(path), user), Secret.password(password.getBytes(UTF_8)), 1_700_000_000L);
  }

  /** Asserts that the store, opened anew, holds exactly this under the entry's key. */
  protected void assertKept(Entry expected) throws Exception {
    List<Entry> found = new ArrayList<>();
    for (Entry entry : open().find(expected.key().identity())) {
      if (entry.key().equals(expected.key())) {
        found.add(entry);
      }
    }
    assertThat(found).hasSize(1);
    assertSame(found.get(0), expected);
  }

  private static void assertSame(Entry actual, Entry expected) {
    assertThat(actual.key()).isEqualTo(expected.key());
    assertThat(actual.secret().bytes()).isEqualTo(expected.secret().bytes());
    assertThat(actual.secret().authtype()).isEqualTo(expected.secret().authtype());
    assertThat(actual.expiry()).isEqualTo(expected.expiry());
    if (expected.refreshToken() == null) {
      assertThat(actual.refreshToken()).isNull();
    } else {
      assertThat(actual.refreshToken()).isNotNull();
      assertThat(actual.refreshToken().bytes()).isEqualTo(expected.refreshToken().bytes());
    }
    assertThat(actual.storedAt()).isEqualTo(expected.storedAt());
    assertThat(actual.setAsideAt()).isEqualTo(expected.setAsideAt());
    assertThat(actual.name()).isEqualTo(expected.name());
    assertThat(actual.scopes()).isEqualTo(expected.scopes());
    assertThat(actual.authorizationId()).isEqualTo(expected.authorizationId());
  }

  @Test
  void findsNothingWhereNothingWasSaved() throws Exception {
    assertThat(store.find(at(null))).isEmpty();
    assertThat(store.find(at("contoso"))).isEmpty();
    assertThat(store.delete(new EntryKey(at(null), "alice"))).isFalse();
  }

  @Test
  void keepsAllThatIsKnownOfAToken() throws Exception {
    Entry entry =
        new Entry(
            new EntryKey(at("contoso"), "alice"),
            Secret.password(random(26).getBytes(UTF_8)),
            new Expiry(1_900_000_000L, Expiry.Source.SERVICE),
            Secret.password(random(40).getBytes(UTF_8)),
            1_800_000_000L,
            1_800_000_100L,
            "my laptop",
            "vso.code_write vso.packaging",
            "0d2c0f9e-7b0a-4a52-9d1e-" + random(6));
    if (refusesAllButPasswords()) {
      assertRefused(entry);
      entry = entry.with(entry.expiry(), null);
    }
    store.save(entry);
    assertKept(entry);
  }

  @Test
  void keepsACredentialOfAnotherScheme() throws Exception {
    Entry entry =
        Entry.of(
            new EntryKey(at(null), null),
            Secret.credential("Bearer", random(1200).getBytes(UTF_8)),
            1_700_000_000L);
    if (refusesAllButPasswords()) {
      assertRefused(entry);
      return;
    }
    store.save(entry);
    assertKept(entry);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "  leading and trailing  ",
        "tab\tinside",
        "equals=sign=",
        "Grüße, 世界, \uD83D\uDD11",
        "quote\" back\\slash 'apostrophe'",
        "$(touch x) `touch y` ; | & %s %n",
        "{USERNAME} {PASSWORD} {T}",
        "ends with carriage return\r"
      })
  void keepsAnySecretByteForByte(String secret) throws Exception {
    Entry entry = entry("contoso", "alice", secret);
    store.save(entry);
    assertKept(entry);
  }

  @Test
  void keepsTheLongestSecretAndRefusesALongerOneWithoutLosingTheOldOne() throws Exception {
    int longest = store.capacity().longestSecret();
    Entry entry = entry("contoso", "alice", "x".repeat(longest));
    store.save(entry);
    assertKept(entry);
    if (longest < Capacity.LONGEST_LINE) {
      Entry longer = entry("contoso", "alice", "y".repeat(longest + 1));
      assertThatThrownBy(() -> store.save(longer))
          .isInstanceOfSatisfying(
              StoreException.class,
              e -> {
                assertThat(e.reason()).isEqualTo(StoreException.Reason.LIMIT);
                assertThat(e.getMessage()).contains(Integer.toString(longest));
              });
      assertKept(entry);
    }
  }

  /** How many entries a store has to keep at once. */
  protected int many() {
    return 1_000;
  }

  @Test
  void keepsManyEntries() throws Exception {
    int count = Math.min(many(), store.capacity().mostEntries());
    for (int i = 0; i < count; i++) {
      if (i % MOST_OF_A_RUN == 0) {
        store = open();
      }
      store.save(entry("organization-" + i, "alice", "secret-" + i));
    }
    assertThat(open().list().stream().filter(key -> key.identity().host().equals(host)))
        .hasSize(count);
    assertKept(entry("organization-0", "alice", "secret-0"));
    assertKept(entry("organization-" + (count - 1), "alice", "secret-" + (count - 1)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "alice@example.com",
        "CORP\\alice",
        "Zoë Müller",
        "../../../etc/passwd",
        "/etc/passwd",
        "-rf",
        "--help",
        "*",
        "?[a-z]",
        "a/b",
        ".",
        "..",
        "con",
        "name.gpg",
        "~",
        "${HOME}"
      })
  void keepsAnyUserName(String user) throws Exception {
    Entry entry = entry("contoso", user, random(10));
    store.save(entry);
    assertKept(entry);
    assertThat(store.list()).contains(entry.key());
    assertThat(store.delete(entry.key())).isTrue();
    assertThat(store.find(at("contoso"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"../up", "a/b/c.git", "My Project/_git/My Repo", "-o", "*", "ü/世界", " "})
  void keepsAnyPath(String path) throws Exception {
    Entry entry = entry(path, "alice", random(10));
    store.save(entry);
    assertKept(entry);
    assertThat(store.list()).contains(entry.key());
    assertThat(store.delete(entry.key())).isTrue();
    assertThat(store.find(at(path))).isEmpty();
  }

  @Test
  void anAbsentUserIsNotAnEmptyOne() throws Exception {
    Entry absent = entry("contoso", null, "absent");
    Entry empty = entry("contoso", "", "empty");
    store.save(absent);
    store.save(empty);
    assertKept(absent);
    assertKept(empty);
    assertThat(store.delete(absent.key())).isTrue();
    assertKept(empty);
  }

  @Test
  void replacesTheEntryWithTheSameKey() throws Exception {
    store.save(entry("contoso", "alice", "old"));
    Entry replaced = entry("contoso", "alice", "new");
    store.save(replaced);
    assertKept(replaced);
    assertThat(store.find(at("contoso"))).hasSize(1);
  }

  @Test
  void tellsUsersPathsPortsAndProtocolsApart() throws Exception {
    List<Entry> entries = new ArrayList<>();
    entries.add(entry("contoso", "alice", "1"));
    entries.add(entry("contoso", "bob", "2"));
    entries.add(entry("fabrikam", "alice", "3"));
    entries.add(entry(null, "alice", "4"));
    entries.add(keyed(new Identity("http", host, "contoso"), "alice", "5"));
    entries.add(keyed(new Identity("https", host + ":8443", "contoso"), "alice", "6"));
    entries.add(keyed(new Identity("https", host + ":8444", "contoso"), "alice", "7"));
    entries.add(keyed(new Identity("https", "[::1]:8443." + host, "contoso"), "alice", "8"));
    for (Entry entry : entries) {
      store.save(entry);
    }
    for (Entry entry : entries) {
      assertKept(entry);
    }
    assertThat(keys(store.find(at(null))))
        .containsExactlyInAnyOrder(
            entries.get(0).key(), entries.get(1).key(), entries.get(2).key(), entries.get(3).key());
    assertThat(keys(store.find(at("contoso"))))
        .containsExactlyInAnyOrder(entries.get(0).key(), entries.get(1).key());
  }

  @Test
  void tellsNamesApartThatDifferOnlyInCase() throws Exception {
    List<Entry> entries = new ArrayList<>();
    for (String user : List.of("alice@example.com", "Alice@Example.com", "ALICE@EXAMPLE.COM")) {
      entries.add(entry("contoso", user, random(10)));
    }
    for (String path : List.of("a.git", "A.git")) {
      entries.add(entry(path, null, random(10)));
    }
    for (Entry entry : entries) {
      store.save(entry);
    }
    for (Entry entry : entries) {
      assertKept(entry);
    }
    assertThat(store.find(at("a.git"))).hasSize(1);
    assertThat(store.find(at("contoso"))).hasSize(3);
    assertThat(store.delete(entries.remove(1).key())).isTrue();
    for (Entry entry : entries) {
      assertKept(entry);
    }
    assertThat(store.find(at("contoso"))).hasSize(2);
  }

  @Test
  void deletesOneOfSeveral() throws Exception {
    Entry alice = entry("contoso", "alice", "1");
    Entry bob = entry("contoso", "bob", "2");
    store.save(alice);
    store.save(bob);
    assertThat(store.delete(alice.key())).isTrue();
    assertThat(keys(open().find(at(null)))).containsExactly(bob.key());
    assertThat(store.delete(alice.key())).isFalse();
  }

  @Test
  void losesNothingWhenTheCollectorRunsBetweenAnyTwoNativeCalls() throws Exception {
    try (CollectorBetweenCalls collector = new CollectorBetweenCalls(nativeLibraries())) {
      // Each call in a store of its own, for all of them take longer than a run may.
      Entry entry = entry("contoso", "Zo\u00eb", random(1_500));
      open().save(entry);
      assertKept(entry);
      Entry replaced = entry("contoso", "Zo\u00eb", random(40));
      open().save(replaced);
      assertKept(replaced);
      assertThat(open().list()).contains(entry.key());
      assertThat(open().delete(entry.key())).isTrue();
      assertThat(open().find(at("contoso"))).isEmpty();
      if (!nativeLibraries().isEmpty()) {
        assertThat(collector.calls()).isGreaterThan(10);
      }
    }
  }

  @Test
  void listsTheKeysOfAllEntries() throws Exception {
    Entry one = entry("contoso", "alice", "1");
    Entry two = entry(null, null, "2");
    store.save(one);
    store.save(two);
    assertThat(open().list()).contains(one.key(), two.key());
  }

  private Entry keyed(Identity identity, String user, String password) {
    return Entry.of(
        new EntryKey(identity, user), Secret.password(password.getBytes(UTF_8)), 1_700_000_000L);
  }

  private static List<EntryKey> keys(List<Entry> entries) {
    return entries.stream().map(Entry::key).toList();
  }
}
