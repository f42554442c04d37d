package io.github.gitcredentialpat.store.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

// More than 400 lines: what a machine does on its own while a vault is there, away, or changes.
final class SharedStoreTest {
  private static final int PERIOD = 900;
  private static final Identity CONTOSO = Identity.ofOrganization("contoso");
  private static final Identity HOST = new Identity("https", Identity.SERVICES_HOST, null);

  @TempDir private Path home;
  @TempDir private Path container;
  private final Map<String, String> environment = new HashMap<>();
  private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
  private final InMemoryStore vault = new InMemoryStore("vault");
  private final List<StoreException> problems = new ArrayList<>();
  private int opened;
  private long now = 1_800_000_000;
  private double chance = 0.5;
  private int period = PERIOD;
  private boolean writable;
  private @Nullable SharedStore last;

  private final Nature nature =
      new Nature() {
        @Override
        public long now() {
          return now;
        }

        @Override
        public double chance() {
          return chance;
        }
      };

  @BeforeEach
  void moveIn() throws Exception {
    // So that nothing goes into the kernel's keyring, which outlives the test.
    Files.createFile(container.resolve(".dockerenv"));
    environment.put("HOME", home.toString());
  }

  /** As another process opens it. */
  private SharedStore open() {
    return open(vault);
  }

  private SharedStore open(Store remote) {
    Console console = new Console(lines, true);
    Environment surroundings = new Environment(environment, false, new Deadline(), console);
    last =
        new SharedStore(
            "azkeyvault",
            () -> {
              opened++;
              return remote;
            },
            surroundings,
            period,
            writable,
            new MachineCache(surroundings, container, "none", "shared"),
            nature);
    return last;
  }

  private static Entry entry(String secret) {
    return entry(CONTOSO, secret);
  }

  private static Entry entry(Identity identity, String secret) {
    return Entry.of(
        new EntryKey(identity, null), Secret.password(secret.getBytes(UTF_8)), 1_700_000_000L);
  }

  private static Entry expiring(String secret, long at) {
    return entry(secret).with(new Expiry(at, Expiry.Source.SERVICE), null);
  }

  private static String newSecret() {
    return UUID.randomUUID().toString();
  }

  /** The secrets that git could be answered with now, as another process asks for them. */
  private List<String> answers() throws StoreException {
    return answers(CONTOSO);
  }

  private List<String> answers(Identity where) throws StoreException {
    problems.clear();
    List<String> secrets = new ArrayList<>();
    for (Entry entry : open().find(where, problems)) {
      if (!entry.isOver(now)) {
        secrets.add(new String(entry.secret().bytes(), UTF_8));
      }
    }
    return secrets;
  }

  /** What git's erase does after a server refused this. */
  private void refuse(String secret) throws StoreException {
    for (Entry entry : open().find(CONTOSO)) {
      if (new String(entry.secret().bytes(), UTF_8).equals(secret)) {
        open().save(entry.setAsideAt(now));
      }
    }
  }

  private static StoreException away() {
    return new StoreException(Reason.TIMEOUT, "it does not answer");
  }

  // --- while it is there ---

  @Test
  void withinThePeriodItIsNotEvenOpened() throws Exception {
    String secret = newSecret();
    vault.save(entry(secret));
    assertThat(answers()).containsExactly(secret);
    opened = 0;
    now += PERIOD - 1;
    assertThat(answers()).containsExactly(secret);
    assertThat(open().find(CONTOSO)).hasSize(1);
    assertThat(opened).isZero();
    now += 1;
    assertThat(answers()).containsExactly(secret);
    assertThat(vault.reads()).isEqualTo(2);
  }

  @Test
  void aPeriodIsSpreadByATenthSoThatAFleetDriftsApart() throws Exception {
    vault.save(entry(newSecret()));
    chance = 0;
    answers();
    now += PERIOD * 9 / 10;
    chance = 1;
    answers();
    assertThat(vault.reads()).isEqualTo(2);
    now += PERIOD * 11 / 10 - 1;
    answers();
    assertThat(vault.reads()).isEqualTo(2);
    now += 1;
    answers();
    assertThat(vault.reads()).isEqualTo(3);
  }

  @Test
  void thatThereIsNothingCountsForAMinute() throws Exception {
    assertThat(answers()).isEmpty();
    now += 59;
    assertThat(answers()).isEmpty();
    assertThat(problems).isEmpty();
    assertThat(vault.reads()).isEqualTo(1);
    String secret = newSecret();
    vault.save(entry(secret));
    now += 1;
    assertThat(answers()).containsExactly(secret);
  }

