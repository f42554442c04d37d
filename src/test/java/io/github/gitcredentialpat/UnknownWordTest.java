package io.github.gitcredentialpat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** git may learn operations that this program does not know; everybody else mistyped one. */
final class UnknownWordTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(Map<String, String> environment) throws Exception {
    return Main.run(
        new String[] {"refresh"}, new ByteArrayInputStream(new byte[0]), out, err, environment);
  }

  @Test
  void ofGitIsPassedOverInSilence() throws Exception {
    String path = String.join(File.pathSeparator, "/usr/lib/git-core", "/usr/bin");
    assertThat(run(Map.of("PATH", path))).isZero();
    path = String.join(File.pathSeparator, "/home/ada/src/git", "/usr/bin");
    assertThat(run(Map.of("PATH", path, "GIT_EXEC_PATH", "/home/ada/src/git"))).isZero();
    assertThat(out.size() + err.size()).isZero();
  }

  @Test
  void ofAnybodyElseIsWrongUsage() throws Exception {
    assertThat(run(Map.of("PATH", "/usr/bin"))).isEqualTo(2);
    assertThat(err.toString(UTF_8)).contains("refresh");
    assertThat(run(Map.of())).isEqualTo(2);
    assertThat(run(Map.of("PATH", "/usr/bin", "GIT_EXEC_PATH", "/elsewhere"))).isEqualTo(2);
    assertThat(run(Map.of("PATH", "/home/ada/git-core-tools:/usr/bin"))).isEqualTo(2);
  }
}
