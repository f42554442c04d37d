package io.github.gitcredentialpat.store.keychain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.jna.Pointer;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreContract;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("slow")
final class KeychainStoreTest extends StoreContract {
  @RegisterExtension static final StandInKeychain KEYCHAIN = new StandInKeychain();

  private static final int INTERACTION_NOT_ALLOWED = -25308;
  private static final int USER_CANCELED = -128;

  private final Deadline deadline = new Deadline();

  @Override
  protected Store open() {
    return open(false);
  }

  @Override
  protected List<String> nativeLibraries() {
    return List.of(StandInKeychain.path());
  }

  private Store open(boolean mayPrompt) {
    return StandInKeychain.store(new Environment(Map.of(), mayPrompt, deadline));
  }

  @AfterEach
  void mend() {
    StandInKeychain.fail("", 0, 0);
    StandInKeychain.call("standin_lock", 0);
    StandInKeychain.framework().SecKeychainSetUserInteractionAllowed((byte) 1);
  }

  @Test
  void anEntryIsAnInternetPasswordThatPeopleRecognize() throws Exception {
    Identity server = new Identity("https", host + ":8443", "tfs/collection");
    store.save(Entry.of(new EntryKey(server, "alice"), password("pw"), 1));
    SecurityFramework framework = StandInKeychain.framework();
    try (CoreFoundationObjects objects = new CoreFoundationObjects(framework)) {
      Pointer query = objects.dictionary();
      set(framework, query, "kSecClass", framework.kSec("kSecClassInternetPassword"));
      set(framework, query, "kSecAttrServer", objects.string(host));
      set(framework, query, "kSecAttrAccount", objects.string("alice"));
      set(framework, query, "kSecAttrPath", objects.string("tfs/collection"));
      set(framework, query, "kSecAttrPort", objects.number(8443));
      set(framework, query, "kSecAttrProtocol", framework.kSec("kSecAttrProtocolHTTPS"));
      set(framework, query, "kSecReturnAttributes", framework.kCFBooleanTrue());
      long[] result = new long[1];
      assertThat(framework.SecItemCopyMatching(query, result)).isZero();
      Pointer item = objects.own(new Pointer(result[0]));
      assertThat(text(framework, item, "kSecAttrLabel"))
          .isEqualTo("git-credential-pat: https://" + host + ":8443/tfs/collection");
      assertThat(text(framework, item, "kSecAttrSecurityDomain"))
          .isEqualTo("https://alice@" + host + ":8443/tfs/collection");
    }
  }

  @Test
  void itemsOfOtherProgramsAreNeverReadChangedOrDeleted() throws Exception {
    // As git's osxkeychain helper stores it; and one that only has our mark.
    addForeign(Map.of("kSecAttrAccount", "alice", "kSecAttrPath", "contoso"), 0);
    addForeign(Map.of("kSecAttrAccount", "bob", "kSecAttrSecurityDomain", "realm"), 0x67637074);
    addForeign(Map.of("kSecAttrAccount", "carol"), 0x67637074);
    assertThat(store.find(at(null))).isEmpty();
    assertThat(store.find(at("contoso"))).isEmpty();
    assertThat(store.list()).isEmpty();
    assertThat(store.delete(new EntryKey(at("contoso"), "alice"))).isFalse();
    Entry ours = entry("contoso", "alice", "ours");
    store.save(ours);
    store.save(ours);
    assertKept(ours);
    assertThat(store.delete(ours.key())).isTrue();
    assertThat(StandInKeychain.count("standin_items")).isEqualTo(3);
  }

