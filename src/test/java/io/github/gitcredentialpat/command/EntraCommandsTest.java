package io.github.gitcredentialpat.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import io.github.gitcredentialpat.azure.FakeOrganization;
import io.github.gitcredentialpat.azure.FakeOrganization.Grant;
import io.github.gitcredentialpat.cli.StoreSource;
import io.github.gitcredentialpat.entra.FakeIdentityEndpoint;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreChain;
import io.github.gitcredentialpat.store.choice.StoreChoice;
import io.github.gitcredentialpat.testing.Typed;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a person's commands say where git gets access tokens of Entra. */
@Timeout(120)
@Tag("slow")
final class EntraCommandsTest implements StoreSource {
  @TempDir private Path home;
  @AutoClose private final FakeAzureDevOps fake = new FakeAzureDevOps();
  private final FakeOrganization contoso = fake.organization("contoso");
  private final Map<String, String> environment = new HashMap<>();
  private String out = "";
  private String err = "";

  @AutoClose
  private final FakeIdentityEndpoint app =
      new FakeIdentityEndpoint(
          token ->
              contoso.grant(
                  token,
                  new Grant(Set.of("vso.code_write"), Instant.now().plusSeconds(3600), false)));

  @BeforeEach
  void start() {
    environment.putAll(Typed.on().atHome(home).meets(fake).environment());
    environment.put("container", "a test's, which has no keyring");
    environment.put("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:1");
    environment.putAll(app.appService());
  }

  private int run(String... words) {
    ByteArrayOutputStream result = new ByteArrayOutputStream();
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    ByteArrayInputStream in = new ByteArrayInputStream(new byte[0]);
    int status = new RootCommand(in, result, messages, environment, this).run(words);
    out = result.toString(StandardCharsets.UTF_8);
    err = messages.toString(StandardCharsets.UTF_8);
    return status;
  }

  @Override
  public StoreChain chain(@Nullable String names, int timeout, Environment surroundings) {
    return StoreChoice.chain("entra", timeout, surroundings);
  }

  @Override
  public List<Store> all(Environment surroundings) {
    return StoreChoice.chain("entra", StoreChoice.DEFAULT_TIMEOUT, surroundings).stores();
  }

  private JsonNode json(String array) throws Exception {
    return new ObjectMapper().readTree(out).get(array);
  }

  @Test
  void checkFetchesOneAndAsksTheServiceAboutIt() {
    assertThat(run("check", "contoso")).describedAs(err).isZero();
    assertThat(out).contains("contoso: valid, Alice Example");
    assertThat(app.requests()).hasSize(1);
    assertThat(run("check", "contoso")).isZero();
    assertThat(app.requests()).hasSize(1);
  }

  @Test
  void checkSaysWhyThereIsNone() {
    app.refuse("No identity is assigned");
    assertThat(run("check", "contoso")).isEqualTo(3);
    assertThat(err).contains("entra: App Service identity: ", "No identity is assigned");
  }

  @Test
  void listShowsWhereAKeptOneIsFromAndUntilWhenAndFetchesNone() throws Exception {
    assertThat(run("list")).isZero();
    assertThat(app.requests()).isEmpty();
    run("check", "contoso");
    assertThat(run("list")).isZero();
    assertThat(out).containsPattern("contoso +- +entra .* UTC \\(entra\\) +-");
    assertThat(out).contains("App Service identity");
    assertThat(run("list", "--json")).isZero();
    assertThat(json("entries")).hasSize(1);
    JsonNode entry = json("entries").get(0);
    assertThat(entry.get("expiryFrom").asText()).isEqualTo("entra");
    assertThat(entry.get("state").asText()).isEqualTo("ok");
  }

  @Test
  void statusShowsWhatGitGetsAndUntilWhen() {
    assertThat(run("status", "contoso")).isEqualTo(1);
    assertThat(out)
        .contains("contoso: access token (App Service identity), from entra")
        .containsPattern("until [0-9-]+ [0-9:]+ UTC, then a new one is fetched");
    assertThat(app.requests()).hasSize(1);
  }

  @Test
  void statusSaysWhyGitGetsNone() {
    app.refuse("No identity is assigned");
    assertThat(run("status", "contoso")).isEqualTo(1);
    assertThat(err).contains("entra: App Service identity: ", "No identity is assigned");
  }

  @Test
  void doctorSaysWhoAnswersAndUntilWhen() {
    run("doctor", "contoso");
    assertThat(out)
        .containsPattern(
            "entra answers contoso with an access token \\(App Service identity\\) until .* UTC")
        .doesNotContain("no store can keep a new token", "a token is stored", "expires soon");
    app.refuse("No identity is assigned");
    run("logout", "contoso");
    run("doctor", "contoso");
    assertThat(out)
        .contains("entra cannot get an access token for contoso")
        .contains("git-credential-pat check contoso");
  }

  @Test
  void storesSaysWhereTheyAreKeptAndAsksNobody() throws Exception {
    assertThat(run("stores", "--json")).isZero();
    JsonNode entra = json("stores").get(0);
    assertThat(entra.get("name").asText()).isEqualTo("entra");
    assertThat(entra.get("location").asText()).contains("Entra, asked when needed", "entra");
    assertThat(entra.get("writesHere").asBoolean()).isFalse();
    assertThat(app.requests()).isEmpty();
  }

  @Test
  void logoutDropsTheKeptOne() {
    run("check", "contoso");
    assertThat(run("logout", "contoso")).describedAs(err).isZero();
    run("list");
    assertThat(out).doesNotContain("App Service identity");
  }

  @Test
  void selftestLeavesItAlone() {
    run("selftest");
    assertThat(app.requests()).isEmpty();
  }
}
