package io.github.gitcredentialpat.git;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.testing.GitHome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands without a place take that of the repository which the person is in. */
final class RemoteOfARepositoryTest {
  private static final String GITHUB = "https://github.com/contoso/site";
  private final String token = UUID.randomUUID().toString().replace("-", "");

  @TempDir Path folder;
  private GitHome person;

  @BeforeEach
  void moveIn() throws Exception {
    person = new GitHome(folder);
    person.in("site");
    person.store.save(
        Entry.of(
            new EntryKey(Identity.ofOrganization("contoso"), null),
            Secret.password(token.getBytes(StandardCharsets.UTF_8)),
            1));
  }

  private int print() {
    return person.typed.run("print", "--format", "token", "--show");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://contoso@dev.azure.com/contoso/Web/_git/site",
        "https://contoso.visualstudio.com/Web/_git/site",
        "git@ssh.dev.azure.com:v3/contoso/Web/site",
        "ssh://git@ssh.dev.azure.com/v3/contoso/Web/site",
        "contoso@vs-ssh.visualstudio.com:v3/contoso/Web/site",
        "ssh://contoso@contoso.visualstudio.com:22/Web/_git/site"
      })
  void whateverItsRemoteLooksLike(String remote) throws Exception {
    person.git("remote", "add", "origin", remote);
    assertThat(print()).describedAs(person.typed.err).isZero();
    assertThat(person.typed.out).isEqualTo(token + "\n");
  }

  @Test
  void ofSeveralRemotesTheOneOfAzureDevOps() throws Exception {
    person.git("remote", "add", "origin", GITHUB);
    person.git("remote", "add", "work", "git@ssh.dev.azure.com:v3/contoso/Web/site");
    person.git("remote", "add", "old", "https://contoso.visualstudio.com/Web/_git/site");
    assertThat(print()).describedAs(person.typed.err).isZero();
    assertThat(person.typed.out).isEqualTo(token + "\n");
  }

  @Test
  void theOneThatGitFetchesFromIfTheyAreSeveral() throws Exception {
    person.git("remote", "add", "fork", "https://dev.azure.com/fabrikam/Web/_git/site");
    person.git("remote", "add", "origin", "https://dev.azure.com/contoso/Web/_git/site");
    assertThat(print()).describedAs(person.typed.err).isZero();
    assertThat(person.typed.out).isEqualTo(token + "\n");
  }

  @Test
  void noneIsTakenOnAGuess() throws Exception {
    person.git("remote", "add", "origin", GITHUB);
    person.git("remote", "add", "one", "https://dev.azure.com/contoso/Web/_git/site");
    person.git("remote", "add", "two", "https://dev.azure.com/fabrikam/Web/_git/site");
    assertThat(print()).isEqualTo(2);
    assertThat(person.typed.err).contains("contoso, fabrikam").contains("name one");
    assertThat(person.typed.out).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"git@github.com:contoso/site", "../site", "contoso"})
  void whereNoneIsOfAzureDevOpsThatIsSaid(String remote) throws Exception {
    person.git("remote", "add", "origin", remote);
    assertThat(print()).isEqualTo(2);
    assertThat(person.typed.err)
        .contains("no Azure DevOps remote here; name an organization or URL");
  }

  @Test
  void withoutAnyRemoteTheSameIsSaid() {
    assertThat(print()).isEqualTo(2);
    assertThat(person.typed.err)
        .contains("no Azure DevOps remote here; name an organization or URL");
  }

  @ParameterizedTest
  @ValueSource(strings = {"two words", "con_toso", "e", "git@github.com:contoso/site"})
  void whatIsNoPlaceIsAnsweredWithOneThatIs(String typed) {
    assertThat(person.typed.run("print", "--format", "token", "--show", typed)).isEqualTo(2);
    assertThat(person.typed.err)
        .contains(
            "is not an organization name or URL; try contoso or https://dev.azure.com/contoso");
  }

  @Test
  void noSecretOfWhatWasTypedIsSaid() {
    String url = "https://alice:" + token + "@dev.azure.com:8443/contoso";
    assertThat(person.typed.run("print", "--format", "token", "--show", url)).isEqualTo(2);
    assertThat(person.typed.err).contains("8443").doesNotContain(token);
    String pasted = "abcdefg234567".repeat(4);
    assertThat(person.typed.run("login", pasted)).isEqualTo(2);
    assertThat(person.typed.err)
        .contains("error: this is not an organization name or URL")
        .doesNotContain(pasted);
    assertThat(person.typed.run("login", pasted + "@dev.azure.com")).isEqualTo(2);
    assertThat(person.typed.err).contains("dev.azure.com").doesNotContain(pasted);
  }

  @Test
  void aFeedIsTypedWithoutItsScheme() {
    assertThat(
            person.typed.run(
                "print",
                "--format",
                "pip",
                "--show",
                "pkgs.dev.azure.com/contoso/_packaging/feed1/pypi/simple/"))
        .describedAs(person.typed.err)
        .isZero();
    assertThat(person.typed.out)
        .isEqualTo(
            "https://pat:" + token + "@pkgs.dev.azure.com/contoso/_packaging/feed1/pypi/simple/\n");
  }
}
