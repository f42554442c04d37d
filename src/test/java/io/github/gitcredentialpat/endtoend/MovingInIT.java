package io.github.gitcredentialpat.endtoend;

import static io.github.gitcredentialpat.endtoend.Person.done;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A person comes with tokens in plain text, and ends with all of them in the keychain. */
@ParameterizedClass(name = "{0}")
@MethodSource("io.github.gitcredentialpat.endtoend.Setting#all")
class MovingInIT {
  private static final String SITE = "@dev.azure.com/";
  private static final String[] OLD_HELPER = {"credential.helper", "store"};

  @Parameter Setting setting;
  @TempDir Path folder;

  private final String typed = AzureSite.newToken();
  private final String embedded = AzureSite.newToken();
  private final AzureSite azure = new AzureSite();
  @AutoClose private Keychain keychain;
  @AutoClose private GitServer server;
  private Person alice;

  @BeforeEach
  void open() throws Exception {
    keychain = setting.keychain(folder);
    alice = new Person(setting.git(), setting.store(), folder, keychain.environment());
    server = GitServer.ofAzure(folder, azure);
    alice.meets(server);
    server.repository("contoso/Web/_git/site", "contoso's site\n");
    server.repository("fabrikam/Web/_git/site", "fabrikam's site\n");
    azure.grant("contoso", typed, AzureSite.Scope.WRITE);
    azure.grant("fabrikam", embedded, AzureSite.Scope.WRITE);
  }

  /** The person's files in which one of the tokens can be read. */
  private List<Path> readable() throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(alice.home())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        if (content.contains(typed) || content.contains(embedded)) {
          found.add(file);
        }
      }
    }
    return found;
  }

  @Test
  void tokensInPlainTextEndInTheKeychainAndNowhereElse() throws Exception {
    // The life before: git's own store helper, as it is without useHttpPath, and a token in a URL.
    List<String> now =
        done(alice.git(alice.home(), "config", "--global", "credential.helper"))
            .out()
            .lines()
            .toList();
    alice.configure(OLD_HELPER[0], OLD_HELPER[1]);
    alice.configure("credential.https://dev.azure.com.useHttpPath", "false");
    alice.types("contoso", typed);
    Path one = alice.clones("https://contoso" + SITE + "contoso/Web/_git/site", "one");
    Files.delete(alice.home().resolve("askpass"));
    alice.set("GIT_ASKPASS", "false");
    String url = "https://anything:" + embedded + SITE + "fabrikam/Web/_git/site";
    Path two = alice.clones(url, "two");
    Path credentials = alice.home().resolve(".git-credentials");
    assertThat(readable()).contains(credentials, two.resolve(".git/config"));

    // Moving in.
    alice.configure(OLD_HELPER[0], now.get(0));
    alice.configure("credential.https://dev.azure.com.useHttpPath", "true");
    Programs.Result fixed = done(alice.pat(two, "remotes", "--fix"));
    // In the clone: its remote bears out that the user name is an organization.
    Programs.Result imported = done(alice.pat(one, "import", "--delete"));
    assertThat(fixed.out() + fixed.err() + imported.out() + imported.err())
        .doesNotContain(typed, embedded)
        .contains("remote.origin.url", "moved", "_usersSettings/tokens", "imported", "deleted");

    assertThat(readable()).isEmpty();
    assertThat(credentials).isEmptyFile();
    assertThat(keychain.entries()).isEqualTo(2);
    for (Path clone : List.of(one, two)) {
      Files.writeString(clone.resolve("README"), "from " + clone.getFileName() + "\n");
      done(alice.git(clone, "commit", "-q", "-a", "-m", "one more"));
      done(alice.git(clone, "push", "-q"));
      done(alice.git(clone, "fetch", "-q"));
    }
    assertThat(server.readme("contoso/Web/_git/site")).isEqualTo("from one");
    assertThat(server.readme("fabrikam/Web/_git/site")).isEqualTo("from two");
  }
}
