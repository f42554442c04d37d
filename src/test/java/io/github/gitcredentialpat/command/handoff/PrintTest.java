package io.github.gitcredentialpat.command.handoff;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.testing.Typed;
import java.nio.file.Path;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PrintTest {
  private static final Identity CONTOSO = Identity.ofOrganization("contoso");
  private static final String FEED = "https://pkgs.dev.azure.com/contoso/Web/_packaging/feed1/";

  @TempDir Path home;
  private final InMemoryStore store = new InMemoryStore("memory");
  private final Typed person = Typed.on(store);
  private final String token = UUID.randomUUID().toString().replace("-", "");

  @BeforeEach
  void keepOne() throws Exception {
    person.set("HOME", home.toString());
    keep(CONTOSO, null, token, 1);
  }

  private Entry entry(Identity identity, @Nullable String user, String secret, long time) {
    return Entry.of(new EntryKey(identity, user), Secret.password(secret.getBytes(UTF_8)), time);
  }

  private void keep(Identity identity, @Nullable String user, String secret, long time)
      throws Exception {
    store.save(entry(identity, user, secret, time));
  }

  private String printed(String format, String place) {
    assertThat(person.run("print", "--format", format, place)).describedAs(person.err).isZero();
    return person.out;
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  @Test
  void tokenIsTheTokenAlone() {
    assertThat(printed("token", "contoso")).isEqualTo(token + "\n");
    assertThat(person.err).isEmpty();
  }

  @Test
  void basicAndHeaderHaveNoUserName() {
    assertThat(printed("basic", "contoso")).isEqualTo(base64(":" + token) + "\n");
    assertThat(printed("header", "contoso"))
        .isEqualTo("Authorization: Basic " + base64(":" + token) + "\n");
  }

  @Test
  void curlIsALineOfItsConfiguration() {
    assertThat(printed("curl", "contoso")).isEqualTo("user = \":" + token + "\"\n");
  }

  @Test
  void npmNamesTheRegistryAndTheFolderOfTheArchives() {
    String expected = "";
    for (String place :
        new String[] {
          "//pkgs.dev.azure.com/contoso/Web/_packaging/feed1/npm/registry/:",
          "//pkgs.dev.azure.com/contoso/Web/_packaging/feed1/npm/:"
        }) {
      expected += place + "username=pat\n";
      expected += place + "_password=" + base64(token) + "\n";
      expected += place + "email=npm@example.com\n";
    }
    assertThat(printed("npm", FEED + "npm/registry/")).isEqualTo(expected);
    assertThat(printed("npm", FEED + "npm/registry")).isEqualTo(expected);
    assertThat(
            printed(
                "npm",
                "https://Alice@PKGS.dev.azure.com:443/contoso/Web/_packaging/feed1/npm/registry/?x=1"))
        .isEqualTo(expected);
  }

  @Test
  void npmKeepsTheSpellingThatItsOwnKeysHave() {
    assertThat(
            printed(
                "npm", "https://pkgs.dev.azure.com/Contoso/My%20Web/_packaging/F/npm/registry/"))
        .startsWith("//pkgs.dev.azure.com/Contoso/My%20Web/_packaging/F/npm/registry/:username=");
    assertThat(
            printed("npm", "https://pkgs.dev.azure.com/Contoso/My Web/_packaging/F/npm/registry/"))
        .startsWith("//pkgs.dev.azure.com/Contoso/My%20Web/_packaging/F/npm/registry/:username=");
  }

  @Test
  void nugetIsAListOfOneFeed() throws Exception {
    JsonNode endpoint =
        new ObjectMapper()
            .readTree(printed("nuget", FEED + "nuget/v3/index.json"))
            .path("endpointCredentials")
            .path(0);
    assertThat(endpoint.path("endpoint").asText()).isEqualTo(FEED + "nuget/v3/index.json");
    assertThat(endpoint.path("username").asText()).isEqualTo("pat");
    assertThat(endpoint.path("password").asText()).isEqualTo(token);
  }

  @Test
  void pipIsAnIndexWithTheToken() {
    assertThat(printed("pip", FEED + "pypi/simple/"))
        .isEqualTo(
            "https://pat:"
                + token
                + "@pkgs.dev.azure.com/contoso/Web/_packaging/feed1/pypi/simple/\n");
  }

  @Test
  void mavenIsAServerWithTheNameOfTheFeed() {
    assertThat(printed("maven", FEED + "maven/v1"))
        .isEqualTo(
            "<server>\n  <id>feed1</id>\n  <username>pat</username>\n  <password>"
                + token
                + "</password>\n</server>\n");
  }

  @Test
  void cargoIsTheHeaderThatItSends() {
    assertThat(printed("cargo", "contoso")).isEqualTo("Basic " + base64("PAT:" + token) + "\n");
  }

  @Test
  void dockerIsAConfigurationForTheHost() {
    assertThat(printed("docker", FEED + "x"))
        .isEqualTo(
            "{\"auths\":{\"pkgs.dev.azure.com\":{\"auth\":\"" + base64("pat:" + token) + "\"}}}\n");
  }

  @Test
  void envIsALineThatNeedsNoQuotes() {
    assertThat(printed("env", "contoso")).isEqualTo("AZURE_DEVOPS_EXT_PAT=" + token + "\n");
  }

  @Test
  void whatIsSpecialToAFormatIsEscaped() throws Exception {
    String odd = token + "\"\\'&<> é:@/";
    keep(CONTOSO, null, odd, 2);
    assertThat(printed("curl", "contoso"))
        .isEqualTo("user = \":" + token + "\\\"\\\\'&<> é:@/\"\n");
    assertThat(
            new ObjectMapper()
                .readTree(printed("nuget", FEED + "nuget/v3/index.json"))
                .at("/endpointCredentials/0/password")
                .asText())
        .isEqualTo(odd);
    assertThat(printed("maven", FEED + "maven/v1")).contains("\"\\'&amp;&lt;&gt; é:@/</password>");
    assertThat(printed("pip", FEED + "pypi/simple/"))
        .contains(token + "%22%5C%27%26%3C%3E%20%C3%A9%3A%40%2F@pkgs");
    assertThat(printed("env", "contoso"))
        .isEqualTo("AZURE_DEVOPS_EXT_PAT='" + token + "\"\\'\\''&<> é:@/'\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"npm", "nuget", "pip", "maven"})
  void aFeedFormatWantsTheFeed(String format) {
    for (String place : new String[] {"contoso", "https://dev.azure.com/contoso/Web/_git/site"}) {
      assertThat(person.run("print", "--format", format, place)).isEqualTo(2);
      assertThat(person.out).isEmpty();
      assertThat(person.err).contains("needs the URL of a feed", "_packaging/FEED/");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fabrikam",
        "https://contoso@pkgs.dev.azure.com/fabrikam/_packaging/feed1/npm/registry/",
        "https://dev.azure.com.evil.example/contoso/_packaging/feed1/npm/registry/",
        "http://pkgs.dev.azure.com/contoso/_packaging/feed1/npm/registry/",
        "https://evil.example/contoso/_packaging/feed1/npm/registry/",
        "https://evil.example:443/pkgs.dev.azure.com/contoso/"
      })
  void noOtherPlaceGetsTheToken(String place) {
    for (Print.Format format : Print.Format.values()) {
      assertThat(person.run("print", "--format", format.name(), place)).isNotZero();
      assertThat(person.out).isEmpty();
      assertThat(person.err).doesNotContain(token);
    }
  }

  @Test
  void withoutOneItSaysWhatToType() {
    assertThat(person.run("print", "--format", "token", "fabrikam")).isEqualTo(1);
    assertThat(person.err)
        .contains("no usable token for fabrikam\nhint: git-credential-pat login fabrikam\n");
  }

  @Test
  void aDeadTokenIsNotPrinted() throws Exception {
    store.save(entry(CONTOSO, null, token, 1).setAsideAt(100));
    assertThat(person.run("print", "--format", "token", "contoso")).isEqualTo(1);
    assertThat(person.err).contains("is set aside");
    store.save(entry(CONTOSO, null, token, 1).with(new Expiry(100, Expiry.Source.SERVICE), null));
    assertThat(person.run("print", "--format", "token", "contoso")).isEqualTo(1);
    assertThat(person.err).contains("expired on 1970-01-01");
    assertThat(person.out).isEmpty();
  }

  @Test
  void ofSeveralTheNewestUnlessAUserIsNamed() throws Exception {
    keep(CONTOSO, "alice", "of-alice", 5);
    keep(CONTOSO, "bob", "of-bob", 4);
    assertThat(printed("token", "contoso")).isEqualTo("of-alice\n");
    assertThat(person.err).contains("contoso has 3 tokens", "alice's", "--user");
    assertThat(person.run("print", "--format", "token", "--user", "bob", "contoso")).isZero();
    assertThat(person.out).isEqualTo("of-bob\n");
    assertThat(printed("token", "https://bob@dev.azure.com/contoso")).isEqualTo("of-bob\n");
  }

  @Test
  void aServersCollectionHasItsOwn() throws Exception {
    String url = "http://tfs.corp.local:8080/tfs/DefaultCollection/_packaging/F/npm/registry/";
    keep(Resolution.parse(url).identity(), "alice", "of-server", 1);
    assertThat(printed("npm", url))
        .startsWith(
            "//tfs.corp.local:8080/tfs/DefaultCollection/_packaging/F/npm/registry/:username=pat\n")
        .contains("_password=" + base64("of-server"));
  }

  @Test
  void anotherHostsPasswordHasItsUserName() throws Exception {
    keep(new Identity("https", "git.example", null), "alice", "of-alice", 1);
    assertThat(printed("curl", "https://git.example")).isEqualTo("user = \"alice:of-alice\"\n");
    assertThat(printed("basic", "https://git.example")).isEqualTo(base64("alice:of-alice") + "\n");
  }

  @Test
  void aLineBreakInATokenCannotForgeALine() throws Exception {
    keep(CONTOSO, null, "a\rurl = \"x\"", 2);
    for (Print.Format format : Print.Format.values()) {
      assertThat(person.run("print", "--format", format.name(), FEED + "npm/registry/"))
          .isEqualTo(1);
      assertThat(person.out).isEmpty();
      assertThat(person.err).contains("control character");
    }
  }

  @Test
  void nobodyFindsTheTokenInATrace() {
    assertThat(person.run("print", "--format", "npm", "--trace", FEED + "npm/registry/")).isZero();
    assertThat(person.err).doesNotContain(token).doesNotContain(base64(token));
  }

  @Test
  void anUnknownFormatListsThem() {
    assertThat(person.run("print", "--format", "ftp", "contoso")).isEqualTo(2);
    assertThat(person.err).contains("TOKEN, HEADER");
    assertThat(person.run("print", "contoso")).isEqualTo(2);
    assertThat(person.err).contains("--format");
  }
}
