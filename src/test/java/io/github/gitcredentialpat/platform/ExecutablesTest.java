package io.github.gitcredentialpat.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Other programs are found where nobody else can have put them. */
final class ExecutablesTest {
  private static final String PROGRAM = "git-credential-pat-test-program";

  @TempDir Path folder;

  private Path program(Path in, String permissions) throws IOException {
    Path program = Files.writeString(Files.createDirectories(in).resolve(PROGRAM), "#!/bin/sh\n");
    return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString(permissions));
  }

  private static Path found(String path) {
    return Executables.find(PROGRAM, Map.of("PATH", path));
  }

  @Test
  void theFirstOnThePathIsFound() throws IOException {
    Path second = program(folder.resolve("b"), "rwxr-xr-x");
    program(folder.resolve("c"), "rwxr-xr-x");
    assertThat(found(folder.resolve("a") + "::" + second.getParent() + ":" + folder.resolve("c")))
        .isEqualTo(second);
  }

  @Test
  void whatEverybodyMayWriteIsPassedOver() throws IOException {
    program(folder.resolve("a"), "rwxr-xrwx");
    Path open = program(folder.resolve("b"), "rwxr-xr-x").getParent();
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path good = program(folder.resolve("c"), "rwxr-xr-x");
    assertThat(found(folder.resolve("a") + ":" + open + ":" + good.getParent())).isEqualTo(good);
    assertThat(found(folder.resolve("a") + ":" + open)).isNull();
  }

  @Test
  void whatIsNoProgramIsPassedOver() throws IOException {
    program(folder.resolve("a"), "rw-r--r--");
    Files.createDirectories(folder.resolve("b").resolve(PROGRAM));
    assertThat(found(folder.resolve("a") + ":" + folder.resolve("b"))).isNull();
  }

  @Test
  void theWorkingDirectoryAndWhatLiesInItArePassedOver() throws IOException {
    Path here = Path.of(System.getProperty("user.dir"));
    Path below = Files.createTempDirectory(here.resolve("target"), "programs");
    try {
      program(below, "rwxr-xr-x");
      assertThat(found(below.toString())).isNull();
      assertThat(found(here.relativize(below).toString())).isNull();
      assertThat(found(below.getParent().resolve("other/..") + "/" + below.getFileName())).isNull();
    } finally {
      Files.delete(below.resolve(PROGRAM));
      Files.delete(below);
    }
  }

  @Test
  void belowTheHomeFolderLieAPersonsOwnProgramsWhereverTheyStand() throws IOException {
    Path here = Path.of(System.getProperty("user.dir"));
    Path below = Files.createTempDirectory(here.resolve("target"), "programs");
    try {
      Path own = program(below, "rwxr-xr-x");
      for (Path home : List.of(here, here.resolve("user"))) {
        assertThat(
                Executables.find(
                    PROGRAM, Map.of("PATH", below.toString(), "HOME", home.toString())))
            .isEqualTo(own);
      }
    } finally {
      Files.delete(below.resolve(PROGRAM));
      Files.delete(below);
    }
  }

  @Test
  void withoutAPathNothingIsFoundButWhatIsInstalled() {
    assertThat(Executables.find("sh", Map.of())).isNull();
    assertThat(Executables.findInstalled("env", Map.of())).isEqualTo(Path.of("/usr/bin/env"));
  }
}
