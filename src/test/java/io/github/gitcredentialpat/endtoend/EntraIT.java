package io.github.gitcredentialpat.endtoend;

import static io.github.gitcredentialpat.endtoend.Person.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import io.github.gitcredentialpat.azure.FakeOrganization;
import io.github.gitcredentialpat.azure.FakeOrganization.Access;
import io.github.gitcredentialpat.azure.FakeOrganization.Grant;
import io.github.gitcredentialpat.entra.FakeEntra;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** Work in an organization that forbids tokens, by a workload identity. */
@ParameterizedClass(name = "{0}")
@MethodSource("io.github.gitcredentialpat.endtoend.Setting#gits")
final class EntraIT {
  private static final String REPOSITORY = "contoso/Web/_git/site";
  private static final String URL = "https://dev.azure.com/" + REPOSITORY;

  @Parameter private Setting setting;
  @TempDir private Path folder;

  private final List<String> issued = new ArrayList<>();
  @AutoClose private final FakeAzureDevOps fake = new FakeAzureDevOps();
  private FakeOrganization contoso;
  @AutoClose private GitServer server;
  private Person agent;

  @BeforeEach
  void open() throws Exception {
    agent = new Person(setting.git(), "entra", folder, Keychain.files(folder).environment());
    fake.environment().forEach(agent::set);
    contoso = fake.organization("contoso");
    contoso.repository("Web/_git/site", Access.ALL);
    server = new GitServer(Files.createDirectory(folder.resolve("azure")), visit -> List.of());
    contoso.serve(server::answer);
    server.repository(REPOSITORY, "the first day\n");
    FakeEntra entra = new FakeEntra(contoso.tenant(), fake::now, this::accept);
    fake.on("login.microsoftonline.com", entra);
    entra.federate("the platform's token");
    Path file = folder.resolve("platform-token");
    Files.writeString(file, "the platform's token");
    // A container has no keyring of its own, and this test leaves nothing in one.
    agent.set("container", "a test's");
    agent.set("AZURE_FEDERATED_TOKEN_FILE", file.toString());
    agent.set("AZURE_CLIENT_ID", entra.clientId());
    agent.set("AZURE_TENANT_ID", contoso.tenant());
  }

  private void accept(String token) {
    issued.add(token);
    contoso.grant(
        token, new Grant(Set.of("vso.code_write"), Instant.now().plusSeconds(3600), false));
  }

  private long askedOfEntra() {
    return fake.requests().stream()
        .filter(request -> request.host().equals("login.microsoftonline.com"))
        .count();
  }

  @Test
  void gitWorksForAnHourByOneAccessToken() throws Exception {
    Programs.Result cloned = done(agent.git(agent.home(), "clone", "-q", URL, "clone"));
    Path clone = agent.home().resolve("clone");
    assertThat(cloned.err()).isEmpty();
    assertThat(clone.resolve("README")).hasContent("the first day\n");
    assertThat(askedOfEntra()).isEqualTo(1);

    Files.writeString(clone.resolve("README"), "one more line\n");
    done(agent.git(clone, "commit", "-qam", "one more line"));
    assertThat(done(agent.git(clone, "push", "-q")).err()).isEmpty();
    assertThat(done(agent.git(clone, "fetch", "-q")).err()).isEmpty();

    assertThat(issued).hasSize(1);
    assertThat(askedOfEntra()).isEqualTo(1);
    assertThat(done(agent.pat(agent.home(), "list")).out()).contains("workload identity");
  }

  @Test
  void aRefusedOneIsDroppedAndTheNextCommandGetsAnother() throws Exception {
    Path clone = agent.clones(URL, "clone");
    contoso.revoke(issued.get(0));
    Programs.Result refused = agent.git(clone, "fetch", "-q");
    assertThat(refused.exit()).isNotZero();
    assertThat(refused.err())
        .contains("the token for contoso was rejected by the server")
        .contains("the next git command gets a new one")
        .doesNotContain("_usersSettings", "git-credential-pat login", issued.get(0));

    assertThat(done(agent.git(clone, "fetch", "-q")).err()).isEmpty();
    assertThat(issued).hasSize(2);
  }

  @Test
  void whatIsInTheWayIsSaidBeforeGitGivesUp() throws Exception {
    agent.set("AZURE_CLIENT_ID", "");
    Programs.Result cloned = agent.git(agent.home(), "clone", "-q", URL, "clone");
    assertThat(cloned.exit()).isNotZero();
    assertThat(cloned.err())
        .contains(
            "git-credential-pat: entra: workload identity: AZURE_FEDERATED_TOKEN_FILE is set");
  }
}
