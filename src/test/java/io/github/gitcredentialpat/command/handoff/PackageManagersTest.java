package io.github.gitcredentialpat.command.handoff;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.testing.Typed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What pip, Cargo and NuGet are answered when they ask by themselves. */
final class PackageManagersTest {
  private static final Identity CONTOSO = Identity.ofOrganization("contoso");
  private static final String FEED = "https://pkgs.dev.azure.com/contoso/_packaging/feed1/";

  @TempDir Path home;
  private final InMemoryStore store = new InMemoryStore("memory");
  private final Typed person = Typed.on(store);
  private final ObjectMapper mapper = new ObjectMapper();
  private final String token = UUID.randomUUID().toString().replace("-", "");

  @BeforeEach
  void keepOne() throws Exception {
    person.set("HOME", home.toString());
    keep(null, token, 1);
  }

  private void keep(@Nullable String user, String secret, long time) throws Exception {
    store.save(
        Entry.of(new EntryKey(CONTOSO, user), Secret.password(secret.getBytes(UTF_8)), time));
  }

  // --- pip ---

  @ParameterizedTest
  @ValueSource(strings = {"VssSessionToken", "pat", "contoso", ""})
  void pipGetsTheTokenForAnIndex(String user) {
    assertThat(person.run("keyring", "get", FEED + "pypi/simple/", user)).isZero();
    assertThat(person.out).isEqualTo(token + "\n");
    assertThat(person.err).isEmpty();
  }

  @Test
  void pipGetsTheTokenForAHostThatSaysTheOrganization() {
    assertThat(person.run("keyring", "get", "contoso.pkgs.visualstudio.com", "pat")).isZero();
    assertThat(person.out).isEqualTo(token + "\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pkgs.dev.azure.com",
        "https://pkgs.dev.azure.com",
        "https://contoso@pkgs.dev.azure.com",
        "https://pkgs.dev.azure.com/fabrikam/_packaging/feed1/pypi/simple/",
        "https://contoso@pkgs.dev.azure.com/fabrikam/_packaging/feed1/pypi/simple/",
        "http://pkgs.dev.azure.com/contoso/_packaging/feed1/pypi/simple/",
        "https://pkgs.dev.azure.com.evil.example/contoso/_packaging/feed1/pypi/simple/",
        "https://pypi.org/simple",
        "contoso",
        ""
      })
  void pipGetsNothingForAnythingElse(String url) {
    assertThat(person.run("keyring", "get", url, "contoso")).isEqualTo(1);
    assertThat(person.out).isEmpty();
  }

  @Test
  void theUserNameChoosesAmongSeveral() throws Exception {
    keep("alice", "of-alice", 5);
    keep("bob", "of-bob", 4);
    assertThat(person.run("keyring", "get", FEED, "bob")).isZero();
    assertThat(person.out).isEqualTo("of-bob\n");
    assertThat(person.run("keyring", "get", FEED, "VssSessionToken")).isZero();
    assertThat(person.out).isEqualTo("of-alice\n");
    String named = FEED.replace("://", "://VssSessionToken@");
    assertThat(person.run("keyring", "get", named, "VssSessionToken")).isZero();
    assertThat(person.out).isEqualTo("of-alice\n");
    assertThat(person.run("print", "--format", "token", named)).isZero();
    assertThat(person.out).isEqualTo("of-alice\n");
    String bobs = FEED.replace("://", "://bob@");
    assertThat(person.run("keyring", "get", bobs, "VssSessionToken")).isZero();
    assertThat(person.out).isEqualTo("of-bob\n");
  }

  @Test
  void uvGetsAUserNameToo() {
    assertThat(person.run("keyring", "get", FEED, "--mode", "creds")).isZero();
    assertThat(person.out).isEqualTo("pat\n" + token + "\n");
  }

  @Test
  void nothingIsKeptByIt() throws Exception {
    assertThat(person.answering("secret", "keyring", "set", FEED, "pat")).isEqualTo(1);
    assertThat(person.err).contains("git-credential-pat login");
    assertThat(store.list()).hasSize(1);
  }

  // --- Cargo ---

  private List<JsonNode> cargo(String... requests) throws IOException {
    assertThat(person.answering(String.join("\n", requests) + "\n", "--cargo-plugin")).isZero();
    List<JsonNode> answers = new ArrayList<>();
    for (String line : person.out.split("\n")) {
      answers.add(mapper.readTree(line));
    }
    assertThat(answers.remove(0)).isEqualTo(mapper.readTree("{\"v\":[1]}"));
    assertThat(answers).hasSize(requests.length);
    return answers;
  }

  private static String request(String kind, String url, String more) {
    return "{\"v\":1,\"kind\":\""
        + kind
        + "\",\"registry\":{\"index-url\":\""
        + url
        + "\",\"name\":\"contoso\",\"headers\":[\"WWW-Authenticate: Basic realm=\\\"x\\\"\"]},"
        + more
        + "\"args\":[]}";
  }

