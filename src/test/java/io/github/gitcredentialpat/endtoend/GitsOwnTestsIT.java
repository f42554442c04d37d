package io.github.gitcredentialpat.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.testing.Requires;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tests that git's own source brings along for helpers. */
@Tag("all")
class GitsOwnTestsIT {
  private static final String SOURCE = "GIT_CREDENTIAL_PAT_GIT_SOURCE";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"file", "secretservice"})
  void gitsTestsForHelpersPass(String store) throws Exception {
    String source = System.getenv(SOURCE);
    Requires.present(
        source != null && Files.isExecutable(Path.of(source, "t/helper/test-tool")),
        "git's source, built for its tests, in a folder that "
            + SOURCE
            + " names (src/test/sh/git-tests.sh prepare FOLDER)");
    try (Keychain keychain = new Setting(Setting.Home.THIS_MACHINE, store).keychain(folder)) {
      Map<String, String> environment = new HashMap<>(keychain.environment());
      environment.put("PATH", System.getenv("PATH"));
      environment.put("HOME", folder.toString());
      environment.put("TMPDIR", folder.toString());

      Programs.Result result =
          Programs.run(
              folder,
              environment,
              "",
              List.of(
                  Path.of("src/test/sh/git-tests.sh").toAbsolutePath().toString(),
                  "run",
                  source,
                  Helper.launcher().toString(),
                  store));

      assertThat(result.exit()).describedAs("%s", result).isZero();
      assertThat(result.out())
          .contains("t0303-credential-external.sh: 21 of 21")
          .contains("authtype.sh: 8 of 8");
    }
  }
}
