package io.github.gitcredentialpat.store.agent;

import io.github.gitcredentialpat.platform.Environment;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The Unix socket of an agent: where it is, who could have put another one there, and how something
 * is said through it.
 */
public final class AgentSocket {
  private static final String NAME = "agent.sock";

  /** The bits of a folder's mode for writing by others than its owner, and the sticky bit. */
  private static final int OTHERS_WRITE = 0022;

  private static final int STICKY = 01000;

  private AgentSocket() {}

  /**
   * The socket that {@code GIT_CREDENTIAL_PAT_SOCKET} names, else the one of this person's own
   * agent.
   */
  public static Path of(Environment surroundings) {
    String named = surroundings.variable("GIT_CREDENTIAL_PAT_SOCKET");
    if (named != null && Environment.isReadable(named)) {
      return Path.of(named);
    }
    Path folder = surroundings.runtimeFolder();
    return (folder == null ? surroundings.stateFolder() : folder).resolve(NAME);
  }

  /**
   * Sends all there is to say, by a buffer of our own: of one that Java makes for it a copy would
   * be left.
   *
   * @param bytes wiped
   */
  public static void send(SocketChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length);
    try {
      buffer.put(bytes).flip();
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.shutdownOutput();
    } finally {
      wipe(buffer);
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /** Overwrites a buffer with zeros. */
  public static void wipe(ByteBuffer buffer) {
    buffer.clear();
    while (buffer.hasRemaining()) {
      buffer.put((byte) 0);
    }
  }

  /**
   * Why nobody should talk to what listens there: another user may have put it there, who would see
   * what is asked and answer with tokens of their choice. Absent where nobody else may; root takes
   * what it was told, as in a container with a socket of the person outside.
   */
  static @Nullable String distrust(Path socket, Environment surroundings) throws IOException {
    if (!socket.isAbsolute()) {
      return "not an absolute path";
    }
    if (File.separatorChar != '/') {
      return null;
    }
    Path folder = socket.getParent();
    if (folder == null) {
      return "not a socket";
    }
    Object self = self(surroundings);
    int mode = (Integer) Files.getAttribute(folder, "unix:mode");
    if (isForeign(folder, self)) {
      return "its folder belongs to another user";
    }
    if ((mode & OTHERS_WRITE) == 0) {
      return null;
    }
    // Nobody else can take away what is in a sticky folder, but put it there beforehand.
    return (mode & STICKY) != 0 && !isForeign(socket, self)
        ? null
        : "other users may write to its folder";
  }

  private static boolean isForeign(Path file, Object self) throws IOException {
    Object owner = Files.getAttribute(file, "unix:uid");
    return !owner.equals(self) && !owner.equals(0) && !self.equals(0);
  }

  /** The number of the user who runs this; where the system does not tell, the home's owner. */
  private static Object self(Environment surroundings) throws IOException {
    Path process = Path.of("/proc/self");
    return Files.getAttribute(
        Files.exists(process) ? process : Path.of(surroundings.home()), "unix:uid");
  }
}
