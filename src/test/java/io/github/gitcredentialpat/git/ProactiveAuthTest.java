package io.github.gitcredentialpat.git;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.testing.GitHome;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProactiveAuthTest {
  @TempDir Path folder;
  private GitHome person;

  @BeforeEach
  void moveIn() throws Exception {
    person = new GitHome(folder).gitSays("2.46.0");
  }

  private @Nullable String proactiveFor(String url) throws Exception {
    return GitCommand.find(person.typed.environment())
        .setting("--no-type", "http.proactiveAuth", url);
  }

  @Test
  void gitSendsTheTokenFirstToBothHostsOfThisOrganizationOnly() throws Exception {
    assertThat(person.typed.run("configure", "--proactive", "contoso")).isZero();
    assertThat(person.typed.err).contains("even for public projects of contoso");
    assertThat(person.typed.out)
        .contains("+ [http \"https://dev.azure.com/contoso\"]", "+   proactiveAuth = basic");
    assertThat(proactiveFor("https://contoso@dev.azure.com/contoso/Web/_git/site"))
        .isEqualTo("basic");
    assertThat(proactiveFor("https://contoso.visualstudio.com/Web/_git/site")).isEqualTo("basic");
    assertThat(proactiveFor("https://dev.azure.com/contoso2/Web/_git/site")).isNull();
    assertThat(proactiveFor("https://fabrikam.visualstudio.com/Web/_git/site")).isNull();
  }

  @Test
  void aSpellingWithCapitalsIsSetBesideTheOther() throws Exception {
    assertThat(person.typed.run("configure", "--proactive", "Contoso")).isZero();
    assertThat(proactiveFor("https://dev.azure.com/Contoso/Web/_git/site")).isEqualTo("basic");
    assertThat(proactiveFor("https://dev.azure.com/contoso/Web/_git/site")).isEqualTo("basic");
    assertThat(person.typed.run("unconfigure", "--proactive", "contoso")).isZero();
    assertThat(person.global).doesNotExist();
  }

  @Test
  void undoingItLeavesTheFileAsItWas() throws Exception {
    Files.writeString(person.global, "[user]\n\tname = Ada");
    assertThat(person.typed.run("configure", "--proactive", "contoso")).isZero();
    assertThat(person.typed.run("configure", "--proactive", "fabrikam")).isZero();
    // The first one knows that the file had no end of its last line.
    assertThat(person.typed.run("unconfigure", "--proactive", "contoso")).isZero();
    assertThat(proactiveFor("https://dev.azure.com/contoso/Web/_git/site")).isNull();
    assertThat(proactiveFor("https://dev.azure.com/fabrikam/Web/_git/site")).isEqualTo("basic");
    assertThat(person.typed.run("unconfigure", "--proactive", "fabrikam")).isZero();
    assertThat(person.global).content().isEqualTo("[user]\n\tname = Ada");
  }

  @Test
  void anOlderGitIsNamedAndNothingIsChanged() throws Exception {
    person.gitSays("2.45.9.windows.1");
    assertThat(person.typed.run("configure", "--proactive", "contoso")).isEqualTo(1);
    assertThat(person.typed.err).contains("needs git 2.46 or newer");
    assertThat(person.global).doesNotExist();
  }

  @Test
  void whatThePersonSetThemselvesIsNeitherRepeatedNorRemoved() throws Exception {
    String theirs =
        """
        [http "https://dev.azure.com/contoso"]
        \tproactiveAuth = basic
        [http "https://contoso.visualstudio.com/"]
        \tproactiveAuth = basic
        """;
    Files.writeString(person.global, theirs);
    assertThat(person.typed.run("configure", "--proactive", "contoso")).isZero();
    assertThat(person.typed.run("unconfigure", "--proactive", "contoso")).isZero();
    assertThat(person.typed.err).contains("nothing of this program");
    assertThat(person.global).content().isEqualTo(theirs);
  }

  @Test
  void onlyAnOrganizationCanBeNamed() {
    assertThat(person.typed.run("configure", "--proactive", "https://tfs.corp.local/tfs/Main"))
        .isEqualTo(2);
    assertThat(person.typed.run("configure", "--proactive", "two words")).isEqualTo(2);
    assertThat(person.global).doesNotExist();
  }

  @Test
  void anotherCommandCanSetAskAndUndoIt() throws Exception {
    ProactiveAuth setting = new ProactiveAuth(GitCommand.find(person.typed.environment()));
    assertThat(setting.isSupported()).isTrue();
    assertThat(setting.isSet("contoso")).isFalse();
    assertThat(setting.set("contoso")).isTrue();
    assertThat(setting.isSet("contoso")).isTrue();
    assertThat(setting.set("contoso")).isFalse();
    assertThat(setting.remove("contoso")).isTrue();
    assertThat(setting.remove("contoso")).isFalse();
    assertThat(setting.isSet("contoso")).isFalse();
  }
}
