package io.github.gitcredentialpat.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which form the installer installs: a native image that was built, that it builds, or Java. */
final class InstalledFormIT extends InstallerCase {
  /** A process that there cannot be. */
  private static final String KILLED = "4194305";

  @Test
  void takesANativeImageThatIsNoOlderThanItsSources() throws Exception {
    Path project = copyOfProject();
    Path image = project.resolve("target/native-image");
    person.run("", List.of("cp", "-R", nativeImage().toString(), image.toString()));
    Path program = image.resolve("bin/git-credential-pat");
    List<String> install =
        List.of(project.resolve("install/install.sh").toString(), "--prefix", prefix.toString());

    withMaven("exit 1");
    Files.setLastModifiedTime(program, FileTime.fromMillis(0));
    Script.Result older = person.run("", with(install, "--native"));
    assertThat(older.status()).isEqualTo(1);
    assertThat(older.err())
        .isEqualTo(
            "install.sh: there is no GraalVM; set GRAALVM_HOME to one for JDK 25,"
                + " or repeat without --native\n");
    assertThat(prefix).doesNotExist();

    Files.setLastModifiedTime(program, FileTime.from(Instant.now()));
    Script.Result first = person.run("", install);
    assertThat(first.status()).as(first.toString()).isZero();
    leaveWhatAKilledInstallerLeaves();
    Script.Result newer = person.run("", install);
    assertThat(newer.status()).as(newer.toString()).isZero();
    assertThat(newer.out()).contains("Take the native image", "Installed as a native image.");
    assertThat(builds()).hasSize(1);
    assertThat(builds().get(0).resolve("runtime")).doesNotExist();
    assertThat(builds().get(0).resolve("share/man/man1")).isNotEmptyDirectory();
    assertEverybodyMayUse(builds().get(0));
    assertThat(unfinishedLink()).doesNotExist();
    Script.Result kept =
        person.run("", List.of(prefix.resolve("bin/git-credential-pat").toString(), "list"));
    assertThat(kept.out()).doesNotContain("proof");
    leaveWhatAKilledInstallerLeaves();
    assertThat(script("uninstall.sh", "").status()).isZero();
    assertThat(prefix).doesNotExist();
  }

  @Test
  void buildsANativeImageWhereAGraalVmIsAtHand() throws Exception {
    Path project = copyOfProject();
    List<String> install =
        List.of(project.resolve("install/install.sh").toString(), "--prefix", prefix.toString());
    withMaven("mkdir -p \"$built\" && cp -R '" + nativeImage() + "' \"$built/native-image\"");
    Path graalvm = folder.resolve("graal vm");
    person.with("GRAALVM_HOME", graalvm.toString());
    Script.Result none = person.run("", with(install, "--native"));
    assertThat(none.err()).contains("graal vm is no GraalVM: it has no bin/native-image");
    makeGraalVm(graalvm, "24.0.2");
    Script.Result old = person.run("", with(install, "--native"));
    assertThat(old.err()).contains("graal vm is for JDK 24; set GRAALVM_HOME to one for JDK 25");
    assertThat(prefix).doesNotExist();

    makeGraalVm(graalvm, "25.0.1");
    Script.Result built = person.run("", install);
    assertThat(built.status()).as(built.toString()).isZero();
    assertThat(built.out())
        .contains("Compile with Maven on Java 25.0.1", "Build a native image", graalvm + "\n")
        .endsWith("Installed as a native image.\n");
    assertEverybodyMayUse(builds().get(0));
    // By the program on the PATH, through a link.
    Path bin = Files.createDirectory(folder.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("native-image"), graalvm.resolve("bin/native-image"));
    withMaven("exit 1").with("GRAALVM_HOME", "");
    person.with("PATH", bin + ":" + folder.resolve("maven") + ":" + System.getenv("PATH"));
    List<Path> before = builds();
    Script.Result failed = person.run("", with(install, "--native"));
    assertThat(failed.status()).isEqualTo(1);
    assertThat(failed.err())
        .contains("the native image could not be built; the log above says why");
    assertThat(builds()).isEqualTo(before);
    assertThat(script("uninstall.sh", "").status()).isZero();
  }

