package io.github.gitcredentialpat.endtoend;

import static io.github.gitcredentialpat.endtoend.Person.done;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Azure DevOps Server, and hosts that have nothing to do with Azure DevOps. */
@ParameterizedClass(name = "{0}")
@MethodSource("io.github.gitcredentialpat.endtoend.Setting#all")
class OtherHostsIT {
  @Parameter Setting setting;
  @TempDir Path folder;

  private final String token = AzureSite.newToken();
  private Keychain keychain;
  private Person alice;
  private @Nullable GitServer server;

  @BeforeEach
  void open() throws Exception {
    keychain = setting.keychain(folder);
    alice = new Person(setting.git(), setting.store(), folder, keychain.environment());
  }

  @AfterEach
  void close() throws Exception {
    if (server != null) {
      server.close();
    }
    if (keychain != null) {
      keychain.close();
    }
  }

  @Test
  void aServerWithAllFourSchemesTakesTheTokenWhereGitTakesAnAuthtype() throws Exception {
    String collection = start(PasswordSite.tfs(token), "tfs/DefaultCollection/Web/_git/site");
    alice.configure("credential." + host() + ".useHttpPath", "true");
    approve("tfs/DefaultCollection/Web/_git/site", "pat", token);

    Programs.Result clone = alice.git(alice.home(), "clone", "-q", collection, "clone");

    if (alice.git().atLeast(GitVersion.TAKES_AUTHTYPE)) {
      done(clone);
      assertThat(keychain.entries()).isEqualTo(1);
    } else {
      // The token goes out as NTLM password, is refused, and git tells the helper to erase it.
      assertThat(clone.exit()).isNotZero();
      assertThat(clone.err()).contains("git-credential-pat: ").contains(host());
      assertThat(schemes()).doesNotContain("Basic");
      // Spared from git 2.41 on, which says what the server offered; before, set aside.
      assertThat(keychain.entries()).isEqualTo(1);
    }
  }

  @Test
  void aPasswordThatGitTriedAsNtlmIsSpared() throws Exception {
    start(PasswordSite.tfs(token), "tfs/DefaultCollection/Web/_git/site");
    approve("tfs/DefaultCollection/Web/_git/site", "pat", token);

    Programs.Result erase =
        alice.helper(
            "erase",
            "protocol=http",
            "host=127.0.0.1:" + server.port(),
            "path=tfs/DefaultCollection/Web/_git/site",
            "username=pat",
            "password=" + token,
            "wwwauth[]=Bearer",
            "wwwauth[]=Basic realm=\"" + host() + "/tfs\"",
            "wwwauth[]=NTLM",
            "wwwauth[]=Negotiate");

    assertThat(erase.err())
        .contains("git-credential-pat: ")
        .endsWith("hint: git-credential-pat configure --server " + host() + "\n");
    assertThat(
            alice
                .helper(
                    "get",
                    "protocol=http",
                    "host=127.0.0.1:" + server.port(),
                    "path=tfs/DefaultCollection/Other/_git/other")
                .out())
        .contains("password=" + token);
  }

  @Test
  void aPlainHostIsServedAsByGitsOwnHelper() throws Exception {
    worksAsWithGitsOwnHelper(PasswordSite.plain("bob", "p:a=ss wörd"), "p:a=ss wörd");
    assertThat(schemes()).containsOnly("none", "Basic");
  }

  @Test
  void aServerWithDigestIsServedAsByGitsOwnHelper() throws Exception {
    worksAsWithGitsOwnHelper(new DigestSite("bob", "secret"), "secret");
    assertThat(schemes()).containsOnly("none", "Digest");
  }

  @Test
  void aRepositoryOfPlainFilesIsServedAsByGitsOwnHelper() throws Exception {
    worksAsWithGitsOwnHelper(PasswordSite.files("bob", "secret"), "secret");
    assertThat(schemes()).containsOnly("none", "Basic");
  }

  @Test
  void aProxyGetsItsOwnCredentialsAndTheServerNeverSeesThem() throws Exception {
    AzureSite azure = new AzureSite();
    azure.grant("contoso", token, AzureSite.Scope.WRITE);
    server = GitServer.ofAzure(folder, azure, "carol:proxy secret");
    server.repository("contoso/Web/_git/site", "contoso's site\n");
    alice.meets(server);
    URI address = URI.create(server.proxy().address());
    // git asks for a proxy's password only when it knows the user.
    alice.configure("http.proxy", "http://carol@" + address.getAuthority());
    approve("http", address.getAuthority(), null, "carol", "proxy secret");
    approve("https", "dev.azure.com", "contoso/Web/_git/site", "pat", token);

    Path clone = alice.clones("https://dev.azure.com/contoso/Web/_git/site", "clone");

    assertThat(clone.resolve("README")).hasContent("contoso's site\n");
    assertThat(server.proxy().answers()).startsWith(407).endsWith(200);
    assertThat(keychain.entries()).isEqualTo(2);
  }

  @Test
  void portsAreToldApart() throws Exception {
    String url = start(PasswordSite.plain("bob", "secret"), "team/site");
    approve("http", "127.0.0.1", null, "bob", "wrong");
    approve("http", "127.0.0.1:1", null, "bob", "wrong too");

    assertThat(alice.git(alice.home(), "clone", "-q", url, "one").exit()).isNotZero();
    assertThat(schemes()).containsOnly("none");

    approve(null, "bob", "secret");
    alice.clones(url, "two");
    assertThat(keychain.entries()).isEqualTo(3);
  }

  /** Clones, fetches and is refused with both helpers, and compares what the server saw. */
  private void worksAsWithGitsOwnHelper(Site site, String password) throws Exception {
    String url = start(site, "team/site");
    approve(null, "bob", password);
    Path clone = alice.clones(url, "clone");
    done(alice.git(clone, "fetch", "-q"));
    assertThat(keychain.entries()).isEqualTo(1);
    List<GitServer.Request> ours = server.requests();
    // A person names no password.
    done(alice.credential("reject", "protocol=http", "host=" + authority(), "username=bob"));
    assertThat(keychain.entries()).isZero();

    server.forget();
    done(
        alice.git(
            alice.home(), "config", "--global", "--replace-all", "credential.helper", "store"));
    approve(null, "bob", password);
    Path other = alice.clones(url, "other");
    done(alice.git(other, "fetch", "-q"));

    assertThat(ours).isEqualTo(server.requests());
  }

  private String start(Site site, String repository) throws Exception {
    server = new GitServer(Files.createDirectory(folder.resolve("server")), site);
    server.repository(repository, "the site\n");
    return host() + "/" + repository;
  }

  private String authority() {
    return "127.0.0.1:" + server.port();
  }

  private String host() {
    return "http://" + authority();
  }

  private void approve(@Nullable String path, String user, String password) throws Exception {
    approve("http", authority(), path, user, password);
  }

  private void approve(
      String protocol, String host, @Nullable String path, String user, String password)
      throws Exception {
    done(alice.credential("approve", attributes(protocol, host, path, user, password)));
  }

  private static String[] attributes(
      String protocol, String host, @Nullable String path, String user, String password) {
    return new String[] {
      "protocol=" + protocol,
      "host=" + host,
      path == null ? "ephemeral=0" : "path=" + path,
      "username=" + user,
      "password=" + password
    };
  }

  private List<String> schemes() {
    return server.requests().stream().map(GitServer.Request::scheme).distinct().toList();
  }
}
