package io.github.gitcredentialpat.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.testing.Requires;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts in {@code install/}, run from beginning to end in a home of their own. */
final class InstallIT {
  private static final String SOMEBODY_ELSES =
      """
      [user]
      \tname = Ada
      [credential "https://dev.azure.com"]
      \thelper = /somewhere/else
      \tuseHttpPath = false
      [credential]
      \thelper = store
      """;

  /** A process that there cannot be. */
  private static final String KILLED = "4194305";

  private final String organization = "org-" + UUID.randomUUID();
  private final String token = UUID.randomUUID().toString();

  @TempDir Path folder;
  private Path home;
  private Path prefix;
  private Script person;

  @BeforeEach
  void moveIn() throws IOException {
    home = Files.createDirectory(folder.resolve("ho me"));
    prefix = home.resolve("it's $here & ü");
    person = new Script(home, folder);
    Files.writeString(home.resolve(".gitconfig"), SOMEBODY_ELSES);
  }

  @Test
  void installsUpgradesAndLeavesNothingButTheTokens() throws Exception {
    Requires.present(Files.isExecutable(Path.of("/usr/bin/man")), "man");
    Script.Result installed = script("install.sh", "");
    assertThat(installed.status()).as(installed.toString()).isZero();
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

    List<Path> first = builds();
    withoutMaven();
    Script.Result upgraded = script("install.sh", "");
    assertThat(upgraded.status()).as(upgraded.toString()).isZero();
    assertThat(builds()).hasSize(1).doesNotContainAnyElementsOf(first);
    assertThat(prefix.resolve("lib/git-credential-pat/pip/keyring")).isExecutable();
    assertThat(prefix.resolve("lib/git-credential-pat/nuget")).isSymbolicLink();
    assertThat(home.resolve(".gitconfig")).hasContent(configured);
    assertThat(fill()).contains("password=" + token);

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
    withoutMaven();
    Script.Result installed = script("install.sh", "", "--no-configure");
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
    withoutMaven();
    person
        .with("WSL_DISTRO_NAME", "Debian")
        .with("PATH", folder.resolve("maven") + ":" + System.getenv("PATH") + ":" + windows);
    Script.Result installed = script("install.sh", "");
    assertThat(installed.status()).as(installed.toString()).isZero();
    assertThat(installed.out()).contains("tokens are kept in: the Windows Credential Manager");
    git("approve", request() + "username=me\npassword=" + token + "\n");
    assertThat(fill()).contains("password=" + token);
    assertThat(home.resolve(".local/share/git-credential-pat")).doesNotExist();
    assertThat(script("uninstall.sh", "").status()).isZero();
    assertThat(home.resolve(".gitconfig")).content().isEqualTo(SOMEBODY_ELSES);
  }

  @Test
  void takesANativeImageThatIsNoOlderThanItsSources() throws Exception {
    Path project = folder.resolve("project");
    Files.createDirectories(project.resolve("target/native"));
    Files.createDirectory(project.resolve("src"));
    for (String part :
        List.of(
            "pom.xml", ".mvn", "README.md", "docs", "LICENSE", "install", "helper", "src/main")) {
      person.run(
          "",
          List.of(
              "cp",
              "-R",
              Path.of(part).toAbsolutePath().toString(),
              project.resolve(part).toString()));
    }
    // As a checkout of somebody whose umask is 077.
    person.run("", List.of("chmod", "-R", "go=", project.toString()));
    Path image = Path.of("target/image").toAbsolutePath();
    Path binary = project.resolve("target/native/git-credential-pat");
    Files.writeString(
        binary,
        "#!/bin/sh\nexec '"
            + image
            + "/runtime/bin/java' --enable-native-access=ALL-UNNAMED -cp '"
            + image
            + "/lib/*' io.github.gitcredentialpat.NativeMain \"$@\"\n");
    assertThat(binary.toFile().setExecutable(true)).isTrue();
    List<String> install =
        List.of(project.resolve("install/install.sh").toString(), "--prefix", prefix.toString());

    withoutMaven();
    Files.setLastModifiedTime(binary, FileTime.fromMillis(0));
    Script.Result older = person.run("", install);
    assertThat(older.status()).as(older.toString()).isZero();
    assertThat(builds().get(0).resolve("runtime")).isDirectory();
    assertEverybodyMayUse(builds().get(0));
    git("approve", request() + "username=me\npassword=" + token + "\n");

    leaveWhatAKilledInstallerLeaves();
    Files.setLastModifiedTime(binary, FileTime.from(Instant.now()));
    Script.Result newer = person.run("", install);
    assertThat(newer.status()).as(newer.toString()).isZero();
    assertThat(newer.out()).contains("Take the native image");
    assertThat(builds()).hasSize(1);
    assertThat(builds().get(0).resolve("runtime")).doesNotExist();
    assertThat(builds().get(0).resolve("lib/git-credential-pat")).hasSameBinaryContentAs(binary);
    assertEverybodyMayUse(builds().get(0));
    assertThat(fill()).contains("password=" + token);
    assertThat(unfinishedLink()).doesNotExist();
    Script.Result kept =
        person.run("", List.of(prefix.resolve("bin/git-credential-pat").toString(), "list"));
    assertThat(kept.out()).contains(organization).doesNotContain("proof");
    leaveWhatAKilledInstallerLeaves();
    assertThat(script("uninstall.sh", "").status()).isZero();
    assertThat(prefix).doesNotExist();
  }

