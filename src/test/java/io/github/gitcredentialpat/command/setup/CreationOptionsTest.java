package io.github.gitcredentialpat.command.setup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.gitcredentialpat.online.CreationSetting;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.testing.Typed;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code configure --create}, what undoes it, and who shows it. */
@Tag("slow")
final class CreationOptionsTest {
  @TempDir private Path home;
  private final Typed person = Typed.on(new InMemoryStore("memory"));

  @BeforeEach
  void start() {
    person.atHome(home);
  }

  private CreationSetting setting() {
    return CreationSetting.of(new Environment(person.environment(), false, new Deadline()));
  }

  @Test
  void itIsTurnedOnAndOffAgain() {
    assertThat(setting()).isNull();
    assertThat(person.run("configure", "--create")).describedAs(person.err).isZero();
    assertThat(setting()).isEqualTo(new CreationSetting("vso.code_write", 30));
    assertThat(person.out).contains("+ scopes=vso.code_write").contains("+ days=30");
    assertThat(person.err)
        .contains("missing tokens are created when git asks: Code (Read & write), for 30 days")
        .contains("hint: git-credential-pat unconfigure --create");
    assertThat(home.resolve(".gitconfig")).doesNotExist();
    assertThat(person.run("configure", "--create")).isZero();
    assertThat(person.err).contains("missing tokens are already created");

    assertThat(person.run("unconfigure", "--create")).isZero();
    assertThat(person.out).contains("- scopes=vso.code_write");
    assertThat(setting()).isNull();
    assertThat(person.run("unconfigure", "--create")).isZero();
    assertThat(person.err).contains("missing tokens are not created; nothing changed");
  }

  @Test
  void unconfigureTurnsItOffWithTheRest() {
    person.run("configure", "--create");
    assertThat(person.run("unconfigure", "--local")).isNotEqualTo(2);
    assertThat(setting()).isNotNull();
    assertThat(person.run("unconfigure")).describedAs(person.err).isZero();
    assertThat(setting()).isNull();
  }

  @Test
  void scopesAndDaysAreThePersons() {
    assertThat(person.run("configure", "--create", "--scopes", "git-read", "--days", "7")).isZero();
    assertThat(setting()).isEqualTo(new CreationSetting("vso.code", 7));
    assertThat(person.run("configure", "--create", "--scopes", "git,packages")).isZero();
    assertThat(setting()).isEqualTo(new CreationSetting("vso.code_write vso.packaging", 30));
  }

  @Test
  void aDryRunChangesNothing() {
    assertThat(person.run("configure", "--create", "--dry-run")).isZero();
    assertThat(person.out).contains("(dry run)", "+ days=30");
    assertThat(setting()).isNull();
    person.run("configure", "--create");
    assertThat(person.run("unconfigure", "--create", "--dry-run")).isZero();
    assertThat(setting()).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--scopes git",
        "--days 30",
        "--create --days 0",
        "--create --days 400",
        "--create --days many",
        "--create --scopes packages",
        "--create --scopes nonsense",
        "--create --local",
        "--create --system"
      })
  void whatCannotBeMeantIsWrongUsage(String options) {
    String[] words = ("configure " + options).split(" ");
    assertThat(person.run(words)).describedAs(person.err).isEqualTo(2);
    assertThat(setting()).isNull();
  }

  @Test
  void statusAndDoctorSayThatItIsOn() throws Exception {
    person.run("status", "contoso");
    assertThat(person.out).doesNotContain("is created");
    person.run("configure", "--create", "--days", "7");
    person.run("status", "contoso");
    assertThat(person.out).contains("a missing token is created: Code (Read & write), for 7 days");
    person.run("status", "contoso", "--json");
    assertThat(
            new ObjectMapper().readTree(person.out).at("/status/0/createsMissing").asBoolean(false))
        .isTrue();
    person.run("doctor");
    assertThat(person.out)
        .contains("a token that is missing is created on the server, for 7 days")
        .contains("git-credential-pat unconfigure --create");
  }
}
