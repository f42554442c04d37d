package io.github.gitcredentialpat.endtoend;

import io.github.gitcredentialpat.testing.Requires;
import java.nio.file.Files;
import java.nio.file.Path;

/** The packaged helper under test. */
final class Helper {
  private Helper() {}

  /**
   * The one that the environment names, else that of the image which the build made: a native one
   * with the profile {@code native}.
   */
  static Path launcher() {
    String named =
        System.getProperty("GIT_CREDENTIAL_PAT_HELPER", System.getenv("GIT_CREDENTIAL_PAT_HELPER"));
    String built = System.getProperty("packaged.image", "target/image");
    Path launcher = Path.of(named == null ? built + "/bin/git-credential-pat" : named);
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
