package io.github.gitcredentialpat.command.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import io.github.gitcredentialpat.azure.FakeOrganization;
import io.github.gitcredentialpat.azure.FakeOrganization.Grant;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.testing.Typed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@Tag("slow")
final class LoginTest {
  private static final Identity CONTOSO = Identity.ofOrganization("contoso");

  @TempDir Path home;
  private final InMemoryStore first = new InMemoryStore("first");
  private final InMemoryStore second = new InMemoryStore("second");
  private final Typed person = Typed.on(first, second);
  @AutoClose private final FakeAzureDevOps fake = new FakeAzureDevOps();
  private FakeOrganization contoso;

  @BeforeEach
  void start() throws Exception {
    contoso = fake.organization("contoso");
    person.atHome(home).meets(fake);
  }

  private static String secret(Entry entry) {
    return new String(entry.secret().bytes(), UTF_8);
  }

  private Entry only() throws StoreException {
    List<Entry> found = first.find(CONTOSO);
    assertThat(found).describedAs(person.err).hasSize(1);
    return found.get(0);
  }

  private void keep(InMemoryStore store, @Nullable String user, String token) throws Exception {
    store.save(Entry.of(new EntryKey(CONTOSO, user), Secret.password(token.getBytes(UTF_8)), 1));
  }

  @Test
  void keepsAGoodTokenWithItsOwner() throws Exception {
    String token = contoso.grant("vso.code_write");
    assertThat(person.answering(token + "\n", "login", "contoso", "--name", "laptop")).isZero();
    Entry kept = only();
    assertThat(secret(kept)).isEqualTo(token);
    assertThat(kept.key().user()).isEqualTo(contoso.account());
    assertThat(kept.name()).isEqualTo("laptop");
    assertThat(person.err)
        .contains("contoso: valid, " + contoso.owner())
        .contains("stored in first");
    assertThat(person.out).isEmpty();
    assertThat(person.err).doesNotContain(token);
  }

  @Test
  void traceShowsTheRequestsAndNoSecret() throws Exception {
    String token = contoso.grant("vso.code");
    assertThat(person.answering(token, "login", "contoso", "--trace")).isZero();
    assertThat(person.err + person.out).doesNotContain(token);
  }

  @Test
  void takesOffWhatClingsToACopiedToken() throws Exception {
    String token = contoso.grant("vso.code_write");
    for (String copied : List.of("\uFEFF@\r\n", "\"@\"\n", "\u200B'@'\u00A0", "\u2060@")) {
      assertThat(person.answering(copied.replace("@", token), "login", "contoso")).isZero();
      assertThat(secret(only())).isEqualTo(token);
      assertThat(person.err).contains("invisible characters").doesNotContain(token);
    }
    assertThat(person.answering(token + " \r\n", "login", "contoso")).isZero();
    assertThat(person.err).doesNotContain("invisible");
  }

  @Test
  void quotesOfAnotherHostsPasswordAreItsOwn() throws Exception {
    String[] login = {"login", "https://git.example", "--user", "alice"};
    assertThat(person.answering("\uFEFF'secret'\r\n", login)).isZero();
    assertThat(secret(first.find(new Identity("https", "git.example", null)).get(0)))
        .isEqualTo("'secret'");
  }

  @Test
  void anExpressionThatAPipelineDidNotReplaceIsNoToken() throws Exception {
    assertThat(person.answering("$(System.AccessToken)\n", "login", "contoso", "--no-check"))
        .isEqualTo(1);
    assertThat(person.err).contains("pipeline");
    assertThat(first.list()).isEmpty();
  }

  @Test
  void doesNotKeepWhatTheServiceRefuses() throws Exception {
    String token = fake.newToken();
    assertThat(person.answering(token, "login", "contoso")).isEqualTo(1);
    assertThat(first.list()).isEmpty();
    assertThat(person.err).contains(": rejected (", "not stored").doesNotContain(token);
    assertThat(person.answering(token, "login", "contoso", "--no-check")).isZero();
    assertThat(secret(only())).isEqualTo(token);
  }

  @Test
  void keepsATokenThatNobodyCouldAskAbout() throws Exception {
    fake.close();
    String token = fake.newToken();
    assertThat(person.answering(token, "login", "contoso")).isZero();
    assertThat(secret(only())).isEqualTo(token);
    assertThat(person.err).contains("cannot check contoso");
  }

  @Test
  void knowsTheOldUrlToo() throws Exception {
    String token = contoso.grant("vso.code");
    String url = "https://contoso.visualstudio.com/DefaultCollection/Web/_git/site";
    assertThat(person.answering(token, "login", url)).isZero();
    assertThat(secret(only())).isEqualTo(token);
  }

  @Test
  void takesWhiteSpaceOffAndRefusesControlCharacters() throws Exception {
    String token = contoso.grant("vso.code");
    assertThat(person.answering(" \t" + token + " \r\n\n", "login", "contoso")).isZero();
    assertThat(secret(only())).isEqualTo(token);
    String half = token.substring(0, 40);
    assertThat(person.answering(half + "\n" + half, "login", "contoso", "--no-check")).isEqualTo(1);
    assertThat(person.err).contains("control character", "not stored").doesNotContain(half);
    assertThat(secret(only())).isEqualTo(token);
  }

