package io.github.gitcredentialpat.command.agent;

import io.github.gitcredentialpat.command.agent.Reply.Refusal;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.protocol.ProtocolException;
import io.github.gitcredentialpat.store.agent.AgentSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.attribute.UserPrincipal;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;

/** One client, from its first byte to the end of its answer. */
final class Conversation implements Runnable {
  /** What all conversations of an agent share. */
  record Shared(
      Grant grant,
      Answerer answerer,
      AgentLog log,
      Console messages,
      ScheduledExecutorService clock,
      long readMillis) {}

  /** A client that does not take its answer holds a thread for as long. */
  static final long FAREWELL_MILLIS = 1_000;

  /** More than all else together. */
  private static final long ALL_MILLIS = 60_000;

  private final SocketChannel channel;
  private final Shared shared;
  private String user = "-";
  private String what = "-";
  private volatile boolean late;

  Conversation(SocketChannel channel, Shared shared) {
    this.channel = channel;
    this.shared = shared;
  }

  @Override
  public void run() {
    Future<?> end = after(ALL_MILLIS, this::close);
    try (channel) {
      answer();
    } catch (IOException e) {
      shared.messages().trace(e);
    } finally {
      end.cancel(false);
    }
  }

  private void answer() throws IOException {
    try (Reply reply = reply()) {
      say(reply);
    } catch (RuntimeException | Error e) {
      // Before the connection ends, as all that is said of a request.
      shared.messages().trace(e);
      shared.log().add(user, what, "internal error (" + e.getClass().getSimpleName() + ")");
    }
  }

  private Future<?> after(long millis, Runnable task) {
    return shared.clock().schedule(task, millis, TimeUnit.MILLISECONDS);
  }

  private Reply reply() {
    try {
      UserPrincipal peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
      user = peer.getName();
      if (!shared.grant().users().contains(peer)) {
        return Reply.refused(Refusal.USER, "the agent does not answer the user " + user, null);
      }
      try (ClientMessage message = read()) {
        what = shared.answerer().describe(message);
        return shared.answerer().answer(message);
      }
    } catch (ProtocolException e) {
      return Reply.refused(Refusal.REQUEST, "broken request: " + e.getMessage(), null);
    } catch (IOException e) {
      shared.messages().trace(e);
      return Reply.refused(Refusal.FAILED, "the agent could not do it", null);
    }
  }

  private ClientMessage read() throws IOException, ProtocolException {
    Future<?> limit =
        after(
            shared.readMillis(),
            () -> {
              late = true;
              stopReading();
            });
    ClientMessage message;
    try {
      message = ClientMessage.read(channel);
    } catch (ProtocolException e) {
      throw late ? new ProtocolException("it did not come in time") : e;
    } finally {
      limit.cancel(false);
    }
    if (late) {
      message.close();
      throw new ProtocolException("it did not come in time");
    }
    return message;
  }

  /** Adds a line to the log and writes the answer. */
  private void say(Reply reply) throws IOException {
    // First: no token leaves without its line.
    shared.log().add(user, what, reply.outcome());
    write(channel, reply);
    // What it still sends is read: else the system would end the connection over our answer.
    Future<?> farewell = after(FAREWELL_MILLIS, this::close);
    ByteBuffer rest = ByteBuffer.allocateDirect(8192);
    try {
      while (channel.read(rest) >= 0) {
        rest.clear();
      }
    } finally {
      farewell.cancel(false);
      AgentSocket.wipe(rest);
    }
  }

  /** Writes an answer and ends it. */
  static void write(SocketChannel channel, Reply reply) throws IOException {
    AgentSocket.send(channel, reply.bytes());
  }

  private void stopReading() {
    try {
      channel.shutdownInput();
    } catch (IOException e) {
      shared.messages().trace(e);
    }
  }

  private void close() {
    close(channel, shared.messages());
  }

  /** Ends a client's connection. */
  static void close(SocketChannel channel, Console messages) {
    try {
      channel.close();
    } catch (IOException e) {
      messages.trace(e);
    }
  }
}
