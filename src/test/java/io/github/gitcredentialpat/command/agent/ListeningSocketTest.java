package io.github.gitcredentialpat.command.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gitcredentialpat.platform.UserException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The place where an agent listens. */
@DisabledOnOs(OS.WINDOWS)
final class ListeningSocketTest {
  private static final String PRIVATE = "rw-------";

  @TempDir private Path folder;

  private static String rights(Path file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  /** As an agent leaves it that was killed. */
  private static void leave(Path path) throws Exception {
    try (ServerSocketChannel gone = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      gone.bind(UnixDomainSocketAddress.of(path));
    }
    assertThat(path).exists();
  }

  @Test
  void itIsForItsOwnerAloneAndGoesWithIt() throws Exception {
    Path path = folder.resolve("a/b/agent.sock");
    try (ListeningSocket socket = ListeningSocket.open(path, PRIVATE)) {
      assertThat(rights(path)).isEqualTo("rw-------");
      assertThat(rights(path.getParent())).isEqualTo("rwx------");
      assertThat(socket.owner()).isEqualTo(Files.getOwner(folder));
    }
    assertThat(path.getParent()).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxrwx---", "rwxrwxrwx", "rwx---rwx"})
  void aFolderThatOthersMayWriteToIsRefused(String rights) throws Exception {
    Path open = RunningAgent.openFolder(folder, rights);
    assertThatThrownBy(() -> ListeningSocket.open(open.resolve("agent.sock"), PRIVATE))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("other users may write to " + open);
    assertThat(open).isEmptyDirectory();
  }

  @Test
  void whatAKilledAgentLeftIsReplaced() throws Exception {
    Path path = folder.resolve("agent.sock");
    leave(path);
    try (ListeningSocket socket = ListeningSocket.open(path, PRIVATE)) {
      assertThat(socket.channel().isOpen()).isTrue();
    }
    assertThat(path).doesNotExist();
  }

  @Test
  void thatOfALivingAgentIsNot() throws Exception {
    Path path = folder.resolve("agent.sock");
    try (ListeningSocket living = ListeningSocket.open(path, PRIVATE)) {
      assertThatThrownBy(() -> ListeningSocket.open(path, PRIVATE))
          .isInstanceOf(UserException.class)
          .hasMessage("another agent listens at " + path);
      assertThat(living.channel().isOpen()).isTrue();
      assertThat(path).exists();
    }
  }

  @Test
  void whatIsNoSocketStays() throws Exception {
    Path path = Files.writeString(folder.resolve("agent.sock"), "precious");
    assertThatThrownBy(() -> ListeningSocket.open(path, PRIVATE))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("is not a socket");
    assertThat(path).hasContent("precious");
  }

  @Test
  void theSocketOfASuccessorStays() throws Exception {
    Path path = folder.resolve("agent.sock");
    try (ListeningSocket first = ListeningSocket.open(path, PRIVATE)) {
      assertThat(first.channel().isOpen()).isTrue();
      Files.delete(path);
      leave(path);
    }
    assertThat(path).exists();
  }

  @Test
  void aPathThatIsTooLongForASocketIsSaidToBe() {
    Path path = folder.resolve("x".repeat(120));
    assertThatThrownBy(() -> ListeningSocket.open(path, PRIVATE))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("cannot listen at " + path);
  }
}
