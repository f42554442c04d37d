package io.github.gitcredentialpat.endtoend;

import io.github.gitcredentialpat.testing.Requires;
import java.nio.file.Files;
import java.nio.file.Path;

/** The packaged helper under test. */
final class Helper {
  private Helper() {}

  /** The launcher: the one the build made, or the one that the environment names. */
  static Path launcher() {
    String named =
        System.getProperty("GIT_CREDENTIAL_PAT_HELPER", System.getenv("GIT_CREDENTIAL_PAT_HELPER"));
    Path launcher = Path.of(named == null ? "target/image/bin/git-credential-pat" : named);
    Requires.present(
        Files.isExecutable(launcher), "the packaged helper " + launcher + " (mvn verify makes it)");
    return launcher.toAbsolutePath().normalize();
  }

  /** The folder with all that belongs to it. */
  static Path image() {
    Path folder = launcher().getParent();
    return folder.endsWith("bin") ? folder.getParent() : folder;
  }
}
