package io.github.gitcredentialpat.command.setup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.git.Launcher;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.testing.GitHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
final class UseTest {
  private static final String ALICE = "alice@contoso.com";
  private static final String BOB = "bob@contoso.com";
  private static final String BEFORE = "[user]\n\tname = Ada";

  @TempDir Path folder;
  private GitHome person;

  @BeforeEach
  void moveIn() throws Exception {
    person = new GitHome(folder);
    person.launcher("bin/git-credential-pat");
    Files.writeString(person.global, BEFORE);
    for (String user : List.of(ALICE, BOB)) {
      person.store.save(
          Entry.of(
              new EntryKey(Identity.ofOrganization("contoso"), user),
              Secret.password("secret".getBytes(UTF_8)),
              1));
    }
    run("configure");
  }

  @AfterEach
  void forgetTheLauncher() {
    System.clearProperty(Launcher.PROPERTY);
  }

  private void run(String... arguments) {
    assertThat(person.typed.run(arguments)).describedAs(person.typed.err).isZero();
  }

  /** The user that git tells helpers for a URL. */
  private String userFor(String url) throws Exception {
    person.calls();
    person.gitReading("url=" + url + "\n\n", "credential", "fill");
    return person
        .calls()
        .lines()
        .filter(line -> line.startsWith("username="))
        .findFirst()
        .orElse("");
  }

  private void unconfigureLeavesWhatWasThere() throws Exception {
    run("unconfigure");
    assertThat(person.global).content().isEqualTo(BEFORE);
    try (Stream<Path> files = Files.list(person.home)) {
      assertThat(files.map(file -> file.getFileName().toString()).filter(x -> x.startsWith(".git")))
          .containsExactly(".gitconfig");
    }
  }

  @Test
  void anAccountIsUsedAtBothHostsOfItsOrganizationOnly() throws Exception {
    run("use", "contoso", BOB);
    assertThat(person.typed.err).contains("git uses " + BOB).doesNotContain("warning");
    assertThat(userFor("https://dev.azure.com/contoso/Web/_git/site")).isEqualTo("username=" + BOB);
    assertThat(userFor("https://contoso.visualstudio.com/Web/_git/x")).isEqualTo("username=" + BOB);
    assertThat(userFor("https://dev.azure.com/fabrikam/Web/_git/site")).isEmpty();
    run("use", "contoso");
    assertThat(person.typed.out).isEqualTo(BOB + "\n");
    run("use", "contoso", ALICE);
    assertThat(userFor("https://dev.azure.com/contoso/Web/_git/site"))
        .isEqualTo("username=" + ALICE);
    unconfigureLeavesWhatWasThere();
  }

  /** The URLs that the portal gives have the organization as their user. */
  @Test
  void aUrlWithTheOrganizationAsUserIsMeantToo() throws Exception {
    run("use", "Contoso", BOB);
    person.in("site");
    person.git("remote", "add", "origin", "https://contoso@dev.azure.com/contoso/Web/_git/site");
    String url = person.git("ls-remote", "--get-url").strip();
    assertThat(userFor(url)).isEqualTo("username=" + BOB);
    person.git("remote", "set-url", "origin", "https://Contoso@dev.azure.com/Contoso/Web/_git/x");
    assertThat(userFor(person.git("ls-remote", "--get-url").strip())).isEqualTo("username=" + BOB);
    person.git("remote", "set-url", "origin", "https://contoso@dev.azure.com/contoso2/Web/_git/x");
    assertThat(person.git("ls-remote", "--get-url")).contains("contoso@dev.azure.com/contoso2");
    unconfigureLeavesWhatWasThere();
  }

  @Test
  void configureLeavesTheChoiceAlone() throws Exception {
    run("use", "contoso", BOB);
    run("configure", "--store", "file");
    run("configure", "--store", "pass");
    assertThat(userFor("https://dev.azure.com/contoso/Web/_git/site")).isEqualTo("username=" + BOB);
    run("unconfigure", "--use", "contoso");
    assertThat(userFor("https://dev.azure.com/contoso/Web/_git/site")).isEmpty();
    assertThat(person.calls()).isEmpty();
    unconfigureLeavesWhatWasThere();
  }

