package io.github.gitcredentialpat.store.wincred;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The store on a Credential Manager in C with Windows' layouts, limits and error codes. */
final class WincredStoreTest extends StoreContract {
  private static final Environment SURROUNDINGS = new Environment(Map.of(), false, new Deadline());

  private static TestAdvapi32 windows;

  @BeforeAll
  static void buildTheCredentialManager() throws Exception {
    windows = new TestAdvapi32();
    windows.call("test_reset");
  }

  @Override
  protected Store open() {
    return new WincredStore(SURROUNDINGS, windows.path());
  }

  @Override
  protected List<String> nativeLibraries() {
    return List.of(windows.path());
  }

  @AfterEach
  void everythingWasGivenBackWipedAndOnce() {
    int leaks = windows.call("test_leaks");
    int faults = windows.call("test_faults");
    windows.call("test_reset");
    assertThat(leaks).as("leaks").isZero();
    assertThat(faults).as("faults").isZero();
  }

  /** So long that it takes this many credentials. */
  private Entry inParts(int parts, char filling) {
    return entry("contoso", "alice", String.valueOf(filling).repeat(2560 * parts - 100));
  }

  @ParameterizedTest
  @CsvSource({"2530, 1", "2560, 2", "5090, 2", "5121, 3", "65535, 26"})
  void cutsWhatIsLongerThanOneCredentialTakes(int length, int credentials) throws Exception {
    Entry entry = entry("contoso", "alice", "x".repeat(length));
    store.save(entry);
    assertThat(windows.call("test_count")).isEqualTo(credentials);
    assertKept(entry);
    assertThat(store.list()).containsExactly(entry.key());
    assertThat(store.delete(entry.key())).isTrue();
    assertThat(windows.call("test_count")).isZero();
  }

