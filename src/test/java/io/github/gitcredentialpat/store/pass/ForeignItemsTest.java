package io.github.gitcredentialpat.store.pass;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.ForeignEntry;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.testing.Requires;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Git Credential Manager's entries in a password store, written by the real pass. */
final class ForeignItemsTest {
  private static final EntryKey KEY = new EntryKey(Identity.ofOrganization("contoso"), "alice");

  private final String token = UUID.randomUUID().toString();
  private Person alice;

  @BeforeEach
  void makeAKey() throws Exception {
    for (String program : List.of("gpg", "pass", "git")) {
      Requires.present(Files.isExecutable(Path.of("/usr/bin", program)), program);
    }
    alice = new Person("alice", "");
  }

  @AfterEach
  void removeTheKey() throws Exception {
    if (alice != null) {
      alice.close();
    }
  }

  private void passKeeps(String name, String content) throws Exception {
    alice.run("sh", "-c", "printf '" + content + "' | pass insert --multiline '" + name + "'");
  }

  private List<ForeignEntry> list() throws StoreException {
    return alice.store(false).foreignEntries().list();
  }

  @Test
  void theyAreListedReadAndDeleted() throws Exception {
    alice.run("pass", "init", alice.mail);
    alice.run("pass", "git", "init");
    passKeeps(
        "git/https/dev.azure.com/contoso/alice",
        token + "\\nservice=https://dev.azure.com/contoso\\naccount=alice\\n");
    passKeeps("mine", token);
    assertThat(list())
        .containsExactly(
            new ForeignEntry(
                ForeignEntry.Program.GIT_CREDENTIAL_MANAGER,
                "https",
                "dev.azure.com",
                "contoso",
                "alice",
                0,
                "https/dev.azure.com/contoso/alice.gpg"));
    ForeignEntry entry = list().get(0);
    assertThat(alice.store(false).foreignEntries().read(entry, KEY).secret().bytes())
        .isEqualTo(token.getBytes(UTF_8));

    assertThat(alice.store(false).foreignEntries().delete(entry)).isTrue();
    assertThat(alice.store(false).foreignEntries().delete(entry)).isFalse();
    assertThat(alice.store(false).foreignEntries().read(entry, KEY)).isNull();
    assertThat(alice.run("pass", "git", "log", "--format=%s"))
        .contains("Remove git/https/dev.azure.com/contoso/alice");
    assertThat(alice.run("pass", "git", "status", "--porcelain")).isEmpty();
    assertThat(alice.storeFolder().resolve("git")).doesNotExist();
    assertThat(alice.run("pass", "show", "mine")).contains(token);
  }

  @Test
  void oneWithoutItsServiceOrOfAnotherHostIsNotTheManagers() throws Exception {
    alice.run("pass", "init", alice.mail);
    passKeeps("git/https/dev.azure.com/contoso/alice", token + "\\nlogin: alice\\n");
    passKeeps("git/https/dev.azure.com/contoso/bob", token + "\\nservice=https://evil.example/\\n");
    for (ForeignEntry entry : list()) {
      assertThat(alice.store(false).foreignEntries().read(entry, KEY)).isNull();
    }
    assertThat(list()).hasSize(2);
  }

  @Test
  void withoutAPasswordStoreThereIsNoSuchPlace() {
    assertThatThrownBy(this::list)
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.UNAVAILABLE));
  }
}
