package io.github.gitcredentialpat.git;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.testing.GitHome;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What git is told of stores holds for the person as well. */
final class ConfiguredStoresTest {
  @TempDir Path folder;
  private GitHome person;

  @BeforeEach
  void moveIn() throws Exception {
    person = new GitHome(folder);
    person.launcher("bin/git-credential-pat");
  }

  @AfterEach
  void forgetTheLauncher() {
    System.clearProperty(Launcher.PROPERTY);
  }

  private void keep(InMemoryStore store, String organization) throws Exception {
    EntryKey key = new EntryKey(Identity.ofOrganization(organization), null);
    store.save(Entry.of(key, Secret.password("secret".getBytes(UTF_8)), 1));
  }

  @Test
  void commandsUseTheStoresOfGitsHelper() {
    assertThat(person.typed.run("configure", "--store", "pass,file")).isZero();
    assertThat(person.typed.run("list")).isZero();
    assertThat(person.typed.names()).isEqualTo("pass,file");
  }

  @Test
  void whatLiesInOthersIsListedAndRemovedAllTheSame() throws Exception {
    assertThat(person.typed.run("configure", "--store", "memory")).isZero();
    keep(person.store, "contoso");
    keep(person.other, "fabrikam");
    assertThat(person.typed.run("list")).isZero();
    assertThat(person.typed.out).contains("contoso", "fabrikam");
    assertThat(person.typed.run("logout", "fabrikam")).isZero();
    assertThat(person.other.list()).isEmpty();
  }

  @Test
  void theOptionAndTheVariableWin() {
    assertThat(person.typed.run("configure", "--store", "pass")).isZero();
    assertThat(person.typed.run("list", "--store", "file")).isZero();
    assertThat(person.typed.names()).isEqualTo("file");
    person.typed.set("GIT_CREDENTIAL_PAT_STORE", "keyutils");
    assertThat(person.typed.run("list")).isZero();
    assertThat(person.typed.names()).isEqualTo("keyutils");
  }

  private String vault() {
    return person.typed.seen("GIT_CREDENTIAL_PAT_VAULT");
  }

  @Test
  void aVaultIsTakenFromTheCommandLineThenFromGitThenFromTheVariable() {
    person.typed.set("GIT_CREDENTIAL_PAT_VAULT", "of-the-variable");
    assertThat(person.typed.run("list")).isZero();
    assertThat(vault()).isEqualTo("of-the-variable");
    assertThat(person.typed.run("configure", "--store", "openbao", "--vault", "of-git")).isZero();
    assertThat(person.typed.run("list")).isZero();
    assertThat(vault()).isEqualTo("of-git");
    assertThat(person.typed.run("list", "--vault=typed")).isZero();
    assertThat(vault()).isEqualTo("typed");
    assertThat(person.typed.names()).isEqualTo("openbao");
  }

  @Test
  void whoNamesTheStoreOfGitMeansItsVault() {
    assertThat(
            person.typed.run("configure", "--store", "openbao", "--vault", "team", "--cache", "5m"))
        .isZero();
    assertThat(person.typed.run("list", "--store", "openbao")).isZero();
    assertThat(vault()).isEqualTo("team");
    assertThat(person.typed.seen("GIT_CREDENTIAL_PAT_CACHE")).isEqualTo("5m");
    assertThat(person.typed.run("list", "--store", "azkeyvault")).isZero();
    assertThat(vault()).isNull();
    // As for git: else a person would write where git does not read.
    person.typed.set("GIT_CREDENTIAL_PAT_VAULT", "other");
    assertThat(person.typed.run("list", "--store", "openbao")).isZero();
    assertThat(vault()).isEqualTo("team");
    assertThat(person.typed.run("list", "--store", "azkeyvault")).isZero();
    assertThat(vault()).isEqualTo("other");
  }

  @Test
  void onlyTheCommandLineOpensWhatIsSharedForWriting() {
    assertThat(person.typed.run("list", "--store", "openbao")).isZero();
    assertThat(person.typed.asksToWrite()).isTrue();
    person.typed.set("GIT_CREDENTIAL_PAT_STORE", "openbao");
    assertThat(person.typed.run("list")).isZero();
    assertThat(person.typed.asksToWrite()).isFalse();
    person.typed.set("GIT_CREDENTIAL_PAT_STORE", "");
    assertThat(person.typed.run("configure", "--store", "openbao")).isZero();
    assertThat(person.typed.run("list")).isZero();
    assertThat(person.typed.names()).isEqualTo("openbao");
    assertThat(person.typed.asksToWrite()).isFalse();
  }

