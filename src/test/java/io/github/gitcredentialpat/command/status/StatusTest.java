package io.github.gitcredentialpat.command.status;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.gitcredentialpat.git.Launcher;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.TextWidth;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.testing.GitHome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
final class StatusTest {
  private static final long DAY = 86_400;
  private static final String SITE = "https://dev.azure.com/contoso/Web/_git/site";

  @TempDir Path folder;
  private GitHome person;
  private final String secret = UUID.randomUUID().toString();
  private final long now = Instant.now().getEpochSecond();

  @BeforeEach
  void moveIn() throws Exception {
    person = new GitHome(folder).gitSays("2.47.1");
    person.launcher("bin/git-credential-pat");
    person.in("repository");
    person.git("remote", "add", "origin", SITE);
  }

  @AfterEach
  void forgetTheLauncher() {
    System.clearProperty(Launcher.PROPERTY);
  }

  private Entry entry(@Nullable String user, @Nullable Expiry expiry, @Nullable String scopes) {
    return new Entry(
        new EntryKey(Identity.ofOrganization("contoso"), user),
        Secret.password((secret + user).getBytes(UTF_8)),
        expiry,
        null,
        now - DAY,
        0,
        "laptop",
        scopes,
        null);
  }

  private void keep(InMemoryStore store, Entry entry) throws StoreException {
    store.save(entry);
  }

  private int status(String... arguments) {
    String[] words = new String[arguments.length + 1];
    words[0] = "status";
    System.arraycopy(arguments, 0, words, 1, arguments.length);
    int status = person.typed.run(words);
    assertThat(person.typed.out + person.typed.err).doesNotContain(secret);
    return status;
  }

  private JsonNode json(String... arguments) throws Exception {
    person.typed.run(arguments);
    JsonNode answer = new ObjectMapper().readTree(person.typed.out);
    assertThat(answer.get("version").asInt()).isEqualTo(1);
    assertThat(answer.get("status")).hasSize(1);
    return answer.get("status").get(0);
  }

  @Test
  void threeLinesTellWhatGitGetsHere() throws Exception {
    keep(
        person.store,
        entry(
            "alice@example.com",
            new Expiry(now + 65 * DAY + 60, Expiry.Source.SERVICE),
            "vso.code_write"));
    assertThat(person.typed.run("configure")).isZero();
    assertThat(status()).describedAs(person.typed.err).isZero();
    assertThat(person.typed.out)
        .isEqualTo(
            "OK contoso: token \"laptop\" of alice@example.com, stored in memory\n"
                + "  Code (Read & write); expires "
                + Instant.ofEpochSecond(now + 65 * DAY + 60).toString().substring(0, 10)
                + " (65 days left)\n"
                + "  git uses this helper; a fetch takes 4 requests (2 if proactive)\n");
    assertThat(person.typed.err).isEmpty();
    JsonNode status = json("status", "--json");
    assertThat(status.get("organization").asText()).isEqualTo("contoso");
    assertThat(status.get("user").asText()).isEqualTo("alice@example.com");
    assertThat(status.get("store").asText()).isEqualTo("memory");
    assertThat(status.get("scopes").asText()).isEqualTo("vso.code_write");
    assertThat(status.get("daysLeft").asInt()).isEqualTo(65);
    assertThat(status.get("state").asText()).isEqualTo("ok");
    assertThat(status.get("answered").asBoolean()).isTrue();
    assertThat(status.get("helperAsked").asBoolean()).isTrue();
    assertThat(status.get("proactive").asBoolean()).isFalse();
    assertThat(status.get("requestsPerFetch").asInt()).isEqualTo(4);
  }

  @Test
  void whatAFetchCostsComesFromGitsConfigurationHere() throws Exception {
    keep(person.store, entry(null, null, null));
    assertThat(person.typed.run("configure")).isZero();
    assertThat(person.typed.run("configure", "--proactive", "contoso")).isZero();
    assertThat(status()).isZero();
    assertThat(person.typed.out)
        .contains("scopes unknown; expiry unknown\n", "a fetch takes 2 requests (proactive)\n");
    assertThat(json("status", "--json").get("requestsPerFetch").asInt()).isEqualTo(2);
    // An older git passes over the setting.
    person.gitSays("2.45.0");
    assertThat(status()).isZero();
    assertThat(person.typed.out).endsWith("a fetch takes 4 requests\n");
    person.gitSays("2.47.1");
    person.git("config", "http." + SITE + ".proactiveAuth", "none");
    assertThat(status()).isZero();
    assertThat(person.typed.out).contains("4 requests");
  }

  @Test
  void whatIsMissingIsNamedWithWhatToType() throws Exception {
    assertThat(status()).isEqualTo(1);
    assertThat(person.typed.out)
        .isEqualTo(
            """
            FAILED contoso: no token is stored
              git does not use this helper for contoso
            """);
    assertThat(person.typed.err)
        .isEqualTo("hint: git-credential-pat login contoso\nhint: git-credential-pat configure\n");
    JsonNode status = json("status", "--json");
    assertThat(status.has("store")).isFalse();
    assertThat(status.get("answered").asBoolean()).isFalse();
    assertThat(status.get("helperAsked").asBoolean()).isFalse();
    // A token that git does not ask for is of no use to it.
    keep(person.store, entry(null, null, null));
    assertThat(status()).isEqualTo(1);
  }

