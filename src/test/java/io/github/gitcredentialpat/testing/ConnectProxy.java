package io.github.gitcredentialpat.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP proxy that leads every CONNECT to one port of this machine: so a client believes that it
 * speaks to dev.azure.com on port 443, and the test needs no rights of root. What is asked in plain
 * http goes to another port.
 */
public final class ConnectProxy implements AutoCloseable {
  private final ServerSocket listener;
  private final int port;
  private final int plainPort;
  private final @Nullable String credentials;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Socket> sockets = new ArrayList<>();
  private final List<Integer> answers = new ArrayList<>();

  /**
   * Starts a proxy on a free port.
   *
   * @param port where a CONNECT leads to
   * @param credentials {@code user:password} that it demands; absent: it lets everybody through
   */
  public ConnectProxy(int port, @Nullable String credentials) throws IOException {
    this(port, port, credentials);
  }

  /**
   * Starts a proxy on a free port.
   *
   * @param port where a CONNECT leads to
   * @param plainPort where a request in plain http leads to
   * @param credentials {@code user:password} that it demands; absent: it lets everybody through
   */
  public ConnectProxy(int port, int plainPort, @Nullable String credentials) throws IOException {
    this.port = port;
    this.plainPort = plainPort;
    this.credentials =
        credentials == null
            ? null
            : Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  /** As {@code http.proxy} wants it. */
  public String address() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  /** 200 or 407 for every request: whether it was let through. */
  public List<Integer> answers() {
    synchronized (answers) {
      return List.copyOf(answers);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    synchronized (sockets) {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
    threads.shutdownNow();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        keep(client);
        threads.execute(() -> serve(client));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void serve(Socket client) {
    try {
      InputStream in = client.getInputStream();
      OutputStream out = client.getOutputStream();
      for (String head = head(in); !head.isEmpty(); head = head(in)) {
        boolean welcome =
            credentials == null || head.contains("\r\nProxy-Authorization: Basic " + credentials);
        synchronized (answers) {
          answers.add(welcome ? 200 : 407);
        }
        if (welcome) {
          boolean connect = head.startsWith("CONNECT ");
          Socket server = new Socket(InetAddress.getLoopbackAddress(), connect ? port : plainPort);
          keep(server);
          if (connect) {
            write(out, "HTTP/1.1 200 Connection established\r\n\r\n");
          } else {
            write(
                server.getOutputStream(), head.replaceFirst("\r\nProxy-Authorization:[^\r]*", ""));
          }
          threads.execute(() -> copy(server, client));
          copy(client, server);
          return;
        }
        write(out, "HTTP/1.1 407 Proxy Authentication Required\r\n");
        write(out, "Proxy-Authenticate: Basic realm=\"proxy\"\r\n");
        write(out, "Content-Length: 0\r\n\r\n");
      }
    } catch (IOException e) {
      // The client went away.
    }
  }

  private void keep(Socket socket) throws IOException {
    socket.setTcpNoDelay(true);
    synchronized (sockets) {
      sockets.add(socket);
    }
  }

  private static void copy(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // One side closed: the other is closed too.
    }
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        return "";
      }
      head.append((char) next);
    }
    return head.toString();
  }
}
