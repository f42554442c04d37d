package io.github.gitcredentialpat.command.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import io.github.gitcredentialpat.azure.FakeOrganization;
import io.github.gitcredentialpat.azure.FakeOrganization.Access;
import io.github.gitcredentialpat.azure.FakeOrganization.Trait;
import io.github.gitcredentialpat.git.Launcher;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.TypedPlace;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.TextWidth;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.store.env.EnvStore;
import io.github.gitcredentialpat.store.file.FileStore;
import io.github.gitcredentialpat.testing.GitHome;
import io.github.gitcredentialpat.testing.Typed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

// More than 400 lines: one test for each thing that doctor finds.
@Timeout(120)
@Tag("slow")
final class DoctorTest {
  private static final long DAY = 86_400;
  private static final String SITE = "https://dev.azure.com/contoso/Web/_git/site";

  @TempDir Path folder;
  private GitHome person;
  private InMemoryStore store;
  private final long now = Instant.now().getEpochSecond();

  @BeforeEach
  void moveIn() throws Exception {
    person = new GitHome(folder).gitSays("2.47.1");
    store = person.store;
    person.launcher("bin/git-credential-pat");
  }

  @AfterEach
  void forgetTheLauncher() {
    System.clearProperty(Launcher.PROPERTY);
  }

  /** Runs doctor; returns the findings' ids, but for those that say that all is well. */
  private List<String> ills(String... arguments) throws Exception {
    List<String> ids = new ArrayList<>();
    for (JsonNode finding : findings(arguments)) {
      String id = finding.get("id").asText();
      // The tests never run on the runtime that is packaged.
      if (!finding.get("severity").asText().equals("ok") && !id.equals("runtime-other")) {
        ids.add(id);
      }
    }
    return ids;
  }

