package io.github.gitcredentialpat.endtoend;

import static io.github.gitcredentialpat.endtoend.Person.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import io.github.gitcredentialpat.azure.FakeOrganization;
import io.github.gitcredentialpat.azure.FakeOrganization.Access;
import io.github.gitcredentialpat.azure.FakeOrganization.Trait;
import io.github.gitcredentialpat.testing.Pty;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A person whose token has expired types git fetch, reads one screen, and is working again. */
@ParameterizedClass(name = "{0}")
@MethodSource("io.github.gitcredentialpat.endtoend.Setting#all")
final class ExpiredTokenIT {
  private static final String REPOSITORY = "contoso/Web/_git/site";
  private static final String PAGE = "https://dev.azure.com/contoso/_usersSettings/tokens";
  private static final String LOGIN = "git-credential-pat login contoso";

  @Parameter private Setting setting;
  @TempDir private Path folder;

  @AutoClose private Keychain keychain;
  @AutoClose private final FakeAzureDevOps fake = new FakeAzureDevOps();
  private FakeOrganization contoso;
  @AutoClose private GitServer server;
  private Person alice;
  private Path clone;
  private String token;

  @BeforeEach
  void open() throws Exception {
    keychain = setting.keychain(folder);
    alice = new Person(setting.git(), setting.store(), folder, keychain.environment());
    alice.set("GIT_TERMINAL_PROMPT", "1");
    alice.set("GIT_CREDENTIAL_PAT_STORE", setting.store());
    fake.environment().forEach(alice::set);
    contoso = fake.organization("contoso");
    contoso.become(Trait.SAYS_WHY);
    contoso.repository("Web/_git/site", Access.ALL);
    Path repositories = Files.createDirectory(folder.resolve("azure"));
    server = new GitServer(repositories, visit -> List.of());
    contoso.serve(server::answer);
    server.repository(REPOSITORY, "the first day\n");
    token = contoso.grant("vso.code");
    approve("password=" + token);
    clone = alice.clones("https://dev.azure.com/" + REPOSITORY, "clone");
    server.repository(REPOSITORY, "a hundred days later\n");
    fake.setTime(fake.now().plus(Duration.ofDays(100)));
  }

  @Test
  void oneScreenNamesTheTwoCommandsThatHelp() throws Exception {
    String screen = fetch();
    assertThat(screen)
        .contains("the token for contoso")
        .contains(": expired; create a new token at " + PAGE + ", then repeat the git command")
        .contains("Authentication failed")
        .doesNotContain("when git asks", "Username for", token);
    assertThat(screen.lines()).describedAs(screen).hasSizeLessThanOrEqualTo(4);

    // The two commands, as the screen has them.
    assertThat(screen).containsPattern("(?m)^hint: " + LOGIN + "\\r?$");
    String fresh = contoso.grant("vso.code");
    try (Pty login = alice.terminal(clone, Helper.launcher().toString(), "login", "contoso")) {
      login.waitFor("Token for contoso: ", 1);
      login.type(fresh + "\n");
      login.waitFor("when does it expire?", 1);
      login.type("\n");
      assertThat(login.finish()).contains("contoso: valid").doesNotContain(fresh);
    }
    assertThat(fetch()).contains("origin/main").doesNotContain("git-credential-pat: ");
    isUpToDate();
  }

  @Test
  void aTokenThatIsKnownToBeDeadCanBePastedWhenGitAsks() throws Exception {
    long now = System.currentTimeMillis() / 1000;
    // Told to the helper itself: git before 2.41 does not pass on when a password expires.
    done(alice.helper("store", approved("password=" + token, "password_expiry_utc=" + (now + 8))));
    Thread.sleep(1000 * (now + 9) - System.currentTimeMillis());

    String fresh = contoso.grant("vso.code");
    try (Pty pty = alice.terminal(clone, "git", "fetch")) {
      pty.waitFor("Username for ", 1);
      pty.type("anybody\n");
      pty.waitFor("Password for ", 1);
      pty.type(fresh + "\n");
      assertThat(pty.finish())
          .contains("the token for contoso expired on ")
          .contains("create a new token at " + PAGE + " and paste it when git asks")
          .contains("hint: " + LOGIN)
          .contains("origin/main")
          .doesNotContain(token, fresh);
    }
    isUpToDate();
    alice.set("GIT_TERMINAL_PROMPT", "0");
    done(alice.git(clone, "fetch"));
  }

  private String fetch() throws Exception {
    try (Pty pty = alice.terminal(clone, "git", "fetch")) {
      return pty.finish();
    }
  }

  private void isUpToDate() throws Exception {
    assertThat(done(alice.git(clone, "show", "origin/main:README")).out())
        .isEqualTo("a hundred days later\n");
  }

  private void approve(String... secret) throws Exception {
    done(alice.credential("approve", approved(secret)));
  }

  private static String[] approved(String... secret) {
    String[] lines = new String[4 + secret.length];
    lines[0] = "protocol=https";
    lines[1] = "host=dev.azure.com";
    lines[2] = "path=" + REPOSITORY;
    lines[3] = "username=pat";
    System.arraycopy(secret, 0, lines, 4, secret.length);
    return lines;
  }
}