  @Test
  void aShorterPeriodCountsAtOnceAndSoDoesAClockThatWasSetBack() throws Exception {
    vault.save(entry(newSecret()));
    answers();
    period = 60;
    now += 70;
    answers();
    assertThat(vault.reads()).isEqualTo(2);
    now -= 3600;
    answers();
    assertThat(vault.reads()).isEqualTo(3);
  }

  @Test
  void eachPlaceIsRememberedByItself() throws Exception {
    String contoso = newSecret();
    String fabrikam = newSecret();
    vault.save(entry(contoso));
    vault.save(entry(Identity.ofOrganization("fabrikam"), fabrikam));
    assertThat(answers(HOST)).containsExactlyInAnyOrder(contoso, fabrikam);
    assertThat(answers()).containsExactly(contoso);
    assertThat(answers(Identity.ofOrganization("fabrikam"))).containsExactly(fabrikam);
    assertThat(vault.reads()).isEqualTo(3);
    assertThat(answers(HOST)).containsExactlyInAnyOrder(contoso, fabrikam);
    assertThat(answers()).containsExactly(contoso);
    assertThat(vault.reads()).isEqualTo(3);
  }

  @Test
  void anotherVaultOrIdentityIsNeverAnsweredWithWhatThisOneSaid() throws Exception {
    vault.save(entry(newSecret()));
    assertThat(answers()).hasSize(1);
    for (String variable :
        List.of(
            "GIT_CREDENTIAL_PAT_VAULT",
            "AZURE_CLIENT_ID",
            "AZURE_TENANT_ID",
            "IDENTITY_HEADER",
            "VAULT_ADDR",
            "VAULT_NAMESPACE",
            "VAULT_TOKEN",
            "BAO_ADDR",
            "BAO_TOKEN")) {
      environment.put(variable, "another");
      vault.failWith(away());
      assertThat(answers()).as(variable).isEmpty();
      vault.failWith(null);
      environment.remove(variable);
    }
    Path accounts = Files.createDirectories(home.resolve(".azure")).resolve("azureProfile.json");
    Files.writeString(accounts, "{}");
    vault.failWith(away());
    assertThat(answers()).isEmpty();
  }

  @Test
  void nothingOfItStandsInTheFilesInPlain() throws Exception {
    String secret = newSecret();
    vault.save(entry(secret));
    answers();
    try (Stream<Path> files = Files.walk(home)) {
      List<Path> all = files.filter(Files::isRegularFile).toList();
      assertThat(all).isNotEmpty();
      for (Path file : all) {
        assertThat(new String(Files.readAllBytes(file), UTF_8)).doesNotContain(secret, "contoso");
      }
    }
  }

  // --- while it is away ---

  @Test
  void whatIsRememberedIsAnsweredWhileItIsAwayWithOneLineAPeriod() throws Exception {
    // Longer than any pause between two questions.
    period = 3_600;
    String secret = newSecret();
    vault.save(entry(secret));
    answers();
    vault.failWith(away());
    now += period + 120;
    assertThat(answers()).containsExactly(secret);
    assertThat(problems).isEmpty();
    assertThat(last.notice())
        .isEqualTo("azkeyvault: it does not answer; using what it said 62 minutes ago");
    int said = 0;
    for (long end = now + 10L * period; now < end; now += 60) {
      assertThat(answers()).containsExactly(secret);
      assertThat(problems).isEmpty();
      said += last.notice() == null ? 0 : 1;
    }
    assertThat(said).isBetween(8, 10);
    assertThat(vault.reads()).isEqualTo(1);
    String newer = newSecret();
    vault.failWith(null);
    vault.save(entry(newer));
    now += period;
    assertThat(answers()).containsExactly(newer);
    assertThat(last.notice()).isNull();
  }

  @Test
  void thePauseGrowsEachTimeAndIsSpreadByChance() throws Exception {
    vault.failWith(away());
    List<Long> pauses = new ArrayList<>();
    assertThat(answers()).isEmpty();
    for (int i = 0; i < 9; i++) {
      opened = 0;
      long before = now;
      while (opened == 0) {
        now++;
        answers();
        assertThat(problems).hasSize(1);
        assertThat(problems.get(0).reason()).isEqualTo(Reason.TIMEOUT);
        assertThat(problems.get(0)).hasMessage("it does not answer");
      }
      pauses.add(now - before);
    }
    assertThat(pauses).containsExactly(15L, 30L, 60L, 120L, 240L, 480L, 960L, 960L, 960L);
    chance = 0;
    environment.put("AZURE_CLIENT_ID", "another");
    answers();
    opened = 0;
    now += 7;
    answers();
    assertThat(opened).isZero();
    now += 1;
    answers();
    assertThat(opened).isEqualTo(1);
  }

