package io.github.gitcredentialpat.command.agent;

import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.PrivateFiles;
import io.github.gitcredentialpat.platform.UserException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The socket that an agent listens on, in a folder where nobody else can put another one. It goes
 * when the agent ends; one whose agent is gone is replaced, and one of a living agent is not.
 */
final class ListeningSocket implements AutoCloseable {
  /** How many clients wait until they are taken. */
  private static final int BACKLOG = 128;

  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private static final Set<StandardOpenOption> CREATE_OR_WRITE =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);

  private final Path path;
  private final ServerSocketChannel channel;
  private final @Nullable Object file;

  private ListeningSocket(Path path, ServerSocketChannel channel) throws IOException {
    this.path = path;
    this.channel = channel;
    this.file = file(path);
  }

  /**
   * Begins to listen.
   *
   * @param rights of the socket, such as {@code rw-------}
   * @throws UserException when another agent is there, or others may write to the folder
   */
  static ListeningSocket open(Path path, String rights) throws UserException, IOException {
    if (!path.isAbsolute() || path.getParent() == null) {
      throw UserException.wrongUsage("--socket takes an absolute path");
    }
    Path folder = path.getParent();
    PrivateFiles.makeFolder(folder);
    refuseOpenFolder(folder);
    Path lock = path.resolveSibling(path.getFileName() + ".lock");
    // Of two that start at once, one must not replace the new socket of the other.
    try (FileChannel start = FileChannel.open(lock, CREATE_OR_WRITE, PRIVATE)) {
      if (!PrivateFiles.tryLock(start)) {
        throw UserException.couldNot("another agent is starting at " + path);
      }
      try {
        replaceOld(path);
        return listen(path, rights);
      } finally {
        Files.deleteIfExists(lock);
      }
    }
  }

  private static ListeningSocket listen(Path path, String rights)
      throws UserException, IOException {
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    boolean done = false;
    try {
      channel.bind(UnixDomainSocketAddress.of(path), BACKLOG);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(rights));
      done = true;
      return new ListeningSocket(path, channel);
    } catch (SocketException e) {
      throw UserException.couldNot("cannot listen at " + path + PrivateFiles.reason(e));
    } finally {
      if (!done) {
        channel.close();
      }
    }
  }

  /** In a folder that others may write to, they could put their own socket in place of this one. */
  private static void refuseOpenFolder(Path folder) throws UserException, IOException {
    Set<PosixFilePermission> rights = Files.getPosixFilePermissions(folder);
    boolean isOpen =
        rights.contains(PosixFilePermission.GROUP_WRITE)
            || rights.contains(PosixFilePermission.OTHERS_WRITE);
    if (isOpen) {
      throw UserException.couldNot("other users may write to " + folder + "; choose another folder")
          .withHint("ls -ld " + Console.word(folder.toString()));
    }
  }

  private static void replaceOld(Path path) throws UserException, IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    BasicFileAttributes attributes =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isOther()) {
      throw UserException.couldNot(path + " is there, and is not a socket");
    }
    if (answers(path)) {
      throw UserException.couldNot("another agent listens at " + path);
    }
    Files.delete(path);
  }

  private static boolean answers(Path path) throws IOException {
    try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      // It does not wait: who has too many clients to take one more is alive as well.
      client.configureBlocking(false);
      client.connect(UnixDomainSocketAddress.of(path));
      return true;
    } catch (ConnectException e) {
      return false;
    } catch (IOException e) {
      return !String.valueOf(e.getMessage()).contains("refused");
    }
  }

  /** Where clients come in. */
  ServerSocketChannel channel() {
    return channel;
  }

  /** The user who listens. */
  UserPrincipal owner() throws IOException {
    return Files.getOwner(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static @Nullable Object file(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }

  /** Ends it, and removes the socket unless somebody else has put another one there. */
  @Override
  public void close() throws IOException {
    channel.close();
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && file != null && file.equals(file(path))) {
      Files.deleteIfExists(path);
    }
  }
}
