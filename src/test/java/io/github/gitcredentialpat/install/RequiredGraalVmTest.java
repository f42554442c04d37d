package io.github.gitcredentialpat.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said before a native image is compiled for nothing. */
@EnabledOnOs({OS.LINUX, OS.MAC})
final class RequiredGraalVmTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "native-image 25 2025-09-16, 0",
    "native-image 25.0.1 2025-10-21, 0",
    "native-image 26 2026-03-17, 0",
    "native-image 24.0.2 2025-07-15, 1",
    "native-image 21.0.9 2025-10-21, 1",
    "GraalVM 22.3.0 Java 17 CE (Java Version 17.0.5+8-jvmci-22.3-b08), 1"
  })
  void anOldOneIsNamedAtOnce(String told, int status) throws Exception {
    program("bin/native-image", "echo '" + told + "'; echo 'GraalVM 25 something'");
    Script.Result result = require(folder.toString());
    assertThat(result.status()).as(result.toString()).isEqualTo(status);
    if (status != 0) {
      assertThat(result.err())
          .contains(folder.toString(), "; set GRAALVM_HOME to a GraalVM of JDK 25 or newer")
          .hasLineCount(1);
    } else {
      assertThat(result.err()).isEmpty();
    }
  }

  @Test
  void aJdkWithoutNativeImageIsNone() throws Exception {
    Script.Result result = require("");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).contains(folder + " has no native-image; set GRAALVM_HOME");
  }

  /** GraalVM would link it after minutes, and fail then. */
  @ParameterizedTest
  @ValueSource(strings = {"cc", "gcc"})
  @EnabledOnOs(OS.LINUX)
  void aCompilerThatCannotLinkZlibIsNamedAtOnce(String compiler) throws Exception {
    program("bin/native-image", "echo 'native-image 25.0.1 2025-10-21'");
    program("compilers/" + compiler, "case \" $* \" in *' -lz '*) exit 1 ;; esac");
    Script.Result result = require(folder.toString());
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err())
        .isEqualTo(
            "require-graalvm.sh: "
                + compiler
                + " cannot link zlib (-lz), which native-image needs; apt-get install gcc"
                + " zlib1g-dev\n");
  }

  @BeforeEach
  void provideCompilers() throws Exception {
    program("compilers/cc", "exit 0");
    program("compilers/gcc", "exit 0");
  }

  private void program(String name, String script) throws IOException {
    Path program = folder.resolve(name);
    Files.createDirectories(program.getParent());
    Files.writeString(program, "#!/bin/sh\n" + script + "\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
  }

  private Script.Result require(String graalVm) throws Exception {
    Path script = Path.of("helper/image/require-graalvm.sh").toAbsolutePath();
    Script person = new Script(folder, folder);
    person.with("PATH", folder.resolve("compilers") + ":" + System.getenv("PATH"));
    if (!graalVm.isEmpty()) {
      person.with("GRAALVM_HOME", graalVm);
    }
    return person.run("", List.of("sh", script.toString(), folder.toString()));
  }
}
