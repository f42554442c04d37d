package io.github.gitcredentialpat.command.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.platform.Subprocess;
import io.github.gitcredentialpat.testing.Requires;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The helper in sh, where its agent is not as it should be. */
@EnabledOnOs(OS.LINUX)
final class ShellClientTest {
  @TempDir private Path folder;

  /** Git has no deadline of its own for a helper. */
  @ParameterizedTest
  @ValueSource(strings = {"nc", "socat"})
  void anAgentThatHangsIsLeftInTime(String program) throws Exception {
    Path found = Path.of("/usr/bin", program);
    Requires.present(Files.isExecutable(found), program + " (Debian: netcat-openbsd, socat)");
    Path bin = Files.createDirectory(folder.resolve("bin"));
    for (Path each : List.of(found, Path.of("/bin/cat"))) {
      Path link = bin.resolve(each.getFileName());
      Files.writeString(link, "#!/bin/sh\nexec " + each + " \"$@\"\n");
      assertThat(link.toFile().setExecutable(true)).isTrue();
    }
    String script = ShellClient.script(false);
    String limit = program.equals("nc") ? " -w 30 " : " -t 30 ";
    String impatient = script.replace(limit, limit.replace("30", "1"));
    Path socket = folder.resolve("agent.sock");
    try (ServerSocketChannel hanging = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      hanging.bind(UnixDomainSocketAddress.of(socket));
      Map<String, String> environment =
          Map.of(
              "PATH",
              bin.toString(),
              "HOME",
              folder.toString(),
              "GIT_CREDENTIAL_PAT_SOCKET",
              socket.toString());
      Subprocess run =
          Subprocess.run(
              Subprocess.prepare(List.of("/bin/sh", "-c", impatient, "sh", "get"), environment),
              "protocol=https\nhost=dev.azure.com\npath=contoso\n".getBytes(UTF_8),
              20_000,
              1_000);
      assertThat(run.hasEnded()).isTrue();
      assertThat(run.output()).isEmpty();
    }
  }
}
