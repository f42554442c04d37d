package io.github.gitcredentialpat.store.secretservice;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.testing.OwnTime;
import io.github.gitcredentialpat.testing.PrivateBus;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

// More than 400 lines: one test for each way in which a service can fail.
/** No bus, no keyring, locked or silent ones: each ends in time, and loses nothing. */
@Timeout(60)
@Tag("slow")
final class SecretServiceTroubleTest {
  /** What the scripted Secret Service holds. */
  private static final Identity THERE = new Identity("https", "there.example", null);

  private static final EntryKey KEPT = new EntryKey(THERE, "alice");
  private static final Entry NEW = entry(new EntryKey(THERE, "bob"), "new");

  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private PrivateBus bus;

  @BeforeEach
  void startBus() throws Exception {
    bus = new PrivateBus();
  }

  @AfterEach
  void stopBus() throws Exception {
    thread.shutdownNow();
    if (bus != null) {
      bus.close();
    }
  }

  private static Entry entry(EntryKey key, String password) {
    return Entry.of(key, Secret.password(password.getBytes(UTF_8)), 1);
  }

  private SecretServiceStore open(boolean mayPrompt) {
    return open(bus.environment(), mayPrompt, new Deadline());
  }

  private static SecretServiceStore open(
      Map<String, String> environment, boolean mayPrompt, Deadline deadline) {
    return new SecretServiceStore(new Environment(environment, mayPrompt, deadline));
  }

  /** Asserts how a call ends, and that it leaves time for the stores that come after it. */
  private static StoreException assertFails(Reason reason, ThrowingCallable call) {
    StoreException failure = SecretServiceContract.assertFails(reason, call);
    assertThat(failure.inOneLine()).contains("; ").doesNotContain("\n").doesNotEndWith(".");
    return failure;
  }

  /** Asserts that the store still holds exactly this password under the key. */
  private static void assertHolds(SecretServiceStore store, EntryKey key, String password)
      throws StoreException {
    assertThat(store.find(key.identity()))
        .filteredOn(entry -> entry.key().equals(key))
        .singleElement()
        .satisfies(entry -> assertThat(entry.secret().bytes()).isEqualTo(password.getBytes(UTF_8)));
  }

  private static void awaitContent(Path file, String content) throws Exception {
    for (int i = 0; i < 2_000 && !Files.readString(file).equals(content); i++) {
      Thread.sleep(10);
    }
    assertThat(file).hasContent(content);
  }

  /** Runs a search without JNA on the class path. */
  static final class WithoutJna {
    public static void main(String[] args) {
      try {
        open(System.getenv(), true, new Deadline()).find(THERE);
      } catch (StoreException e) {
        System.out.print(e.reason() + " " + e.getMessage());
      }
    }
  }

