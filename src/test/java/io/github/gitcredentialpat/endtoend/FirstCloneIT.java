package io.github.gitcredentialpat.endtoend;

import static io.github.gitcredentialpat.endtoend.Person.done;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import io.github.gitcredentialpat.azure.FakeOrganization;
import io.github.gitcredentialpat.azure.FakeOrganization.Access;
import io.github.gitcredentialpat.azure.FakeOrganization.Grant;
import io.github.gitcredentialpat.azure.FakePats;
import io.github.gitcredentialpat.entra.FakeEntra;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.file.FileStore;
import io.github.gitcredentialpat.testing.Pty;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Somebody who is signed in clones for the first time, with no token stored anywhere. */
@ParameterizedClass(name = "{0}")
@MethodSource("io.github.gitcredentialpat.endtoend.Setting#gits")
final class FirstCloneIT {
  private static final String REPOSITORY = "contoso/Web/_git/site";
  private static final String URL = "https://dev.azure.com/" + REPOSITORY;

  @Parameter private Setting setting;
  @TempDir private Path folder;

  @AutoClose private final FakeAzureDevOps fake = new FakeAzureDevOps();
  private FakeOrganization contoso;
  private FakePats tokens;
  private FakeEntra entra;
  @AutoClose private GitServer server;
  private Person alice;

  @BeforeEach
  void open() throws Exception {
    alice = new Person(setting.git(), "file", folder, Keychain.files(folder).environment());
    fake.environment().forEach(alice::set);
    contoso = fake.organization("contoso");
    contoso.repository("Web/_git/site", Access.ALL);
    server = new GitServer(Files.createDirectory(folder.resolve("azure")), visit -> List.of());
    contoso.serve(server::answer);
    server.repository(REPOSITORY, "the first day\n");
    tokens = new FakePats(fake, "contoso");
    fake.on(
        "vssps.dev.azure.com",
        exchange -> {
          tokens.handle(exchange);
          tokens.pats().forEach((id, seen) -> welcome(tokens.secretOf(id)));
        });
    entra = new FakeEntra(contoso.tenant(), fake::now, tokens::accept);
    fake.on("login.microsoftonline.com", entra);
  }

  /** What the one service creates the other lets in. */
  private void welcome(String token) {
    contoso.grant(
        token, new Grant(Set.of("vso.code_write"), Instant.now().plusSeconds(86_400), false));
  }

  private void signIn() throws Exception {
    alice.set("GIT_CREDENTIAL_PAT_CLIENT_ID", entra.clientId());
    new FileStore(new Environment(alice.environment(), false, new Deadline()))
        .save(
            Entry.of(
                new EntryKey(Identity.ofSignIn(contoso.tenant()), entra.clientId()),
                Secret.password(entra.newRefreshToken().getBytes(UTF_8)),
                System.currentTimeMillis() / 1000));
  }

  private long calls() {
    return fake.requests().stream()
        .filter(request -> request.host().equals("vssps.dev.azure.com"))
        .count();
  }

  @Test
  void theTokenIsMadeAndStoredAndNobodyIsAsked() throws Exception {
    signIn();
    done(alice.pat(alice.home(), "configure", "--create"));

    Programs.Result cloned = done(alice.git(alice.home(), "clone", "-q", URL, "clone"));

    Path clone = alice.home().resolve("clone");
    assertThat(clone.resolve("README")).hasContent("the first day\n");
    assertThat(tokens.pats()).hasSize(1);
    String secret = tokens.secretOf(tokens.pats().keySet().iterator().next());
    assertThat(cloned.err())
        .contains(
            "git-credential-pat: created \"git: ", "for contoso: Code (Read & write), expires")
        .doesNotContain(secret);
    assertThat(calls()).isEqualTo(1);

    assertThat(done(alice.git(clone, "fetch", "-q")).err()).isEmpty();
    Files.writeString(clone.resolve("README"), "one more line\n");
    done(alice.git(clone, "commit", "-qam", "one more line"));
    assertThat(done(alice.git(clone, "push", "-q")).err()).isEmpty();
    assertThat(calls()).isEqualTo(1);
    assertThat(tokens.pats()).hasSize(1);
    assertThat(done(alice.pat(alice.home(), "list")).out()).contains("contoso", "vso.code_write");
  }

  @Test
  void whereItIsNotWantedAPersonIsToldWhatToType() throws Exception {
    alice.set("GIT_TERMINAL_PROMPT", "1");
    signIn();
    String screen;
    try (Pty pty = alice.terminal(alice.home(), "git", "clone", URL, "clone")) {
      pty.waitFor("Username for ", 1);
      pty.type("anybody\n");
      pty.waitFor("Password for ", 1);
      pty.type("wrong\n");
      screen = pty.finish();
    }
    String line = "git-credential-pat: no token for contoso; git asks for one next";
    assertThat(screen).containsOnlyOnce(line).containsOnlyOnce("hint: git-credential-pat login");
    assertThat(screen.indexOf(line)).isLessThan(screen.indexOf("Username for "));
    assertThat(tokens.pats()).isEmpty();
    assertThat(calls()).isZero();
  }

  @Test
  void whoWantsNoQuestionIsToldNothing() throws Exception {
    String screen;
    try (Pty pty = alice.terminal(alice.home(), "git", "clone", URL, "clone")) {
      screen = pty.finish();
    }
    assertThat(screen).contains("terminal prompts disabled").doesNotContain("git-credential-pat:");
  }

  @Test
  void whereThePolicyForbidsItGitAsksAsEver() throws Exception {
    signIn();
    tokens.forbidCreation();
    done(alice.pat(alice.home(), "configure", "--create"));
    Programs.Result cloned = alice.git(alice.home(), "clone", "-q", URL, "clone");
    assertThat(cloned.exit()).isNotZero();
    assertThat(cloned.err())
        .contains("cannot create a token for contoso: a policy forbids creating tokens")
        .contains("hint: git-credential-pat configure --store entra")
        .contains("could not read Username");
  }
}
