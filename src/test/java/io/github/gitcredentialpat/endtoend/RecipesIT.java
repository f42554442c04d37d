package io.github.gitcredentialpat.endtoend;

import static io.github.gitcredentialpat.endtoend.Person.done;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import io.github.gitcredentialpat.azure.FakeOrganization;
import io.github.gitcredentialpat.azure.FakeOrganization.Access;
import io.github.gitcredentialpat.azure.FakeOrganization.Grant;
import io.github.gitcredentialpat.entra.FakeEntra;
import io.github.gitcredentialpat.keyvault.FakeKeyVault;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The recipes of docs/teams.md and docs/agent.md, as they stand there, with fakes of the services.
 */
final class RecipesIT {
  private static final Pattern VARIABLE =
      Pattern.compile("(?m)^ *(?:- \\{name: )?([A-Z_]{5,})(?:, value)?: ([^}\n]+)}?$");

  @TempDir private Path folder;

  @AutoClose private final FakeAzureDevOps fake = new FakeAzureDevOps();
  private FakeOrganization contoso;
  private FakeEntra entra;
  private String token;
  @AutoClose private GitServer server;
  private Person job;

  @BeforeEach
  void open() throws Exception {
    contoso = fake.organization("contoso");
    contoso.repository("Web/_git/site", Access.ALL);
    server = new GitServer(Files.createDirectory(folder.resolve("azure")), visit -> List.of());
    contoso.serve(server::answer);
    server.repository("contoso/Web/_git/site", "the first day\n");
    token = fake.newToken();
    contoso.grant(
        token, new Grant(Set.of("vso.code_write"), Instant.now().plusSeconds(86_400), false));
    FakeKeyVault vault = new FakeKeyVault("team-vault.vault.azure.net", contoso.tenant());
    fake.on("team-vault.vault.azure.net", vault);
    entra = new FakeEntra(contoso.tenant(), fake::now, vault::accept);
    entra.serve("https://vault.azure.net");
    entra.federate("the platform's token");
    fake.on("login.microsoftonline.com", entra);
    Person alice = person("alice", "azkeyvault");
    alice.set("GIT_CREDENTIAL_PAT_VAULT", "team-vault");
    identify(alice, Files.writeString(folder.resolve("platform-token"), "the platform's token"));
    done(alice.pipes(token + "\n", "login", "contoso"));
    job = person("job", "");
  }

  private Person person(String name, String store) throws Exception {
    Path own = Files.createDirectory(folder.resolve(name));
    Person person =
        new Person(GitVersion.ofThisMachine(), store, own, Keychain.files(own).environment());
    fake.environment().forEach(person::set);
    // A container has no keyring of its own, and this test leaves nothing in one.
    person.set("container", "a test's");
    return person;
  }

  private void identify(Person person, Path proof) {
    person.set("AZURE_FEDERATED_TOKEN_FILE", proof.toString());
    person.set("AZURE_CLIENT_ID", entra.clientId());
    person.set("AZURE_TENANT_ID", contoso.tenant());
  }

  /** The block of code of this kind below a heading. */
  private static String block(String document, String heading, String kind) throws Exception {
    String text = Files.readString(Path.of("docs", document));
    int section = text.indexOf("\n## " + heading + "\n");
    assertThat(section).as(heading).isNotNegative();
    int start = text.indexOf("```" + kind + "\n", section);
    return text.substring(text.indexOf('\n', start) + 1, text.indexOf("\n```", start) + 1);
  }

  /** Sets the variables of a recipe; what it names as an example becomes what there is here. */
  private void takeVariables(String recipe, Path proof) {
    Matcher variable = VARIABLE.matcher(recipe);
    int seen = 0;
    while (variable.find()) {
      job.set(variable.group(1), variable.group(2));
      seen++;
    }
    assertThat(seen).isGreaterThan(1);
    identify(job, proof);
  }

  /**
   * A person looks first, who has more time than git gives a helper: a fake is slow when it is
   * asked for the first time.
   */
  private void looks() throws Exception {
    assertThat(done(job.pat(job.home(), "list")).out()).contains("contoso", "azkeyvault");
  }

