package io.github.gitcredentialpat.store.openbao;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.openbao.FakeOpenBao;
import io.github.gitcredentialpat.openbao.FakeOpenBao.Rule;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.store.cache.SharedStore;
import io.github.gitcredentialpat.testing.Certificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server that says no, nothing, or nonsense; and somebody else who writes at the same time. */
@Timeout(60)
@Tag("slow")
final class OpenBaoTroubleTest {
  private static final Identity CONTOSO = Identity.ofOrganization("contoso");
  private static final EntryKey ALICE = new EntryKey(CONTOSO, "alice");
  private static final String FOLDER = "git-credential-pat/";
  private static final String ALICES_PATH = FOLDER + "https/dev.azure.com/contoso/alice";

  @TempDir private Path home;
  @AutoClose private final FakeOpenBao server = new FakeOpenBao();
  private final Map<String, String> environment = new HashMap<>();
  private final String secret = FakeOpenBao.newToken("");

  @BeforeEach
  void setUp() {
    environment.put("HOME", home.toString());
    environment.put("PATH", "");
    environment.putAll(server.environment());
    environment.put("VAULT_TOKEN", server.root());
  }

  private OpenBaoStore open() {
    return new OpenBaoStore(new Environment(environment, false, new Deadline()));
  }

  private Entry entry(String text) {
    return Entry.of(ALICE, Secret.password(text.getBytes(UTF_8)), 1_800_000_000L);
  }

