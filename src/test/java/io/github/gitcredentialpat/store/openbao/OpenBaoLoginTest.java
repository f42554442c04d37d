package io.github.gitcredentialpat.store.openbao;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.gitcredentialpat.openbao.FakeOpenBao;
import io.github.gitcredentialpat.openbao.FakeOpenBao.Rule;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which server is asked, and who asks. */
@Timeout(60)
@Tag("slow")
final class OpenBaoLoginTest {
  private static final List<Rule> READS =
      List.of(new Rule("secret/metadata/git-credential-pat", Set.of("list")));

  @TempDir private Path home;
  @AutoClose private final FakeOpenBao server = new FakeOpenBao();
  private final Map<String, String> environment = new HashMap<>();
  private final String proof = FakeOpenBao.newToken("");

  @BeforeEach
  void setUp() {
    environment.put("HOME", home.toString());
    environment.put("PATH", "");
    // So that nothing goes into the kernel's keyring, which outlives the test.
    environment.put("container", "test");
    environment.putAll(server.environment());
  }

  private OpenBaoStore open() {
    return new OpenBaoStore(new Environment(environment, false, new Deadline()));
  }

  private void assertLetIn() throws Exception {
    assertThat(open().list()).isEmpty();
  }

  private StoreException problem() {
    StoreException problem = catchThrowableOfType(StoreException.class, () -> open().list());
    assertThat(problem).isNotNull();
    assertThat(problem.inOneLine()).doesNotContain(proof, server.root());
    return problem;
  }

  private String file(String name, String text) throws Exception {
    return Files.writeString(home.resolve(name), text + "\n").toString();
  }

  // --- who asks ---

  @Test
  void aTokenFromAVariable() throws Exception {
    environment.put("VAULT_TOKEN", server.root() + "\n");
    assertLetIn();
    environment.put("VAULT_TOKEN", "wrong");
    assertThat(problem().reason()).isEqualTo(Reason.DENIED);
    environment.put("BAO_TOKEN", server.root());
    assertLetIn();
  }

  @Test
  void aTokenFromTheFileOfAPersonsLogin() throws Exception {
    file(".vault-token", server.root());
    assertLetIn();
    file(".vault-token", "wrong");
    assertThat(problem().getMessage()).contains("the token from " + home + "/.vault-token");
    environment.put("VAULT_TOKEN_PATH", file("elsewhere", server.root()));
    assertLetIn();
  }

  @Test
  void aMachineLogsInWithAppRole() throws Exception {
    server.letIn("approle", "fleet", proof, READS);
    environment.put("VAULT_ROLE_ID", "fleet");
    environment.put("VAULT_SECRET_ID", proof);
    assertLetIn();
    environment.put("BAO_ROLE_ID_FILE", file("role", "fleet"));
    environment.put("BAO_SECRET_ID_FILE", file("secret", proof));
    environment.remove("VAULT_ROLE_ID");
    environment.remove("VAULT_SECRET_ID");
    assertLetIn();
    file("secret", "wrong");
    assertLetIn();
    server.revokeTokens();
    assertThat(problem().getMessage())
        .contains("refused to log in at auth/approle (invalid role or secret ID)")
        .endsWith("check VAULT_ROLE_ID and VAULT_SECRET_ID");
    environment.remove("BAO_ROLE_ID_FILE");
    assertThat(problem().getMessage()).contains("VAULT_SECRET_ID is set, but VAULT_ROLE_ID is not");
  }

  @Test
  void aRoleWithoutASecretIdIsTriedWithoutOne() throws Exception {
    server.letIn("approle", "fleet", "", READS);
    environment.put("VAULT_ROLE_ID", "fleet");
    assertLetIn();
  }

  @Test
  void aJobLogsInWithItsJwt() throws Exception {
    server.letIn("jwt", "fleet", proof, READS);
    environment.put("VAULT_AUTH_ROLE", "fleet");
    environment.put("VAULT_ID_TOKEN", proof);
    assertLetIn();
    environment.put("VAULT_AUTH_ROLE", "other");
    assertThat(problem().getMessage()).contains("auth/jwt", "check VAULT_AUTH_ROLE");
  }