  private void clones(String command) throws Exception {
    done(job.shell(command));
    assertThat(job.home().resolve("site/README")).hasContent("the first day\n");
    try (var files = Files.walk(job.home())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(new String(Files.readAllBytes(file), UTF_8)).doesNotContain(token);
      }
    }
  }

  @Test
  void anAgentOfAzurePipelines() throws Exception {
    String recipe = block("teams.md", "An agent of Azure Pipelines", "yaml");
    takeVariables(recipe, folder.resolve("platform-token"));
    looks();
    clones(recipe.substring(recipe.indexOf("- script: ") + 10));
  }

  @Test
  void aRunnerOfGitHubActions() throws Exception {
    String recipe = block("teams.md", "A runner of GitHub Actions", "yaml");
    Path proof = folder.resolve("job-identity");
    Path variables = folder.resolve("variables-of-later-steps");
    takeVariables(recipe, proof);
    HttpServer github =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    github.createContext(
        "/token",
        exchange -> {
          boolean isAsked =
              "api-version=1&audience=api://AzureADTokenExchange"
                      .equals(exchange.getRequestURI().getQuery())
                  && "Bearer for-this-job"
                      .equals(exchange.getRequestHeaders().getFirst("Authorization"));
          byte[] answer =
              "{\"count\":1,\"value\":\"%s\"}".formatted("the platform's token").getBytes(UTF_8);
          exchange.sendResponseHeaders(isAsked ? 200 : 401, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    github.start();
    try {
      String first = recipe.substring(recipe.indexOf("|\n") + 2, recipe.indexOf("    - run: git"));
      Map<String, String> set =
          Map.of(
              "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
              "for-this-job",
              "ACTIONS_ID_TOKEN_REQUEST_URL",
              "http://127.0.0.1:" + github.getAddress().getPort() + "/token?api-version=1",
              "no_proxy",
              "127.0.0.1",
              "RUNNER_TEMP",
              folder.toString(),
              "GITHUB_ENV",
              variables.toString(),
              "AZURE_FEDERATED_TOKEN_FILE",
              "");
      set.forEach(job::set);
      done(job.shell(first));
    } finally {
      github.stop(0);
    }
    assertThat(proof).hasContent("the platform's token");
    assertThat(Files.getPosixFilePermissions(proof))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    for (String line : Files.readAllLines(variables)) {
      job.set(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
    }
    looks();
    clones(recipe.substring(recipe.indexOf("- run: git") + 7));
  }

  @Test
  void aPodOfKubernetes() throws Exception {
    String recipe = block("teams.md", "A pod of Kubernetes", "yaml");
    Path mounted = Files.createDirectory(folder.resolve("team"));
    Matcher path = Pattern.compile("mountPath: ([^,]+),").matcher(recipe);
    assertThat(path.find()).isTrue();
    // What is mounted where the variable looks for it.
    assertThat(recipe).contains("value: " + path.group(1) + "/token}", "path: token,");
    takeVariables(recipe, Files.writeString(mounted.resolve("token"), "the platform's token"));
    looks();
    clones("git clone https://dev.azure.com/contoso/Web/_git/site");
  }

  @Test
  void aDockerBuild() throws Exception {
    String recipe = block("agent.md", "A Docker build", "dockerfile");
    Path secret = Files.writeString(folder.resolve("secret"), token + "\n");
    String command =
        recipe
            .substring(recipe.indexOf("git -c"))
            .replace("/run/secrets/azure-devops", secret.toString());
    // As in an image, where nobody configured anything.
    job.configure("credential.helper", "");
    clones(command);
  }

  @Test
  void aDevContainerIsToldTheSocketThatIsMounted() throws Exception {
    String recipe = block("agent.md", "A dev container", "json");
    Matcher target = Pattern.compile("target=([^,]+),").matcher(recipe);
    assertThat(target.find()).isTrue();
    assertThat(recipe)
        .contains("\"GIT_CREDENTIAL_PAT_SOCKET\": \"" + target.group(1) + "/agent.sock\"");
    assertThat(new ObjectMapper().readTree(recipe).size()).isEqualTo(3);
  }
}