  @Test
  void noBusIsSaidBeforeAnythingNativeIsLoaded(@TempDir Path empty) throws Exception {
    String classes = "";
    for (Class<?> type : List.of(SecretServiceStore.class, SecretServiceTroubleTest.class)) {
      classes += Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()) + ":";
    }
    ProcessBuilder java =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            classes,
            WithoutJna.class.getName());
    java.environment().clear();
    java.environment().put("XDG_RUNTIME_DIR", empty.toString());
    java.redirectErrorStream(true);
    Process process = java.start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(said).startsWith("UNAVAILABLE there is no session bus");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"unix:path=/nonexistent/bus", "unix:path=", "autolaunch:", "nonsense", ";", "%"})
  void anAddressThatLeadsNowhereIsUnavailable(String address) {
    SecretServiceStore store =
        open(Map.of("DBUS_SESSION_BUS_ADDRESS", address), true, new Deadline());
    assertFails(Reason.UNAVAILABLE, () -> store.find(THERE));
    assertFails(Reason.UNAVAILABLE, () -> store.save(NEW));
    assertFails(Reason.UNAVAILABLE, () -> store.delete(KEPT));
    assertFails(Reason.UNAVAILABLE, store::list);
  }

  @Test
  void aSocketThatNobodyListensToAnyMoreIsUnavailable(@TempDir Path folder) throws Exception {
    Path socket = folder.resolve("bus");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
    }
    assertThat(socket).exists();
    SecretServiceStore store =
        open(Map.of("XDG_RUNTIME_DIR", folder.toString()), true, new Deadline());
    assertFails(Reason.UNAVAILABLE, () -> store.find(THERE));
  }

  @Test
  void aBusThatNeverAnswersTheLoginTimesOut(@TempDir Path folder) throws Exception {
    // All that an address must escape.
    Path odd = Files.createDirectory(folder.resolve("ü, ;=%20"));
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(odd.resolve("bus")));
      SecretServiceStore store =
          open(Map.of("XDG_RUNTIME_DIR", odd.toString()), true, new Deadline());
      assertFails(Reason.TIMEOUT, () -> store.find(THERE));
    }
  }

  @Test
  void aBusWithoutAKeyringIsUnavailableAtOnce() {
    SecretServiceStore store = open(true);
    OwnTime time = new OwnTime();
    assertFails(Reason.UNAVAILABLE, () -> store.find(THERE));
    assertFails(Reason.UNAVAILABLE, () -> store.save(NEW));
    assertFails(Reason.UNAVAILABLE, () -> store.delete(KEPT));
    assertFails(Reason.UNAVAILABLE, store::list);
    assertThat(time.millis()).isLessThan(2_000);
  }

  @Test
  void aKeyringThatNeverAnswersTimesOut() throws Exception {
    bus.startScript("silent");
    assertFails(Reason.TIMEOUT, () -> open(true).find(THERE));
    StoreException failure = assertFails(Reason.TIMEOUT, () -> open(true).save(NEW));
    assertThat(failure.getMessage()).doesNotContain("may or may not");
  }

  @Test
  void aSlowKeyringIsWaitedForWithinTheRunsTime() throws Exception {
    bus.startScript("slow");
    assertHolds(open(true), KEPT, "kept");
    open(true).save(NEW);
    assertHolds(open(true), NEW.key(), "new");
    bus.startScript("slower");
    assertFails(Reason.TIMEOUT, () -> open(true).find(THERE));
  }

  @Test
  void aKeyringThatAnswersWithErrorsIsNeitherEmptyNorAbsent() throws Exception {
    bus.startScript("error");
    StoreException failure = assertFails(Reason.FAILED, () -> open(true).find(THERE));
    assertThat(failure.getMessage()).contains("there.example", "Error.Failed");
    assertFails(Reason.FAILED, () -> open(true).save(NEW));
    assertFails(Reason.FAILED, () -> open(true).delete(KEPT));
    assertFails(Reason.FAILED, () -> open(true).list());
  }

  @Test
  void aWriteThatWasNotConfirmedIsLeftOpen() throws Exception {
    bus.startScript("reads");
    assertHolds(open(true), KEPT, "kept");
    StoreException failure = assertFails(Reason.TIMEOUT, () -> open(true).save(NEW));
    assertThat(failure.getMessage()).contains("may or may not").contains("there.example");
    failure = assertFails(Reason.TIMEOUT, () -> open(true).save(entry(KEPT, "changed")));
    assertThat(failure.getMessage()).contains("may or may not");
    failure = assertFails(Reason.TIMEOUT, () -> open(true).delete(KEPT));
    assertThat(failure.getMessage()).contains("may or may not");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aLockedKeyringThatNobodyOpensLosesNothing(boolean mayPrompt) throws Exception {
    EntryKey withUser = new EntryKey(Identity.ofOrganization("contoso"), "alice");
    EntryKey without = new EntryKey(Identity.ofOrganization("contoso"), null);
    bus.startKeyring();
    open(false).save(entry(withUser, "one"));
    open(false).save(entry(without, "two"));

    bus.startLockedKeyring();
    Identity contoso = withUser.identity();
    StoreException failure = assertFails(Reason.LOCKED, () -> open(mayPrompt).find(contoso));
    assertThat(failure.getMessage()).contains("contoso").contains("unlock it");
    assertFails(Reason.LOCKED, () -> open(mayPrompt).save(entry(withUser, "other")));
    assertFails(Reason.LOCKED, () -> open(mayPrompt).save(entry(without, "other")));
    assertFails(Reason.LOCKED, () -> open(mayPrompt).save(NEW));
    assertFails(Reason.LOCKED, () -> open(mayPrompt).delete(withUser));
    assertFails(Reason.LOCKED, () -> open(mayPrompt).delete(without));
    assertFails(Reason.LOCKED, () -> open(mayPrompt).list());
    assertThat(open(mayPrompt).find(Identity.ofOrganization("fabrikam"))).isEmpty();
    assertThat(open(mayPrompt).delete(new EntryKey(contoso, "bob"))).isFalse();

    bus.startKeyring();
    assertThat(open(false).list()).containsExactlyInAnyOrder(withUser, without);
    assertHolds(open(false), withUser, "one");
    assertHolds(open(false), without, "two");
  }

  @Test
  void aKeyringThatWasNeverSetUpKeepsNothing() throws Exception {
    bus.startLockedKeyring();
    assertThat(open(false).find(THERE)).isEmpty();
    assertThat(open(false).list()).isEmpty();
    assertThat(open(false).delete(KEPT)).isFalse();
    assertFails(Reason.UNAVAILABLE, () -> open(false).save(NEW));
  }

  @Test
  void unlocksOnlyWhenAPersonCanBeAsked() throws Exception {
    Path said = bus.startScript("accept");
    assertFails(Reason.LOCKED, () -> open(false).find(THERE));
    assertFails(Reason.LOCKED, () -> open(false).save(NEW));
    assertFails(Reason.LOCKED, () -> open(false).delete(KEPT));
    assertThat(open(true).list()).containsExactly(KEPT);
    assertThat(said).isEmptyFile();

    Deadline deadline = new Deadline();
    SecretServiceStore store = open(bus.environment(), true, deadline);
    assertHolds(store, KEPT, "kept");
    assertThat(deadline.remainingMillis()).isLessThanOrEqualTo(5_000);
    assertThat(said).hasContent("unlock\nprompt\n");
  }

  @Test
  void unlocksToSaveAndToDelete() throws Exception {
    bus.startScript("accept");
    SecretServiceStore store = open(true);
    store.save(NEW);
    assertHolds(store, NEW.key(), "new");
    assertHolds(store, KEPT, "kept");
    bus.startScript("accept");
    store = open(true);
    store.save(entry(KEPT, "changed"));
    assertHolds(store, KEPT, "changed");
    bus.startScript("accept");
    store = open(true);
    assertThat(store.delete(KEPT)).isTrue();
    assertThat(store.find(THERE)).isEmpty();
  }

  @Test
  void aDismissedUnlockingStaysLocked() throws Exception {
    bus.startScript("dismiss");
    StoreException failure = assertFails(Reason.LOCKED, () -> open(true).find(THERE));
    assertThat(failure.getMessage()).contains("dismissed");
    assertFails(Reason.LOCKED, () -> open(true).save(NEW));
    assertFails(Reason.LOCKED, () -> open(true).delete(KEPT));
  }

  @Test
  void aPromptThatNobodyAnswersIsTakenDownInTheEnd() throws Exception {
    Path said = bus.startScript("never");
    Deadline deadline = new Deadline();
    // Two minutes are too long for a test: leaves five seconds once the prompt is up.
    Future<?> impatient =
        thread.submit(
            () -> {
              while (deadline.remainingMillis() < 100_000) {
                Thread.sleep(10);
              }
              deadline.restart();
              return null;
            });
    OwnTime time = new OwnTime();
    StoreException failure =
        catchThrowableOfType(
            StoreException.class, () -> open(bus.environment(), true, deadline).find(THERE));
    long took = time.millis();
    impatient.get();
    assertThat(failure.reason()).isEqualTo(Reason.LOCKED);
    assertThat(failure.getMessage()).contains("nobody answered");
    assertThat(took).isBetween(3_000L, 6_000L);
    awaitContent(said, "unlock\nprompt\ndismiss\n");
  }

  @Test
  void aKeyringThatEndsWhileItAsksEndsTheWait() throws Exception {
    Path said = bus.startScript("never");
    Future<?> end =
        thread.submit(
            () -> {
              awaitContent(said, "unlock\nprompt\n");
              bus.stopProviders();
              return null;
            });
    StoreException failure = assertFails(Reason.LOCKED, () -> open(true).find(THERE));
    end.get();
    assertThat(failure.getMessage()).contains("quit while asking");
  }

  @Test
  void makesTheFirstKeyringWhenAPersonCanBeAsked() throws Exception {
    bus.startScript("empty");
    assertFails(Reason.UNAVAILABLE, () -> open(false).save(NEW));
    open(true).save(NEW);
    assertHolds(open(false), NEW.key(), "new");
    bus.startScript("empty-dismiss");
    assertFails(Reason.DENIED, () -> open(true).save(NEW));
  }

  @Test
  void goesThroughThePromptsOfAKeyringThatAsksForEachChange() throws Exception {
    bus.startScript("asks");
    SecretServiceStore store = open(true);
    store.save(NEW);
    assertHolds(store, NEW.key(), "new");
    assertThat(store.delete(KEPT)).isTrue();
    assertThat(store.find(THERE)).hasSize(1);

    assertFails(Reason.DENIED, () -> open(false).delete(NEW.key()));
    assertFails(Reason.DENIED, () -> open(false).save(entry(new EntryKey(THERE, "carol"), "x")));
    assertThat(open(false).list()).containsExactly(NEW.key());
  }

  @Test
  void aChangeThatAPersonRefusesIsDenied() throws Exception {
    bus.startScript("asks-dismiss");
    assertFails(Reason.DENIED, () -> open(true).save(NEW));
    assertFails(Reason.DENIED, () -> open(true).delete(KEPT));
    assertHolds(open(true), KEPT, "kept");
  }

  @Test
  void aBusThatWentAwayIsUnavailable() throws Exception {
    bus.startScript("asks");
    SecretServiceStore store = open(true);
    assertHolds(store, KEPT, "kept");
    bus.close();
    assertFails(Reason.UNAVAILABLE, () -> store.find(THERE));
    bus = new PrivateBus();
  }

  @Test
  void thousandsOfItemsTakeTheirTimeAndAreAllRead() throws Exception {
    bus.startScript("many");
    Identity services = new Identity("https", Identity.SERVICES_HOST, null);
    assertThat(open(false).list()).hasSize(5_001).doesNotHaveDuplicates();
    List<Entry> found = open(false).find(services);
    assertThat(found).hasSize(5_000);
    assertThat(found.get(4_321).secret().bytes()).isEqualTo("secret-4321".getBytes(UTF_8));
    EntryKey one = new EntryKey(Identity.ofOrganization("organization-4321"), "alice");
    assertHolds(open(false), one, "secret-4321");
    assertThat(open(false).delete(one)).isTrue();
    assertThat(open(false).find(one.identity())).isEmpty();
  }

  @Test
  void thousandsOfLockedItemsAreUnlockedAtOnce() throws Exception {
    Path said = bus.startScript("many-locked");
    assertThat(open(true).find(new Identity("https", Identity.SERVICES_HOST, null))).hasSize(5_000);
    assertThat(said).hasContent("unlock\nprompt\n");
  }
}