  @Test
  void itIsLeftAloneForAsLongAsItWants() throws Exception {
    String secret = newSecret();
    vault.save(entry(secret));
    answers();
    now += PERIOD;
    vault.failWith(new StoreException(Reason.FAILED, "too many requests").withRetryAfter(300));
    assertThat(answers()).containsExactly(secret);
    opened = 0;
    chance = 0;
    now += 299;
    assertThat(answers()).containsExactly(secret);
    // Not even for what was refused.
    refuse(secret);
    assertThat(answers()).isEmpty();
    assertThat(problems).hasSize(1);
    assertThat(opened).isZero();
    vault.failWith(null);
    vault.save(entry("next"));
    now += 30;
    assertThat(answers()).containsExactly("next");
  }

  @Test
  void whatHasExpiredIsNeverAnsweredWhetherItIsThereOrAway() throws Exception {
    vault.save(expiring("old", now + 60));
    assertThat(answers()).containsExactly("old");
    vault.failWith(away());
    now += 60;
    List<StoreException> unread = new ArrayList<>();
    assertThat(open().find(CONTOSO, unread)).isEmpty();
    assertThat(unread).hasSize(1);
    vault.failWith(null);
    vault.save(expiring("new", now + 600));
    now += 60;
    assertThat(answers()).containsExactly("new");
    int reads = vault.reads();
    // At once, though the period is not over.
    vault.save(expiring("newest", now + 6000));
    now += 540;
    assertThat(answers()).containsExactly("newest");
    assertThat(vault.reads()).isEqualTo(reads + 1);
  }

  @Test
  void anExpiredOneBesideAGoodOneIsNoReasonToAskMoreOften() throws Exception {
    vault.save(expiring("old", now - 60));
    vault.save(
        Entry.of(new EntryKey(CONTOSO, "bob"), Secret.password("good".getBytes(UTF_8)), now));
    for (int i = 0; i < 14; i++) {
      assertThat(answers()).containsExactly("good");
      now += 60;
    }
    assertThat(vault.reads()).isEqualTo(1);
  }

  @Test
  void whatItHasNotConfirmedForAWeekIsForgotten() throws Exception {
    vault.save(entry(newSecret()));
    answers();
    vault.failWith(away());
    now += 7 * 86_400 - 60;
    assertThat(answers()).hasSize(1);
    now += 61;
    assertThat(answers()).isEmpty();
  }

  @Test
  void thatNothingIsSetUpIsToldAtOnceAgain() throws Exception {
    vault.failWith(new StoreException(Reason.UNAVAILABLE, "no vault was named"));
    assertThat(answers()).isEmpty();
    assertThat(problems).hasSize(1);
    vault.failWith(null);
    String secret = newSecret();
    vault.save(entry(secret));
    assertThat(answers()).containsExactly(secret);
  }

  // --- what a server refused ---

  @Test
  void aNewerOneIsFetchedAtOnceAfterARefusal() throws Exception {
    vault.save(entry("first"));
    assertThat(answers()).containsExactly("first");
    int writes = vault.writes();
    refuse("first");
    assertThat(vault.writes()).isEqualTo(writes);
    vault.save(entry("second"));
    assertThat(answers()).containsExactly("second");
    // It has a whole period, as any other.
    int reads = vault.reads();
    now += PERIOD - 1;
    assertThat(answers()).containsExactly("second");
    assertThat(vault.reads()).isEqualTo(reads);
  }

  @Test
  void theSameOneStaysSetAsideAndIsAskedForOnceAMinute() throws Exception {
    vault.save(entry("first"));
    answers();
    refuse("first");
    int reads = vault.reads();
    for (int i = 0; i < 600; i++) {
      assertThat(answers()).isEmpty();
      now++;
    }
    assertThat(vault.reads() - reads).isEqualTo(10);
    List<Entry> found = open().find(CONTOSO);
    assertThat(found).hasSize(1);
    assertThat(found.get(0).setAsideAt()).isNotZero();
    vault.save(entry("second"));
    now += 60;
    assertThat(answers()).containsExactly("second");
  }

