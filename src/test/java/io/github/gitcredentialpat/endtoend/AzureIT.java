package io.github.gitcredentialpat.endtoend;

import static io.github.gitcredentialpat.endtoend.Person.done;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

// More than 400 lines: a person's whole day with git, once for each git and store.
/** Daily work with repositories of Azure DevOps Services. */
@ParameterizedClass(name = "{0}")
@MethodSource("io.github.gitcredentialpat.endtoend.Setting#all")
class AzureIT {

  @Parameter Setting setting;
  @TempDir Path folder;

  private final String contoso = "contoso" + random();
  private final String fabrikam = "fabrikam" + random();
  private final String token = AzureSite.newToken();
  private final AzureSite azure = new AzureSite();
  @AutoClose private Keychain keychain;
  @AutoClose private GitServer server;
  private Person alice;

  @BeforeEach
  void open() throws Exception {
    keychain = setting.keychain(folder);
    alice = new Person(setting.git(), setting.store(), folder, keychain.environment());
    server = GitServer.ofAzure(folder, azure);
    alice.meets(server);
    server.repository(contoso + "/Web/_git/site", "contoso's site\n");
    azure.grant(contoso, token, AzureSite.Scope.WRITE);
  }

  @Test
  void aTokenThatWasApprovedClonesFetchesAndPushes() throws Exception {
    approve(contoso, token);

    Path clone = alice.clones(site(contoso), "clone");
    assertThat(clone.resolve("README")).hasContent("contoso's site\n");

    push(clone, "one more line");
    assertThat(server.readme(contoso + "/Web/_git/site")).isEqualTo("one more line");

    Path other = alice.clones(site(contoso), "other");
    push(other, "from the other clone");
    done(alice.git(clone, "fetch", "-q"));
    assertThat(done(alice.git(clone, "show", "origin/main:README")).out())
        .isEqualTo("from the other clone\n");
  }

  @Test
  void aTokenThatWasTypedIsKeptForTheNextTime() throws Exception {
    alice.types("anybody", token);
    Path clone = alice.clones(site(contoso), "clone");
    alice.types("nobody", "nothing");

    done(alice.git(clone, "fetch", "-q"));
  }

  @Test
  void aFetchCostsAsManyRequestsAsWithGitsOwnHelperAndHalfOfThemWithProactiveAuth()
      throws Exception {
    approve(contoso, token);
    Path clone = alice.clones(site(contoso), "clone");
    server.forget();
    done(alice.git(clone, "fetch", "-q"));
    assertThat(server.requests()).hasSize(4);
    assertThat(statuses().stream().filter(status -> status == 401)).hasSize(2);

    alice.configure("http.https://dev.azure.com/" + contoso + ".proactiveAuth", "basic");
    server.forget();
    done(alice.git(clone, "fetch", "-q"));
    assertThat(server.requests()).hasSize(alice.git().atLeast(GitVersion.TAKES_AUTHTYPE) ? 2 : 4);

    done(
        alice.git(
            alice.home(),
            "config",
            "--global",
            "--unset",
            "http.https://dev.azure.com/" + contoso + ".proactiveAuth"));
    alice.configure("credential.helper", "");
    done(
        alice.git(
            alice.home(), "config", "--global", "--replace-all", "credential.helper", "store"));
    approve(contoso, token);
    server.forget();
    done(alice.git(clone, "fetch", "-q"));
    assertThat(server.requests()).describedAs("with git's own helper").hasSize(4);
  }

  @Test
  void twoOrganizationsLiveSideBySide() throws Exception {
    String other = foreignSite();
    approve(contoso, token);
    approve(fabrikam, other);

    assertThat(alice.clones(site(contoso), "one").resolve("README")).hasContent("contoso's site\n");
    assertThat(alice.clones(site(fabrikam), "two").resolve("README"))
        .hasContent("fabrikam's site\n");
    assertThat(refusedTokens()).isEmpty();
  }

  @Test
  void gitsOwnSettingChoosesAmongTwoAccountsWithoutALine() throws Exception {
    String bobs = AzureSite.newToken();
    azure.grant(contoso, bobs, AzureSite.Scope.READ);
    approve(contoso, token, "alice");
    approve(contoso, bobs, "bob");
    String setting = "credential.https://dev.azure.com/" + contoso + ".username";
    Programs.Result before = done(alice.git(alice.home(), "clone", "-q", site(contoso), "clone"));
    assertThat(before.err())
        .contains(contoso + " has 2 tokens", "using the newest, ")
        .contains("hint: git-credential-pat use " + contoso + " ");

    alice.configure(setting, "alice");
    Path clone = alice.home().resolve("clone");
    Files.writeString(clone.resolve("README"), "only alice may push\n");
    done(alice.git(clone, "commit", "-qam", "of alice"));
    assertThat(done(alice.git(clone, "push", "-q")).err()).isEmpty();
  }