  /** Where the builder fails, Java is what is installed; here that fails as well, and quickly. */
  @Test
  void fallsBackToAJavaRuntimeAndSaysSo() throws Exception {
    Path project = copyOfProject();
    makeGraalVm(folder.resolve("graalvm"), "25.0.1");
    withMaven("touch '" + folder + "/tried'; exit 1", "[ ! -e '" + folder + "/tried' ] || exit 1");
    person.with("GRAALVM_HOME", folder.resolve("graalvm").toString());
    Script.Result failed =
        person.run(
            "",
            List.of(
                project.resolve("install/install.sh").toString(), "--prefix", prefix.toString()));
    assertThat(failed.status()).isEqualTo(1);
    assertThat(failed.err())
        .contains("The native image could not be built; installing a Java runtime.\n")
        .endsWith("install.sh: the build failed; the log above says why\n");
  }

  @Test
  void onlyOneFormCanBeAskedForAndAnImageHasToBeOne() throws Exception {
    assertThat(script("install.sh", "", "--native", "--java").err())
        .isEqualTo("install.sh: --native, --java and --image exclude each other\n");
    assertThat(script("install.sh", "", "--image", folder.toString()).err())
        .contains("is no image: it has no bin/git-credential-pat");
    Path broken = Files.createDirectories(folder.resolve("broken/bin"));
    Files.writeString(broken.resolve("git-credential-pat"), "#!/bin/sh\necho oops >&2; exit 3\n");
    assertThat(broken.resolve("git-credential-pat").toFile().setExecutable(true)).isTrue();
    Script.Result refused = script("install.sh", "", "--image", broken.getParent().toString());
    assertThat(refused.err()).contains("oops\n", "broken does not run here");
    assertThat(prefix.resolve("bin")).doesNotExist();
    assertThat(builds()).isEmpty();
  }

  /** As a checkout of somebody whose umask is 077. */
  private Path copyOfProject() throws Exception {
    Path project = Files.createDirectory(folder.resolve("project"));
    Files.createDirectory(project.resolve("src"));
    Files.createDirectory(project.resolve("target"));
    for (String part :
        List.of(
            "pom.xml", ".mvn", "README.md", "docs", "LICENSE", "install", "helper", "src/main")) {
      Path from = Path.of(part).toAbsolutePath();
      person.run("", List.of("cp", "-R", from.toString(), project.resolve(part).toString()));
    }
    person.run("", List.of("chmod", "-R", "go=", project.toString()));
    return project;
  }

  /** What looks like a GraalVM of a version; Maven stands for what it builds. */
  private static void makeGraalVm(Path graalvm, String version) throws IOException {
    for (String name : List.of("bin/native-image", "bin/javac")) {
      Files.createDirectories(graalvm.resolve("bin"));
      Files.writeString(graalvm.resolve(name), "#!/bin/sh\n");
      assertThat(graalvm.resolve(name).toFile().setExecutable(true)).isTrue();
    }
    Files.writeString(graalvm.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
  }

  private static List<String> with(List<String> command, String word) {
    return Stream.concat(command.stream(), Stream.of(word)).toList();
  }

  /**
   * Maven's part is one test's, and takes a minute: the others get what this build made.
   *
   * @param nativeImage what it does instead for the profile native, with "$built" for target
   * @param first what it does before all else
   */
  private Script withMaven(String nativeImage, String... first) throws IOException {
    Path target = Path.of("target").toAbsolutePath();
    Path maven = Files.createDirectories(folder.resolve("maven")).resolve("mvn");
    Files.writeString(
        maven,
        "#!/bin/sh\nall=$*\nwhile [ \"$1\" != -f ]; do shift; done\nbuilt=$(dirname \"$2\")/target\n"
            + "case $all in *-Pnative*) "
            + nativeImage
            + "; exit ;; esac\n"
            + String.join("\n", first)
            + "\nmkdir -p \"$built/lib\" \"$built/documents\"\ncp '"
            + target
            + "'/image/lib/*.jar \"$built/lib\"\ncp -R '"
            + target
            + "'/documents/share \"$built/documents\"\n");
    assertThat(maven.toFile().setExecutable(true)).isTrue();
    return person.with("PATH", maven.getParent() + ":" + System.getenv("PATH"));
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
}
