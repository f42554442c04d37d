package io.github.gitcredentialpat.store.wincred;

import static io.github.gitcredentialpat.store.ForeignEntryAssert.KEY;
import static io.github.gitcredentialpat.store.ForeignEntryAssert.assertIs;
import static io.github.gitcredentialpat.store.ForeignEntryAssert.password;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.ForeignEntries;
import io.github.gitcredentialpat.store.ForeignEntry;
import io.github.gitcredentialpat.store.ForeignEntry.Program;
import io.github.gitcredentialpat.store.ForeignEntryAssert;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What other programs keep in the Credential Manager, on the one in C. */
final class ForeignItemsTest {
  private static final String GITS = "saved by git-credential-wincred";

  private static TestAdvapi32 windows;

  private WincredStore store;
  private ForeignEntries foreign;

  @BeforeAll
  static void buildTheCredentialManager() throws Exception {
    windows = new TestAdvapi32();
    windows.call("test_reset");
  }

  @BeforeEach
  void openStore() {
    store = new WincredStore(new Environment(Map.of(), false, new Deadline()), windows.path());
    foreign = store.foreignEntries();
  }

  @AfterEach
  void everythingWasGivenBackWipedAndOnce() {
    int leaks = windows.call("test_leaks");
    int faults = windows.call("test_faults");
    windows.call("test_reset");
    assertThat(leaks).as("leaks").isZero();
    assertThat(faults).as("faults").isZero();
  }

  private static void put(String target, String comment, String user, String secret) {
    assertThat(windows.put(target, comment, user, 1, secret.getBytes(UTF_16LE), null)).isTrue();
  }

  private ForeignEntry only() throws StoreException {
    return ForeignEntryAssert.only(foreign);
  }

  @Test
  void readsWhatGitsHelperKeeps() throws Exception {
    String target = "git:https://alice@tfs.example:8443/tfs/My Project";
    byte[] secret = "Gr\u00fc\u00dfe, \uD83D\uDD11\r\noauth_refresh_token=again".getBytes(UTF_16LE);
    assertThat(windows.put(target, GITS, "alice", 1, secret, "1900000000")).isTrue();
    ForeignEntry entry = only();
    assertIs(entry, Program.GIT, "tfs.example:8443", "tfs/My Project", "alice");
    Entry read = foreign.read(entry, KEY);
    assertThat(read.key()).isEqualTo(KEY);
    assertThat(password(read)).isEqualTo("Gr\u00fc\u00dfe, \uD83D\uDD11");
    assertThat(read.expiry()).isEqualTo(new Expiry(1_900_000_000L, Expiry.Source.GIT));
    assertThat(read.refreshToken().sameAs(Secret.password("again".getBytes(UTF_8)))).isTrue();
    assertThat(read.storedAt()).isEqualTo(entry.storedAt());
  }

  @Test
  void readsWhatGitCredentialManagerKeeps() throws Exception {
    put("git:https://dev.azure.com/contoso", "", "alice@example.com", "one");
    ForeignEntry entry = only();
    assertIs(
        entry, Program.GIT_CREDENTIAL_MANAGER, "dev.azure.com", "contoso", "alice@example.com");
    assertThat(password(foreign.read(entry, KEY))).isEqualTo("one");
    assertThat(foreign.delete(entry)).isTrue();
    // The second user of a host, its @ replaced.
    put(
        "git:https://bob_example.com@github.com",
        "",
        "bob@example.com",
        "two\noauth_refresh_token=x");
    entry = only();
    assertIs(entry, Program.GIT_CREDENTIAL_MANAGER, "github.com", null, "bob@example.com");
    assertThat(password(foreign.read(entry, KEY))).isEqualTo("two");
  }

  @Test
  void readsWhatTheAzureCliKeeps() throws Exception {
    put("azdevops-cli:https://dev.azure.com/contoso", "", "Personal Access Token", "one");
    put("azdevops-cli: default", "", "Personal Access Token", "two");
    ForeignEntry entry = only();
    assertIs(entry, Program.AZURE_CLI, "dev.azure.com", "contoso", null);
    assertThat(password(foreign.read(entry, KEY))).isEqualTo("one");
  }

  @Test
  void aUserNameMayLookLikeAnAddress() throws Exception {
    put("git:https://alice@example.com@h.example/a@b", GITS, "alice@example.com", "1");
    assertIs(only(), Program.GIT, "h.example", "a@b", "alice@example.com");
    foreign.delete(only());
    put("git:https://CORP/alice@h.example/", GITS, "CORP/alice", "1");
    assertIs(only(), Program.GIT, "h.example", null, "CORP/alice");
  }

  @Test
  void leavesOutWhatIsNoEntryOfThese() throws Exception {
    put("git:something", "", "x", "1");
    put("git:https://", "", "x", "1");
    put("git:https:///path", "", "x", "1");
    put("GIT:https://h.example", "", "x", "1");
    put("github:https://h.example", "", "x", "1");
    assertThat(windows.put("git:https://h.example", "", 2, new byte[0])).isTrue();
    store.save(Entry.of(KEY, Secret.password("ours".getBytes(UTF_8)), 1));
    assertThat(foreign.list()).isEmpty();
  }

  @Test
  void whatIsReadIsNoEntryOfOursUntilItIsSaved() throws Exception {
    put("git:https://dev.azure.com/contoso", "", "alice", "theirs");
    assertThat(store.find(KEY.identity())).isEmpty();
    assertThat(store.list()).isEmpty();
    ForeignEntry entry = only();
    store.save(foreign.read(entry, KEY));
    assertThat(foreign.delete(entry)).isTrue();
    assertThat(foreign.list()).isEmpty();
    assertThat(password(store.find(KEY.identity()).get(0))).isEqualTo("theirs");
  }

  @Test
  void whatIsGoneMeanwhileIsAbsent() throws Exception {
    put("git:https://dev.azure.com/contoso", "", "alice", "theirs");
    ForeignEntry entry = only();
    assertThat(foreign.delete(entry)).isTrue();
    assertThat(foreign.delete(entry)).isFalse();
    assertThat(foreign.read(entry, KEY)).isNull();
  }

  @Test
  void whatIsNoTextIsRefusedAndKept() throws Exception {
    byte[] odd = {'a', 0, 'b'};
    assertThat(windows.put("git:https://h.example", "", 1, odd)).isTrue();
    ForeignEntry entry = only();
    assertThatThrownBy(() -> foreign.read(entry, KEY))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.FAILED);
              assertThat(e.getMessage()).contains("is not text", "; ");
            });
    assertThat(windows.call("test_count")).isEqualTo(1);
  }

  @Test
  void anEmptySecretIsAPassword() throws Exception {
    put("git:https://h.example", GITS, "alice", "");
    assertThat(password(foreign.read(only(), KEY))).isEmpty();
  }

  @Test
  void aLogonWithoutCredentialManagerIsUnavailable() {
    windows.failAlways("CredEnumerateW", 1312);
    assertThatThrownBy(() -> foreign.list())
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE));
  }
}
