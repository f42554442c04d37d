package io.github.gitcredentialpat.command.handoff;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.platform.Executables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code exec} does by itself on Windows: find the program, and put its environment right. */
final class ExecOnWindowsTest {
  @TempDir Path folder;
  private Path first;
  private Path second;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void makeFolders() throws Exception {
    first = Files.createDirectory(folder.resolve("first"));
    second = Files.createDirectory(folder.resolve("second"));
    environment.put(
        "Path", "." + java.io.File.pathSeparator + first + java.io.File.pathSeparator + second);
    environment.put("PATHEXT", ".EXE;.CMD");
  }

  private static Path program(Path folder, String name) throws Exception {
    Path program = Files.createFile(folder.resolve(name));
    assertThat(program.toFile().setExecutable(true)).isTrue();
    return program;
  }

  private @Nullable Path find(String word) {
    return Executables.findOnWindows(word, environment);
  }

  @Test
  void batchFilesAreFoundByTheirNameAlone() throws Exception {
    Path az = program(second, "az.CMD");
    Path mvn = program(first, "mvn.CMD");
    program(second, "mvn.EXE");
    assertThat(find("az")).isEqualTo(az);
    assertThat(find("az.CMD")).isEqualTo(az);
    // The earlier folder counts, not the earlier ending.
    assertThat(find("mvn")).isEqualTo(mvn);
    assertThat(find("npm")).isNull();
  }

  @Test
  void aFileThatIsNoProgramIsNone() throws Exception {
    program(first, "az");
    program(first, "az.txt");
    assertThat(find("az")).isNull();
    assertThat(find("az.txt")).isNull();
  }

  @Test
  void aWordWithAFolderSaysWhereItIs() throws Exception {
    Path tool = program(folder, "tool.EXE");
    assertThat(find(folder + "/tool")).isEqualTo(tool);
    assertThat(find(tool.toString())).isEqualTo(tool);
    assertThat(find(folder + "/none")).isNull();
  }

  @Test
  void whatTheLauncherChangedIsGivenBack() {
    environment.put("GIT_CREDENTIAL_PAT_WAS_JAVA_TOOL_OPTIONS", "-Dx=y");
    environment.put("GIT_CREDENTIAL_PAT_WAS_MSYS2_ARG_CONV_EXCL", "");
    environment.put("MSYS2_ARG_CONV_EXCL", "*");
    environment.put("LC_ALL", "C");
    ProcessReplacement.restore(environment);
    assertThat(environment)
        .containsEntry("JAVA_TOOL_OPTIONS", "-Dx=y")
        .containsEntry("LC_ALL", "C")
        .doesNotContainKey("MSYS2_ARG_CONV_EXCL")
        .allSatisfy((name, value) -> assertThat(name).doesNotContain("_WAS_"));
  }
}
