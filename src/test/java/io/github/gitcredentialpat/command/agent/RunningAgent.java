package io.github.gitcredentialpat.command.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.platform.Console;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** An agent in this process, whose helper is the test's. */
public final class RunningAgent implements AutoCloseable {
  /** What the helper does, in the place of this program. */
  public interface Fake {
    /** What it writes to standard output; what it says to a person begins each line with "err:". */
    String answer(String operation, String request) throws IOException;
  }

  private final ListeningSocket socket;
  private final AgentServer server;
  private final Path path;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final List<String> asked = new CopyOnWriteArrayList<>();

  /** What this agent may do, and for how long it waits. */
  public record Settings(
      List<String> places,
      boolean writable,
      @Nullable UserPrincipal only,
      long readMillis,
      int mostClients) {
    public static Settings of(String... places) {
      return new Settings(List.of(places), false, null, 5_000, 128);
    }

    public Settings thatWrites() {
      return new Settings(places, true, only, readMillis, mostClients);
    }

    public Settings for_(UserPrincipal user) {
      return new Settings(places, writable, user, readMillis, mostClients);
    }

    public Settings with(long millis, int clients) {
      return new Settings(places, writable, only, millis, clients);
    }
  }

  /** Starts one in a folder of its own below this one. */
  public RunningAgent(Path folder, Settings settings, Fake fake) throws Exception {
    path = Files.createTempDirectory(folder, "agent").resolve("agent.sock");
    socket = ListeningSocket.open(path, "rw-------");
    List<Identity> places = new ArrayList<>();
    for (String place : settings.places()) {
      places.add(Resolution.parse(place).identity());
    }
    UserPrincipal user = settings.only() == null ? socket.owner() : settings.only();
    Console messages = new Console(OutputStream.nullOutputStream(), false);
    server =
        new AgentServer(
            socket.channel(),
            new Grant(places, settings.writable(), List.of(user)),
            (words, request) -> run(fake, words, request),
            new AgentLog(log, messages),
            messages,
            settings.readMillis(),
            settings.mostClients());
    Thread thread =
        new Thread(
            () -> {
              try {
                server.serve();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "agent under test");
    thread.setDaemon(true);
    thread.start();
  }

  private Helper.Run run(Fake fake, List<String> words, byte[] request) throws IOException {
    String text = new String(request, UTF_8);
    asked.add(words.get(0) + "\n" + text);
    StringBuilder out = new StringBuilder();
    StringBuilder err = new StringBuilder();
    for (String line : fake.answer(words.get(0), text).split("\n")) {
      if (line.startsWith("err:")) {
        err.append(line.substring(4)).append('\n');
      } else if (!line.isEmpty()) {
        out.append(line).append('\n');
      }
    }
    boolean ended = out.indexOf("HANGS") < 0;
    boolean succeeded = ended && out.indexOf("FAILS") < 0;
    return new Helper.Run(ended, succeeded, out.toString().getBytes(UTF_8), err.toString());
  }

  public Path path() {
    return path;
  }

  /** What the helper was asked so far. */
  public List<String> asked() {
    return List.copyOf(asked);
  }

  /** The lines of the log. */
  public List<String> log() {
    return log.toString(UTF_8).lines().toList();
  }

  /** Sends this, and the end, and returns all that comes back. */
  public String send(String message) throws IOException {
    try (SocketChannel client = connect()) {
      try {
        write(client, message);
        client.shutdownOutput();
      } catch (IOException e) {
        // It was refused before it had sent all.
      }
      return read(client);
    }
  }

  public SocketChannel connect() throws IOException {
    SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX);
    client.connect(UnixDomainSocketAddress.of(path));
    return client;
  }

  public static void write(SocketChannel client, String message) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(message.getBytes(UTF_8));
    while (bytes.hasRemaining()) {
      client.write(bytes);
    }
  }

  /** All that comes, up to the end. */
  public static String read(SocketChannel client) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer bytes = ByteBuffer.allocate(8192);
    while (client.read(bytes) >= 0) {
      all.write(bytes.array(), 0, bytes.position());
      bytes.clear();
    }
    return all.toString(UTF_8);
  }

  /** Makes a folder that everybody may write to. */
  public static Path openFolder(Path folder, String rights) throws IOException {
    Path open = Files.createDirectory(folder.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString(rights));
    return open;
  }

  @Override
  public void close() throws IOException {
    server.close();
    socket.close();
  }
}