  @Test
  void whatWasRefusedOnceIsRecognizedWhenItComesBack() throws Exception {
    vault.save(entry("first"));
    answers();
    refuse("first");
    vault.save(entry("second"));
    answers();
    vault.save(entry("first"));
    now += PERIOD;
    assertThat(answers()).isEmpty();
  }

  @Test
  void whatIsRefusedForOnePlaceIsSoForTheWholeHost() throws Exception {
    vault.save(entry("first"));
    assertThat(answers(HOST)).containsExactly("first");
    assertThat(answers()).containsExactly("first");
    refuse("first");
    assertThat(answers(HOST)).isEmpty();
    environment.put("AZURE_CLIENT_ID", "another");
    assertThat(answers()).containsExactly("first");
    refuse("first");
    assertThat(answers(HOST)).isEmpty();
  }

  @Test
  void aRestoredOneIsAnsweredAgainAndNothingIsWritten() throws Exception {
    vault.save(entry("first"));
    answers();
    refuse("first");
    assertThat(answers()).isEmpty();
    int writes = vault.writes();
    open().save(open().find(CONTOSO).get(0).setAsideAt(0));
    assertThat(answers()).containsExactly("first");
    writable = true;
    open().save(open().find(CONTOSO).get(0).setAsideAt(now));
    assertThat(open().find(CONTOSO).get(0).setAsideAt()).isEqualTo(now);
    open().save(open().find(CONTOSO).get(0).setAsideAt(0));
    assertThat(open().find(CONTOSO).get(0).setAsideAt()).isZero();
    assertThat(vault.writes()).isEqualTo(writes);
  }

  // --- changing ---

