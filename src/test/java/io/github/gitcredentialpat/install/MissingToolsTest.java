package io.github.gitcredentialpat.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What the scripts say, before anything takes long, where a program or a place is missing. */
@EnabledOnOs(OS.LINUX)
@Tag("slow")
final class MissingToolsTest {
  @TempDir Path folder;
  private Path programs;
  private Script person;

  @BeforeEach
  void makeABareSystem() throws Exception {
    programs = Files.createDirectory(folder.resolve("programs"));
    for (String name : List.of("sh", "uname", "dirname", "sed", "tr", "cat", "grep", "ls")) {
      Files.createSymbolicLink(programs.resolve(name), Path.of("/usr/bin", name));
    }
    person = new Script(folder, Path.of("").toAbsolutePath()).with("PATH", programs.toString());
  }

  private void program(String name, String script) throws IOException {
    Path program = programs.resolve(name);
    Files.writeString(program, "#!/bin/sh\n" + script + "\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
  }

  @Test
  void whatPackagesTakeIsNamedWithTheCommandThatBringsIt() throws Exception {
    List<String> check = List.of("sh", "helper/packages/build-packages.sh", "--check");
    program("id", "echo 1000");
    program("apt-get", "exit 9");
    for (String there : List.of("dpkg-deb", "unzip", "strip")) {
      program(there, "exit 9");
    }
    Script.Result missing = person.run("", check);
    assertThat(missing.status()).isEqualTo(1);
    assertThat(missing.err())
        .isEqualTo(
            "build-packages.sh: missing: rpmbuild, zip\nhint: sudo apt-get install rpm zip\n");
    program("rpmbuild", "exit 9");
    program("zip", "exit 9");
    assertThat(person.run("", check).status()).isZero();
  }

  @Test
  void theInstallerNamesAllThatItNeedsWithTheCommandThatBringsIt() throws Exception {
    for (String there : List.of("mktemp", "rm", "readlink", "awk", "sort")) {
      Files.createSymbolicLink(programs.resolve(there), Path.of("/usr/bin", there));
    }
    program("apt-get", "exit 9");
    program("git", "exit 9");
    program("id", "echo 1000");
    Script.Result missing = person.run("", List.of("sh", "install/install.sh"));
    assertThat(missing.status()).isEqualTo(1);
    assertThat(missing.err())
        .isEqualTo("install.sh: missing: Maven\nhint: sudo apt-get install maven\n");
  }

  @Test
  void theInstallerSaysBeforeItBuildsThatItCannotPutAnythingThere() throws Exception {
    Path built = prepareToBuild();
    Path file = Files.createFile(folder.resolve("file"));
    Script.Result refused = install(file.resolve("below/it"));
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err())
        .isEqualTo(
            "install.sh: nothing can be written in "
                + file
                + "; choose another folder with --prefix\n");
    assertThat(built).doesNotExist();
    // The other way round: where there is a place, it builds.
    install(folder.resolve("there/is a/place"));
    assertThat(built).exists();
  }

  @Test
  void theInstallerSaysBeforeItBuildsThatSomebodyElsesProgramIsThere() throws Exception {
    Path built = prepareToBuild();
    Path theirs = Files.createDirectories(folder.resolve("prefix/bin/git-credential-pat"));
    Script.Result refused = install(folder.resolve("prefix"));
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err())
        .isEqualTo(
            "install.sh: "
                + theirs
                + " is there and was not made by this installer; move it away and repeat\n");
    assertThat(built).doesNotExist();
  }

  /** A system where Maven fails, after a note in the file that is returned. */
  private Path prepareToBuild() throws IOException {
    for (String there :
        List.of(
            "mktemp", "rm", "readlink", "awk", "sort", "cp", "mkdir", "mv", "wc", "env", "tail")) {
      Files.createSymbolicLink(programs.resolve(there), Path.of("/usr/bin", there));
    }
    // For the log of what failed.
    person.with("TMPDIR", Files.createDirectory(folder.resolve("temporary")).toString());
    Path built = folder.resolve("built");
    program("git", "exit 1");
    program("mvn", "echo >'" + built + "'; exit 1");
    return built;
  }

  private Script.Result install(Path prefix) throws Exception {
    return person.run(
        "", List.of("sh", "install/install.sh", "--java", "--prefix", prefix.toString()));
  }

  @Test
  void whoseSudoWantsAPasswordReadsTheCommandAndNothingIsTried() throws Exception {
    Path tried = folder.resolve("tried");
    program("id", "echo 1000");
    program("sudo", "[ \"$*\" = '-n true' ] || echo \"$*\" >>'" + tried + "'; exit 1");
    program("apt-get", "echo \"$*\" >>'" + tried + "'");
    program("apt-cache", "exit 1");
    program("dpkg-query", "[ \"$3\" = keyutils ] || echo 'install ok installed'");
    Script.Result run = person.run("", List.of("sh", "install/verify.sh"));
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err())
        .endsWith(
            """
            packages are missing, and sudo wants a password
            hint: sudo apt-get install --no-install-recommends keyutils
            """);
    assertThat(tried).doesNotExist();
  }
}
