package io.github.gitcredentialpat.store.secretservice;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.helper.CredentialHelper;
import io.github.gitcredentialpat.helper.Erased;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Payload;
import io.github.gitcredentialpat.store.StoreChain;
import io.github.gitcredentialpat.testing.PrivateBus;
import io.github.gitcredentialpat.testing.Requires;
import io.github.gitcredentialpat.tokens.Invocation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The store contract and more, on a real GNOME Keyring that is unlocked. */
@Tag("slow")
final class SecretServiceStoreTest extends SecretServiceContract {
  /** A collection of GNOME Keyring that is not the default one and always open. */
  private static final String OTHER_COLLECTION = "/org/freedesktop/secrets/collection/session";

  private static final String DEFAULT_COLLECTION = "/org/freedesktop/secrets/aliases/default";

  private static PrivateBus bus;

  @BeforeAll
  static void startKeyring() throws Exception {
    bus = new PrivateBus();
    bus.startKeyring();
  }

  @AfterAll
  static void stopKeyring() throws Exception {
    if (bus != null) {
      bus.close();
    }
  }

  @Override
  PrivateBus bus() {
    return bus;
  }

  private SecretService service() throws Exception {
    SecretService service =
        SecretService.open(
            bus.environment().get("DBUS_SESSION_BUS_ADDRESS"), new Deadline(), false);
    opened.add(service);
    return service;
  }

  @ParameterizedTest
  @ValueSource(ints = {3_000, 20_000, 300_000})
  void keepsLargeSecrets(int bytes) throws Exception {
    Entry entry = entry("contoso", "alice", random(bytes / 2));
    store.save(entry);
    assertKept(entry);
  }

  @Test
  void anEntryThatSaysLessSparesThoseThatSayMore() throws Exception {
    List<Entry> entries = new ArrayList<>();
    entries.add(entry("contoso", "alice", "1"));
    entries.add(entry("contoso", "", "2"));
    entries.add(entry("contoso", null, "3"));
    entries.add(entry(null, "alice", "4"));
    entries.add(entry(null, null, "5"));
    for (Entry entry : entries) {
      store.save(entry);
    }
    for (Entry entry : entries) {
      assertKept(entry);
    }
    assertThat(store.find(at(null))).hasSize(5);
    assertThat(store.delete(entries.get(4).key())).isTrue();
    assertThat(store.delete(entries.get(3).key())).isTrue();
    assertThat(store.delete(entries.get(2).key())).isTrue();
    assertKept(entries.get(0));
    assertKept(entries.get(1));
  }

  @Test
  void replacesAnEntryInTheCollectionWhereItLies() throws Exception {
    Entry old = entry("contoso", null, "old");
    put(OTHER_COLLECTION, old);
    assertKept(old);
    Entry replaced = entry("contoso", null, "new");
    store.save(replaced);
    assertKept(replaced);
    assertThat(items(old.key())).hasSize(1).allMatch(item -> item.startsWith(OTHER_COLLECTION));
  }

  @Test
  void replacesAllCopiesByOne() throws Exception {
    put(OTHER_COLLECTION, entry("contoso", "alice", "one"));
    put(DEFAULT_COLLECTION, entry("contoso", "alice", "two"));
    Entry replaced = entry("contoso", "alice", "three");
    assertThat(items(replaced.key())).hasSize(2);
    store.save(replaced);
    assertThat(items(replaced.key())).hasSize(1);
    assertKept(replaced);
  }

  @Test
  void deletesAllCopies() throws Exception {
    Entry entry = entry("contoso", "alice", "copied");
    put(OTHER_COLLECTION, entry);
    put(DEFAULT_COLLECTION, entry);
    assertThat(items(entry.key())).hasSize(2);
    assertThat(store.delete(entry.key())).isTrue();
    assertThat(items(entry.key())).isEmpty();
  }

  // --- two items of one entry, which two first stores at once may leave ---

  private static final long NOW = 1_800_000_000L;

  private Invocation run(ByteArrayOutputStream err) {
    Deadline deadline = new Deadline();
    deadline.promptShown();
    return new Invocation(
        new StoreChain(List.of(open()), true),
        new Environment(bus.environment(), false, deadline),
        new Console(err, false),
        NOW);
  }

  /** The tokens of an organization that nobody has, under one key. */
  private EntryKey putTwo(String collection, @Nullable String user) throws Exception {
    EntryKey key = new EntryKey(Identity.ofOrganization(host.replace(".", "-")), user);
    long time = NOW - 10;
    for (String secret : List.of("older", "newer")) {
      put(collection, Entry.of(key, Secret.password(secret.getBytes(UTF_8)), time++));
    }
    assertThat(items(key)).hasSize(2);
    return key;
  }

  private static ByteArrayInputStream request(EntryKey key, String more) {
    String place = "protocol=https\nhost=dev.azure.com\npath=" + key.identity().path() + "\n";
    return new ByteArrayInputStream((place + more).getBytes(UTF_8));
  }

  private List<String> secrets(EntryKey key) throws Exception {
    List<String> secrets = new ArrayList<>();
    for (Entry entry : open().find(key.identity())) {
      secrets.add(
          new String(entry.secret().bytes(), UTF_8) + (entry.setAsideAt() == 0 ? "" : " (aside)"));
    }
    return secrets;
  }

  private static List<Arguments> placesOfTwo() {
    List<Arguments> places = new ArrayList<>();
    for (String collection : List.of(DEFAULT_COLLECTION, OTHER_COLLECTION)) {
      places.add(Arguments.of(collection, null));
      places.add(Arguments.of(collection, "alice"));
    }
    return places;
  }