  /** What went wrong, which never shows a secret. */
  private StoreException problem(ThrowingCallable call) {
    StoreException problem = catchThrowableOfType(StoreException.class, call);
    assertThat(problem).isNotNull();
    StringBuilder all = new StringBuilder(problem.inOneLine());
    for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
      all.append(cause);
    }
    assertThat(all.toString())
        .doesNotContain(secret, server.root(), environment.get("VAULT_TOKEN"));
    return problem;
  }

  private StoreException problem() {
    StoreException listed = problem(() -> open().list());
    StoreException found = problem(() -> open().find(CONTOSO));
    assertThat(found.reason()).isEqualTo(listed.reason());
    return found;
  }

  // --- what a server answers ---

  @ParameterizedTest
  @CsvSource({
    "503, Vault is sealed, 0, is sealed; ask its operators to unseal it",
    "503, no available server, 30, is not available; try again in 30 seconds",
    "429, request path \"secret\": rate limit quota exceeded, 7, receives too many requests; try again in 7 seconds",
    "473, '', 0, is a standby server; set VAULT_ADDR to the active one",
    "412, required index state not present, 1, does not know yet what was written elsewhere",
    "502, bad gateway, 0, is not available; try again later",
    "500, internal error, 0, 'answered HTTP 500 to read secret/data/'",
  })
  void aServerThatCannotSaysWhenToAskAgain(int status, String error, long seconds, String told)
      throws Exception {
    open().save(entry(secret));
    OpenBaoStore store = open();
    assertThat(store.find(CONTOSO)).hasSize(1);
    server.fail(status, error, seconds == 0 ? "X-None" : "Retry-After", Long.toString(seconds));

    StoreException problem = problem(() -> store.save(entry(secret)));
    assertThat(problem.reason()).isEqualTo(Reason.FAILED);
    StoreException found = problem();
    assertThat(found.retryAfterSeconds()).isEqualTo(seconds);
    assertThat(found.getMessage().replace("list secret/metadata/", "read secret/data/"))
        .contains("127.0.0.1:")
        .contains(told);
  }

  @Test
  void aPauseIsNoLongerThanAnHour() {
    server.fail(429, "too many", "Retry-After", "99999999");
    assertThat(problem().retryAfterSeconds()).isEqualTo(3600);
  }

  @Test
  void noRedirectIsFollowed() {
    try (FakeOpenBao other = new FakeOpenBao()) {
      server.fail(307, "", "Location", other.address() + "/v1/secret/metadata/x");
      assertThat(problem().getMessage())
          .contains("redirects to another server, which is not followed");
      assertThat(other.requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "200, '<html>sign in</html>'",
    "200, ''",
    "200, '{}'",
    "200, '{\"data\":[]}'",
    "200, '{\"data\":'",
  })
  void anAnswerOfSomethingElseIsNoEmptyStore(int status, String body) {
    server.trouble(
        exchange -> {
          exchange.sendResponseHeaders(status, body.isEmpty() ? -1 : body.length());
          exchange.getResponseBody().write(body.getBytes(UTF_8));
        });
    StoreException problem = problem();
    assertThat(problem.reason()).isEqualTo(Reason.FAILED);
    assertThat(problem.getMessage()).contains("sent an answer that is not OpenBao's or Vault's");
  }

  @Test
  void anAnswerWithoutEndIsGivenUp() {
    byte[] blanks = new byte[1 << 16];
    server.trouble(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          for (int i = 0; i < 200; i++) {
            exchange.getResponseBody().write(blanks);
          }
        });
    assertThat(problem().getMessage()).contains("too long an answer");
  }

  @Test
  void aConnectionThatIsCutOffIsAnError() {
    server.trouble(
        exchange -> {
          exchange.sendResponseHeaders(200, 100);
          exchange.getResponseBody().write('{');
          exchange.getResponseBody().flush();
          throw new IOException("cut off");
        });
    assertThat(problem().getMessage()).contains("closed the connection");
  }

  @Test
  void anUnknownCertificateIsNotTrusted() throws Exception {
    environment.put("VAULT_CACERT", Certificate.make(home).pem().toString());
    assertThat(problem().getMessage()).contains("is not trusted", "set VAULT_CACERT to the file");
    environment.remove("VAULT_CACERT");
    assertThat(problem().getMessage()).contains("is not trusted", "set VAULT_CACERT to the file");
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void aFolderOfCertificatesIsTrusted() throws Exception {
    environment.remove("VAULT_CACERT");
    Files.copy(Certificate.ofThisRun().pem(), home.resolve("one.pem"));
    Files.writeString(home.resolve("README"), "certificates");
    environment.put("VAULT_CAPATH", home.toString());
    assertThat(open().list()).isEmpty();
  }

  // --- who may do what ---

  @Test
  void aTokenThatExpiredIsNotAPolicyThatSaysNo() {
    environment.put("VAULT_TOKEN", server.tokenFor(List.of(new Rule("", FakeOpenBao.all()))));
    server.revokeTokens();
    StoreException problem = problem();
    assertThat(problem.reason()).isEqualTo(Reason.DENIED);
    assertThat(problem.inOneLine())
        .contains("the token from VAULT_TOKEN has expired, was revoked", "run: bao login");
  }

  @Test
  void aPolicyThatSaysNoIsToldWithWhatItHasToAllow() throws Exception {
    open().save(entry(secret));
    Rule reads = new Rule("secret/data/" + FOLDER, Set.of("read"));
    Rule lists = new Rule("secret/metadata/" + FOLDER, Set.of("list"));
    environment.put("VAULT_TOKEN", server.tokenFor(List.of(reads)));
    assertThat(problem().reason()).isEqualTo(Reason.DENIED);
    assertThat(problem().getMessage())
        .contains("denied permission to list secret/metadata/git-credential-pat/https/dev.azure");
    environment.put("VAULT_TOKEN", server.tokenFor(List.of(lists)));
    assertThat(problem(() -> open().find(CONTOSO)).getMessage())
        .contains("denied permission to read secret/data/" + ALICES_PATH);
    List<StoreException> unread = new ArrayList<>();
    assertThat(open().find(CONTOSO, unread)).isEmpty();
    assertThat(unread).hasSize(1);
    assertThat(open().list()).containsExactly(ALICE);

    environment.put("VAULT_TOKEN", server.tokenFor(List.of(reads, lists)));
    assertThat(open().find(CONTOSO)).hasSize(1);
    assertThat(problem(() -> open().save(entry("second"))).getMessage())
        .contains("denied permission to update secret/data/");
    assertThat(problem(() -> open().delete(ALICE)).getMessage())
        .contains("denied permission to delete secret/data/");
    assertThat(server.version(ALICES_PATH)).isEqualTo(1);
  }

  // --- where ---

  @Test
  void versionOneIsNeitherReadNorWritten() {
    server.mount("old", 1);
    environment.put("GIT_CREDENTIAL_PAT_VAULT", "old/tokens");
    assertThat(problem().inOneLine())
        .contains("old/ at 127.0.0.1:", "is of KV version 1")
        .endsWith("run: bao kv enable-versioning old/");
    problem(() -> open().save(entry(secret)));
    assertThat(server.requests()).noneMatch(request -> request.method().equals("POST"));
  }

  @Test
  void anotherKindOfMountIsNotAsked() {
    server.mount("pki", 0);
    environment.put("GIT_CREDENTIAL_PAT_VAULT", "pki/tokens");
    assertThat(problem(() -> open().save(entry(secret))).getMessage())
        .contains("pki/ at 127.0.0.1:", "keeps no key-value secrets");
  }

  @Test
  void aMountThatIsNotThereIsNoEmptyStore() {
    environment.put("GIT_CREDENTIAL_PAT_VAULT", "secrets/tokens");
    assertThat(problem().getMessage()).contains("has no mount for secrets/tokens; correct --vault");
  }

  @Test
  void aMountMayHaveSeveralSegments() throws Exception {
    server.mount("team/kv", 2);
    environment.put("GIT_CREDENTIAL_PAT_VAULT", "team/kv/tokens");
    open().save(entry(secret));
    assertThat(open().find(CONTOSO)).hasSize(1);
    assertThat(open().list()).containsExactly(ALICE);
    assertThat(server.requests())
        .anyMatch(request -> request.path().startsWith("team/kv/data/tokens/https/"));
  }

  @ParameterizedTest
  @CsvSource({"https://contoso.vault.azure.net", "secret/../sys", "secret//x", "/", "secret/a?b"})
  void aPlaceThatIsNoFolderIsRefused(String place) {
    environment.put("GIT_CREDENTIAL_PAT_VAULT", place);
    assertThat(problem().getMessage()).startsWith("--vault takes a mount and a folder");
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void tooManyNamesAreNotRead() throws Exception {
    open().save(entry(secret));
    server.fill("https/dev.azure.com/", 2_000);
    server.forgetRequests();
    StoreException problem = problem(() -> open().list());
    assertThat(problem.reason()).isEqualTo(Reason.LIMIT);
    assertThat(server.requests()).hasSizeLessThan(20);
    assertThat(open().find(CONTOSO)).hasSize(1);
  }

  // --- what others keep there ---

  @Test
  void whatOthersKeepThereIsNoEntry() throws Exception {
    open().save(entry(secret));
    server.put(FOLDER + "https/dev.azure.com/contoso/bob/more", "{\"token\":\"x\"}");
    server.put(FOLDER + "https/dev.azure.com/contoso/%zz", "{\"token\":\"x\"}");
    server.put(FOLDER + "https/dev.azure.com/contoso/%61lice", "{\"token\":\"x\"}");
    server.put(FOLDER + "https/dev.azure.com/contoso", "{\"token\":\"x\"}");
    server.put(FOLDER + "notes", "{\"token\":\"x\"}");
    assertThat(open().list()).containsExactly(ALICE);
    assertThat(open().find(CONTOSO)).hasSize(1);
    assertThat(open().find(new Identity("https", "dev.azure.com", null))).hasSize(1);
  }

  @Test
  void aSecretWithoutATokenIsDamagedAndHidesNoOther() throws Exception {
    server.put(FOLDER + "https/dev.azure.com/contoso/bob", "{\"tokken\":\"x\"}");
    assertThat(problem(() -> open().find(CONTOSO)).reason()).isEqualTo(Reason.DAMAGED);
    open().save(entry(secret));
    assertThat(open().find(CONTOSO)).hasSize(1);
    List<StoreException> unread = new ArrayList<>();
    assertThat(open().find(CONTOSO, unread)).hasSize(1);
    assertThat(unread).hasSize(1);
    assertThat(unread.get(0).getMessage()).contains("contoso (bob)", "no field \"token\"");
  }

  @Test
  void aSecretOfSeveralLinesIsDamaged() throws Exception {
    server.put(FOLDER + "https/dev.azure.com/contoso/bob", "{\"token\":\"x\\nquit=1\"}");
    assertThat(problem(() -> open().find(CONTOSO)).reason()).isEqualTo(Reason.DAMAGED);
  }

  // --- somebody else writes ---

  @Test
  void aNewEntryOfSomebodyElseIsNotOverwritten() throws Exception {
    OpenBaoStore store = open();
    assertThat(store.find(CONTOSO)).isEmpty();
    open().save(entry("theirs"));
    assertThat(problem(() -> store.save(entry(secret))).getMessage())
        .contains(ALICES_PATH + " was changed meanwhile; nothing is written, try again");
    assertThat(server.version(ALICES_PATH)).isEqualTo(1);
    // Now it is known that something is there.
    store.save(entry(secret));
    assertThat(server.version(ALICES_PATH)).isEqualTo(2);
  }

  @Test
  void aSecondLookDoesNotHideWhatSomebodyElseWrote() throws Exception {
    open().save(entry("first"));
    OpenBaoStore store = open();
    assertThat(store.find(CONTOSO)).hasSize(1);
    open().save(entry("theirs"));
    assertThat(store.find(CONTOSO)).hasSize(1);
    assertThat(problem(() -> store.save(entry(secret))).getMessage()).contains("changed meanwhile");
    assertThat(server.version(ALICES_PATH)).isEqualTo(2);
    assertThat(store.find(CONTOSO)).hasSize(1);
    store.save(entry(secret));
    assertThat(server.version(ALICES_PATH)).isEqualTo(3);
  }

  @Test
  void nothingIsLostBehindTheCacheOfAMachineEither() throws Exception {
    // So that nothing goes into the kernel's keyring, which outlives the test.
    environment.put("container", "test");
    OpenBaoStore store = open();
    Environment surroundings = new Environment(environment, false, new Deadline());
    SharedStore shared = new SharedStore("openbao", () -> store, surroundings, 900, true);
    assertThat(shared.find(CONTOSO)).isEmpty();
    open().save(entry("theirs"));
    assertThat(problem(() -> shared.save(entry(secret))).getMessage())
        .contains("changed meanwhile");
    assertThat(server.version(ALICES_PATH)).isEqualTo(1);
  }

  @Test
  void ofWritersAtTheSameTimeOneWins() throws Exception {
    List<OpenBaoStore> stores = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      OpenBaoStore store = open();
      assertThat(store.find(CONTOSO)).isEmpty();
      stores.add(store);
    }
    long won =
        stores.parallelStream()
            .filter(
                store -> {
                  try {
                    store.save(entry(secret));
                    return true;
                  } catch (StoreException e) {
                    return false;
                  }
                })
            .count();
    assertThat(won).isEqualTo(1);
    assertThat(server.version(ALICES_PATH)).isEqualTo(1);
  }

  @Test
  void aSecretThatIsNotTextIsRefused() {
    Entry binary = Entry.of(ALICE, Secret.password(new byte[] {'a', (byte) 0xff}), 0);
    assertThat(problem(() -> open().save(binary)).getMessage()).contains("is not text");
    Entry lines = Entry.of(ALICE, Secret.password("a\nb".getBytes(UTF_8)), 0);
    assertThat(problem(() -> open().save(lines)).getMessage()).contains("longer than one line");
    assertThat(server.paths()).isEmpty();
  }
}
