package io.github.gitcredentialpat.helper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.StoreChain;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.tokens.Invocation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who refuses, who rejects, and what neither of them means. */
final class RefusalTest {
  private static final long NOW = 1_800_000_000L;
  private static final long DAY = 86_400;
  private static final String CONTOSO =
      "protocol=https\nhost=dev.azure.com\npath=contoso/Web/_git/x\n";
  private static final String SERVER =
      "protocol=https\nhost=tfs.example\npath=tfs/DefaultCollection/Web/_git/x\n";
  private static final String STATE = "capability[]=state\n";

  /** What a personal access token looks like; made here, so that none is written down. */
  private static final String TOKEN = "a7".repeat(26);

  @TempDir Path home;

  private final InMemoryStore store = new InMemoryStore("first");
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private long now = NOW;

  private Invocation run() {
    err.reset();
    return new Invocation(
        new StoreChain(List.of(store), false),
        new Environment(Map.of("HOME", home.toString()), false, new Deadline()),
        new Console(err, false),
        now);
  }

  private static InputStream stream(String request) {
    return new ByteArrayInputStream(request.getBytes(UTF_8));
  }

  private String get(String request) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    GetOperation get = CredentialHelper.get(run(), stream(request));
    if (get != null) {
      get.writeTo(out);
    }
    return out.toString(UTF_8);
  }

  private Erased erase(String request) throws Exception {
    return CredentialHelper.erase(run(), stream(request));
  }

  private void keep(String request) throws Exception {
    assertThat(CredentialHelper.store(run(), stream(request))).isTrue();
  }

  private @Nullable Entry only() throws Exception {
    List<EntryKey> keys = store.list();
    assertThat(keys).hasSizeLessThan(2);
    return keys.isEmpty() ? null : store.find(keys.get(0).identity()).get(0);
  }

  private static String line(String answer, String key) {
    return answer.lines().filter(each -> each.startsWith(key)).findFirst().orElseThrow() + "\n";
  }

  // --- a refusal ---

  @Test
  void whatPresentsTheSecretSetsAsideWhoeverCalls() throws Exception {
    // git-lfs, go and cargo hand back what git's fill gave them; none knows the server's headers.
    keep(CONTOSO + "username=alice\npassword=t1\n");
    Erased erased = erase(CONTOSO + "username=alice\npassword=t1\n");
    assertThat(erased.setAside()).isTrue();
    assertThat(only().setAsideAt()).isEqualTo(NOW);
    assertThat(get(CONTOSO)).isEmpty();
  }

  @Test
  void onAnyHostARefusedPasswordIsSetAside() throws Exception {
    String host = "protocol=https\nhost=example.com\nusername=alice\npassword=p\n";
    keep(host);
    erase(host);
    assertThat(only().setAsideAt()).isEqualTo(NOW);
  }

  @Test
  void ourStateAlonePresentsWhatWasAnswered() throws Exception {
    keep(CONTOSO + "username=alice\npassword=old\n");
    String answer = get(STATE + CONTOSO);
    String refused = STATE + CONTOSO + "username=alice\n" + line(answer, "state[]=");
    keep(CONTOSO + "username=alice\npassword=new\n");
    assertThat(erase(refused).entries()).isEmpty();
    assertThat(only().setAsideAt()).isZero();
    keep(CONTOSO + "username=alice\npassword=old\n");
    erase(refused);
    assertThat(only().setAsideAt()).isEqualTo(NOW);
  }

  @Test
  void aPersonsRejectHasNoSecretAndDeletes() throws Exception {
    keep(CONTOSO + "username=alice\npassword=t1\n");
    assertThat(erase(CONTOSO).setAside()).isFalse();
    assertThat(only()).isNull();
  }

  @Test
  void negotiateAloneIsARealRefusal() throws Exception {
    keep(SERVER + "username=alice\npassword=t1\n");
    erase(
        SERVER + "username=alice\npassword=t1\nwwwauth[]=Negotiate\nwwwauth[]=Basic realm=\"x\"\n");
    assertThat(only().setAsideAt()).isEqualTo(NOW);
  }

  @Test
  void ntlmSparesOnlyAServersToken() throws Exception {
    keep(SERVER + "username=alice\npassword=t1\n");
    String ntlm = "wwwauth[]=NTLM\nwwwauth[]=Basic realm=\"x\"\n";
    assertThat(erase(SERVER + "username=alice\npassword=t1\n" + ntlm).entries()).isEmpty();
    assertThat(only().setAsideAt()).isZero();
    assertThat(err.toString(UTF_8))
        .endsWith("\nhint: git-credential-pat configure --server https://tfs.example\n");
    erase(SERVER);
    keep(CONTOSO + "username=alice\npassword=t1\n");
    erase(CONTOSO + "username=alice\npassword=t1\n" + ntlm);
    assertThat(only().setAsideAt()).isEqualTo(NOW);
  }

  @Test
  void anEraseThatCouldNotReachAStoreSaysSoInItsStatus() throws Exception {
    assertThat(erase(CONTOSO).failed()).isFalse();
    store.failWith(new StoreException(Reason.FAILED, "broken"));
    assertThat(erase(CONTOSO + "username=alice\npassword=t1\n").failed()).isTrue();
    store.failWith(new StoreException(Reason.UNAVAILABLE, "not here"));
    assertThat(erase(CONTOSO).failed()).isFalse();
    assertThat(erase("nonsense\n").failed()).isTrue();
  }

  // --- what the service says of it ---

  private GetOperation getOfARefusedToken() throws Exception {
    keep(CONTOSO + "username=alice\npassword=t1\n");
    erase(CONTOSO + "username=alice\npassword=t1\n");
    GetOperation get = CredentialHelper.get(run(), stream(CONTOSO));
    assertThat(get.setAside().setAsideAt()).isEqualTo(NOW);
    return get;
  }

  @Test
  void whatProvesGoodIsAnswered() throws Exception {
    GetOperation get = getOfARefusedToken();
    get.answerSetAside();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(get.writeTo(out)).isTrue();
    assertThat(out.toString(UTF_8)).contains("username=alice\n", "password=t1\n");
    assertThat(err.toString(UTF_8)).isEmpty();
  }

  @Test
  void whatIsExplainedIsNotSaidAgain() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    getOfARefusedToken().writeTo(out);
    assertThat(err.toString(UTF_8)).contains("login --restore contoso");
    GetOperation get = getOfARefusedToken();
    get.isExplained();
    get.writeTo(out);
    assertThat(err.toString(UTF_8)).isEmpty();
    assertThat(out.toString(UTF_8)).isEmpty();
  }

  @Test
  void theServiceIsAskedOnceForEachRefusal() throws Exception {
    EntryKey key = new EntryKey(Identity.ofOrganization("contoso"), "alice");
    EntryKey another = new EntryKey(Identity.ofOrganization("contoso"), "bob");
    assertThat(new DatedMark(run(), DatedMark.ASKED, key).isSetSince(NOW)).isFalse();
    assertThat(new DatedMark(run(), DatedMark.ASKED, key).set()).isTrue();
    assertThat(new DatedMark(run(), DatedMark.ASKED, key).isSetSince(NOW)).isTrue();
    assertThat(new DatedMark(run(), DatedMark.ASKED, another).isSetSince(NOW)).isFalse();
    // Refused again later, it may be asked about again.
    assertThat(new DatedMark(run(), DatedMark.ASKED, key).isSetSince(NOW + 1)).isFalse();
    now += DAY;
    assertThat(new DatedMark(run(), DatedMark.ASKED, key).set()).isTrue();
    assertThat(new DatedMark(run(), DatedMark.ASKED, key).isSetSince(NOW + 1)).isTrue();
  }

  @Test
  void whereItCannotBeRememberedNobodyIsAsked() throws Exception {
    Files.createFile(home.resolve(".local"));
    EntryKey key = new EntryKey(Identity.ofOrganization("contoso"), "alice");
    assertThat(new DatedMark(run(), DatedMark.ASKED, key).set()).isFalse();
  }

  // --- how long it is kept ---

  @Test
  void whatWasSetAsideGoesAfterSevenDaysAsTwoDaysSee() throws Exception {
    keep(CONTOSO + "username=alice\npassword=t1\n");
    erase(CONTOSO + "username=alice\npassword=t1\n");
    now += 8 * DAY;
    keep(CONTOSO + "username=bob\npassword=t2\n");
    assertThat(store.list()).hasSize(2);
    now += DAY;
    keep(CONTOSO + "username=bob\npassword=t3\n");
    assertThat(store.list()).hasSize(1);
  }

  @Test
  void aClockThatRunsAheadForAWhileCostsNoToken() throws Exception {
    keep(CONTOSO + "username=alice\npassword=t1\n");
    erase(CONTOSO + "username=alice\npassword=t1\n");
    now += 30 * DAY;
    keep(CONTOSO + "username=bob\npassword=t2\n");
    now = NOW + 60;
    keep(CONTOSO + "username=bob\npassword=t3\n");
    now += 8 * DAY;
    keep(CONTOSO + "username=bob\npassword=t4\n");
    assertThat(store.list()).hasSize(2);
  }

  // --- no secret ---

  @ParameterizedTest
  @ValueSource(strings = {"username=\npassword=\n", "username=alice\npassword=\n"})
  void anEmptyPasswordIsNobodysToken(String empty) throws Exception {
    for (String place : List.of(CONTOSO, SERVER)) {
      keep(place + "username=alice\npassword=t1\n");
      int writes = store.writes();
      keep(place + empty);
      assertThat(erase(place + empty).entries()).isEmpty();
      assertThat(store.writes()).isEqualTo(writes);
      assertThat(only().secret().bytes()).isEqualTo("t1".getBytes(UTF_8));
      erase(place);
    }
    keep(CONTOSO + empty);
    assertThat(only()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x-oauth-basic"})
  void aTokenThatWasTypedAsUserNameIsTheSecret(String password) throws Exception {
    String typed = CONTOSO + "username=" + TOKEN + "\npassword=" + password + "\n";
    keep(typed);
    assertThat(only().secret().bytes()).isEqualTo(TOKEN.getBytes(UTF_8));
    assertThat(only().key().user()).isNull();
    erase(typed);
    assertThat(only().setAsideAt()).isEqualTo(NOW);
  }

  @Test
  void aTokenBesideATokenIsOnlyAUserName() throws Exception {
    String other = "b3".repeat(26);
    keep(CONTOSO + "username=" + TOKEN + "\npassword=" + other + "\n");
    assertThat(only().secret().bytes()).isEqualTo(other.getBytes(UTF_8));
  }

  @Test
  void anEmptySecretThatAnOlderVersionStoredIsDeletedByAPerson() throws Exception {
    store.save(
        Entry.of(
            new EntryKey(Identity.ofOrganization("contoso"), null),
            Secret.password(new byte[0]),
            NOW));
    erase(CONTOSO);
    assertThat(only()).isNull();
  }

  // --- whose token ---

  @ParameterizedTest
  @ValueSource(strings = {"contoso", ""})
  void withoutAnOrganizationTheCommandThatStoresItIsNamed(String user) throws Exception {
    String request =
        "protocol=https\nhost=dev.azure.com\npassword=t1\n"
            + (user.isEmpty() ? "" : "username=" + user + "\n");
    assertThat(CredentialHelper.store(run(), stream(request))).isFalse();
    assertThat(only()).isNull();
    assertThat(err.toString(UTF_8))
        .endsWith("\nhint: git-credential-pat login " + (user.isEmpty() ? "ORG" : user) + "\n");
  }
}