  @ParameterizedTest
  @MethodSource("placesOfTwo")
  void ofTwoEqualItemsTheNewerIsAnswered(String collection, @Nullable String user)
      throws Exception {
    EntryKey key = putTwo(collection, user);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    CredentialHelper.get(run(err), request(key, "")).writeTo(out);
    assertThat(out.toString(UTF_8)).contains("password=newer\n");
    assertThat(err.toString(UTF_8)).isEmpty();
    assertThat(secrets(key)).containsExactlyInAnyOrder("older", "newer");
    assertThat(store.delete(key)).isTrue();
  }

  @ParameterizedTest
  @MethodSource("placesOfTwo")
  void aStoreOverTwoEqualItemsLeavesTheNewToken(String collection, @Nullable String user)
      throws Exception {
    EntryKey key = putTwo(collection, user);
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    assertThat(CredentialHelper.store(run(err), request(key, "username=alice\npassword=newest\n")))
        .isTrue();
    // Where the two have no name, a token with one may be another account's.
    assertThat(secrets(key)).contains("newest");
    for (EntryKey each : keys(key)) {
      assertThat(store.delete(each)).isTrue();
    }
  }

  private Set<EntryKey> keys(EntryKey like) throws Exception {
    Set<EntryKey> keys = new HashSet<>();
    for (Entry entry : open().find(like.identity())) {
      keys.add(entry.key());
    }
    return keys;
  }

  @ParameterizedTest
  @MethodSource("placesOfTwo")
  void aRefusalOfOneOfTwoEqualItemsSparesTheOther(String collection, @Nullable String user)
      throws Exception {
    for (String refused : List.of("older", "newer")) {
      EntryKey key = putTwo(collection, user);
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      Erased erased =
          CredentialHelper.erase(
              run(err), request(key, "username=alice\npassword=" + refused + "\n"));
      assertThat(erased.failed()).isFalse();
      assertThat(secrets(key)).containsExactly(refused.equals("older") ? "newer" : "older");
      assertThat(store.delete(key)).isTrue();
    }
  }

  @Test
  void namesTheItemForAPersonWithoutItsSecret() throws Exception {
    Entry entry =
        new Entry(
            new EntryKey(Identity.ofOrganization(host), "alice"),
            entry(null, null, "top secret").secret(),
            null,
            null,
            0,
            0,
            null,
            null,
            null);
    store.save(entry);
    Process search =
        command(
            "secret-tool", "search", "--all", "application", "git-credential-pat", "path", host);
    String shown = new String(search.getInputStream().readAllBytes(), UTF_8);
    assertThat(search.waitFor()).isZero();
    assertThat(shown).contains("label = git-credential-pat: " + host + "\n");
    assertThat(store.delete(entry.key())).isTrue();
  }

  @Test
  void leavesItemsOfOtherProgramsAlone() throws Exception {
    Process foreign =
        command(
            "secret-tool", "store", "--label=x", "protocol", "https", "host", host, "user", "a");
    foreign.getOutputStream().write("theirs".getBytes(UTF_8));
    foreign.getOutputStream().close();
    assertThat(foreign.waitFor()).isZero();
    assertThat(service().search("host", host).unlocked()).hasSize(1);
    assertThat(store.find(at(null))).isEmpty();
    assertThat(store.delete(new EntryKey(at(null), "a"))).isFalse();
    store.save(entry(null, "a", "ours"));
    assertThat(service().search("host", host).unlocked()).hasSize(2);
  }

  @Test
  void fortyAtOnceAllSucceed() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(20);
    List<Future<?>> saves = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      Entry own = entry("contoso", "user " + i, "secret " + i);
      Entry shared = entry("fabrikam", "all", "secret " + i);
      SecretServiceStore mine = open();
      saves.add(
          threads.submit(
              () -> {
                mine.save(own);
                mine.save(shared);
                return null;
              }));
    }
    for (Future<?> save : saves) {
      save.get();
    }
    threads.shutdown();
    for (int i = 0; i < 40; i++) {
      assertKept(entry("contoso", "user " + i, "secret " + i));
    }
    assertThat(store.find(at("fabrikam"))).hasSize(1);
  }

  @Test
  void connectsAnewAfterItWasClosed() throws Exception {
    Entry entry = entry("contoso", "alice", "1");
    SecretServiceStore own = open();
    own.save(entry);
    own.close();
    assertThat(own.find(at("contoso"))).hasSize(1);
  }

  @Test
  void findsTheBusInTheRuntimeFolder() throws Exception {
    Entry entry = entry("contoso", "alice", "1");
    store.save(entry);
    Map<String, String> environment = new HashMap<>(bus.environment());
    environment.remove("DBUS_SESSION_BUS_ADDRESS");
    try (SecretServiceStore other =
        new SecretServiceStore(new Environment(environment, false, new Deadline()))) {
      assertThat(other.find(at("contoso"))).hasSize(1);
    }
  }

  private void put(String collection, Entry entry) throws Exception {
    service()
        .createItem(collection, "x", Attributes.ofItem(entry.key()), Payload.encode(entry), false);
  }

  private List<String> items(EntryKey key) throws Exception {
    return service().search(Attributes.ofSearch(key.identity(), key.user())).unlocked();
  }

  private static Process command(String... command) throws Exception {
    Requires.present(
        Files.isExecutable(Path.of("/usr/bin/secret-tool")),
        "secret-tool (Debian: libsecret-tools)");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(bus.environment());
    builder.redirectErrorStream(true);
    return builder.start();
  }
}
