package io.github.gitcredentialpat.endtoend;

import static io.github.gitcredentialpat.endtoend.Person.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.testing.Requires;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Daily work with each store that is used only when it is chosen. */
class ChosenStoresIT {
  @TempDir Path folder;

  private final String contoso =
      "contoso" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  private final String token = AzureSite.newToken();
  private final AzureSite azure = new AzureSite();
  private final Map<String, String> surroundings = new HashMap<>();
  @AutoClose private GitServer server;
  private Person alice;

  @BeforeEach
  void openServer() throws Exception {
    server = GitServer.ofAzure(folder, azure);
    server.repository(contoso + "/Web/_git/site", "contoso's site\n");
    azure.grant(contoso, token, AzureSite.Scope.WRITE);
    surroundings.put("XDG_STATE_HOME", folder.resolve("state").toString());
    surroundings.put("XDG_DATA_HOME", folder.resolve("data").toString());
  }

  private void choose(String store) throws Exception {
    alice = new Person(GitVersion.ofThisMachine(), store, folder, surroundings);
    alice.meets(server);
  }

  private Programs.Result credential(String action, String... more) throws Exception {
    String[] lines = new String[3 + more.length];
    lines[0] = "protocol=https";
    lines[1] = "host=dev.azure.com";
    lines[2] = "path=" + contoso + "/Web/_git/site";
    System.arraycopy(more, 0, lines, 3, more.length);
    return alice.credential(action, lines);
  }

  private void clonesAndPushes() throws Exception {
    Path clone = alice.clones("https://dev.azure.com/" + contoso + "/Web/_git/site", "clone");
    Files.writeString(clone.resolve("README"), "one more line\n");
    done(alice.git(clone, "commit", "-qam", "one more line"));
    done(alice.git(clone, "push", "-q"));
    assertThat(server.readme(contoso + "/Web/_git/site")).isEqualTo("one more line");
  }

  private void keepsClonesAndForgets() throws Exception {
    done(credential("approve", "username=pat", "password=" + token));
    try {
      clonesAndPushes();
      done(credential("reject", "username=pat", "password=" + token));
      assertThat(credential("fill").out()).doesNotContain(token);
    } finally {
      // A refusal only sets aside; the kernel's keyring is this machine's own.
      done(alice.pat(alice.home(), "logout", contoso));
    }
    assertThat(alice.pat(alice.home(), "list").out()).doesNotContain(contoso);
    assertThat(folder.resolve("data")).doesNotExist();
  }

  @Test
  void theKernelsKeyring() throws Exception {
    choose("keyutils");
    Requires.present(
        !alice.helper("get", "protocol=https", "host=h").err().contains("keyring"),
        "a kernel keyring that may be used");
    keepsClonesAndForgets();
  }

  @Test
  void aPasswordStore() throws Exception {
    try {
      chooseBesideAPasswordStore("pass");
      keepsClonesAndForgets();
    } finally {
      gpg("gpgconf", "--kill", "gpg-agent");
    }
  }

  @Test
  void whatGitCredentialManagerKeepsInAPasswordStoreComesOver() throws Exception {
    try {
      chooseBesideAPasswordStore("file");
      String name = "git/https/dev.azure.com/" + contoso + "/PersonalAccessToken";
      String service = "https://dev.azure.com/" + contoso;
      gpgReading(
          token + "\nservice=" + service + "\naccount=PersonalAccessToken\n",
          "pass",
          "insert",
          "--multiline",
          name);
      Programs.Result imported = done(alice.pat(alice.home(), "import", "--delete"));
      assertThat(imported.out())
          .contains(contoso, "Git Credential Manager", "imported (file), deleted")
          .doesNotContain(token);
      assertThat(alice.home().resolve(".password-store/git")).doesNotExist();
      clonesAndPushes();
    } finally {
      gpg("gpgconf", "--kill", "gpg-agent");
    }
  }

  /** The person has a key and a password store, and an agent that has to be ended. */
  private void chooseBesideAPasswordStore(String store) throws Exception {
    Path keys =
        Files.createDirectory(
            folder.resolve("gpg"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    surroundings.put("GNUPGHOME", keys.toString());
    choose(store);
    String mail = "alice@example.com";
    gpg("gpg", "--batch", "--quiet", "--passphrase=", "--quick-generate-key", mail);
    gpg("pass", "init", mail);
  }

  private void gpg(String... command) throws Exception {
    gpgReading("", command);
  }

  private void gpgReading(String input, String... command) throws Exception {
    Requires.present(
        Files.isExecutable(Path.of("/usr/bin", command[0])), command[0] + " (Debian: gnupg, pass)");
    done(Programs.run(alice.home(), alice.environment(), input, List.of(command)));
  }

  @Test
  void aVariableOfABuildAgent() throws Exception {
    surroundings.put("AZURE_DEVOPS_EXT_PAT", token);
    choose("env");
    clonesAndPushes();
    Programs.Result rejected = credential("reject", "username=pat", "password=" + token);
    assertThat(rejected.err()).contains("AZURE_DEVOPS_EXT_PAT").doesNotContain(token);
    assertThat(folder.resolve("data")).doesNotExist();
  }
}
