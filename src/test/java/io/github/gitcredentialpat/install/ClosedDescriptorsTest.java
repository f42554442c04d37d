package io.github.gitcredentialpat.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every launcher that sh runs, with standard descriptors closed: what the program opens first would
 * take their places.
 */
@EnabledOnOs(OS.LINUX)
final class ClosedDescriptorsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "git-credential-pat, runtime/bin/java, sh",
    "git-credential-pat, runtime/bin/java, bash",
    "git-credential-pat, runtime/bin/java, bash --posix",
    "windows/git-credential-pat, runtime/bin/java.exe, sh",
    "windows/git-credential-pat, runtime/bin/java.exe, bash"
  })
  void aClosedDescriptorLeadsNowhereAndAnOpenOneStays(String source, String started, String shell)
      throws Exception {
    Path program = folder.resolve(started);
    Path seen = folder.resolve("seen");
    Files.createDirectories(program.getParent());
    // Of this shell itself, which keeps its script out of the way.
    Files.writeString(program, "#!/bin/sh\n(ls -l /proc/$$/fd >'" + seen + "'; exit)\nexit\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    Files.createFile(folder.resolve("jvm.options"));
    Path launcher = folder.resolve("launcher");
    Files.writeString(
        launcher,
        Files.readString(Path.of("helper/launcher", source))
            .replace("'@HOME@'", "@HOME@")
            .replace("@HOME@", folder.toString())
            .replace("@LOCALE@", "C.UTF-8"));
    Path in = Files.createFile(folder.resolve("in"));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    for (int closed = 0; closed < 8; closed++) {
      String[] words = {" <'" + in + "'", " >'" + out + "'", " 2>'" + err + "'"};
      String[] shut = {" <&-", " >&-", " 2>&-"};
      List<String> expected = new ArrayList<>(List.of("" + in, "" + out, "" + err));
      StringBuilder line = new StringBuilder("exec " + shell + " '" + launcher + "' get");
      for (int i = 0; i < 3; i++) {
        boolean isClosed = (closed >> i & 1) == 1;
        line.append(isClosed ? shut[i] : words[i]);
        if (isClosed) {
          expected.set(i, "/dev/null");
        }
      }
      Files.deleteIfExists(seen);
      Script.Result run = new Script(folder, folder).run("", List.of("sh", "-c", line.toString()));
      assertThat(run.status()).as("%s: %s", line, run).isZero();
      List<String> leadTo = new ArrayList<>();
      for (String descriptor : Files.readAllLines(seen)) {
        if (descriptor.matches(".* [012] -> .*")) {
          leadTo.add(descriptor.replaceFirst(".* -> ", ""));
        }
      }
      assertThat(leadTo).as("%s", line).isEqualTo(expected);
      if (Files.exists(err)) {
        assertThat(err).as("%s", line).isEmptyFile();
      }
    }
  }
}