  @Test
  void aLockedKeychainIsNotAnEmptyOne() throws Exception {
    Entry entry = entry("contoso", "alice", "secret");
    store.save(entry);
    StandInKeychain.call("standin_lock", 0);
    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            () -> store.find(at("contoso")),
            () -> store.save(entry),
            () -> store.save(entry(null, "bob", "new")),
            () -> store.delete(entry.key()))) {
      StoreException e = catchThrowableOfType(StoreException.class, call);
      assertThat(e.reason()).isEqualTo(Reason.LOCKED);
      assertThat(e)
          .hasMessageContaining("User interaction is not allowed. error -25308")
          .extracting("hint")
          .isEqualTo("security unlock-keychain");
    }
    assertThat(store.list()).containsExactly(entry.key());
    assertThat(store.find(at("fabrikam"))).isEmpty();
    assertThat(StandInKeychain.count("standin_prompts")).isZero();
    assertThat(StandInKeychain.count("standin_items")).isEqualTo(1);
  }

  @Test
  void aPersonWhoIsThereCanOpenTheKeychain() throws Exception {
    Entry entry = entry("contoso", "alice", "secret");
    store.save(entry);
    StandInKeychain.framework().SecKeychainSetUserInteractionAllowed((byte) 1);
    StandInKeychain.call("standin_lock", 0);
    assertThat(open(true).find(at("contoso"))).hasSize(1);
    assertThat(StandInKeychain.count("standin_prompts")).isEqualTo(1);
  }

  @Test
  void itCanBeOpenedBeforeOthersHaveToWait() throws Exception {
    StandInKeychain.call("standin_lock", 0);
    open(false).unlock();
    assertThat(StandInKeychain.count("standin_prompts")).isZero();
    StandInKeychain.framework().SecKeychainSetUserInteractionAllowed((byte) 1);
    Store asking = open(true);
    asking.unlock();
    assertThat(StandInKeychain.count("standin_prompts")).isEqualTo(1);
    asking.unlock();
    asking.save(entry("contoso", "alice", "new"));
    assertThat(StandInKeychain.count("standin_prompts")).isEqualTo(1);
    asking.delete(entry("contoso", "alice", "").key());
    StandInKeychain.call("standin_lock", USER_CANCELED);
    assertThatThrownBy(asking::unlock)
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DENIED));
  }

  @Test
  void aPersonWhoSaysNoIsAskedOnce() throws Exception {
    store.save(entry("contoso", "alice", "1"));
    store.save(entry("fabrikam", "alice", "2"));
    StandInKeychain.framework().SecKeychainSetUserInteractionAllowed((byte) 1);
    StandInKeychain.call("standin_lock", USER_CANCELED);
    assertThatThrownBy(() -> open(true).find(at(null)))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DENIED));
    assertThat(StandInKeychain.count("standin_prompts")).isEqualTo(1);
  }

  @Test
  void oneUnreadableEntryDoesNotHideTheOthers() throws Exception {
    store.save(entry("contoso", "alice", "1"));
    store.save(entry("fabrikam", "alice", "2"));
    StandInKeychain.fail("SecItemCopyMatching data", INTERACTION_NOT_ALLOWED, 1);
    assertThat(store.find(at(null))).hasSize(1);
  }

  @Test
  void anEntryThatGoesWhileItIsReadIsNotFound() throws Exception {
    store.save(entry("contoso", "alice", "1"));
    StandInKeychain.fail("SecItemCopyMatching data", -25300, 0);
    assertThat(store.find(at("contoso"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "-25308, LOCKED",
    "-25320, LOCKED",
    "-128, DENIED",
    "-25293, DENIED",
    "-25244, DENIED",
    "-25291, UNAVAILABLE",
    "-25294, UNAVAILABLE",
    "-25307, UNAVAILABLE",
    "-34018, UNAVAILABLE",
    "-25292, READ_ONLY",
    "-50, FAILED",
    "-67585, FAILED"
  })
  void eachResultCodeHasItsReason(int status, Reason reason) throws Exception {
    Entry entry = entry("contoso", "alice", "s3cret-" + random(4));
    store.save(entry);
    Map<String, ThrowingCallable> calls =
        Map.of(
            "SecItemAdd", () -> store.save(entry),
            "SecItemUpdate", () -> store.save(entry),
            "SecItemDelete", () -> store.delete(entry.key()),
            "SecItemCopyMatching data", () -> store.find(at("contoso")),
            "SecItemCopyMatching attributes", () -> store.list());
    calls.forEach(
        (function, call) -> {
          StandInKeychain.fail(function, status, 0);
          StoreException e = catchThrowableOfType(StoreException.class, call);
          assertThat(e).as(function).isNotNull();
          assertThat(e.reason()).as(function).isEqualTo(reason);
          assertThat(e).hasMessageContaining("error " + status).hasMessageNotContaining("s3cret");
          assertThat(e.inOneLine()).matches("[^;]+; [^;]+");
        });
    StandInKeychain.fail("", 0, 0);
    assertKept(entry);
  }

  @Test
  void anItemThatCanNeitherBeAddedNorFoundIsAnError() {
    StandInKeychain.fail("SecItemAdd", -25299, 0);
    assertThatThrownBy(() -> store.save(entry("contoso", "alice", "1")))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.FAILED));
  }

  @Test
  void aDialogHasTwoMinutesAndOnlyWhereAPersonIsThere() throws Exception {
    store.save(entry("contoso", "alice", "1"));
    StandInKeychain.call("standin_delay", 300);
    assertThat(longestDeadlineDuring(() -> open(false).find(at("contoso")))).isLessThan(5_001);
    assertThat(longestDeadlineDuring(() -> open(true).find(at("contoso"))))
        .isBetween(100_000L, 120_000L);
    assertThat(deadline.remainingMillis()).isLessThan(5_001);
    StandInKeychain.call("standin_delay", 0);
  }

  private long longestDeadlineDuring(ThrowingCallable call) throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    AtomicLong longest = new AtomicLong();
    Thread watcher =
        new Thread(
            () -> {
              while (!over.get()) {
                longest.accumulateAndGet(deadline.remainingMillis(), Math::max);
                Thread.onSpinWait();
              }
            });
    watcher.start();
    try {
      assertThat(catchThrowableOfType(Throwable.class, call)).isNull();
    } finally {
      over.set(true);
      watcher.join();
    }
    return longest.get();
  }

  @Test
  void theStandInNoticesWhatIsDoneWrong() {
    SecurityFramework framework = StandInKeychain.framework();
    CoreFoundationObjects objects = new CoreFoundationObjects(framework);
    Pointer string = objects.string("text");
    Pointer data = objects.secret(new byte[] {1, 2, 3});
    assertThat(StandInKeychain.count("standin_live")).isEqualTo(2);
    framework.CFRelease(data);
    assertThat(StandInKeychain.count("standin_unwiped")).isEqualTo(1);
    framework.CFDataGetLength(string);
    assertThat(StandInKeychain.fault()).contains("CFDataGetLength: type 7");
    StandInKeychain.call("standin_reset");
    string = objects.string("text");
    framework.CFRelease(string);
    framework.CFRelease(string);
    assertThat(StandInKeychain.fault()).contains("freed before");
    StandInKeychain.call("standin_reset");
  }

  @Test
  void secretsAreNotListedForAllItemsAtOnce() throws Exception {
    store.save(entry("contoso", "alice", "1"));
    SecurityFramework framework = StandInKeychain.framework();
    try (CoreFoundationObjects objects = new CoreFoundationObjects(framework)) {
      Pointer query = objects.dictionary();
      set(framework, query, "kSecClass", framework.kSec("kSecClassInternetPassword"));
      set(framework, query, "kSecReturnData", framework.kCFBooleanTrue());
      set(framework, query, "kSecMatchLimit", framework.kSec("kSecMatchLimitAll"));
      assertThat(framework.SecItemCopyMatching(query, new long[1])).isEqualTo(-50);
    }
  }

  @Test
  @DisabledOnOs(OS.MAC)
  void elsewhereThanOnMacOsItIsUnavailableBeforeAnythingNativeIsLoaded(@TempDir Path folder)
      throws Exception {
    Path log = folder.resolve("log");
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load:stdout",
                "-cp",
                System.getProperty("java.class.path"),
                Elsewhere.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertThat(child.waitFor()).isZero();
    assertThat(Files.readString(log, UTF_8))
        .contains("UNAVAILABLE: the macOS keychain only exists on macOS; use another store")
        .contains(KeychainStore.class.getName())
        .doesNotContain("com.sun.jna");
  }

  /** The store as the program opens it, in a process of its own. */
  static final class Elsewhere {
    public static void main(String[] args) {
      try {
        new KeychainStore(new Environment(Map.of(), false, new Deadline())).list();
      } catch (StoreException e) {
        System.out.println(e.reason() + ": " + e.getMessage());
      }
    }
  }

  @Test
  void aLibraryThatIsMissingIsUnavailable(@TempDir Path folder) {
    String missing = folder.resolve("Security").toString();
    assertThatThrownBy(
            () ->
                new KeychainStore(new Environment(Map.of(), false, deadline), missing, missing)
                    .list())
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE));
  }

  private void addForeign(Map<String, String> attributes, int creator) {
    SecurityFramework framework = StandInKeychain.framework();
    try (CoreFoundationObjects objects = new CoreFoundationObjects(framework)) {
      Pointer item = objects.dictionary();
      set(framework, item, "kSecClass", framework.kSec("kSecClassInternetPassword"));
      set(framework, item, "kSecAttrServer", objects.string(host));
      set(framework, item, "kSecAttrProtocol", framework.kSec("kSecAttrProtocolHTTPS"));
      if (creator != 0) {
        set(framework, item, "kSecAttrCreator", objects.number(creator));
      }
      attributes.forEach((name, value) -> set(framework, item, name, objects.string(value)));
      set(framework, item, "kSecValueData", objects.secret("foreign".getBytes(UTF_8)));
      assertThat(framework.SecItemAdd(item)).isZero();
    }
  }

  private static void set(
      SecurityFramework framework, Pointer dictionary, String name, Pointer value) {
    framework.CFDictionarySetValue(dictionary, framework.kSec(name), value);
  }

  private static @Nullable String text(SecurityFramework framework, Pointer item, String name) {
    return CoreFoundationObjects.text(
        framework, framework.CFDictionaryGetValue(item, framework.kSec(name)));
  }

  private static Secret password(String text) {
    return Secret.password(text.getBytes(UTF_8));
  }
}
