package io.github.gitcredentialpat.command.agent;

import io.github.gitcredentialpat.command.agent.Conversation.Shared;
import io.github.gitcredentialpat.platform.Console;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Takes clients as they come, each in a thread of its own, so that none holds up another; who comes
 * when there are too many is told so.
 */
final class AgentServer implements AutoCloseable {
  private static final int MOST_CLIENTS = 128;
  private static final long READ_MILLIS = 5_000;
  private static final long PAUSE_MILLIS = 100;

  private final ServerSocketChannel listener;
  private final Shared shared;
  private final ScheduledThreadPoolExecutor clock =
      new ScheduledThreadPoolExecutor(1, task -> daemon(task, "clock"));
  private final ExecutorService threads =
      Executors.newCachedThreadPool(task -> daemon(task, "client"));
  private final Semaphore clients;

  /** A server of clients of this socket. */
  AgentServer(
      ServerSocketChannel listener, Grant grant, Helper helper, AgentLog log, Console messages) {
    this(listener, grant, helper, log, messages, READ_MILLIS, MOST_CLIENTS);
  }

  /** The same with other limits, for tests. */
  AgentServer(
      ServerSocketChannel listener,
      Grant grant,
      Helper helper,
      AgentLog log,
      Console messages,
      long readMillis,
      int mostClients) {
    this.listener = listener;
    clients = new Semaphore(mostClients);
    shared = new Shared(grant, new Answerer(grant, helper), log, messages, clock, readMillis);
    clock.setRemoveOnCancelPolicy(true);
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Serves until the socket is closed. */
  void serve() throws InterruptedException {
    while (listener.isOpen()) {
      try {
        serve(listener.accept());
      } catch (IOException | RuntimeException | Error e) {
        // As when the process has no more file descriptors or threads: those who are here will be
        // done, and make room.
        shared.messages().trace(e);
        Thread.sleep(PAUSE_MILLIS);
      }
    }
  }

  private void serve(SocketChannel client) throws IOException {
    if (!clients.tryAcquire()) {
      try (Reply busy = Reply.busy()) {
        shared.log().add("-", "-", busy.outcome());
        // It fits into what the system keeps for the client, so that this waits for nobody.
        Conversation.write(client, busy);
      } finally {
        Future<?> unused =
            clock.schedule(
                () -> Conversation.close(client, shared.messages()),
                Conversation.FAREWELL_MILLIS,
                TimeUnit.MILLISECONDS);
      }
      return;
    }
    boolean isTaken = false;
    try {
      threads.execute(
          () -> {
            try {
              new Conversation(client, shared).run();
            } finally {
              clients.release();
            }
          });
      isTaken = true;
    } finally {
      if (!isTaken) {
        clients.release();
        client.close();
      }
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    threads.shutdownNow();
    clock.shutdownNow();
  }
}
