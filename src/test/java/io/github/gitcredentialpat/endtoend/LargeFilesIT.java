package io.github.gitcredentialpat.endtoend;

import static io.github.gitcredentialpat.endtoend.Person.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.testing.Requires;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Git LFS, a program of its own that asks git for the token and sends it by itself. */
final class LargeFilesIT {
  private static final String SITE = "https://dev.azure.com/contoso/Web/_git/site";

  @TempDir private Path folder;

  /** The gits that run beside this machine's Git LFS. */
  static Stream<Setting> gits() {
    return Setting.gits().filter(setting -> setting.home() != Setting.Home.DEBIAN_13);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("gits")
  void aLargeFileComesAndGoes(Setting setting) throws Exception {
    Requires.present(Files.isExecutable(Path.of("/usr/bin/git-lfs")), "git-lfs");
    String token = AzureSite.newToken();
    AzureSite azure = new AzureSite();
    azure.grant("contoso", token, AzureSite.Scope.WRITE);
    try (Keychain keychain = setting.keychain(folder);
        GitServer server = GitServer.ofAzure(folder, azure)) {
      Person alice = new Person(setting.git(), setting.store(), folder, keychain.environment());
      alice.meets(server);
      server.repository("contoso/Web/_git/site", "contoso's site\n");
      String[] place = {"protocol=https", "host=dev.azure.com", "path=contoso/Web/_git/site"};
      done(
          alice.credential(
              "approve", place[0], place[1], place[2], "username=pat", "password=" + token));
      done(alice.git(alice.home(), "lfs", "install", "--skip-repo"));
      Path clone = alice.clones(SITE, "clone");
      done(alice.git(clone, "lfs", "track", "*.bin"));
      byte[] content = new byte[200_000];
      new Random().nextBytes(content);
      Files.write(clone.resolve("large.bin"), content);
      done(alice.git(clone, "add", "."));
      done(alice.git(clone, "commit", "-qm", "with a large file"));
      done(alice.git(clone, "push", "-q"));

      Path other = alice.clones(SITE, "other");

      assertThat(other.resolve("large.bin")).hasBinaryContent(content);
      assertThat(server.requests())
          .anyMatch(
              request -> request.path().contains("/info/lfs/data/") && request.status() == 200);
      assertThat(done(alice.helper("get", place)).out()).contains("password=" + token);
    }
  }
}