  @Test
  void whereItIsOnlyReadNothingReachesIt() throws Exception {
    vault.save(entry("first"));
    answers();
    int writes = vault.writes();
    // Git found it good, or knows its end now.
    open().save(entry("first"));
    open().save(expiring("first", now + 5));
    assertThatThrownBy(() -> open().save(entry("second")))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.READ_ONLY);
              assertThat(e.hint()).isEqualTo("git-credential-pat login contoso --store azkeyvault");
            });
    assertThatThrownBy(() -> open().delete(entry("first").key()))
        .isInstanceOfSatisfying(
            StoreException.class,
            e ->
                assertThat(e.hint())
                    .isEqualTo("git-credential-pat logout contoso --store azkeyvault"));
    assertThat(open().capacity().writable()).isFalse();
    assertThat(vault.writes()).isEqualTo(writes);
    assertThat(answers()).containsExactly("first");
  }

  @Test
  void whatAPersonWritesIsAnsweredNext() throws Exception {
    vault.save(entry("first"));
    answers();
    answers(HOST);
    writable = true;
    open().save(entry("second"));
    writable = false;
    assertThat(answers()).containsExactly("second");
    assertThat(answers(HOST)).containsExactly("second");
    writable = true;
    assertThat(open().delete(entry("second").key())).isTrue();
    writable = false;
    assertThat(answers()).isEmpty();
    assertThat(answers(HOST)).isEmpty();
  }

  @Test
  void aSignInNeverGoesThere() throws Exception {
    writable = true;
    Entry signIn = entry(Identity.ofSignIn("tenant"), "refresh token");
    assertThatThrownBy(() -> open().save(signIn)).isInstanceOf(StoreException.class);
    writable = false;
    assertThat(answers(Identity.ofSignIn("tenant"))).isEmpty();
    assertThat(vault.writes()).isZero();
    assertThat(opened).isZero();
  }

  // --- listing ---

  @Test
  void aListAsksItAndShowsWhatIsRememberedWhileItIsAway() throws Exception {
    vault.save(entry("first"));
    answers();
    Identity fabrikam = Identity.ofOrganization("fabrikam");
    vault.save(entry(fabrikam, "other"));
    assertThat(open().list(problems)).hasSize(2);
    // Completing a word asks nobody, and neither does a shell's prompt.
    opened = 0;
    assertThat(open().list()).containsExactly(entry("first").key());
    assertThat(open().find(HOST)).hasSize(1);
    assertThat(opened).isZero();
    vault.failWith(away());
    assertThat(open().list(problems)).containsExactly(entry("first").key());
    assertThat(problems).hasSize(1);
  }

  // --- where nothing can be remembered ---

  @Test
  void withoutAPlaceForACacheItIsAskedEachTime() throws Exception {
    environment.put("HOME", "nowhere");
    environment.put("XDG_DATA_HOME", "");
    vault.save(entry("first"));
    assertThat(answers()).containsExactly("first");
    assertThat(open().find(CONTOSO)).hasSize(1);
    assertThat(vault.reads()).isEqualTo(2);
    vault.save(entry("second"));
    assertThat(answers()).containsExactly("second");
    assertThatThrownBy(() -> open().save(entry("second").setAsideAt(now)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("cannot note on this machine");
    vault.failWith(away());
    assertThat(answers()).isEmpty();
    assertThat(problems).hasSize(1);
  }

  // --- several processes ---

  @Test
  void aRefusalWhileAnotherProcessAsksIsNotForgotten() throws Exception {
    vault.save(entry("first"));
    answers();
    now += PERIOD;
    vault.afterFind(1, () -> refuse("first"));
    answers();
    assertThat(answers()).isEmpty();
    assertThat(open().find(CONTOSO).get(0).setAsideAt()).isNotZero();
  }

  @Test
  void whatWasReadBeforeItsRefusalIsAskedForAgainAtOnce() throws Exception {
    vault.save(entry("first"));
    answers();
    now += PERIOD;
    vault.afterFind(
        1,
        () -> {
          refuse("first");
          vault.save(entry("second"));
        });
    answers();
    assertThat(answers()).containsExactly("second");
    int reads = vault.reads();
    assertThat(answers()).containsExactly("second");
    assertThat(vault.reads()).isEqualTo(reads);
  }

  @Test
  void ofManyThatWantToKnowAtOnceOneAsks() throws Exception {
    vault.save(entry("first"));
    Store slow =
        new InMemoryStore("slow") {
          @Override
          public List<Entry> find(Identity where) throws StoreException {
            try {
              Thread.sleep(150);
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            synchronized (vault) {
              return vault.find(where);
            }
          }
        };
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    List<String> answered = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 8; i++) {
      SharedStore store = open(slow);
      Thread thread =
          new Thread(
              () -> {
                try {
                  start.await();
                  for (Entry entry : store.find(CONTOSO, new ArrayList<>())) {
                    answered.add(new String(entry.secret().bytes(), UTF_8));
                  }
                } catch (Exception e) {
                  answered.add(e.toString());
                }
              });
      thread.start();
      threads.add(thread);
    }
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(answered).hasSize(8).containsOnly("first");
    assertThat(vault.reads()).isEqualTo(1);
  }

  /** What was refused is nothing to go on with. */
  @Test
  void whoWaitsInVainForAnotherProcessAsksWhereNothingElseCanBeAnswered() throws Exception {
    vault.save(entry("first"));
    answers();
    now += PERIOD + PERIOD / 2;
    Environment surroundings = new Environment(environment, false, new Deadline());
    try (CacheLock another = CacheLock.acquire(surroundings, "shared-ask.lock", 0)) {
      assertThat(another.isHeld()).isTrue();
      int reads = vault.reads();
      assertThat(answers()).containsExactly("first");
      assertThat(vault.reads()).isEqualTo(reads);
      refuse("first");
      vault.save(entry("second"));
      assertThat(answers()).containsExactly("second");
    }
  }

  /** As where many waited for the first one to ask, until their time was nearly over. */
  @Test
  void whoRunsOutOfTimeWhileAnotherProcessIsToldTakesWhatThatOneWasTold() throws Exception {
    vault.save(entry("first"));
    Store late =
        new InMemoryStore("late") {
          @Override
          public List<Entry> find(Identity where) throws StoreException {
            assertThat(answers()).containsExactly("first");
            throw away();
          }
        };
    SharedStore store = open(late);
    List<StoreException> unread = new ArrayList<>();
    assertThat(store.find(CONTOSO, unread)).hasSize(1);
    assertThat(unread).isEmpty();
    assertThat(store.notice()).isNull();
    refuse("first");
    vault.save(entry("second"));
    assertThat(answers()).containsExactly("second");
  }

  @Test
  void whatAnotherVersionRememberedCountsAsNothing() throws Exception {
    vault.save(entry("first"));
    MachineCache cache =
        new MachineCache(
            new Environment(environment, false, new Deadline()), container, "none", "shared");
    answers();
    for (EntryKey key : cache.keys()) {
      Entry kept = cache.find(key.identity(), each -> each.key().equals(key));
      byte[] snapshot = Base64.getDecoder().decode(kept.secret().bytes());
      snapshot[0]++;
      Secret newer = Secret.password(Base64.getEncoder().encode(snapshot));
      cache.put(Entry.of(key, newer, now), each -> false);
    }
    vault.save(entry("second"));
    assertThat(answers()).containsExactly("second");
  }
}
