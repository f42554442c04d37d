package io.github.gitcredentialpat.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The installer looks for sentences of the program, which have to be there. */
final class InstallerWordsTest {
  private static final Path SENTENCES =
      Path.of("src/test/resources/io/github/gitcredentialpat/messages.txt");

  @ParameterizedTest
  @ValueSource(strings = {"WSL: ", "; remove that line"})
  void theProgramSaysWhatTheInstallerLooksFor(String words) throws Exception {
    assertThat(Path.of("install/install.sh")).content().contains(words);
    assertThat(SENTENCES).content().contains(words);
  }

  @Test
  void theInstallerLooksForNoOtherSentence() throws Exception {
    assertThat(Files.readString(Path.of("install/install.sh")).split("\\^git-credential-pat: "))
        .hasSize(4);
  }
}
