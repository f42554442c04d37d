package io.github.gitcredentialpat.endtoend;

import static io.github.gitcredentialpat.endtoend.Person.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import io.github.gitcredentialpat.azure.FakeOrganization;
import io.github.gitcredentialpat.azure.FakeOrganization.Access;
import io.github.gitcredentialpat.azure.FakeOrganization.Grant;
import io.github.gitcredentialpat.entra.FakeEntra;
import io.github.gitcredentialpat.keyvault.FakeKeyVault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Agents that work with a token which a person stored in an Azure Key Vault. */
@ParameterizedClass(name = "{0}")
@MethodSource("io.github.gitcredentialpat.endtoend.Setting#gits")
final class KeyVaultIT {
  private static final String REPOSITORY = "contoso/Web/_git/site";
  private static final String URL = "https://dev.azure.com/" + REPOSITORY;
  private static final String HOST = "tokens.vault.azure.net";

  @Parameter private Setting setting;
  @TempDir private Path folder;

  private final List<String> issued = new ArrayList<>();
  @AutoClose private final FakeAzureDevOps fake = new FakeAzureDevOps();
  private FakeOrganization contoso;
  private FakeKeyVault vault;
  @AutoClose private GitServer server;
  private Person alice;
  private Person agent;

  @BeforeEach
  void open() throws Exception {
    contoso = fake.organization("contoso");
    contoso.repository("Web/_git/site", Access.ALL);
    server = new GitServer(Files.createDirectory(folder.resolve("azure")), visit -> List.of());
    contoso.serve(server::answer);
    server.repository(REPOSITORY, "the first day\n");
    vault = new FakeKeyVault(HOST, contoso.tenant());
    fake.on(HOST, vault);
    FakeEntra entra = new FakeEntra(contoso.tenant(), fake::now, this::accept);
    entra.serve("https://vault.azure.net");
    entra.federate("the platform's token");
    fake.on("login.microsoftonline.com", entra);
    Path file = folder.resolve("platform-token");
    Files.writeString(file, "the platform's token");
    alice = person("alice");
    agent = person("agent");
    for (Person each : List.of(alice, agent)) {
      fake.environment().forEach(each::set);
      // A container has no keyring of its own, and this test leaves nothing in one.
      each.set("container", "a test's");
      each.set("GIT_CREDENTIAL_PAT_VAULT", "tokens");
      each.set("AZURE_FEDERATED_TOKEN_FILE", file.toString());
      each.set("AZURE_CLIENT_ID", entra.clientId());
      each.set("AZURE_TENANT_ID", contoso.tenant());
    }
  }

  private void accept(String accessToken) {
    issued.add(accessToken);
    vault.accept(accessToken);
  }

  private Person person(String name) throws Exception {
    Path own = Files.createDirectory(folder.resolve(name));
    return new Person(setting.git(), "azkeyvault", own, Keychain.files(own).environment());
  }

  private String newToken() {
    String token = fake.newToken();
    contoso.grant(
        token, new Grant(Set.of("vso.code_write"), Instant.now().plusSeconds(86_400), false));
    return token;
  }

  private String stored() throws Exception {
    String token = newToken();
    done(alice.pipes(token + "\n", "login", "contoso"));
    assertThat(vault.names()).hasSize(1);
    return token;
  }

  private String value() {
    return vault.current(vault.names().get(0)).get("value").textValue();
  }

  private long askedOfTheVault() {
    return fake.requests().stream().filter(request -> request.host().equals(HOST)).count();
  }

  @Test
  void whatAPersonStoredThereAnAgentWorksWith() throws Exception {
    String token = stored();
    assertThat(value()).isEqualTo(token);

    fake.forget();
    Path clone = agent.clones(URL, "clone");
    assertThat(clone.resolve("README")).hasContent("the first day\n");
    Files.writeString(clone.resolve("README"), "one more line\n");
    done(agent.git(clone, "commit", "-qam", "one more line"));
    assertThat(done(agent.git(clone, "push", "-q")).err()).isEmpty();
    assertThat(done(agent.git(clone, "fetch", "-q")).err()).isEmpty();

    // One for the list, one for the token, for all that git did.
    assertThat(askedOfTheVault()).isEqualTo(2);
    assertThat(vault.versions(vault.names().get(0))).isEqualTo(1);
    assertThat(done(agent.pat(agent.home(), "list")).out()).contains("contoso");
  }

  @Test
  void anAgentNeverChangesTheVaultAndTheNextTokenIsFoundAtOnce() throws Exception {
    String token = stored();
    Path clone = agent.clones(URL, "clone");
    contoso.revoke(token);
    Programs.Result refused = agent.git(clone, "fetch", "-q");
    assertThat(refused.exit()).isNotZero();
    assertThat(refused.err()).doesNotContain(token);
    assertThat(value()).isEqualTo(token);
    assertThat(vault.versions(vault.names().get(0))).isEqualTo(1);

    String next = newToken();
    done(alice.pipes(next + "\n", "login", "contoso"));
    assertThat(value()).isEqualTo(next);
    assertThat(done(agent.git(clone, "fetch", "-q")).err()).isEmpty();
  }

  @Test
  void whatIsRememberedIsAnsweredWhileTheVaultSaysNothing() throws Exception {
    stored();
    agent.set("GIT_CREDENTIAL_PAT_CACHE", "1");
    Path clone = agent.clones(URL, "clone");
    Thread.sleep(1_500);
    fake.on(HOST, FakeKeyVault.silence());
    long start = System.nanoTime();
    Programs.Result fetched = done(agent.git(clone, "fetch", "-q"));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
    assertThat(fetched.err()).contains("azkeyvault: " + HOST, " did not answer");
  }

  @Test
  void aTraceShowsWhatIsAskedAndNoSecret() throws Exception {
    String token = stored();
    agent.set("GIT_CREDENTIAL_PAT_TRACE", "1");
    Programs.Result answered =
        done(agent.helper("get", "protocol=https", "host=dev.azure.com", "path=" + REPOSITORY, ""));
    assertThat(answered.out()).contains("password=" + token);
    Programs.Result listed = done(agent.pat(agent.home(), "list"));
    assertThat(answered.err()).contains("access token for " + HOST + ": workload identity");
    assertThat(listed.err()).contains("GET " + HOST + "/secrets 200");
    assertThat(issued).isNotEmpty();
    for (String secret : issued) {
      assertThat(answered.err() + listed.err() + listed.out()).doesNotContain(secret, token);
    }
  }

  @Test
  void aVaultThatSaysNothingIsSaid() throws Exception {
    fake.on(HOST, FakeKeyVault.silence());
    Programs.Result cloned = agent.git(agent.home(), "clone", "-q", URL, "clone");
    assertThat(cloned.exit()).isNotZero();
    assertThat(cloned.err()).contains("no answer in time while listing the secrets of " + HOST);
  }
}
