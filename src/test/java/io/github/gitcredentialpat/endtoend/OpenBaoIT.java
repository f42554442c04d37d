package io.github.gitcredentialpat.endtoend;

import static io.github.gitcredentialpat.endtoend.Person.done;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import io.github.gitcredentialpat.azure.FakeOrganization;
import io.github.gitcredentialpat.azure.FakeOrganization.Access;
import io.github.gitcredentialpat.openbao.FakeOpenBao;
import io.github.gitcredentialpat.openbao.FakeOpenBao.Rule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A pod that fetches and pushes with the fleet's token, which a person puts into the vault. */
@ParameterizedClass(name = "{0}")
@MethodSource("io.github.gitcredentialpat.endtoend.Setting#gits")
final class OpenBaoIT {
  private static final String REPOSITORY = "contoso/Web/_git/site";
  private static final String URL = "https://dev.azure.com/" + REPOSITORY;
  private static final String FOLDER = "git-credential-pat";
  private static final List<Rule> READS =
      List.of(
          new Rule("secret/metadata/" + FOLDER + "/", Set.of("list")),
          new Rule("secret/data/" + FOLDER + "/", Set.of("read")));

  @Parameter private Setting setting;
  @TempDir private Path folder;

  private final List<String> said = new ArrayList<>();
  private final String projected = FakeOpenBao.newToken("");
  @AutoClose private final FakeAzureDevOps fake = new FakeAzureDevOps();
  @AutoClose private final FakeOpenBao vault = new FakeOpenBao();
  private FakeOrganization contoso;
  @AutoClose private GitServer server;
  private Person agent;
  private String token;

  @BeforeEach
  void open() throws Exception {
    agent = new Person(setting.git(), "openbao", folder, Keychain.files(folder).environment());
    fake.environment().forEach(agent::set);
    contoso = fake.organization("contoso");
    contoso.repository("Web/_git/site", Access.ALL);
    server = new GitServer(Files.createDirectory(folder.resolve("azure")), visit -> List.of());
    contoso.serve(server::answer);
    server.repository(REPOSITORY, "the first day\n");
    token = contoso.grant("vso.code_write");
    // A container has no keyring of its own, and this test leaves nothing in one.
    agent.set("container", "a test's");
    agent.set("no_proxy", "127.0.0.1");
    vault.environment().forEach(agent::set);
    vault.letIn("kubernetes", "fleet", projected, READS);
    agent.set("VAULT_AUTH_ROLE", "fleet");
    agent.set("VAULT_AUTH_PATH", "kubernetes");
    agent.set("VAULT_ID_TOKEN_FILE", Files.writeString(folder.resolve("p"), projected).toString());
  }

  /** Runs a command of a person's who may write, at another machine. */
  private Programs.Result person(String input, String... words) throws Exception {
    Map<String, String> environment = new HashMap<>(agent.environment());
    environment
        .keySet()
        .removeIf(name -> name.startsWith("VAULT_AUTH") || name.contains("ID_TOKEN"));
    environment.put("VAULT_TOKEN", vault.root());
    environment.put("XDG_DATA_HOME", folder.resolve("persons").toString());
    environment.put("XDG_STATE_HOME", folder.resolve("persons").toString());
    List<String> command = new ArrayList<>(List.of(Helper.launcher().toString()));
    command.addAll(List.of(words));
    return seen(Programs.run(agent.home(), environment, input, command));
  }

  private void personLogsIn(String secret) throws Exception {
    done(person(secret + "\n", "login", "contoso", "--store", "openbao"));
  }

  /** Nothing that is said holds a secret. */
  private Programs.Result seen(Programs.Result result) {
    assertThat(result.out() + result.err()).doesNotContain(token, projected, vault.root(), "hvs.");
    said.add(result.err());
    return result;
  }

  private long asked(String end) {
    return vault.requests().stream().filter(request -> request.path().endsWith(end)).count();
  }

  @Test
  void aPodWorksWithTheTokenThatAPersonPutThere() throws Exception {
    personLogsIn(token);
    assertThat(vault.paths()).hasSize(1);
    assertThat(vault.paths().get(0)).startsWith(FOLDER + "/https/dev.azure.com/contoso/");
    vault.forgetRequests();

    Programs.Result cloned = seen(done(agent.git(agent.home(), "clone", "-q", URL, "clone")));
    assertThat(cloned.err()).isEmpty();
    Path clone = agent.home().resolve("clone");
    assertThat(clone.resolve("README")).hasContent("the first day\n");
    Files.writeString(clone.resolve("README"), "one more line\n");
    done(agent.git(clone, "commit", "-qam", "one more line"));
    seen(done(agent.git(clone, "push", "-q")));
    seen(done(agent.git(clone, "fetch", "-q")));

    assertThat(asked("/login")).isEqualTo(1);
    assertThat(vault.requests()).hasSize(3);
    assertThat(vault.requests())
        .noneMatch(request -> request.method().equals("POST") && request.path().contains("secret"));
    assertThat(seen(done(agent.pat(agent.home(), "--trace", "list"))).err())
        .contains("/v1/secret/data/git-credential-pat/https/dev.azure.com/contoso/");
  }

  @Test
  void aRefusedTokenStaysInTheVaultAndTheNextOneIsFetchedAtOnce() throws Exception {
    personLogsIn(token);
    Path clone = agent.clones(URL, "clone");
    contoso.revoke(token);
    assertThat(seen(agent.git(clone, "fetch", "-q")).exit()).isNotZero();
    String path = vault.paths().get(0);
    assertThat(vault.version(path)).isEqualTo(1);

    String next = contoso.grant("vso.code_write");
    personLogsIn(next);
    assertThat(vault.version(path)).isEqualTo(2);
    done(agent.git(clone, "fetch", "-q"));
  }

  @Test
  void aSilentVaultDoesNotKeepGitWaiting() throws Exception {
    vault.trouble(
        exchange -> {
          try {
            Thread.sleep(30_000);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    long start = System.nanoTime();
    Programs.Result result =
        seen(agent.helper("get", "protocol=https", "host=dev.azure.com", "path=contoso/x", ""));
    assertThat((System.nanoTime() - start) / 1_000_000).isLessThan(15_000);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("127.0.0.1");
  }

  @Test
  void whatIsInTheWayIsSaid() throws Exception {
    Files.writeString(folder.resolve("p"), "another's", UTF_8);
    Programs.Result cloned = seen(agent.git(agent.home(), "clone", "-q", URL, "clone"));
    assertThat(cloned.exit()).isNotZero();
    assertThat(cloned.err()).contains("refused to log in at auth/kubernetes", "VAULT_AUTH_ROLE");
    assertThat(String.join("", said)).doesNotContain("Exception");
  }

  @Test
  void aSealedVaultIsToldAndNotAskedAgainAtOnce() throws Exception {
    vault.fail(503, "Vault is sealed", "Retry-After", "60");
    Programs.Result cloned = seen(agent.git(agent.home(), "clone", "-q", URL, "clone"));
    assertThat(cloned.err()).contains("is sealed; ask its operators to unseal it");
    vault.forgetRequests();
    vault.trouble(null);
    assertThat(agent.git(agent.home(), "clone", "-q", URL, "clone").exit()).isNotZero();
    assertThat(vault.requests()).isEmpty();
  }
}