  @Test
  void aSubmoduleOfAnotherOrganizationGetsItsOwnToken() throws Exception {
    String other = foreignSite();
    approve(contoso, token);
    approve(fabrikam, other);
    Path clone = alice.clones(site(contoso), "one");
    done(alice.git(clone, "submodule", "--quiet", "add", site(fabrikam), "library"));
    done(alice.git(clone, "commit", "-qm", "with a library"));
    done(alice.git(clone, "push", "-q"));

    done(alice.git(alice.home(), "clone", "-q", "--recurse-submodules", site(contoso), "two"));

    assertThat(alice.home().resolve("two/library/README")).hasContent("fabrikam's site\n");
    assertThat(refusedTokens()).isEmpty();
  }

  @Test
  void aWrongTokenIsTakenOutAndTheOthersStay() throws Exception {
    String other = foreignSite();
    approve(contoso, AzureSite.newToken());
    approve(fabrikam, other);

    Programs.Result clone = alice.git(alice.home(), "clone", "-q", site(contoso), "one");

    assertThat(clone.exit()).isNotZero();
    assertThat(clone.err()).contains("git-credential-pat: ").contains(contoso);
    assertThat(answer(contoso)).doesNotContain("password=");
    assertThat(answer(fabrikam)).contains("password=" + other);
  }

  @Test
  void aTokenThatHasExpiredIsNotSentAndALineSaysSo() throws Exception {
    long soon = Instant.now().getEpochSecond() + 3;
    done(
        alice.helper(
            "store",
            "protocol=https",
            "host=dev.azure.com",
            "path=" + contoso + "/Web/_git/site",
            "username=pat",
            "password=" + token,
            "password_expiry_utc=" + soon));

    Thread.sleep(1000 * (soon + 1) - System.currentTimeMillis());

    Programs.Result clone = alice.git(alice.home(), "clone", "-q", site(contoso), "one");

    assertThat(clone.exit()).isNotZero();
    assertThat(clone.err())
        .containsPattern("git-credential-pat: .*" + contoso)
        .contains("expired")
        .doesNotContain(token);
    assertThat(server.requests()).allMatch(request -> request.scheme().equals("none"));

    String fresh = AzureSite.newToken();
    azure.grant(contoso, fresh, AzureSite.Scope.WRITE);
    approve(contoso, fresh);
    alice.clones(site(contoso), "two");
    assertThat(answer(contoso)).contains("password=" + fresh);
  }

  @Test
  void oneTokenServesAllAddressesOfItsOrganization() throws Exception {
    approve(contoso, token);

    String old = "https://" + contoso + ".visualstudio.com/";
    alice.clones(old + "Web/_git/site", "old");
    alice.clones(old + "DefaultCollection/Web/_git/site", "older");
    alice.clones("https://alice@" + contoso + ".visualstudio.com/Web/_git/site", "named");
    alice.clones("https://" + contoso + "@dev.azure.com/" + contoso + "/Web/_git/site", "portal");

    assertThat(
            alice
                .credential(
                    "fill",
                    "protocol=https",
                    "host=pkgs.dev.azure.com",
                    "path=" + contoso + "/Web/_packaging/feed/npm/registry/")
                .out())
        .doesNotContain(token);
    alice.configure("credential.https://*.dev.azure.com.useHttpPath", "true");
    assertThat(
            alice
                .credential(
                    "fill",
                    "protocol=https",
                    "host=pkgs.dev.azure.com",
                    "path=" + contoso + "/Web/_packaging/feed/npm/registry/")
                .out())
        .contains("password=" + token);
    assertThat(
            alice
                .credential(
                    "fill",
                    "protocol=https",
                    "host=" + contoso + ".pkgs.visualstudio.com",
                    "path=_packaging/feed/nuget/v3/index.json")
                .out())
        .contains("password=" + token);
    assertThat(refusedTokens()).isEmpty();
  }

  @Test
  void withoutPathAndUserNothingIsAnsweredAndALineNamesTheSetting() throws Exception {
    approve(contoso, token);
    alice.configure("credential.https://dev.azure.com.useHttpPath", "false");

    Programs.Result clone = alice.git(alice.home(), "clone", "-q", site(contoso), "one");

    assertThat(clone.exit()).isNotZero();
    assertThat(clone.err()).contains("git-credential-pat: ").contains("useHttpPath");
    assertThat(server.requests()).allMatch(request -> request.scheme().equals("none"));

    alice.clones("https://" + contoso + "@dev.azure.com/" + contoso + "/Web/_git/site", "two");
  }