  private JsonNode findings(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("doctor", "--json"));
    command.addAll(List.of(arguments));
    int status = person.typed.run(command.toArray(String[]::new));
    JsonNode answer = new ObjectMapper().readTree(person.typed.out);
    assertThat(answer.get("version").asInt()).isEqualTo(1);
    JsonNode findings = answer.get("findings");
    boolean isIll = findings.findValuesAsText("severity").contains("error");
    assertThat(status).describedAs(person.typed.out).isEqualTo(isIll ? 1 : 0);
    return findings;
  }

  private Entry keep(String token) throws StoreException {
    Entry entry =
        Entry.of(
            new EntryKey(Identity.ofOrganization("contoso"), null),
            Secret.password(token.getBytes(UTF_8)),
            now);
    store.save(entry);
    return entry;
  }

  private static String token() {
    return (UUID.randomUUID().toString() + UUID.randomUUID())
        .replaceAll("[^a-f]", "z")
        .substring(0, 52);
  }

  @Test
  void aGoodSetUpIsAllWell() throws Exception {
    assertThat(person.typed.run("configure")).isZero();
    keep(token());
    assertThat(ills(SITE)).isEmpty();
    assertThat(person.typed.out)
        .contains(
            "git is 2.47.1",
            "git uses this helper, and only this one, for contoso",
            "memory is ready, entries: 1",
            "a token is stored for contoso",
            "a lookup takes");
    assertThat(person.typed.run("doctor", SITE)).isZero();
    List<String> lines = person.typed.out.lines().toList();
    assertThat(lines.get(0)).startsWith("git-credential-pat ").contains(", commit ");
    assertThat(lines.get(1)).isEqualTo("ok    git is 2.47.1");
    assertThat(lines.get(lines.size() - 1)).isEqualTo("no problems");
  }

  @Test
  void whatIsNotSetUpIsNamedWithWhatMendsIt() throws Exception {
    assertThat(ills("contoso")).containsExactly("helper-missing", "use-http-path", "token-none");
    assertThat(person.typed.run("doctor", "contoso")).isEqualTo(1);
    assertThat(person.typed.out)
        .contains(
            "error git does not use this helper for contoso\n      git-credential-pat configure\n",
            "warn  no token for contoso\n      git-credential-pat login contoso\n");
  }

  @Test
  void whatItFoundIsSummedUpAtTheEnd() throws Exception {
    person.typed.run("doctor", "contoso");
    assertThat(person.typed.out).endsWith("\n2 problems, 1 warning\n");
    keep(token());
    person.typed.run("doctor", "contoso");
    assertThat(person.typed.out).endsWith("\n2 problems\n");
  }

  @Test
  void onATerminalFindingsHaveMarksAndFit() throws Exception {
    person.typed.set("COLUMNS", "40").set("LANG", "C.UTF-8");
    assertThat(person.typed.run("doctor", "contoso")).isEqualTo(1);
    assertThat(person.typed.out)
        .contains("\n✓ git is 2.47.1\n")
        .contains("\n! no token ")
        .contains("\n  git-credential-pat configure\n")
        .containsPattern("\n✗ git does not \\w+ this helper for\n  contoso\n");
    assertThat(person.typed.out.lines().filter(line -> !line.contains("  git-credential-pat ")))
        .allSatisfy(line -> assertThat(TextWidth.of(line)).isLessThanOrEqualTo(40));
  }

  @Test
  void whoElseWouldBeGivenTheTokenIsNamed() throws Exception {
    person.git(
        "config", "--global", "credential.helper", "/opt/secret-place/git-credential-manager");
    person.git("config", "--global", "--add", "credential.helper", "pat");
    person.git("config", "--global", "--add", "credential.helper", "!echo password=hidden");
    person.git("config", "--global", "--add", "credential.helper", "store --file /srv/hidden");
    assertThat(ills("contoso"))
        .contains("helper-before", "helper-after", "helper-plaintext", "helper-gone");
    assertThat(person.typed.out)
        .contains("git-credential-manager (git config --global)", "a helper (git config --global)")
        .doesNotContain("hidden")
        .doesNotContain("secret-place");
  }

  @Test
  void aHelperThatIsNotThereAnyMoreIsNamed() throws Exception {
    assertThat(person.typed.run("configure")).isZero();
    Files.delete(person.home.resolve("bin/git-credential-pat"));
    assertThat(ills("contoso")).contains("helper-gone");
  }

  @Test
  void anotherCopyThanTheOneThatGitAsksIsNamed() throws Exception {
    assertThat(person.typed.run("configure")).isZero();
    person.launcher("other/git-credential-pat");
    assertThat(ills("contoso")).contains("helper-elsewhere");
  }

  @Test
  void anOldGitIsToldWhatNewerOnesBring() throws Exception {
    assertThat(person.typed.run("configure")).isZero();
    person.gitSays("2.39.5 (Apple Git-154)");
    assertThat(ills()).contains("git-old");
    assertThat(person.typed.out)
        .contains("git is 2.39.5: it does not tell helpers what a server offers");
    person.gitSays("2.45.2.windows.1");
    assertThat(ills()).contains("git-old");
    assertThat(person.typed.out).contains("git is 2.45.2", "from 2.46 on");
    person.gitSays("2.20.1");
    assertThat(ills()).contains("git-too-old");
  }

  @Test
  void aMachineWithoutGitIsStillLookedAt() throws Exception {
    person.typed.set("PATH", folder.toString());
    assertThat(ills("contoso")).containsExactly("git-missing", "token-none");
  }

  @Test
  void aBrokenConfigurationIsNotTheEndOfIt() throws Exception {
    Files.writeString(person.global, "[user\n");
    assertThat(ills("contoso")).contains("git-configuration-broken", "token-none");
  }

  @Test
  void theRemoteOfTheRepositoryIsLookedAtWhereNothingIsNamed() throws Exception {
    assertThat(ills()).contains("no-url");
    person.in("repository");
    person.git("remote", "add", "origin", "git@github.com:contoso/site");
    assertThat(ills()).contains("no-url");
    person.git("remote", "set-url", "origin", "git@ssh.dev.azure.com:v3/contoso/Web/site");
    assertThat(ills()).contains("helper-missing").doesNotContain("no-url");
    person.git("remote", "set-url", "origin", SITE);
    assertThat(ills()).contains("helper-missing").doesNotContain("no-url");
    person.git("remote", "set-url", "origin", "https://dev.azure.com.evil.example/contoso/x");
    assertThat(ills()).contains("not-azure-devops");
    person.git("remote", "set-url", "origin", "http://dev.azure.com/contoso/x/_git/y");
    assertThat(ills()).contains("url-refused");
    person.git("remote", "set-url", "origin", "https://dev.azure.com");
    assertThat(ills()).contains("organization-unknown");
  }

  @Test
  void aSecretInAUrlIsCounted() throws Exception {
    person.in("repository");
    person.git("remote", "add", "origin", SITE);
    assertThat(ills()).doesNotContain("secret-in-url");
    String token = token();
    person.git("remote", "add", "one", "https://anything:" + token + "@dev.azure.com/contoso/x");
    person.git("remote", "add", "two", "https://" + token + "@dev.azure.com/contoso/x");
    person.git("remote", "add", "three", "https://contoso@dev.azure.com/contoso/x");
    person.git("remote", "add", "four", "ssh://git@example.com/x");
    person.git("config", "remote.three.pushurl", "https://a:b@dev.azure.com/contoso/x");
    person.git("config", "url.https://x:" + token + "@dev.azure.com/.insteadOf", "ado:");
    assertThat(ills()).contains("secret-in-url");
    assertThat(person.typed.out).contains("those tokens: 4").doesNotContain(token);
    // Git takes the folder for the top where the repository is named by GIT_DIR alone.
    person.typed.set("GIT_WORK_TREE", person.home.resolve("repository").toString());
    Files.writeString(
        person.home.resolve("repository/.gitmodules"),
        "[submodule \"x\"]\n\turl = https://x:" + token + "@dev.azure.com/contoso/z\n");
    assertThat(ills()).contains("secret-in-url");
    assertThat(person.typed.out).contains("those tokens: 5").doesNotContain(token);
  }

  @Test
  void aTokenInTheRemotesUrlIsNotHandedToGitAgain() throws Exception {
    String token = token();
    Subject place =
        Subject.of(
            "https://x:" + token + "@dev.azure.com/contoso/x", TypedPlace.resolve("contoso"));
    assertThat(place.url()).isEqualTo("https://dev.azure.com/contoso/x");
  }

  @Test
  void aHeaderThatCompetesIsNamedWhereItCounts() throws Exception {
    String header = "AUTHORIZATION: bearer " + token();
    person.git("config", "--global", "http.https://example.com.extraheader", header);
    person.git("config", "--global", "http.extraheader", "X-Trace: 1");
    assertThat(ills("contoso")).doesNotContain("extra-header");
    person.git("config", "--global", "http.https://dev.azure.com/contoso/.extraheader", header);
    assertThat(ills("contoso")).contains("extra-header");
    assertThat(ills("fabrikam")).doesNotContain("extra-header");
  }

  @Test
  void secretsInHelpersHeadersAndElsewhereAreCountedInAllScopes() throws Exception {
    String token = token();
    Path local = person.in("repository");
    assertThat(ills("contoso")).doesNotContain("secret-in-helper", "secret-in-header");
    String helper = "\thelper = \"!f() { test $1 = get && echo password=" + token + "; }; f\"\n";
    append(person.system, "[credential]\n" + helper);
    append(person.global, "[credential \"https://example.com\"]\n" + helper);
    append(local, "[credential]\n" + helper);
    append(person.global, "[http]\n\textraHeader = Authorization: Basic " + token + "\n");
    append(person.global, "[http]\n\tproxy = http://me:" + token + "@proxy:3128\n");
    append(person.global, "[remote \"https://" + token + "@dev.azure.com/a/x\"]\n\tprune\n");
    assertThat(ills("contoso"))
        .contains("secret-in-helper", "secret-in-header", "secret-in-configuration")
        .contains("secret-in-url");
    assertThat(person.typed.out)
        .contains("plain text: 3")
        .contains("settings contain tokens or passwords in plain text: 1")
        .contains("git settings and files contain tokens or passwords in plain text: 1")
        .contains("revoke those tokens: 1")
        .doesNotContain(token);
    // What it names tells the rest.
    assertThat(person.typed.run("remotes")).isEqualTo(1);
    assertThat(person.typed.out)
        .contains(person.system.toString(), person.global.toString(), "a proxy's password")
        .doesNotContain(token);
  }

  private static void append(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  @Test
  void outsideOfARepositoryTheGlobalConfigurationIsSearchedForSecrets() throws Exception {
    append(person.global, "[url \"https://x:" + token() + "@dev.azure.com\"]\n\tinsteadOf = az:\n");
    assertThat(ills("contoso")).contains("secret-in-url");
  }

  @Test
  void noSecretOfTheConfigurationIsHandedToGitsCommandLine() throws Exception {
    String token = token();
    String url = "https://x:" + token + "@dev.azure.com/contoso/x";
    for (String section : List.of("credential", "http", "url", "remote", "lfs")) {
      append(person.in("repository"), "[" + section + " \"" + url + "\"]\n\tname = 1\n");
      append(person.global, "[" + section + " \"" + url + "\"]\n\textraHeader = X: 1\n");
    }
    person.git("remote", "add", "origin", url);
    person.gitNotes();
    ills();
    person.typed.run("remotes", "--fix");
    assertThat(person.calls()).contains("--get-urlmatch").doesNotContain(token);
  }

  @Test
  void aHintForAnotherHostTakesThatHostsEntries() throws Exception {
    Files.writeString(person.home.resolve(".netrc"), "machine example.com login a password b\n");
    ills("https://example.com/x");
    assertThat(person.typed.out)
        .contains("\"git-credential-pat import --from netrc --all --delete\"");
    person.typed.run("import", "--from", "netrc", "--all", "--delete");
    assertThat(ills("https://example.com/x")).doesNotContain("netrc");
  }

  @Test
  void aFileThatCannotBeReadIsNotPassedOver() throws Exception {
    Files.createDirectory(person.home.resolve(".netrc"));
    assertThat(ills("contoso")).contains("plaintext-file-unreadable");
  }

  @Test
  void whatLiesInFilesOfOtherProgramsIsCounted() throws Exception {
    Files.writeString(
        person.home.resolve(".netrc"),
        "machine example.com login a password machine\nmachine dev.azure.com\nlogin x password y");
    Files.writeString(
        person.home.resolve(".git-credentials"),
        "https://a:p%40ss@contoso.visualstudio.com\nhttps://b:c@example.com\n"
            + "https://d:e@dev.azure.com/fabrikam");
    Path manager = person.home.resolve(".gcm/store/git/https/dev.azure.com/contoso");
    Files.createDirectories(manager);
    Files.writeString(manager.resolve("x.credential"), "y\nservice=https://dev.azure.com\n");
    assertThat(ills("contoso")).contains("netrc", "plaintext-file", "plaintext-file-gcm");
    assertThat(person.typed.out).contains("revoke them: 2", "revoke them: 1");
    assertThat(ills("https://git.example.org/x")).doesNotContain("netrc", "plaintext-file");
    assertThat(ills("https://example.com/x")).contains("netrc", "plaintext-file");
  }

  @Test
  void tokensAreToldApart() throws Exception {
    Entry entry = keep(token());
    store.save(entry.with(new Expiry(now - DAY, Expiry.Source.SERVICE), null));
    assertThat(ills("contoso")).contains("token-expired").doesNotContain("token-none");
    store.save(entry.with(new Expiry(now + 3 * DAY, Expiry.Source.PERSON), null));
    assertThat(ills("contoso")).contains("token-expiring");
    store.save(entry.setAsideAt(now - DAY));
    assertThat(ills("contoso")).contains("token-set-aside", "token-none");
    keep("my password");
    assertThat(ills()).contains("token-mistyped");
    store.save(
        Entry.of(
            new EntryKey(Identity.ofOrganization("contoso"), "alice"),
            Secret.password(token().getBytes(UTF_8)),
            now));
    assertThat(ills("contoso")).contains("token-several");
    assertThat(person.typed.out).doesNotContain("alice");
  }

  @Test
  void aSignInThatIsRememberedIsNamed() throws Exception {
    assertThat(ills()).doesNotContain("sign-in");
    store.save(
        Entry.of(
            new EntryKey(Identity.ofSignIn("tenant-of-somebody"), "application-of-somebody"),
            Secret.password(token().getBytes(UTF_8)),
            now));
    JsonNode findings = findings();
    assertThat(findings.findValuesAsText("id")).contains("sign-in");
    assertThat(person.typed.out).contains("logout --sign-in").doesNotContain("of-somebody");
  }

  @Test
  void aTokenInAStoreThatGitDoesNotAskIsNamed() throws Exception {
    person.other.save(
        Entry.of(
            new EntryKey(Identity.ofOrganization("contoso"), null),
            Secret.password(token().getBytes(UTF_8)),
            now));
    assertThat(ills("contoso")).contains("token-elsewhere");
    assertThat(person.typed.out).contains("is in other, which git's helper does not use");
  }

  @Test
  void whatIsWrongWithAStoreIsToldWithoutItsWords() throws Exception {
    for (Reason reason : Reason.values()) {
      store.failWith(new StoreException(reason, "hidden in /home/hidden"));
      List<String> ills = ills("contoso");
      assertThat(ills)
          .containsAnyOf("store-locked", "store-no-answer", "store-failed", "store-absent");
      assertThat(ills).doesNotContain("token");
      assertThat(person.typed.out + person.typed.err).doesNotContain("hidden");
    }
    store.failWith(new StoreException(Reason.LOCKED, "hidden"));
    // Behind a lock there may be one.
    assertThat(ills("contoso")).contains("store-locked").doesNotContain("token-none");
  }

  @Test
  void damagedFilesThatAreMerelyPassedOverAreCounted() throws Exception {
    Map<String, String> environment = Map.of("HOME", person.home.toString());
    FileStore files = new FileStore(new Environment(environment, false, new Deadline()));
    for (String organization : new String[] {"contoso", "fabrikam"}) {
      files.save(
          Entry.of(
              new EntryKey(Identity.ofOrganization(organization), null),
              Secret.password(token().getBytes(UTF_8)),
              now));
    }
    try (Stream<Path> entries =
        Files.list(person.home.resolve(".local/share/git-credential-pat"))) {
      Path one = entries.findFirst().orElseThrow();
      byte[] content = Files.readAllBytes(one);
      content[content.length - 1] ^= 1;
      Files.write(one, content);
    }
    Typed typed = Typed.on(files);
    typed.environment().putAll(person.typed.environment());
    assertThat(typed.run("doctor")).isEqualTo(1);
    assertThat(typed.out).contains("file has entries that are damaged", "ignored: 1; ");
  }

  @Test
  void aStoreThatThereIsNotIsNamed() throws Exception {
    assertThat(person.typed.run("configure", "--store", "file")).isZero();
    Files.writeString(
        person.global, Files.readString(person.global).replace("--store file", "--store fiel"));
    person.typed.refuses("fiel");
    assertThat(ills("contoso")).contains("store-unknown");
  }

  @Test
  void whatStandsBetweenGitAndTheServerIsNamed() throws Exception {
    person.git("config", "--global", "http.sslVerify", "false");
    person.git("config", "--global", "http.proxy", "http://user:hidden@proxy.hidden:8080");
    person.git("config", "--global", "http.sslCAInfo", "/hidden/authorities.pem");
    assertThat(ills("contoso")).contains("ssl-verify", "proxy", "ca-file");
    assertThat(person.typed.out).doesNotContain("hidden");
    person.git("config", "--global", "http.proxy", "socks5://proxy.hidden");
    assertThat(ills("contoso")).contains("proxy-unusable");
  }

  @Test
  void aServerIsLookedAtAndNotNamed() throws Exception {
    String url = "http://tfs.hidden:8080/tfs/Main/Web/_git/site";
    person.gitSays("2.45.0");
    assertThat(ills(url))
        .contains("helper-missing", "use-http-path", "plain-http", "server-ntlm", "token-none");
    assertThat(person.typed.out).contains("configure --server URL").doesNotContain("hidden");
    assertThat(person.typed.run("configure", "--server", url)).isZero();
    person.gitSays("2.46.0");
    assertThat(ills(url)).containsExactly("plain-http", "token-none");
  }

  @Test
  void aRuntimeWithoutItsArchiveIsNamed() throws Exception {
    Path image = Files.createDirectory(folder.resolve("image"));
    String runtime = image.resolve("runtime").toString();
    String shares = "mixed mode, sharing";
    assertThat(RuntimeCheckup.runtime(runtime, shares)).isEqualTo(Diagnosis.RUNTIME_OTHER);
    Files.createFile(image.resolve("jvm.options"));
    assertThat(RuntimeCheckup.runtime(runtime, shares)).isEqualTo(Diagnosis.RUNTIME_NO_ARCHIVE);
    Files.createFile(image.resolve("app.jsa"));
    assertThat(RuntimeCheckup.runtime(runtime, shares)).isEqualTo(Diagnosis.RUNTIME);
    assertThat(RuntimeCheckup.runtime(runtime, "mixed mode"))
        .isEqualTo(Diagnosis.RUNTIME_NO_ARCHIVE);
    assertThat(RuntimeCheckup.runtime(null, "")).isEqualTo(Diagnosis.RUNTIME_NATIVE);
  }

  @Test
  void aGetThatIsSlowOrFailsIsNamed() throws Exception {
    Path launcher = person.home.resolve("bin/git-credential-pat");
    Files.writeString(launcher, "#!/bin/sh\nsleep 0.4\n");
    assertThat(ills("contoso")).contains("get-slow");
    Files.writeString(launcher, "#!/bin/sh\nexit 127\n");
    assertThat(ills("contoso")).contains("get-failed");
    System.clearProperty(Launcher.PROPERTY);
    assertThat(ills("contoso")).contains("launcher-unknown");
  }

  @Test
  void nothingThatIsSomebodysIsEverShown() throws Exception {
    String token = token();
    person.in("hidden-repository");
    person.git("remote", "add", "hidden-remote", "https://x:" + token + "@dev.azure.com/contoso/y");
    person.git("remote", "add", "origin", "https://dev.azure.com/contoso/hidden/_git/hidden");
    person.git("config", "credential.helper", "hidden-helper --password hidden");
    person.git("config", "credential.https://dev.azure.com.username", "hidden-user");
    person.git("config", "http.extraHeader", "Authorization: Basic hidden");
    person.git("config", "user.name", "Hidden Person");
    person.typed.set("HIDDEN", "hidden").set("https_proxy", "http://hidden:hidden@hidden:1");
    Files.writeString(
        person.home.resolve(".netrc"), "machine dev.azure.com login h password hidden");
    keep(token);
    for (String format : new String[] {"--json", "--trace"}) {
      assertThat(person.typed.run("doctor", format)).isEqualTo(1);
      String shown = person.typed.out + (format.equals("--json") ? person.typed.err : "");
      assertThat(shown)
          .contains("contoso")
          .doesNotContainIgnoringCase("hidden")
          .doesNotContain(token)
          .doesNotContain(person.home.toString())
          .doesNotContain(folder.getFileName().toString());
    }
  }

  @Test
  void theServiceIsAskedOnlyWhenToldTo() throws Exception {
    try (FakeAzureDevOps fake = new FakeAzureDevOps()) {
      FakeOrganization contoso = fake.organization("contoso");
      contoso.repository("Web/_git/site", Access.ALL);
      person.typed.meets(fake);
      assertThat(person.typed.run("configure")).isZero();
      String token = contoso.grant("vso.code");
      keep(token);
      assertThat(ills(SITE)).containsExactly("ca-file", "proxy");
      assertThat(ills(SITE, "--online")).containsExactly("ca-file", "proxy", "token-scope");
      assertThat(person.typed.out)
          .contains("contoso is reachable")
          .doesNotContain(token, contoso.owner(), contoso.account());
      keep(contoso.grant("vso.code_write"));
      assertThat(ills(SITE, "--online")).containsExactly("ca-file", "proxy");
      assertThat(person.typed.out).contains("the token for contoso is valid");
      contoso.revoke(new String(kept().secret().bytes(), UTF_8));
      assertThat(ills("contoso", "--online")).contains("token-rejected");
      keep(contoso.grant("vso.code"));
      contoso.become(Trait.CONDITIONAL_ACCESS);
      assertThat(ills("contoso", "--online")).contains("conditional-access");
    }
  }

  @Test
  void aServiceThatIsNotReachedIsNamedWithoutTheWayToIt() throws Exception {
    try (FakeAzureDevOps fake = new FakeAzureDevOps()) {
      person.typed.meets(fake);
    }
    assertThat(ills("contoso", "--online")).contains("unreachable");
    assertThat(person.typed.out + person.typed.err).doesNotContain("127.0.0.1", "localhost");
  }

  @Test
  void aCertificateThatIsNotTrustedIsNamed() throws Exception {
    try (FakeAzureDevOps fake = new FakeAzureDevOps()) {
      fake.organization("contoso");
      person.typed.meets(fake);
      person.typed.environment().remove("GIT_SSL_CAINFO");
      assertThat(ills("contoso", "--online")).contains("untrusted");
    }
  }

  private Entry kept() throws StoreException {
    return store.find(Identity.ofOrganization("contoso")).get(0);
  }

  @Test
  void saysThatTheEnvironmentHasNoTokenOrOneWithMoreThanItself() throws Exception {
    Map<String, String> variables = new HashMap<>(Map.of("SYSTEM_ACCESSTOKEN", "token"));
    EnvStore env = new EnvStore(new Environment(variables, false, new Deadline()));
    Typed doctor = new Typed(List.of(env), List.of(env)).chosen(true);
    person.typed.environment().forEach(doctor::set);
    doctor.run("doctor", "contoso");
    assertThat(doctor.out + doctor.err).contains("SYSTEM_ACCESSTOKEN with SYSTEM_COLLECTIONURI");
    variables.put("SYSTEM_COLLECTIONURI", "https://dev.azure.com/contoso/");
    doctor.run("doctor", "contoso");
    assertThat(doctor.out + doctor.err)
        .contains("env is ready (read only)")
        .doesNotContain("SYSTEM_COLLECTIONURI")
        .doesNotContain("invisible");
    variables.put("SYSTEM_ACCESSTOKEN", "\"token\"");
    doctor.run("doctor", "contoso");
    assertThat(doctor.out + doctor.err).contains("invisible characters");
  }
}
