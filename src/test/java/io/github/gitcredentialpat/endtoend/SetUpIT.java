package io.github.gitcredentialpat.endtoend;

import static io.github.gitcredentialpat.endtoend.Person.done;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A person with git's plaintext helper, who has git set up by the packaged program. */
@ParameterizedClass(name = "{0}")
@MethodSource("settings")
final class SetUpIT {
  private static final String SITE = "https://dev.azure.com/contoso/Web/_git/site";

  @Parameter private Setting setting;
  @TempDir private Path folder;

  private final String token = AzureSite.newToken();
  private final AzureSite azure = new AzureSite();
  @AutoClose private Keychain keychain;
  @AutoClose private GitServer server;
  private Person alice;
  private String before;

  static Stream<Setting> settings() {
    return Setting.all().filter(setting -> setting.store().equals("file"));
  }

  @BeforeEach
  void open() throws Exception {
    keychain = setting.keychain(folder);
    alice = new Person(setting.git(), setting.store(), folder, keychain.environment());
    server = GitServer.ofAzure(folder, azure);
    alice.meets(server);
    alice.configure("credential.helper", "store");
    alice.configure("credential.https://dev.azure.com.useHttpPath", "false");
    before = Files.readString(alice.home().resolve(".gitconfig"));
    server.repository("contoso/Web/_git/site", "contoso's site\n");
    azure.grant("contoso", token, AzureSite.Scope.WRITE);
  }

  @Test
  void theTokenGoesToNobodyElseFromThenOn() throws Exception {
    done(alice.command("configure"));
    alice.types("anybody", token);
    Path clone = alice.clones(SITE, "clone");
    alice.types("nobody", "nothing");
    done(alice.git(clone, "fetch", "-q"));
    assertThat(alice.home().resolve(".git-credentials")).doesNotExist();

    Programs.Result doctor = alice.command("doctor", "contoso");
    assertThat(doctor.exit()).describedAs("%s", doctor).isZero();
    assertThat(doctor.out())
        .contains(
            "git uses this helper, and only this one, for contoso",
            "a token is stored for contoso",
            "a lookup takes ")
        .containsPattern("running (as a native image|.* with its CDS archive)")
        .doesNotContain(alice.home().toString());

    done(alice.command("unconfigure"));
    assertThat(alice.home().resolve(".gitconfig")).content().isEqualTo(before);
  }

  @Test
  void gitSendsTheTokenWithItsFirstRequestWhereItCan() throws Exception {
    done(alice.command("configure"));
    alice.types("anybody", token);
    Path clone = alice.clones(SITE, "clone");
    Programs.Result proactive = alice.command("configure", "--proactive", "contoso");
    if (!alice.git().atLeast(GitVersion.TAKES_AUTHTYPE)) {
      assertThat(proactive.exit()).isEqualTo(1);
      assertThat(proactive.err()).contains("needs git 2.46 or newer");
      return;
    }
    done(proactive);
    server.forget();
    done(alice.git(clone, "fetch", "-q"));
    assertThat(server.requests()).hasSize(2);
    done(alice.command("unconfigure", "--proactive", "contoso"));
    server.forget();
    done(alice.git(clone, "fetch", "-q"));
    assertThat(server.requests()).hasSize(4);
    done(alice.command("unconfigure"));
    assertThat(alice.home().resolve(".gitconfig")).content().isEqualTo(before);
  }
}