  @Test
  void aTokenThatIsNotAnsweredIsShownWithTheReason() throws Exception {
    assertThat(person.typed.run("configure")).isZero();
    keep(person.store, entry(null, new Expiry(now - DAY, Expiry.Source.SERVICE), null));
    assertThat(status()).isEqualTo(1);
    assertThat(person.typed.out).startsWith("FAILED contoso: token").contains("; expired 2");
    assertThat(person.typed.err).isEqualTo("hint: git-credential-pat login contoso\n");
    keep(person.store, entry(null, null, null).setAsideAt(now));
    assertThat(status()).isEqualTo(1);
    assertThat(person.typed.out).contains("rejected by the server and set aside on ");
    assertThat(person.typed.err).isEqualTo("hint: git-credential-pat login --restore contoso\n");
    keep(person.store, entry(null, null, "vso.packaging"));
    assertThat(status()).isEqualTo(1);
    assertThat(person.typed.out).contains("Packaging (Read); expiry unknown, not for git here\n");
  }

  @Test
  void aTokenInAStoreThatGitDoesNotAskIsNotForGit() throws Exception {
    assertThat(person.typed.run("configure")).isZero();
    keep(person.other, entry(null, null, null));
    assertThat(status()).isEqualTo(1);
    assertThat(person.typed.out).contains("stored in other\n", "not for git here\n");
  }

  @Test
  void theAccountIsTheOneThatGitAsksFor() throws Exception {
    assertThat(person.typed.run("configure")).isZero();
    keep(person.store, entry("alice", null, null));
    keep(person.store, entry("bob", null, null));
    assertThat(status()).isZero();
    // What git would be told is not for who asks how things are.
    assertThat(person.typed.err).isEqualTo("hint: git-credential-pat note contoso --user bob\n");
    assertThat(person.typed.run("use", "contoso", "alice")).isZero();
    assertThat(json("status", "--json").get("user").asText()).isEqualTo("alice");
    assertThat(person.typed.run("use", "contoso", "bob")).isZero();
    assertThat(json("status", "--json").get("user").asText()).isEqualTo("bob");
    assertThat(status()).isZero();
    assertThat(person.typed.out).contains(" of bob, stored in memory (one of 2 accounts)\n");
    person.git("remote", "set-url", "origin", SITE.replace("://", "://alice@"));
    assertThat(json("status", "--json").get("user").asText()).isEqualTo("alice");
  }

  @Test
  void overSshGitAsksForNoToken() throws Exception {
    assertThat(person.typed.run("configure")).isZero();
    keep(person.store, entry(null, null, null));
    person.git("remote", "set-url", "origin", "git@ssh.dev.azure.com:v3/contoso/Web/site");
    assertThat(status()).isEqualTo(1);
    assertThat(person.typed.out).contains("git fetches over SSH here, without a token\n");
    assertThat(status("contoso")).isZero();
  }

  @Test
  void aServerIsLookedAtToo() throws Exception {
    String server = "https://tfs.example.com:8080/tfs/Main/Web/_git/site";
    assertThat(status(server)).isEqualTo(1);
    assertThat(person.typed.err)
        .contains(
            "hint: git-credential-pat configure --server https://tfs.example.com:8080/tfs/main\n");
    assertThat(person.typed.run("configure", "--server", server)).isZero();
    person.store.save(
        Entry.of(
            new EntryKey(new Identity("https", "tfs.example.com:8080", "tfs/main"), null),
            Secret.password(secret.getBytes(UTF_8)),
            now));
    assertThat(status(server)).isZero();
    assertThat(status(server.substring("https://".length()))).isZero();
    assertThat(person.typed.out).contains("a fetch takes 2 requests (proactive)\n");
  }

  @Test
  void aStoreThatCannotBeReadIsNotTakenForAnEmptyOne() throws Exception {
    assertThat(person.typed.run("configure")).isZero();
    person.store.failWith(new StoreException(Reason.LOCKED, "locked; unlock it"));
    assertThat(status()).isEqualTo(1);
    assertThat(person.typed.out).startsWith("FAILED contoso: cannot tell, a store cannot be read");
    assertThat(person.typed.err).isEqualTo("git-credential-pat: memory: locked; unlock it\n");
  }

  @Test
  void nothingIsNotedAndNobodyWarnedTwice() throws Exception {
    assertThat(person.typed.run("configure")).isZero();
    keep(person.store, entry(null, new Expiry(now + 2 * DAY, Expiry.Source.SERVICE), null));
    assertThat(status()).isZero();
    assertThat(person.typed.out).startsWith("WARNING contoso: ");
    assertThat(person.typed.err).isEmpty();
    assertThat(person.home.resolve(".local"))
        .satisfies(local -> assertThat(Files.exists(local)).isFalse());
  }

  @ParameterizedTest
  @ValueSource(ints = {40, 80, 200})
  void fitsTheTerminal(int width) throws Exception {
    assertThat(person.typed.run("configure")).isZero();
    keep(person.store, entry("山田太郎@example.com", null, "vso.code_write vso.packaging"));
    person.typed.set("COLUMNS", "" + width).set("LANG", "ja_JP.UTF-8");
    assertThat(status()).isZero();
    assertThat(person.typed.out).startsWith("✓ contoso: ").contains("山田太郎@example.com");
    assertThat(person.typed.out.lines())
        .allSatisfy(line -> assertThat(TextWidth.of(line)).isLessThanOrEqualTo(width));
    person.typed.set("LANG", "ja_JP");
    assertThat(status()).isZero();
    assertThat(person.typed.out).startsWith("OK contoso: ");
  }

  @Test
  void noSecretOfTheUrlIsHandedToGitsCommandLine() throws Exception {
    person.git("remote", "set-url", "origin", SITE.replace("://", "://x:" + secret + "@"));
    person.gitNotes();
    status();
    assertThat(person.calls()).contains("--get-urlmatch").doesNotContain(secret);
  }
}