  @Test
  void aPodLogsInWithItsProjectedTokenWhichIsReadAgain() throws Exception {
    server.letIn("kubernetes/east", "fleet", proof, READS);
    environment.put("VAULT_AUTH_ROLE", "fleet");
    environment.put("VAULT_AUTH_PATH", "auth/kubernetes/east/");
    environment.put("VAULT_ID_TOKEN_FILE", file("projected", proof));
    OpenBaoStore store = open();
    assertThat(store.list()).isEmpty();
    String next = FakeOpenBao.newToken("");
    server.letIn("kubernetes/east", "fleet", next, READS);
    file("projected", next);
    server.revokeTokens();
    assertThat(store.list()).isEmpty();
  }

  @Test
  void aPodsOwnTokenIsTheDefault() {
    environment.put("VAULT_AUTH_ROLE", "fleet");
    assertThat(problem().getMessage())
        .contains("/var/run/secrets/kubernetes.io/serviceaccount/token");
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void aLoginThatIsNotThereIsTold() {
    environment.put("VAULT_AUTH_ROLE", "fleet");
    environment.put("VAULT_ID_TOKEN", proof);
    assertThat(problem().getMessage())
        .contains("has no login at auth/jwt; set VAULT_AUTH_PATH to its path");
  }

  @Test
  void aMachinesLoginComesBeforeAPersonsTokenAndAfterAVariable() throws Exception {
    server.letIn("approle", "fleet", "", READS);
    environment.put("VAULT_ROLE_ID", "fleet");
    file(".vault-token", server.root());
    assertLetIn();
    assertThat(server.requests()).noneMatch(request -> server.root().equals(request.token()));
    environment.put("VAULT_TOKEN", server.root());
    server.forgetRequests();
    assertLetIn();
    assertThat(server.requests()).allMatch(request -> server.root().equals(request.token()));
  }

  @Test
  void aTokenThatDiedIsReplacedOnce() throws Exception {
    server.letIn("approle", "fleet", "", READS);
    environment.put("VAULT_ROLE_ID", "fleet");
    OpenBaoStore store = open();
    assertThat(store.list()).isEmpty();
    server.revokeTokens();
    server.forgetRequests();
    assertThat(store.list()).isEmpty();
    assertThat(server.requests()).filteredOn(r -> r.path().endsWith("/login")).hasSize(1);
    // A new one that may not is no reason for another.
    server.letIn("approle", "fleet", "", List.of());
    server.revokeTokens();
    server.forgetRequests();
    assertThat(catchThrowableOfType(StoreException.class, store::list).reason())
        .isEqualTo(Reason.DENIED);
    assertThat(server.requests()).filteredOn(r -> r.path().endsWith("/login")).hasSize(1);
  }

  private long logins() {
    return server.requests().stream().filter(r -> r.path().endsWith("/login")).count();
  }

  @Test
  void theTokenOfALoginIsKeptForTheNextRun() throws Exception {
    server.letIn("approle", "fleet", proof, READS);
    server.letIn("approle", "other", proof, READS);
    environment.put("VAULT_ROLE_ID", "fleet");
    environment.put("VAULT_SECRET_ID", proof);
    assertLetIn();
    assertLetIn();
    assertThat(logins()).isEqualTo(1);
    environment.put("VAULT_ROLE_ID", "other");
    assertLetIn();
    assertThat(logins()).isEqualTo(2);
    try (FakeOpenBao elsewhere = new FakeOpenBao()) {
      environment.put("VAULT_ADDR", elsewhere.address());
      assertThat(problem().getMessage()).contains("has no login");
      assertThat(elsewhere.requests()).allMatch(request -> request.token() == null);
    }
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
            .doesNotContain("hvs.", proof);
      }
    }
  }

  @Test
  void aTokenThatDiesSoonIsNotKept() throws Exception {
    server.letIn("approle", "fleet", "", READS);
    server.tokensLive(60);
    environment.put("VAULT_ROLE_ID", "fleet");
    assertLetIn();
    assertLetIn();
    assertThat(logins()).isEqualTo(2);
  }

  @Test
  void aPolicyThatSaysNoIsNoReasonToLogInTwice() {
    server.letIn("approle", "fleet", "", List.of());
    server.tokensLive(30);
    environment.put("VAULT_ROLE_ID", "fleet");
    assertThat(problem().getMessage()).contains("denied permission to list");
    assertThat(logins()).isEqualTo(1);
  }

  @Test
  void aKeptTokenThatWasRevokedIsReplaced() throws Exception {
    server.letIn("approle", "fleet", "", READS);
    environment.put("VAULT_ROLE_ID", "fleet");
    assertLetIn();
    server.revokeTokens();
    assertLetIn();
    assertLetIn();
    assertThat(logins()).isEqualTo(2);
  }

  @Test
  void whatIsNoTokenIsNotSent() {
    environment.put("VAULT_TOKEN", proof + " and\u0007more");
    assertThat(problem().getMessage()).contains("what VAULT_TOKEN holds is no token");
    assertThat(server.requests()).isEmpty();
  }

  // --- which server ---

  @Test
  void nothingIsAskedWhereNoServerIsUsed() {
    environment.clear();
    environment.put("HOME", home.toString());
    StoreException problem = problem();
    assertThat(problem.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(problem.hint()).startsWith("export VAULT_ADDR=https://");
    assertThat(open().location()).isEqualTo("secret/git-credential-pat in OpenBao or Vault");
  }

  @Test
  void aServerWithoutAnybodyToAskAsIsUnavailable() {
    assertThat(problem().reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(problem().hint()).isEqualTo("bao login");
  }

  @Test
  void theirOwnDefaultCountsWhereAnythingElseOfTheirsIsSet() throws Exception {
    environment.remove("VAULT_ADDR");
    assertThat(open().location()).contains("127.0.0.1:8200");
    environment.remove("VAULT_CACERT");
    assertThat(problem().reason()).isEqualTo(Reason.UNAVAILABLE);
    file(".vault-token", proof);
    assertThat(open().location())
        .isEqualTo(
            "secret/git-credential-pat at 127.0.0.1:8200; bao kv list secret/git-credential-pat");
  }

  @Test
  void openbaosVariablesWin() throws Exception {
    environment.put("BAO_ADDR", server.address() + "/");
    environment.put("VAULT_ADDR", "https://127.0.0.1:1");
    environment.put("BAO_TOKEN", server.root());
    environment.put("VAULT_TOKEN", "wrong");
    assertLetIn();
  }

  @Test
  void aNamespaceIsSentWithEachRequest() throws Exception {
    server.moveTo("team/build");
    server.letIn("approle", "fleet", "", READS);
    environment.put("VAULT_ROLE_ID", "fleet");
    assertThat(problem().reason()).isEqualTo(Reason.DENIED);
    environment.put("VAULT_NAMESPACE", "team/build/");
    assertLetIn();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://vault.example.com:8200",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://10.0.0.1:8200"
      })
  void aTokenIsNotSentOverPlainHttpToElsewhere(String address) {
    environment.put("VAULT_ADDR", address);
    environment.put("VAULT_TOKEN", proof);
    assertThat(problem().getMessage()).contains("not sent over plain http", "set VAULT_ADDR");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "vault.example.com:8200",
        "unix:///run/vault.sock",
        "https://alice:secret@vault.example.com",
        "https://vault.example.com/?x",
        "https:///",
        "ftp://vault.example.com",
        "https://exa mple.com"
      })
  void anAddressThatIsNoneIsRefused(String address) {
    environment.put("BAO_ADDR", address);
    environment.put("VAULT_TOKEN", proof);
    assertThat(problem().getMessage())
        .contains("the address in BAO_ADDR is invalid")
        .doesNotContain("alice:secret");
  }

  @Test
  void plainHttpOnThisMachineGoesThroughNoProxy() throws Exception {
    try (FakeOpenBao plain = new FakeOpenBao(false)) {
      environment.put("VAULT_ADDR", plain.address());
      environment.put("VAULT_TOKEN", plain.root());
      environment.put("http_proxy", "http://127.0.0.1:1");
      environment.put("all_proxy", "http://127.0.0.1:1");
      assertLetIn();
    }
  }

  @Test
  void certificatesAreCheckedWhateverAVariableSays() {
    environment.put("VAULT_TOKEN", proof);
    environment.put("VAULT_SKIP_VERIFY", "true");
    assertThat(problem().getMessage())
        .contains("certificates are always checked; unset VAULT_SKIP_VERIFY");
    environment.put("VAULT_SKIP_VERIFY", "0");
    assertThat(problem().reason()).isEqualTo(Reason.DENIED);
    environment.put("VAULT_CACERT", home.resolve("none.pem").toString());
    assertThat(problem().getMessage()).contains("cannot read the certificate file in VAULT_CACERT");
  }
}