  @Test
  void aTypedUserNameNeverBecomesAnOrganization() throws Exception {
    alice.configure("credential.https://dev.azure.com.useHttpPath", "false");
    alice.types("alice", token);

    Programs.Result clone = done(alice.git(alice.home(), "clone", "-q", site(contoso), "one"));

    assertThat(clone.err()).contains("git-credential-pat: ").contains("useHttpPath");
    alice.types("nobody", "nothing");
    alice.configure("credential.https://dev.azure.com.useHttpPath", "true");
    assertThat(answer("alice")).doesNotContain(token);
    assertThat(answer(contoso)).doesNotContain(token);
  }

  @Test
  void anOrganizationInTheUserPartIsOneWhereGitBringsBackThatItWasThere() throws Exception {
    alice.configure("credential.https://dev.azure.com.useHttpPath", "false");
    alice.types(contoso, token);

    String url = "https://" + contoso + "@dev.azure.com/" + contoso + "/Web/_git/site";
    Programs.Result clone = done(alice.git(alice.home(), "clone", "-q", url, "one"));

    alice.types("nobody", "nothing");
    if (alice.git().atLeast(GitVersion.TAKES_AUTHTYPE)) {
      assertThat(answer(contoso)).contains("password=" + token);
    } else {
      assertThat(answer(contoso)).doesNotContain(token);
      assertThat(clone.err()).contains("git-credential-pat: ").contains("useHttpPath");
    }
  }

  @Test
  void aReadOnlyTokenIsNotLostByAPush() throws Exception {
    String reader = AzureSite.newToken();
    azure.grant(contoso, reader, AzureSite.Scope.READ);
    approve(contoso, reader);
    Path clone = alice.clones(site(contoso), "one");
    Files.writeString(clone.resolve("README"), "not allowed\n");
    done(alice.git(clone, "commit", "-qam", "not allowed"));

    Programs.Result push = alice.git(clone, "push", "-q");

    assertThat(push.exit()).isNotZero();
    assertThat(push.err()).containsPattern("git-credential-pat: .*" + contoso);
    assertThat(answer(contoso)).doesNotContain(reader);
    // Whether git says what the server said or not: what presents a secret is a refusal.
    assertThat(keychain.entries()).isEqualTo(1);
  }

  @Test
  void lateEraseSparesTheNewToken() throws Exception {
    String old = AzureSite.newToken();
    approve(contoso, old);
    approve(contoso, token);
    String path = "path=" + contoso + "/Web/_git/site";

    done(
        alice.helper(
            "erase",
            "protocol=https",
            "host=dev.azure.com",
            path,
            "username=pat",
            "password=" + old));
    assertThat(answer(contoso)).contains("password=" + token);
    done(
        alice.helper(
            "erase",
            "capability[]=authtype",
            "authtype=Basic",
            "credential=" + basic("pat:" + old),
            "protocol=https",
            "host=dev.azure.com",
            path,
            "wwwauth[]=Bearer",
            "wwwauth[]=Basic realm=\"https://tfsprodweu1.visualstudio.com/\""));
    assertThat(answer(contoso)).contains("password=" + token);

    done(
        alice.helper(
            "erase",
            "capability[]=authtype",
            "authtype=Basic",
            "credential=" + basic("pat:" + token),
            "protocol=https",
            "host=dev.azure.com",
            path));
    assertThat(answer(contoso)).doesNotContain(token);
  }

  private static String basic(String pair) {
    return Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  private static String random() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
  }

  private static String site(String organization) {
    return "https://dev.azure.com/" + organization + "/Web/_git/site";
  }

  /** A repository of the other organization; returns its token. */
  private String foreignSite() throws Exception {
    String other = AzureSite.newToken();
    azure.grant(fabrikam, other, AzureSite.Scope.WRITE);
    server.repository(fabrikam + "/Web/_git/site", "fabrikam's site\n");
    return other;
  }

  private void approve(String organization, String secret) throws Exception {
    approve(organization, secret, "pat");
  }

  private void approve(String organization, String secret, String user) throws Exception {
    done(
        alice.credential(
            "approve",
            "protocol=https",
            "host=dev.azure.com",
            "path=" + organization + "/Web/_git/site",
            "username=" + user,
            "password=" + secret));
  }

  /** What the helper answers a git that offers nothing. */
  private String answer(String organization) throws Exception {
    return done(alice.helper(
            "get",
            "protocol=https",
            "host=dev.azure.com",
            "path=" + organization + "/Web/_git/site"))
        .out();
  }

  private void push(Path clone, String text) throws Exception {
    Files.writeString(clone.resolve("README"), text + "\n");
    done(alice.git(clone, "commit", "-qam", text));
    done(alice.git(clone, "push", "-q"));
  }

  private List<Integer> statuses() {
    return server.requests().stream().map(GitServer.Request::status).toList();
  }

  /** The requests with a token that the server refused. */
  private List<GitServer.Request> refusedTokens() {
    return server.requests().stream()
        .filter(request -> request.status() == 401 && !request.scheme().equals("none"))
        .toList();
  }
}
