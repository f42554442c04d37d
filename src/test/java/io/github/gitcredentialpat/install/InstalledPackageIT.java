package io.github.gitcredentialpat.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.testing.Requires;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the packages in target/packages behave where they are installed or unpacked. */
@Tag("all")
final class InstalledPackageIT {
  @TempDir static Path olderPackages;

  @TempDir Path folder;
  private Packages packages;

  @BeforeEach
  void packagesAreThere() throws IOException {
    packages = new Packages(folder);
  }

  @ParameterizedTest
  @ValueSource(strings = {".tar.gz", ".zip"})
  void runsFromTheFolderWhereItWasUnpacked(String kind) throws Exception {
    Path place = Files.createDirectory(folder.resolve("any pläce & 'where'"));
    if (kind.equals(".zip")) {
      packages.run("unzip", "-q", Packages.only(kind).toString(), "-d", place.toString());
    } else {
      packages.run("tar", "-xzf", Packages.only(kind).toString(), "-C", place.toString());
    }
    Path unpacked;
    try (Stream<Path> folders = Files.list(place)) {
      unpacked = folders.findFirst().orElseThrow();
    }
    // Found through a link on the PATH, as git finds it, by somebody who may not write the folder.
    Path bin = Files.createDirectory(folder.resolve("bin"));
    Files.createSymbolicLink(
        bin.resolve("git-credential-pat"), unpacked.resolve("bin/git-credential-pat"));
    packages.tools.with("PATH", bin + ":" + System.getenv("PATH"));
    proveThroughGit();
    assertThat(Files.readString(unpacked.resolve("README.txt")).contains("make-archives.sh"))
        .isEqualTo(!Packages.NATIVE);
    if (!Packages.NATIVE) {
      packages.run("sh", unpacked.resolve("make-archives.sh").toString());
      assertThat(unpacked.resolve("commands.jsa")).isNotEmptyFile();
      assertThat(unpacked.resolve("bin/git-credential-pat"))
          .content()
          .contains("& '\\''where'\\''");
      proveThroughGit();
    }
    // Moved on: no worse, and on Java slower.
    Files.move(unpacked, folder.resolve("moved"));
    Files.delete(bin.resolve("git-credential-pat"));
    Files.createSymbolicLink(
        bin.resolve("git-credential-pat"), folder.resolve("moved/bin/git-credential-pat"));
    proveThroughGit();
  }

  /** From a Java runtime to a native image and back, and from each to its own form. */
  @ParameterizedTest
  @CsvSource({
    "THIS_MACHINE, .deb, JAVA, back",
    "DEBIAN_13, .deb, SAME, ''",
    "DEBIAN_13, .rpm, JAVA, ''"
  })
  void isInstalledUsedUpgradedAndRemoved(String system, String kind, String form, String back)
      throws Exception {
    String root = system.equals("DEBIAN_13") ? System.getenv("GIT_CREDENTIAL_PAT_TRIXIE") : "/";
    Requires.present(
        root != null && Files.isExecutable(Path.of(root, "usr/bin/dpkg")),
        "a Debian " + system + " (GIT_CREDENTIAL_PAT_TRIXIE)");
    Requires.present(Packages.isRoot(), "root, to mount a layer over " + root);
    Path served = Files.createDirectory(folder.resolve("served"));
    Process server =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.github.gitcredentialpat.endtoend.BenchmarkServer",
                served.toString(),
                "0")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader said = server.inputReader()) {
      StringBuilder told = new StringBuilder();
      for (int line = 0; line < 5; line++) {
        told.append(said.readLine()).append('\n');
      }
      Path layer = Files.createDirectory(folder.resolve("layer"));
      Script.Result result =
          packages.tools.run(
              told.toString(),
              List.of(
                  "unshare",
                  "--mount",
                  "sh",
                  Path.of("src/test/sh/package.sh").toAbsolutePath().toString(),
                  root,
                  layer.toString(),
                  older(form.equals("JAVA") ? Packages.JAVA : Packages.IMAGE, kind).toString(),
                  Packages.only(kind).toString(),
                  // Of the same form it is what the way there was.
                  Packages.NATIVE ? back : ""));
      assertThat(result.status()).as(result.toString()).isZero();
    } finally {
      server.destroy();
      server.waitFor();
    }
  }

  /** A throw-away entry is kept, found and removed through the git of this machine. */
  private void proveThroughGit() throws Exception {
    String where = "protocol=https\nhost=dev.azure.com\npath=contoso/_git/site\n";
    String kept = where + "username=me\npassword=" + UUID.randomUUID() + "\n";
    List<String> git =
        List.of(
            "git",
            "-c",
            "credential.helper=",
            "-c",
            "credential.helper=pat",
            "-c",
            "credential.useHttpPath=true",
            "credential");
    for (String operation : List.of("approve", "fill", "reject")) {
      List<String> command = new ArrayList<>(git);
      command.add(operation);
      Script.Result result = packages.tools.run(operation.equals("fill") ? where : kept, command);
      assertThat(result.status()).as(result.toString()).isZero();
      if (operation.equals("fill")) {
        assertThat(result.out()).contains(kept.substring(kept.indexOf("password=")));
      }
    }
  }

  /** A package of a version from before all others, made quickly, and once. */
  private Path older(Path image, String kind) throws Exception {
    Path made = olderPackages.resolve(image.getFileName());
    if (!Files.exists(made) || Stream.of(made.toFile().list()).noneMatch(f -> f.endsWith(kind))) {
      packages.pack(packages.packing(image, made, kind.substring(1)));
    }
    return Packages.only(made, kind);
  }
}