  @Test
  void cargoGetsTheHeaderForReadingAndPublishing() throws Exception {
    String index = "sparse+" + FEED + "Cargo/index/";
    String expected =
        "{\"Ok\":{\"kind\":\"get\",\"token\":\"Basic "
            + Base64.getEncoder().encodeToString(("PAT:" + token).getBytes(UTF_8))
            + "\",\"cache\":\"session\",\"operation_independent\":true}}";
    assertThat(
            cargo(
                request("get", index, "\"operation\":\"read\","),
                request(
                    "get",
                    index,
                    "\"operation\":\"publish\",\"name\":\"a\",\"vers\":\"1.0.0\",\"cksum\":\"0\",")))
        .containsOnly(mapper.readTree(expected))
        .hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sparse+https://index.crates.io/",
        "https://github.com/rust-lang/crates.io-index",
        "sparse+https://contoso@pkgs.dev.azure.com/",
        "sparse+http://pkgs.dev.azure.com/contoso/_packaging/feed1/Cargo/index/",
        "sparse+https://pkgs.dev.azure.com.evil.example/contoso/index/",
        ""
      })
  void cargoIsToldToAskAnotherForOtherRegistries(String url) throws Exception {
    assertThat(cargo(request("get", url, "")))
        .containsExactly(mapper.readTree("{\"Err\":{\"kind\":\"url-not-supported\"}}"));
    assertThat(person.out).doesNotContain(token);
  }

  @Test
  void cargoIsToldWhatToTypeWithoutAToken() throws Exception {
    for (String url :
        List.of(
            "https://pkgs.dev.azure.com/fabrikam",
            // By its path it may be somebody's own server, which is asked for its own token.
            "https://pkgs.dev.azure.com.evil.example/contoso")) {
      JsonNode answer =
          cargo(request("get", "sparse+" + url + "/_packaging/feed1/Cargo/index/", "")).get(0);
      assertThat(answer.at("/Err/kind").asText()).isEqualTo("not-found");
      assertThat(answer.at("/Err/message").asText()).contains("git-credential-pat login ");
    }
  }

  @Test
  void cargosLoginKeepsAndItsLogoutDoesNotRemove() throws Exception {
    String index = "sparse+" + FEED + "Cargo/index/";
    String next = UUID.randomUUID().toString();
    List<JsonNode> answers =
        cargo(
            request("login", index, "\"token\":\"" + next + "\","),
            request("login", index, ""),
            request("logout", index, ""),
            request("frobnicate", index, ""));
    assertThat(answers.get(0)).isEqualTo(mapper.readTree("{\"Ok\":{\"kind\":\"login\"}}"));
    assertThat(answers.get(1).at("/Err/message").asText())
        .isEqualTo("run: git-credential-pat login contoso");
    assertThat(answers.get(2).at("/Err/message").asText())
        .isEqualTo("run: git-credential-pat logout contoso");
    assertThat(answers.get(3).at("/Err/kind").asText()).isEqualTo("operation-not-supported");
    List<Entry> kept = store.find(CONTOSO);
    assertThat(kept).hasSize(1);
    assertThat(new String(kept.get(0).secret().bytes(), UTF_8)).isEqualTo(next);
  }

  @Test
  void whatIsNoRequestIsRefusedUnquoted() throws Exception {
    String broken = "{\"v\":1,\"token\":\"" + token;
    assertThat(cargo(broken, "[]", "{\"v\":2,\"kind\":\"get\"}"))
        .allMatch(answer -> answer.at("/Err/kind").asText().equals("other"));
    assertThat(person.out + person.err).doesNotContain(token);
  }

  // --- NuGet ---

  @Test
  void nugetIsAnsweredAsItsTranscriptHasIt() throws Exception {
    List<String> asked = new ArrayList<>();
    List<JsonNode> expected = new ArrayList<>();
    try (InputStream in = getClass().getResourceAsStream("nuget.transcript")) {
      for (String line : new String(in.readAllBytes(), UTF_8).split("\n")) {
        if (line.startsWith("> ")) {
          asked.add(line.substring(2));
        } else if (line.startsWith("< ")) {
          expected.add(mapper.readTree(line.substring(2).replace("TOKEN", token)));
        }
      }
    }
    String input = "\ufeff" + String.join("\r\n", asked) + "\r\n";
    assertThat(person.answering(input, "nuget-plugin", "-Plugin")).isZero();
    List<JsonNode> answers = new ArrayList<>();
    for (String line : person.out.split("\n")) {
      answers.add(mapper.readTree(line));
    }
    ((com.fasterxml.jackson.databind.node.ObjectNode) answers.get(0)).put("RequestId", "ID");
    assertThat(answers).containsExactlyElementsOf(expected);
    assertThat(person.err).doesNotContain(token);
  }

  @Test
  void nugetOfAnotherProtocolIsRefused() throws Exception {
    String handshake =
        "{\"RequestId\":\"h\",\"Type\":\"Request\",\"Method\":\"Handshake\",\"Payload\":"
            + "{\"ProtocolVersion\":\"1.0.0\",\"MinimumProtocolVersion\":\"1.0.0\"}}\nnot json\n";
    assertThat(person.answering(handshake, "nuget-plugin", "-Plugin")).isZero();
    assertThat(mapper.readTree(person.out.split("\n")[1]).at("/Payload/ResponseCode").asText())
        .isEqualTo("Error");
    assertThat(person.err).contains("not JSON");
  }

  @Test
  void aPersonWhoTypesItIsToldWhomItIsFor() {
    assertThat(person.run("nuget-plugin")).isEqualTo(1);
    assertThat(person.err).contains("only NuGet starts this");
  }

  // --- how lines come in ---

  @Test
  void linesMayComeByteByByteAndBeLong() throws Exception {
    String text = "one\r\n\n" + "x".repeat(100_000) + "\nlast";
    InputStream slow =
        new ByteArrayInputStream(text.getBytes(UTF_8)) {
          @Override
          public synchronized int read(byte[] bytes, int offset, int length) {
            return super.read(bytes, offset, Math.min(length, 1));
          }
        };
    LineReader lines = new LineReader(slow);
    assertThat(lines.next()).isEqualTo("one".getBytes(UTF_8));
    assertThat(lines.next()).hasSize(100_000);
    assertThat(lines.next()).isEqualTo("last".getBytes(UTF_8));
    assertThat(lines.next()).isNull();
  }
}