  /** Maven's part is one test's, and takes a minute: the others get what this build made. */
  private void withoutMaven() throws IOException {
    Path target = Path.of("target").toAbsolutePath();
    Path maven = Files.createDirectory(folder.resolve("maven")).resolve("mvn");
    Files.writeString(
        maven,
        "#!/bin/sh\nwhile [ \"$1\" != -f ]; do shift; done\nbuilt=$(dirname \"$2\")/target\n"
            + "mkdir -p \"$built/lib\" \"$built/documents\"\ncp '"
            + target
            + "'/image/lib/*.jar \"$built/lib\"\ncp -R '"
            + target
            + "'/documents/share \"$built/documents\"\n");
    assertThat(maven.toFile().setExecutable(true)).isTrue();
    person.with("PATH", maven.getParent() + ":" + System.getenv("PATH"));
  }

  private Path unfinishedLink() {
    return prefix.resolve("bin/git-credential-pat.new." + KILLED);
  }

  private void leaveWhatAKilledInstallerLeaves() throws Exception {
    Path half = prefix.resolve("lib/git-credential-pat/build." + KILLED + ".abcdef");
    Path launcher = half.resolve("bin/git-credential-pat");
    Files.createDirectories(launcher.getParent());
    Files.createFile(launcher);
    Files.createSymbolicLink(unfinishedLink(), launcher);
    git(
        "approve",
        "protocol=https\nhost=dev.azure.com\npath=git-credential-pat-proof-"
            + KILLED
            + "-0badc0de/_git/proof\nusername=proof\npassword="
            + UUID.randomUUID()
            + "\n");
  }

  private static void assertEverybodyMayUse(Path build) throws IOException {
    try (Stream<Path> files = Files.walk(build)) {
      assertThat(files)
          .allSatisfy(
              file ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                      .as("%s", file)
                      .matches(Files.isDirectory(file) ? "r.xr-xr-x" : "r.([-x])r-\\1r-\\1"));
    }
  }

  private Script.Result script(String name, String input, String... more) throws Exception {
    List<String> command =
        Stream.concat(
                Stream.of(
                    Path.of("install", name).toAbsolutePath().toString(),
                    "--prefix",
                    prefix.toString()),
                Stream.of(more))
            .toList();
    return person.run(input, command);
  }

  private String request() {
    return "protocol=https\nhost=dev.azure.com\npath=" + organization + "/_git/code\n";
  }

  private String fill() throws Exception {
    return git("fill", request()).out();
  }

  private Script.Result git(String operation, String input) throws Exception {
    return person.run(input, List.of("git", "credential", operation));
  }

  private List<Path> builds() throws IOException {
    try (Stream<Path> files = Files.list(prefix.resolve("lib/git-credential-pat"))) {
      return files.filter(file -> file.getFileName().toString().startsWith("build.")).toList();
    }
  }
}
