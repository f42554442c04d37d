package io.github.gitcredentialpat.store.agent;

import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.secret.SecretBuffer;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/** One question to an agent, over a connection of its own, and all of its answer. */
final class AgentCall {
  /** No answer is longer: lines of git's protocol of 64 KB each. */
  private static final int LARGEST = 1 << 20;

  /** What is left of a run to say that the agent did not answer. */
  private static final long RESERVE_MILLIS = 300;

  private final Path socket;
  private final Deadline deadline;

  /** A call that is not made yet, and ends before the run's time is over. */
  AgentCall(Path socket, Deadline deadline) {
    this.socket = socket;
    this.deadline = deadline;
  }

  /**
   * The bytes of the answer, for the caller to wipe.
   *
   * @throws StoreException UNAVAILABLE when nobody listens, TIMEOUT when the time is over, else
   *     FAILED
   */
  byte[] answerTo(SecretBuffer question) throws StoreException {
    Limit limit = null;
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      limit = new Limit(channel, deadline);
      limit.start();
      connect(channel, limit);
      ask(channel, question);
      return read(channel);
    } catch (IOException e) {
      if (limit != null && limit.expired) {
        throw new StoreException(Reason.TIMEOUT, "the agent at " + socket + " does not answer", e);
      }
      throw new StoreException(
          Reason.FAILED, "the agent at " + socket + " ended the connection; repeat the command", e);
    } finally {
      if (limit != null) {
        limit.interrupt();
      }
    }
  }

  private void connect(SocketChannel channel, Limit limit) throws StoreException {
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      if (limit.expired) {
        throw new StoreException(Reason.TIMEOUT, "the agent at " + socket + " does not answer", e);
      }
      throw new StoreException(
              Reason.UNAVAILABLE,
              "no agent at " + socket + " (" + reason(e) + "); start it where the tokens are",
              e)
          .withHint("git-credential-pat agent --for ORG");
    }
  }

  private static String reason(IOException problem) {
    String told = problem.getMessage();
    return told == null ? problem.getClass().getSimpleName() : told.toLowerCase(Locale.ROOT);
  }

  private static void ask(SocketChannel channel, SecretBuffer question) throws IOException {
    try {
      AgentSocket.send(channel, question.bytes());
    } catch (AsynchronousCloseException e) {
      throw e;
    } catch (IOException e) {
      // An agent that has no time for this did not read it, and may have said so.
    }
  }

  private static byte[] read(SocketChannel channel) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(8192);
    byte[] answer = new byte[8192];
    int length = 0;
    try {
      while (!isWhole(answer, length) && channel.read(buffer) >= 0) {
        buffer.flip();
        int more = buffer.remaining();
        if (length + more > LARGEST) {
          throw new IOException("the answer is too long");
        }
        if (length + more > answer.length) {
          byte[] larger = Arrays.copyOf(answer, 2 * (length + more));
          Arrays.fill(answer, (byte) 0);
          answer = larger;
        }
        buffer.get(answer, length, more);
        length += more;
        buffer.clear();
      }
      if (!isWhole(answer, length)) {
        throw new IOException("the answer is cut off");
      }
      return Arrays.copyOf(answer, length);
    } finally {
      AgentSocket.wipe(buffer);
      Arrays.fill(answer, (byte) 0);
    }
  }

  /** Whether the answer has its end, two empty lines: half of a secret must not pass for it. */
  private static boolean isWhole(byte[] answer, int length) {
    return length > 1
        && answer[length - 1] == '\n'
        && answer[length - 2] == '\n'
        && (length == 2 || answer[length - 3] == '\n');
  }

  /** Closes the connection when the time is over, which ends whatever waits for it. */
  private static final class Limit extends Thread {
    private final SocketChannel channel;
    private final Deadline deadline;
    private volatile boolean expired;

    Limit(SocketChannel channel, Deadline deadline) {
      super("agent");
      setDaemon(true);
      this.channel = channel;
      this.deadline = deadline;
    }

    @Override
    public void run() {
      try {
        deadline.awaitAllBut(RESERVE_MILLIS);
        expired = true;
        channel.close();
      } catch (InterruptedException | IOException e) {
        // The call has ended.
      }
    }
  }
}