  @Test
  void withoutATokenItSaysWhatIsMissing() {
    assertThat(person.answering("\n", "login", "contoso")).isEqualTo(1);
    assertThat(person.err).contains("no token on standard input");
    assertThat(person.answering("x".repeat(70_000), "login", "contoso")).isEqualTo(1);
    assertThat(person.err).contains("longer than git accepts");
  }

  @Test
  void warnsOfWhatDoesNotLookLikeAToken() throws Exception {
    assertThat(person.answering("hunter2", "login", "contoso", "--no-check")).isZero();
    assertThat(person.err).contains("does not look like a personal access token");
    assertThat(secret(only())).isEqualTo("hunter2");
  }

  @Test
  void takesThePlaceOfTheOnlyToken() throws Exception {
    keep(second, null, "old");
    String token = contoso.grant("vso.code");
    assertThat(person.answering(token, "login", "contoso")).isZero();
    assertThat(first.list()).isEmpty();
    assertThat(second.list()).containsExactly(new EntryKey(CONTOSO, contoso.account()));
    assertThat(secret(second.find(CONTOSO).get(0))).isEqualTo(token);
  }

  @Test
  void aNamedUserIsKeptBesideTheOthers() throws Exception {
    keep(first, "alice", "hers");
    String token = contoso.grant("vso.code");
    assertThat(person.answering(token, "login", "contoso", "--user", "bob")).isZero();
    assertThat(first.list())
        .containsExactlyInAnyOrder(new EntryKey(CONTOSO, "alice"), new EntryKey(CONTOSO, "bob"));
    assertThat(person.answering(token, "login", "contoso", "--user", "bob")).isZero();
    assertThat(first.list()).hasSize(2);
  }

  @Test
  void anExpiryThatIsTypedIsThePersons() throws Exception {
    LocalDate date = LocalDate.now(ZoneOffset.UTC).plusDays(40);
    String token = contoso.grant("vso.code");
    assertThat(person.answering(token, "login", "contoso", "--expires", date.toString())).isZero();
    assertThat(only().expiry())
        .isEqualTo(
            new Expiry(date.atStartOfDay(ZoneOffset.UTC).toEpochSecond(), Expiry.Source.PERSON));
    assertThat(person.answering(token, "login", "contoso", "--expires", "90")).isZero();
    long at = Instant.now().getEpochSecond() + 90 * 86_400;
    assertThat(only().expiry().at()).isBetween(at - 60, at);
    for (String wrong : List.of("tomorrow", "2020-01-01", "0", "-3", "99999")) {
      assertThat(person.answering(token, "login", "contoso", "--expires=" + wrong)).isEqualTo(2);
    }
  }

  @Test
  void bringsBackATokenThatWasSetAside() throws Exception {
    String token = contoso.grant("vso.code");
    first.save(
        Entry.of(new EntryKey(CONTOSO, null), Secret.password(token.getBytes(UTF_8)), 1)
            .setAsideAt(Instant.now().getEpochSecond()));
    assertThat(person.run("login", "contoso", "--restore")).isZero();
    assertThat(only().setAsideAt()).isZero();
    assertThat(person.err).contains("restored contoso", ": valid");
    assertThat(person.run("login", "contoso", "--restore")).isEqualTo(1);
    assertThat(person.err).contains("no token is set aside for contoso");
  }

  @Test
  void doesNotBringBackADeadToken() throws Exception {
    String token = fake.newToken();
    first.save(
        Entry.of(new EntryKey(CONTOSO, null), Secret.password(token.getBytes(UTF_8)), 1)
            .setAsideAt(Instant.now().getEpochSecond()));
    assertThat(person.run("login", "contoso", "--restore")).isEqualTo(1);
    assertThat(only().setAsideAt()).isNotZero();
    assertThat(person.run("login", "contoso", "--restore", "--no-check")).isZero();
    assertThat(only().setAsideAt()).isZero();
  }

  @Test
  void aGlobalTokenIsToldThatItsTimeIsOver() throws Exception {
    String token = fake.newToken();
    fake.setTime(FakeOrganization.GLOBAL_TOKENS_END.plusSeconds(60));
    contoso.grant(token, new Grant(Set.of("vso.code"), fake.now().plusSeconds(1_000_000), true));
    assertThat(person.answering(token, "login", "contoso")).isEqualTo(1);
    assertThat(person.err).contains("is for all organizations", "2026-12-01");
  }

  @Test
  void anotherHostGetsAPlainPassword() throws Exception {
    assertThat(person.answering("secret", "login", "https://git.example.com/x")).isEqualTo(2);
    assertThat(person.err).contains("add --user");
    assertThat(person.answering("secret", "login", "https://git.example.com/x", "--user", "me"))
        .isZero();
    assertThat(first.list())
        .containsExactly(new EntryKey(new Identity("https", "git.example.com", "x"), "me"));
    assertThat(fake.requests())
        .describedAs("only whether it is a Server, without the password")
        .extracting(FakeAzureDevOps.Request::scheme)
        .containsOnly("none");
  }