  @Test
  void aRepositoryHasItsOwn() throws Exception {
    Path configuration = person.in("site");
    String before = Files.readString(configuration);
    run("use", "contoso", ALICE);
    run("use", "contoso", BOB, "--for", person.home.resolve("site").toString());
    assertThat(userFor("https://dev.azure.com/contoso/Web/_git/site")).isEqualTo("username=" + BOB);
    run("use", "contoso", "--for", person.home.resolve("site").toString());
    assertThat(person.typed.out).isEqualTo(BOB + "\n");
    run("unconfigure", "--local");
    assertThat(configuration).content().isEqualTo(before);
    assertThat(userFor("https://dev.azure.com/contoso/Web/_git/site"))
        .isEqualTo("username=" + ALICE);
    unconfigureLeavesWhatWasThere();
  }

  @Test
  void repositoriesBelowAFolderHaveTheirsAlsoThoseThatAreMadeLater() throws Exception {
    Path work = Files.createDirectories(person.home.resolve("wo rk [1]"));
    run("use", "contoso", BOB, "--for", work.toString());
    // What is said later of all does not win over what was said of a folder.
    run("use", "contoso", ALICE);
    run("use", "contoso", "--for", work.toString());
    assertThat(person.typed.out).isEqualTo(BOB + "\n");
    person.in("elsewhere");
    assertThat(userFor("https://dev.azure.com/contoso/Web/_git/site"))
        .isEqualTo("username=" + ALICE);
    person.in("wo rk [1]/site");
    assertThat(userFor("https://dev.azure.com/contoso/Web/_git/site")).isEqualTo("username=" + BOB);
    run("configure", "--store", "file");
    assertThat(userFor("https://dev.azure.com/contoso/Web/_git/site")).isEqualTo("username=" + BOB);
    unconfigureLeavesWhatWasThere();
  }

  @Test
  void oneOrganizationsChoiceCanGoAlone() throws Exception {
    Path work = Files.createDirectories(person.home.resolve("work"));
    run("use", "contoso", BOB, "--for", work.toString());
    run("use", "fabrikam", "carol", "--for", work.toString());
    run("unconfigure", "--use", "contoso");
    person.in("work/site");
    assertThat(userFor("https://dev.azure.com/contoso/Web/_git/site")).isEmpty();
    assertThat(userFor("https://dev.azure.com/fabrikam/Web/_git/site")).isEqualTo("username=carol");
    run("unconfigure", "--use", "fabrikam");
    assertThat(person.global).content().doesNotContain("includeIf");
    unconfigureLeavesWhatWasThere();
  }

  @Test
  void aNameWithoutATokenIsTakenWithAWarning() throws Exception {
    run("use", "contoso", "carol@contoso.com");
    assertThat(person.typed.err)
        .contains("warning: no token for carol@contoso.com", ALICE, BOB)
        .contains("hint: git-credential-pat login contoso --user carol@contoso.com\n");
    run("use", "contoso", "Bob@Contoso.com");
    assertThat(person.typed.err).doesNotContain("warning");
    unconfigureLeavesWhatWasThere();
  }

  @Test
  void whatAStoreThatCannotBeReadHoldsIsNotGuessed() throws Exception {
    person.store.failWith(new StoreException(Reason.FAILED, "its folder cannot be read"));
    run("use", "contoso", BOB);
    assertThat(person.typed.err)
        .contains("its folder cannot be read", "git uses " + BOB + " for contoso")
        .doesNotContain("no token for");
  }

  @Test
  void withoutAChoiceThatIsSaid() throws IOException {
    byte[] before = Files.readAllBytes(person.global);
    run("use", "contoso");
    assertThat(person.typed.out).isEmpty();
    assertThat(person.typed.err).contains("no account chosen for contoso");
    assertThat(Files.readAllBytes(person.global)).isEqualTo(before);
  }

  @Test
  void whatIsNobodysNameIsRefused() throws IOException {
    byte[] before = Files.readAllBytes(person.global);
    String token = "abcdefg234567".repeat(4);
    for (String name : new String[] {"VssSessionToken", "contoso", token, "a\nb", ""}) {
      assertThat(person.typed.run("use", "contoso", name)).isEqualTo(2);
      assertThat(person.typed.err).doesNotContain(token);
    }
    assertThat(person.typed.run("use", "https://tfs.corp/tfs/Main", "alice")).isEqualTo(2);
    assertThat(person.typed.run("use", "contoso", "alice", "--for", "/no/such/folder"))
        .isEqualTo(2);
    assertThat(Files.readAllBytes(person.global)).isEqualTo(before);
  }
}