  @Test
  void ofAnotherHelperNothingIsTaken() throws Exception {
    Files.writeString(person.global, "[credential]\n\thelper = other --store pass\n");
    assertThat(person.typed.run("list")).isZero();
    assertThat(person.typed.names()).isNull();
  }

  @Test
  void aStoreThatThereIsNotKeepsNobodyFromMendingIt() throws Exception {
    person.typed.refuses("nonsense");
    Files.writeString(person.global, "[credential]\n\thelper = pat --store nonsense\n");
    assertThat(person.typed.run("list")).isZero();
    assertThat(person.typed.run("configure", "--store", "file")).isZero();
    assertThat(person.typed.run("list")).isZero();
    assertThat(person.typed.names()).isEqualTo("file");
  }

  @Test
  void aBrokenConfigurationKeepsNobodyFromTheirTokens() throws Exception {
    Files.writeString(person.global, "[user\n");
    keep(person.store, "contoso");
    assertThat(person.typed.run("list")).isZero();
    assertThat(person.typed.out).contains("contoso");
  }

  // --- a login before git was set up ---

  private int login(String... arguments) {
    String[] all = new String[arguments.length + 2];
    all[0] = "login";
    all[1] = "--no-check";
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return person.typed.answering("secret", all);
  }

  @Test
  void aLoginSetsGitUp() throws Exception {
    Files.writeString(person.global, "[user]\n\tname = Ada\n");
    assertThat(login("contoso", "--store", "memory")).describedAs(person.typed.err).isZero();
    assertThat(person.typed.err).contains("git now uses this helper for Azure DevOps");
    person.gitReading("url=https://dev.azure.com/contoso/x\n\n", "credential", "fill");
    assertThat(person.calls()).contains("called: --store memory get");
    byte[] once = Files.readAllBytes(person.global);
    assertThat(login("contoso")).isZero();
    assertThat(person.typed.err).doesNotContain("now uses");
    assertThat(Files.readAllBytes(person.global)).isEqualTo(once);
    assertThat(person.typed.run("unconfigure")).isZero();
    assertThat(person.global).content().isEqualTo("[user]\n\tname = Ada\n");
  }

  @Test
  void aLoginForAServerSetsThatUpToo() throws Exception {
    assertThat(person.typed.run("configure")).isZero();
    String server = "https://tfs.corp.local/tfs/Main";
    assertThat(login(server)).describedAs(person.typed.err).isZero();
    assertThat(person.typed.err).contains("https://tfs.corp.local/tfs ");
    person.gitReading("url=" + server + "/Web/_git/site\n\n", "credential", "fill");
    assertThat(person.calls()).contains("path=tfs/Main/Web/_git/site\n");
    assertThat(login("https://ados.corp.local/Main/_git/site")).isZero();
    person.gitReading("url=https://ados.corp.local/Main/_git/x\n\n", "credential", "fill");
    assertThat(person.calls()).contains("path=Main/_git/x\n");
  }

  @Test
  void whereItIsNotWantedGitStaysAsItIs() throws Exception {
    assertThat(login("contoso", "--no-configure")).isZero();
    assertThat(person.global).doesNotExist();
    assertThat(person.store.list()).hasSize(1);
  }

  @Test
  void forAnotherHostItIsOnlySaidHow() throws Exception {
    assertThat(login("https://github.com/x", "--user", "ada")).isZero();
    assertThat(person.typed.err)
        .contains("does not use this helper", "hint: git-credential-pat configure --all-hosts");
    assertThat(person.global).doesNotExist();
  }

  @Test
  void whereGitCannotBeSetUpTheLoginFailsAndSaysTheCommand() throws Exception {
    Path lock = Files.createFile(person.home.resolve(".gitconfig.lock"));
    assertThat(login("https://tfs.corp.local/tfs/Main", "--store", "memory")).isEqualTo(1);
    assertThat(person.typed.err)
        .contains(lock.toString())
        .contains(
            "hint: git-credential-pat configure --store memory --server"
                + " https://tfs.corp.local/tfs\n");
    // The token is there all the same.
    assertThat(person.store.list()).hasSize(1);
  }
}
