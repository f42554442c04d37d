package io.github.gitcredentialpat.endtoend;

import static io.github.gitcredentialpat.endtoend.Person.done;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Work in a home that has no token, by those that an agent answers with: with this machine's git,
 * in another system in a folder of its own, and with the newest git.
 */
@ParameterizedClass(name = "{0}")
@MethodSource("io.github.gitcredentialpat.endtoend.Setting#gits")
final class AgentIT {
  private static final String REPOSITORY = "contoso/Web/_git/site";
  private static final String URL = "https://dev.azure.com/" + REPOSITORY;
  private static final String[] PLACE = {
    "protocol=https", "host=dev.azure.com", "path=" + REPOSITORY
  };

  @Parameter private Setting setting;
  @TempDir private Path folder;

  private final String token = AzureSite.newToken();
  private final String renewing = "renewing" + AzureSite.newToken();
  private final AzureSite azure = new AzureSite();
  private GitServer server;
  private Person alice;
  private Person guest;
  private AgentProcess agent;

  @BeforeEach
  void open() throws Exception {
    Path here = Files.createDirectory(folder.resolve("here"));
    alice =
        new Person(GitVersion.ofThisMachine(), "file", here, Keychain.files(here).environment());
    azure.grant("contoso", token, AzureSite.Scope.WRITE);
    server = GitServer.ofAzure(folder, azure);
    server.repository(REPOSITORY, "contoso's site\n");
    done(
        alice.helper(
            "store",
            PLACE[0],
            PLACE[1],
            PLACE[2],
            "username=pat",
            "password=" + token,
            "oauth_refresh_token=" + renewing));
    done(
        alice.helper(
            "store",
            PLACE[0],
            PLACE[1],
            "path=fabrikam/Web/_git/site",
            "username=pat",
            "password=" + AzureSite.newToken()));
    Path there = Files.createDirectory(folder.resolve("there"));
    guest = new Person(setting.git(), "agent", there, Map.of());
    guest.meets(server);
    guest.set("GIT_CREDENTIAL_PAT_SOCKET", socket().toString());
  }

  private Path socket() {
    return folder.resolve("run/agent.sock");
  }

  private AgentProcess serve(String... options) throws Exception {
    agent = new AgentProcess(socket(), alice.environment(), options);
    return agent;
  }

  @AfterEach
  void close() throws Exception {
    if (agent != null) {
      agent.close();
    }
    server.close();
  }

  /** Whether any file below a folder holds one of these texts. */
  private static List<Path> holding(Path folder, String... texts) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).filter(file -> holds(file, texts)).toList();
    }
  }

  private static boolean holds(Path file, String... texts) {
    try {
      String content = Files.readString(file, StandardCharsets.ISO_8859_1);
      return Stream.of(texts).anyMatch(content::contains);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void gitWorksWithoutATokenOfItsOwn() throws Exception {
    serve("--for", "contoso");
    Programs.Result cloned = done(guest.git(guest.home(), "clone", "-q", URL, "clone"));
    assertThat(cloned.err()).isEmpty();
    Path clone = guest.home().resolve("clone");
    Files.writeString(clone.resolve("README"), "one more line\n");
    done(guest.git(clone, "commit", "-qam", "one more line"));
    assertThat(done(guest.git(clone, "push", "-q")).err()).isEmpty();
    assertThat(server.readme(REPOSITORY)).isEqualTo("one more line");

    assertThat(holding(folder.resolve("there"), token, renewing)).isEmpty();
    assertThat(guest.helper("get", PLACE).out()).contains(token).doesNotContain(renewing);
    assertThat(guest.pat(guest.home(), "list").out()).contains("contoso", "agent");
    assertThat(guest.pat(guest.home(), "list").out()).doesNotContain("fabrikam");
    assertThat(agent.log()).isNotEmpty().allMatch(line -> line.contains(": "));
    assertThat(agent.said()).doesNotContain(token, renewing);
  }

  @Test
  void anotherOrganizationIsNotAnswered() throws Exception {
    serve("--for", "contoso");
    Programs.Result refused =
        guest.helper("get", PLACE[0], PLACE[1], "path=fabrikam/Web/_git/site");
    assertThat(refused.out()).isEmpty();
    assertThat(refused.err()).contains("agent: the agent answers for contoso only");
    assertThat(agent.log())
        .singleElement()
        .asString()
        .endsWith("get fabrikam: refused: the agent answers for contoso only");
  }

  @Test
  void aRejectedTokenStaysUnlessTheAgentMayWrite() throws Exception {
    serve("--for", "contoso");
    Path clone = guest.clones(URL, "clone");
    azure.revoke("contoso", token);
    Programs.Result fetched = guest.git(clone, "fetch", "-q");
    assertThat(fetched.exit()).isNotZero();
    assertThat(fetched.err())
        .containsOnlyOnce("the agent is read only")
        .doesNotContain("git-credential-pat login");
    assertThat(alice.helper("get", PLACE).out()).contains(token);
    agent.close();

    serve("--for", "contoso", "--writable");
    assertThat(guest.git(clone, "fetch", "-q").exit()).isNotZero();
    assertThat(alice.helper("get", PLACE).out()).doesNotContain(token);
    String newer = AzureSite.newToken();
    azure.grant("contoso", newer, AzureSite.Scope.WRITE);
    guest.types("pat", newer);
    assertThat(done(guest.git(clone, "fetch", "-q")).err()).isNotNull();
    assertThat(alice.helper("get", PLACE).out()).contains("password=" + newer);
    assertThat(holding(folder.resolve("there"), token)).isEmpty();
    assertThat(agent.said()).doesNotContain(token, newer);
  }

  @Test
  void aKilledAgentIsMissedAndStartedAnew() throws Exception {
    serve("--for", "contoso");
    Path clone = guest.clones(URL, "clone");
    agent.kill();
    assertThat(socket()).exists();
    Programs.Result missed = guest.git(clone, "fetch", "-q");
    assertThat(missed.exit()).isNotZero();
    assertThat(missed.err()).contains("agent: no agent at " + socket());
    agent.close();

    serve("--for", "contoso");
    assertThat(done(guest.git(clone, "fetch", "-q")).err()).isEmpty();
    assertThat(agent.end()).isZero();
    assertThat(socket().getParent()).isEmptyDirectory();
    assertThat(agent.children()).isZero();
  }
}
