package io.github.gitcredentialpat.endtoend;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stands before a server, under an address that stays: for its clients the server is killed,
 * restarted, or says nothing more, in the midst of its answers.
 */
final class Relay {
  /** How the server is for its clients. */
  enum State {
    UP,
    /** As killed: connections are reset, and nobody listens. */
    DOWN,
    /** As halted: connections are made, and no byte comes through. */
    SILENT
  }

  private static final int BACKLOG = 512;

  private final int port;
  private final String first;
  private final InetSocketAddress address;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<Socket> affected = new HashSet<>();
  private ServerSocket listener;
  private State state = State.UP;

  /**
   * Starts on a free port.
   *
   * @param port where the server listens
   * @param first how those connections begin that are meant; empty: all of them
   */
  Relay(int port, String first) throws IOException {
    this.port = port;
    this.first = first;
    listener = listenBelowClients();
    address = (InetSocketAddress) listener.getLocalSocketAddress();
    listen(listener);
  }

  /** Clients are given higher ports by Linux: one of them would have ours while nobody listens. */
  private static ServerSocket listenBelowClients() throws IOException {
    for (int next = 20_000; next < 32_000; next++) {
      try {
        return new ServerSocket(next, BACKLOG, InetAddress.getLoopbackAddress());
      } catch (IOException e) {
        // Another one has it.
      }
    }
    throw new IOException("no port is free");
  }

  /** An address for http. */
  String address() {
    return "http://127.0.0.1:" + address.getPort();
  }

  /** From now on it is like this. Returns what it is. */
  synchronized State become(State next) throws IOException {
    state = next;
    if (next == State.DOWN) {
      if (first.isEmpty()) {
        listener.close();
      }
      for (Socket each : affected) {
        reset(each);
      }
      affected.clear();
    } else if (listener.isClosed()) {
      listener = new ServerSocket();
      listener.setReuseAddress(true);
      listener.bind(address, BACKLOG);
      listen(listener);
    }
    notifyAll();
    return state;
  }

  private void listen(ServerSocket socket) {
    threads.execute(
        () -> {
          try {
            while (true) {
              Socket client = socket.accept();
              threads.execute(() -> serve(client));
            }
          } catch (IOException e) {
            // Nobody listens any more.
          }
        });
  }

  private void serve(Socket client) {
    try {
      client.setTcpNoDelay(true);
      byte[] beginning = new byte[8192];
      int length = client.getInputStream().read(beginning);
      if (length < 0) {
        client.close();
        return;
      }
      Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
      server.setTcpNoDelay(true);
      boolean isMeant = new String(beginning, 0, length, US_ASCII).startsWith(first);
      if (isMeant && !take(client, server)) {
        return;
      }
      if (isMeant) {
        awaitSpeech();
      }
      server.getOutputStream().write(beginning, 0, length);
      threads.execute(() -> copy(server, client, isMeant));
      copy(client, server, isMeant);
    } catch (IOException e) {
      close(client);
    }
  }

  /** Whether they may speak with each other; else both are reset. */
  private synchronized boolean take(Socket client, Socket server) {
    if (state == State.DOWN) {
      reset(client);
      reset(server);
      return false;
    }
    affected.add(client);
    affected.add(server);
    return true;
  }

  private synchronized void awaitSpeech() throws IOException {
    try {
      while (state == State.SILENT) {
        wait();
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private void copy(Socket from, Socket to, boolean isMeant) {
    byte[] buffer = new byte[8192];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        if (isMeant) {
          awaitSpeech();
        }
        out.write(buffer, 0, length);
      }
    } catch (IOException e) {
      // One side closed, or was reset: the other is closed too.
    } finally {
      close(from);
      close(to);
    }
  }

  private synchronized void close(Socket socket) {
    affected.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone.
    }
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // It is gone.
    }
  }
}
