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

/**
 * What {@code install/verify.sh --all} tests, where something that only takes notes stands for
 * Maven: a native image wherever a GraalVM is or can be made.
 */
@EnabledOnOs(OS.LINUX)
@Tag("slow")
final class VerifyTest {
  /** What fails once is run once more. */
  private static final String AGAIN_OF_IMAGES = " -Dfailsafe.rerunFailingTestsCount=1";

  private static final String AGAIN = " -Dsurefire.rerunFailingTestsCount=1" + AGAIN_OF_IMAGES;

  @TempDir Path folder;
  private Path graalvm;
  private Path notes;
  private Path shared;
  private Script person;

  @BeforeEach
  void makeAProject() throws Exception {
    Path project = Files.createDirectory(folder.resolve("project"));
    for (String part : List.of("install", ".ci", "helper/image", "src/test/sh")) {
      Files.createDirectories(project.resolve(part));
    }
    for (String script : List.of("install/verify.sh", "install/common.sh", ".ci/run")) {
      Files.copy(Path.of(script), project.resolve(script));
      assertThat(project.resolve(script).toFile().setExecutable(true)).isTrue();
    }
    program(project.resolve("helper/image/build-image.sh"), "exit 0");
    Path programs = Files.createDirectory(folder.resolve("programs"));
    notes = folder.resolve("notes");
    program(
        programs.resolve("mvn"),
        "echo \"$GRAALVM_HOME|$GIT_CREDENTIAL_PAT_HELPER|$*\" >>'" + notes + "'");
    program(programs.resolve("shellcheck"), "exit 0");
    program(programs.resolve("dpkg-query"), "echo 'install ok installed'");
    program(programs.resolve("apt-cache"), "exit 1");
    shared = Files.createDirectories(folder.resolve("shared/native-builder"));
    Path home = Files.createDirectory(folder.resolve("home"));
    graalvm = home.resolve(".cache/git-credential-pat/graalvm");
    person =
        new Script(home, project)
            .with("PATH", programs + ":/usr/bin:/bin")
            .with("GIT_CREDENTIAL_PAT_TRIXIE", folder.toString())
            .with("GIT_CREDENTIAL_PAT_GIT_SOURCE", folder.toString());
  }

  @Test
  void withoutAGraalVmItSaysSoAndTestsAJavaRuntime() throws Exception {
    Script.Result run = verify();
    assertThat(run.out())
        .contains("== NO NATIVE IMAGE is built and tested, a Java runtime is: there is no GraalVM");
    assertThat(Files.readAllLines(notes).get(0))
        .isEqualTo("||-B -ntp -Ppackages" + AGAIN + " verify");
  }

  @Test
  void aGraalVmThatIsTooOldIsNamedAndNoOtherTaken() throws Exception {
    assemble("echo never >'" + notes + "'");
    makeGraalVm(folder.resolve("old"), "21.0.2");
    person.with("GRAALVM_HOME", folder.resolve("old").toString());
    assertThat(verify().out()).contains("== NO NATIVE IMAGE", "old is for JDK 21;");
    assertThat(Files.readAllLines(notes).get(0)).contains("-Ppackages" + AGAIN + " verify");
  }

  @Test
  void theOneThatIsNamedIsTaken() throws Exception {
    assemble("exit 9");
    makeGraalVm(folder.resolve("mine"), "25.0.1");
    person.with("GRAALVM_HOME", folder.resolve("mine").toString());
    assertThat(verify().out()).doesNotContain("NO NATIVE IMAGE");
    assertThat(Files.readAllLines(notes).get(0))
        .isEqualTo(folder.resolve("mine") + "||-B -ntp -Pnative,packages" + AGAIN + " verify");
    assertThat(graalvm).doesNotExist();
  }

  /** As GraalVM installs it: what is in bin leads to where the program is. */
  @Test
  void theOneOnThePathIsTakenThroughItsLinks() throws Exception {
    assemble("exit 9");
    Path mine = folder.resolve("mine");
    makeGraalVm(mine, "25.0.1");
    Files.createDirectories(mine.resolve("lib/svm/bin"));
    Files.move(mine.resolve("bin/native-image"), mine.resolve("lib/svm/bin/native-image"));
    Files.createSymbolicLink(
        mine.resolve("bin/native-image"), Path.of("../lib/svm/bin/native-image"));
    Files.createSymbolicLink(
        folder.resolve("programs/native-image"), mine.resolve("bin/native-image"));
    assertThat(verify().out()).doesNotContain("NO NATIVE IMAGE");
    assertThat(Files.readAllLines(notes).get(0))
        .isEqualTo(mine + "||-B -ntp -Pnative,packages" + AGAIN + " verify");
  }

  @Test
  void aBuilderIsPutTogetherOnceAndBothFormsAreTested() throws Exception {
    makeGraalVm(folder.resolve("made"), "25.0.1");
    assemble("[ ! -e \"$1\" ] && mkdir \"$1\" && cp -R '" + folder + "/made' \"$1/jdk\"");
    assertThat(verify().out()).contains("== Putting a builder of native images together in ");
    assertThat(graalvm.getParent().toFile().list()).containsOnly("graalvm", "graalvm.log");
    assertThat(Files.readAllLines(notes))
        .startsWith(
            graalvm + "/jdk||-B -ntp -Pnative,packages" + AGAIN + " verify",
            graalvm
                + "/jdk|"
                + folder
                + "/project/target/image/bin/git-credential-pat|-B -ntp"
                + AGAIN_OF_IMAGES
                + " failsafe:integration-test"
                + " failsafe:verify -Dit.test=CommandsIT,ChosenStoresIT,MovingInIT");
    assemble("exit 9");
    Files.delete(notes);
    assertThat(verify().out()).doesNotContain("Putting", "NO NATIVE IMAGE");
    assertThat(Files.readAllLines(notes).get(0)).startsWith(graalvm + "/jdk|");
  }

  @Test
  void aBuilderThatCannotBePutTogetherIsSaidAndNothingHalfIsTaken() throws Exception {
    // As a run leaves it that was killed.
    Files.createDirectories(graalvm.resolveSibling("graalvm.part/jdk"));
    assemble("mkdir -p \"$1/jdk/bin\"; cp /bin/true \"$1/jdk/bin/native-image\"; exit 1");
    assertThat(verify().out())
        .contains("== NO NATIVE IMAGE", "none could be put together, see " + graalvm + ".log");
    assertThat(graalvm).doesNotExist();
    assertThat(Files.readAllLines(notes).get(0))
        .contains("|-B -ntp -Ppackages" + AGAIN + " verify");
  }

  private void assemble(String script) throws IOException {
    program(shared.resolve("assemble.sh"), script);
  }

  private Script.Result verify() throws Exception {
    Script.Result run = person.run("", List.of(".ci/run"));
    assertThat(run.status()).as(run.toString()).isZero();
    return run;
  }

  private static void makeGraalVm(Path folder, String version) throws IOException {
    Files.createDirectories(folder.resolve("bin"));
    for (String name : List.of("native-image", "javac")) {
      program(folder.resolve("bin").resolve(name), "exit 1");
    }
    Files.writeString(folder.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
  }

  private static void program(Path path, String script) throws IOException {
    Files.writeString(path, "#!/bin/sh\n" + script + "\n");
    assertThat(path.toFile().setExecutable(true)).isTrue();
  }
}