  @Test
  void aServersCollectionIsKnownWithoutARepositoryBehindIt() throws Exception {
    String url = "https://ados.corp.local/DefaultCollection";
    String token = fake.collection(url).grant("vso.code");
    assertThat(person.answering(token, "login", url)).describedAs(person.err).isZero();
    Identity collection = new Identity("https", "ados.corp.local", "defaultcollection");
    assertThat(first.list()).extracting(EntryKey::identity).containsExactly(collection);
    assertThat(person.run("check", url)).isZero();
    assertThat(person.run("logout", url)).isZero();
    assertThat(first.list()).isEmpty();
  }

  @Test
  void tfsWithNtlmAndPlainHttpIsLoggedInTo() throws Exception {
    String url = "http://tfs.corp.local:8080/tfs/DefaultCollection";
    String token = fake.collection(url).grant("vso.code");
    assertThat(person.answering(token, "login", url)).describedAs(person.err).isZero();
    assertThat(first.list())
        .extracting(EntryKey::identity)
        .containsExactly(new Identity("http", "tfs.corp.local:8080", "tfs/defaultcollection"));
    assertThat(person.err).contains(": valid");
  }

  @Test
  void aLockedStoreIsNotPassedOver() throws Exception {
    String token = contoso.grant("vso.code");
    first.failWith(new StoreException(Reason.LOCKED, "locked; unlock it"));
    assertThat(person.answering(token, "login", "contoso")).isEqualTo(1);
    assertThat(second.list()).isEmpty();
    assertThat(person.err).contains("first: locked; unlock it", "is not stored");
  }

  @Test
  void needsToKnowWhoseTokenItIs() {
    assertThat(person.answering("x", "login", "https://dev.azure.com")).isEqualTo(2);
    assertThat(person.answering("x", "login", "https://dev.azure.com.")).isEqualTo(2);
    assertThat(person.answering("x", "login", "http://dev.azure.com/contoso")).isEqualTo(2);
    assertThat(first.writes() + second.writes()).isZero();
  }

  // --- proactive authentication ---

  /** A git that claims to be of this version, and is this machine's in everything else. */
  private void useGit(String version) throws Exception {
    Path bin = Files.createDirectories(home.resolve("bin"));
    Path git = bin.resolve("git");
    Files.writeString(
        git,
        "#!/bin/sh\nPATH=/usr/local/bin:/usr/bin:/bin\n"
            + "[ \"$1\" = version ] && echo 'git version "
            + version
            + "' || exec git \"$@\"\n");
    assertThat(git.toFile().setExecutable(true)).isTrue();
    person.set("PATH", bin.toString());
    if (configuration().isEmpty()) {
      Files.writeString(home.resolve(".gitconfig"), "[credential]\n\thelper = pat\n");
    }
  }

  private String configuration() throws Exception {
    Path file = home.resolve(".gitconfig");
    return Files.exists(file) ? Files.readString(file) : "";
  }

  @Test
  void notWhereGitDoesNotAskThisHelper() throws Exception {
    useGit("2.46.0");
    Files.writeString(home.resolve(".gitconfig"), "[credential]\n\thelper = other\n");
    String token = contoso.grant("vso.code");
    assertThat(person.answering(token, "login", "contoso")).isZero();
    assertThat(configuration()).doesNotContain("proactiveAuth");
  }

  @Test
  void gitSendsTheTokenFirstUntilLogout() throws Exception {
    useGit("2.46.0");
    String token = contoso.grant("vso.code");
    assertThat(person.answering(token, "login", "https://dev.azure.com/Contoso/x")).isZero();
    assertThat(person.err)
        .contains("git sends the token with its first request to Contoso")
        .contains("unconfigure --proactive");
    assertThat(configuration())
        .contains("https://dev.azure.com/contoso", "https://dev.azure.com/Contoso")
        .contains("https://contoso.visualstudio.com", "basic");
    assertThat(person.answering(token, "login", "contoso", "--proactive")).isZero();
    assertThat(person.err).doesNotContain("first request");
    assertThat(person.run("logout", "contoso")).isZero();
    assertThat(configuration()).doesNotContain("proactiveAuth");
  }

  @Test
  void notForPublicProjectsNorWithAnOlderGit() throws Exception {
    useGit("2.45.2");
    String token = contoso.grant("vso.code");
    assertThat(person.answering(token, "login", "contoso")).isZero();
    assertThat(person.err).doesNotContain("first request", "2.46");
    useGit("2.46.0");
    contoso.become(FakeOrganization.Trait.PUBLIC_PROJECTS);
    assertThat(person.answering(token, "login", "contoso")).isZero();
    assertThat(person.err).doesNotContain("first request", "public projects,");
    assertThat(person.answering(token, "login", "contoso", "--proactive")).isEqualTo(1);
    assertThat(person.err).contains("has public projects");
    assertThat(configuration()).doesNotContain("proactiveAuth");
    assertThat(secret(only())).isEqualTo(token);
  }
}
