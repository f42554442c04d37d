package io.github.gitcredentialpat.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.testing.Requires;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The scripts in {@code install/}, run from beginning to end in a home of their own. One test
 * builds from source; the others install an image that is there.
 */
final class InstallIT extends InstallerCase {
  @Test
  void installsUpgradesAndLeavesNothingButTheTokens() throws Exception {
    Requires.present(Files.isExecutable(Path.of("/usr/bin/man")), "man");
    Script.Result installed = script("install.sh", "", "--java");
    assertThat(installed.status()).as(installed.toString()).isZero();
    assertThat(installed.out().strip().lines().toList())
        .last()
        .asString()
        .startsWith("Installed on Java ");
    assertThat(installed.out()).containsPattern("store: file, \\d+ ms");
    assertThat(builds()).hasSize(1);
    Script.Result left =
        person.run(
            "",
            List.of(
                prefix.resolve("bin/git-credential-pat").toString(), "--store", "file", "list"));
    assertThat(left.out()).as("what the proof leaves behind, set aside or not").isEmpty();
    assertThat(left.err()).contains("no tokens stored");
    String configured = Files.readString(home.resolve(".gitconfig"));
    assertThat(configured).contains("https://*.*.visualstudio.com", "useHttpPath = true");

    git("approve", request() + "username=me\npassword=" + token + "\n");
    assertThat(fill()).contains("password=" + token);
    // Somebody else's helper for all hosts is not asked.
    assertThat(home.resolve(".git-credentials")).doesNotExist();

    for (String file :
        List.of(
            "man/man1/git-credential-pat-token-create.1",
            "bash-completion/completions/git-credential-pat",
            "zsh/site-functions/_git-credential-pat",
            "fish/vendor_completions.d/git-credential-pat.fish",
            "powershell/git-credential-pat.ps1")) {
      assertThat(prefix.resolve("share").resolve(file)).isNotEmptyFile();
    }
    Script.Result version =
        person.run("", List.of(prefix.resolve("bin/git-credential-pat").toString(), "--version"));
    Script.Result commit =
        new Script(home, Path.of("").toAbsolutePath())
            .run("", List.of("git", "rev-parse", "--short=9", "HEAD"));
    assertThat(version.out()).contains("commit " + commit.out());
    person.with("PATH", prefix.resolve("bin") + ":" + System.getenv("PATH"));
    Script.Result help = person.run("", List.of("git", "help", "credential-pat"));
    assertThat(help.out()).as(help.toString()).contains("git-credential-pat - Stores Azure DevOps");

    // To a native image and back, while the configuration stays as it is.
    for (Path image : List.of(nativeImage(), Path.of("target/image").toAbsolutePath())) {
      List<Path> first = builds();
      Script.Result upgraded = script("install.sh", "", "--image", image.toString());
      assertThat(upgraded.status()).as(upgraded.toString()).isZero();
      assertThat(builds()).hasSize(1).doesNotContainAnyElementsOf(first);
      boolean java = Files.exists(image.resolve("runtime"));
      assertThat(builds().get(0).resolve("app.jsa").toFile().exists()).isEqualTo(java);
      assertThat(upgraded.out())
          .contains(java ? "Installed on Java " : "Installed as a native image.\n");
      assertThat(prefix.resolve("lib/git-credential-pat/pip/keyring")).isExecutable();
      assertThat(prefix.resolve("lib/git-credential-pat/nuget")).isSymbolicLink();
      assertThat(home.resolve(".gitconfig")).hasContent(configured);
      assertThat(fill()).contains("password=" + token);
    }

    assertThat(script("uninstall.sh", "").status()).isZero();
    assertThat(home.resolve(".gitconfig")).content().isEqualTo(SOMEBODY_ELSES);
    assertThat(prefix).doesNotExist();
    assertThat(home.resolve(".local/share/git-credential-pat")).isNotEmptyDirectory();
  }

  @Test
  void purgeAsksAndThenRemovesTheTokensToo() throws Exception {
    Path foreign = prefix.resolve("share/man/man1/git-credential-pat.1");
    Files.createDirectories(foreign.getParent());
    Files.writeString(foreign, "another package's");
    Script.Result installed =
        script("install.sh", "", "--no-configure", "--image", nativeImage().toString());
    assertThat(installed.status()).as(installed.toString()).isZero();
    assertThat(home.resolve(".gitconfig")).hasContent(SOMEBODY_ELSES);
    String launcher = prefix.resolve("bin/git-credential-pat").toString();
    String entry = request() + "username=me\npassword=" + token + "\n";
    assertThat(person.run(entry, List.of(launcher, "store")).status()).isZero();

    assertThat(script("uninstall.sh", "n\n", "--purge").status()).isEqualTo(1);
    assertThat(person.run(request(), List.of(launcher, "get")).out()).contains(token);

    Script.Result purged = script("uninstall.sh", "y\n", "--purge");
    assertThat(purged.status()).as(purged.toString()).isZero();
    // What somebody else had put there is left, and nothing else.
    assertThat(foreign).hasContent("another package's");
    try (Stream<Path> files = Files.walk(prefix)) {
      assertThat(files.filter(file -> !Files.isDirectory(file))).containsExactly(foreign);
    }
    assertThat(prefix.resolve("share/bash-completion")).doesNotExist();
    assertThat(home.resolve(".local/share/git-credential-pat")).doesNotExist();
    assertThat(home.resolve(".local/state/git-credential-pat")).doesNotExist();
  }

  @Test
  void belowWslGitAsksTheHelperOfWindows() throws Exception {
    Path image = Path.of("target/image/bin/git-credential-pat").toAbsolutePath();
    Path windows = Files.createDirectories(folder.resolve("c/Program Files/bin"));
    Path helper = windows.resolve("git-credential-pat");
    // It keeps tokens in a place of its own, which cannot be looked into from here.
    Files.writeString(
        helper, "#!/bin/sh\nexport HOME='" + windows + "'\nexec '" + image + "' \"$@\"\n");
    assertThat(helper.toFile().setExecutable(true)).isTrue();
    Files.createFile(windows.resolve("git-credential-pat.cmd"));
    person.with("WSL_DISTRO_NAME", "Debian").with("PATH", System.getenv("PATH") + ":" + windows);
    Script.Result installed = script("install.sh", "", "--image", nativeImage().toString());
    assertThat(installed.status()).as(installed.toString()).isZero();
    assertThat(installed.out()).contains("tokens are kept in: the Windows Credential Manager");
    git("approve", request() + "username=me\npassword=" + token + "\n");
    assertThat(fill()).contains("password=" + token);
    assertThat(home.resolve(".local/share/git-credential-pat")).doesNotExist();
    assertThat(script("uninstall.sh", "").status()).isZero();
    assertThat(home.resolve(".gitconfig")).content().isEqualTo(SOMEBODY_ELSES);
  }
}