  @Test
  void leavesNoPartOfTheValueThatWasReplaced() throws Exception {
    store.save(inParts(4, 'a'));
    store.save(inParts(3, 'b'));
    assertThat(windows.call("test_count")).isEqualTo(3);
    assertKept(inParts(3, 'b'));
    store.save(entry("contoso", "alice", "short"));
    assertThat(windows.call("test_count")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aWriteThatIsCutOffLeavesTheOldValueWhole(int diesAt) throws Exception {
    Entry old = inParts(3, 'a');
    store.save(old);
    // All calls after it fail as well, so that nothing is cleaned up: as if the process was killed.
    // Call 1 reads, the next three write.
    windows.fail("", diesAt + 1, Integer.MAX_VALUE, 1115);
    assertThatThrownBy(() -> store.save(inParts(3, 'b'))).isInstanceOf(StoreException.class);
    assertThat(windows.call("test_calls")).isGreaterThan(diesAt);
    windows.fail("", 0, 0, 0);
    assertThat(windows.call("test_count")).isEqualTo(3 + diesAt - 1);
    assertKept(old);
  }

  @Test
  void aWriteThatIsCutOffBeforeItsCleaningLeavesTheNewValueWhole() throws Exception {
    store.save(inParts(3, 'a'));
    Entry replaced = inParts(2, 'b');
    windows.failAlways("CredDeleteW", 1115);
    store.save(replaced);
    windows.fail("", 0, 0, 0);
    assertThat(windows.call("test_count")).isEqualTo(4);
    assertKept(replaced);
    windows.call("test_age", 600);
    assertKept(replaced);
    assertThat(windows.call("test_count")).isEqualTo(2);
  }

  @Test
  void partsOfAWriteThatNeverEndedAreRemovedOnceTheyAreOld() throws Exception {
    windows.fail("", 3, Integer.MAX_VALUE, 1115);
    assertThatThrownBy(() -> store.save(inParts(3, 'a'))).isInstanceOf(StoreException.class);
    windows.fail("", 0, 0, 0);
    assertThat(windows.call("test_count")).isEqualTo(1);
    assertThat(store.list()).isEmpty();
    assertThat(windows.call("test_count")).as("it may be under way").isEqualTo(1);
    windows.call("test_age", 600);
    assertThat(store.list()).isEmpty();
    assertThat(windows.call("test_count")).isZero();
  }

  @Test
  void anEntryThatLostAPartIsNeverAnsweredButCanBeReplaced() throws Exception {
    store.save(inParts(2, 'a'));
    windows.failAlways("CredDeleteW", 1115);
    store.save(entry("contoso", "alice", "short"));
    windows.fail("", 0, 0, 0);
    assertThat(windows.call("test_count")).isEqualTo(2);
    // A first part of a generation that nobody wrote the rest of.
    String target = "git-credential-pat:https://" + host + "/contoso|alice";
    assertThat(windows.put(target, "git-credential-pat 2 abc", 1, bytes("half"))).isTrue();
    assertThat(store.find(at("contoso"))).isEmpty();
    assertThat(store.list()).hasSize(1);
    store.save(inParts(2, 'b'));
    assertKept(inParts(2, 'b'));
  }

  @Test
  void aFullStoreKeepsTheOldValueAndNoPartOfTheNewOne() throws Exception {
    Entry old = entry("contoso", "alice", "old");
    store.save(old);
    windows.call("test_capacity", 2);
    assertFails(() -> store.save(inParts(4, 'b')), Reason.LIMIT, "full", "control /name");
    assertThat(windows.call("test_count")).isEqualTo(1);
    assertKept(old);
    assertFails(() -> fill(3), Reason.LIMIT, "full");
  }

  private void fill(int count) throws StoreException {
    for (int i = 0; i < count; i++) {
      store.save(entry("organization-" + i, "alice", "x"));
    }
  }

  @Test
  void aLogonWithoutCredentialManagerIsUnavailable() throws Exception {
    Entry entry = entry("contoso", "alice", "secret");
    store.save(entry);
    windows.failAlways("", 1312);
    String message = "no Credential Manager in this logon";
    assertFails(() -> store.find(at("contoso")), Reason.UNAVAILABLE, message, "--store file");
    assertFails(() -> store.list(), Reason.UNAVAILABLE, message);
    assertFails(() -> store.save(entry), Reason.UNAVAILABLE, message);
    assertFails(() -> store.delete(entry.key()), Reason.UNAVAILABLE, message);
    windows.fail("", 0, 0, 0);
    assertKept(entry);
  }

  @ParameterizedTest
  @CsvSource({"5, DENIED", "8, LIMIT", "1783, LIMIT", "1312, UNAVAILABLE", "31, FAILED"})
  void everyErrorOfEveryCallIsTold(int code, Reason reason) throws Exception {
    Entry entry = entry("contoso", "alice", "secret-of-alice");
    store.save(entry);
    windows.failAlways("CredEnumerateW", code);
    assertFails(() -> store.find(at("contoso")), reason, Integer.toString(code));
    assertFails(() -> store.list(), reason, Integer.toString(code));
    windows.failAlways("CredReadW", code);
    assertFails(() -> store.save(entry), reason, Integer.toString(code));
    assertFails(() -> store.delete(entry.key()), reason, Integer.toString(code));
    windows.failAlways("CredWriteW", code);
    assertFails(() -> store.save(entry), reason, Integer.toString(code));
    windows.failAlways("CredDeleteW", code);
    assertFails(() -> store.delete(entry.key()), reason, Integer.toString(code));
    windows.fail("", 0, 0, 0);
    assertKept(entry);
  }

  @Test
  void anEntryThatAnotherProcessJustDeletedWasNotDeletedHere() throws Exception {
    Entry entry = entry("contoso", "alice", "secret");
    store.save(entry);
    windows.fail("CredDeleteW", 1, 1, 1168);
    assertThat(store.delete(entry.key())).isFalse();
  }

  @Test
  void otherProgramsCredentialsAreNeitherReadNorRemoved() throws Exception {
    String ours = "git-credential-pat:https://" + host;
    assertThat(windows.put(ours + "/contoso|bob", "", 1, bytes("no mark"))).isTrue();
    assertThat(windows.put(ours + "/contoso|eve", "git-credential-pat x y", 1, bytes("no")))
        .isTrue();
    assertThat(windows.put(ours + "/contoso|Zoe", "git-credential-pat", 1, bytes("case"))).isTrue();
    assertThat(windows.put(ours + "/contoso|joe", "git-credential-pat", 2, bytes("type"))).isTrue();
    assertThat(windows.put("git-credential-pat:", "git-credential-pat", 1, bytes("?"))).isTrue();
    assertThat(windows.put("git-credential-pat:#1.2", "", 1, bytes("?"))).isTrue();
    assertThat(windows.put("git:https://" + host, "", 1, "gits".getBytes(UTF_16LE))).isTrue();
    Entry entry = entry("contoso", "alice", "ours");
    store.save(entry);
    windows.call("test_age", 600);
    assertThat(store.find(at("contoso"))).hasSize(1);
    assertThat(store.list()).containsExactly(entry.key());
    assertThat(store.delete(new EntryKey(at("contoso"), "bob"))).isFalse();
    assertThat(store.delete(new EntryKey(at("contoso"), "joe"))).isFalse();
    assertThat(store.delete(entry.key())).isTrue();
    assertThat(windows.call("test_count")).isEqualTo(7);
  }

  @Test
  void keysThatDifferInCaseOnlyStayApart() throws Exception {
    Entry lower = entry("repo", "alice", "1");
    Entry upper = entry("Repo", "alice", "2");
    Entry umlaut = entry("repo", "\u00e4", "3");
    Entry upperUmlaut = entry("repo", "\u00c4", "4");
    Entry escaped = entry("%52epo", "alice", "5");
    List<Entry> entries = List.of(lower, upper, umlaut, upperUmlaut, escaped);
    for (Entry entry : entries) {
      store.save(entry);
    }
    for (Entry entry : entries) {
      assertKept(entry);
    }
    assertThat(windows.call("test_count")).isEqualTo(entries.size());
  }

  @Test
  void namesThatLookLikeOtherNamesStayApart() throws Exception {
    List<Entry> entries =
        List.of(
            entry("a|b", null, "1"),
            entry("a", "b", "2"),
            entry("a/|b", null, "3"),
            entry("a", "/|b", "4"),
            entry("", null, "5"),
            entry(null, null, "6"),
            entry("a#1.2", null, "7"),
            entry("a", "b#1.2", "8"),
            entry("a*", null, "9"));
    for (Entry entry : entries) {
      store.save(entry);
    }
    for (Entry entry : entries) {
      assertKept(entry);
    }
    assertThat(store.list()).hasSize(entries.size());
    assertThat(TargetName.key("git-credential-pat:https://h/a%")).isNull();
    assertThat(TargetName.key("git-credential-pat:https:/h")).isNull();
    assertThat(TargetName.key("git-credential-pat://h")).isNull();
    assertThat(TargetName.key("git-credential-pat:://h"))
        .isEqualTo(new EntryKey(new Identity("", "h", null), null));
  }

  @Test
  void aNameThatIsTooLongIsRefusedAndNotFound() throws Exception {
    Entry longest = entry("p".repeat(32_600), null, "1");
    store.save(longest);
    assertKept(longest);
    Entry tooLong = entry("p".repeat(32_767), "alice", "1");
    assertFails(() -> store.save(tooLong), Reason.LIMIT, "too long");
    assertThat(store.find(tooLong.key().identity())).isEmpty();
    assertThat(store.delete(tooLong.key())).isFalse();
    Entry longUser = entry("contoso", "u".repeat(2_000), "1");
    store.save(longUser);
    assertKept(longUser);
  }

  @Test
  void withoutTheLibraryItIsUnavailable() {
    Store elsewhere = new WincredStore(SURROUNDINGS, "no-such-library-" + random(4));
    assertFails(() -> elsewhere.list(), Reason.UNAVAILABLE, "only exists on Windows");
  }

  @Test
  void aRefreshTokenIsKeptAcrossParts() throws Exception {
    Entry entry = inParts(2, 'a').with(null, Secret.password("r".repeat(3_000).getBytes(UTF_8)));
    store.save(entry);
    assertKept(entry);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static void assertFails(ThrowingCallable call, Reason reason, String... words) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(reason);
              assertThat(e.inOneLine()).contains(words).doesNotContain("secret-of");
            });
  }
}
