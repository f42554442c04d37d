package io.github.gitcredentialpat.command.agent;

import io.github.gitcredentialpat.protocol.ProtocolException;
import io.github.gitcredentialpat.protocol.Request;
import io.github.gitcredentialpat.secret.SecretBuffer;
import io.github.gitcredentialpat.store.agent.AgentSocket;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a client sent: a line with the operation, then git's attributes up to an empty line, by
 * which all of it is known from half of it.
 *
 * @param operation one of {@link #GET}, {@link #LIST}, {@link #STORE} and {@link #ERASE}
 * @param request whose secrets the caller wipes
 */
record ClientMessage(String operation, Request request) implements AutoCloseable {
  static final String GET = "get";
  static final String LIST = "list";
  static final String STORE = "store";
  static final String ERASE = "erase";

  /** Git's own are a few hundred bytes. */
  private static final int LARGEST = 1 << 16;

  /**
   * Reads a message.
   *
   * @throws ProtocolException when it is none, with the reason for a person
   */
  static ClientMessage read(SocketChannel channel) throws IOException, ProtocolException {
    // Of a buffer that Java makes for a channel, a copy of a secret would be left.
    ByteBuffer bytes = ByteBuffer.allocateDirect(LARGEST);
    byte[] message = null;
    try {
      while (!isWhole(bytes) && channel.read(bytes) >= 0) {
        if (!bytes.hasRemaining()) {
          throw new ProtocolException("it is larger than 64 KiB");
        }
      }
      if (bytes.position() > 0 && !isWhole(bytes)) {
        // Half of a secret must not be stored, and an erase without one would delete another.
        throw new ProtocolException("it is cut off");
      }
      bytes.flip();
      message = new byte[bytes.remaining()];
      bytes.get(message);
      return of(message);
    } finally {
      AgentSocket.wipe(bytes);
      if (message != null) {
        Arrays.fill(message, (byte) 0);
      }
    }
  }

  /** Whether there is an empty line, behind which nothing is meant. */
  private static boolean isWhole(ByteBuffer bytes) {
    int length = 0;
    boolean isFirst = true;
    for (int i = 0; i < bytes.position(); i++) {
      byte b = bytes.get(i);
      if (b != '\n') {
        length += b == '\r' ? 0 : 1;
      } else if (length == 0 && !isFirst) {
        return true;
      } else {
        length = 0;
        isFirst = false;
      }
    }
    return false;
  }

  private static ClientMessage of(byte[] message) throws IOException, ProtocolException {
    int end = 0;
    while (end < message.length && message[end] != '\n') {
      end++;
    }
    if (message.length == 0) {
      throw new ProtocolException("nothing was sent");
    }
    String operation = operation(new String(message, 0, end, StandardCharsets.ISO_8859_1).strip());
    if (operation == null) {
      throw new ProtocolException("it does not begin with get, list, store or erase");
    }
    int start = Math.min(end + 1, message.length);
    ByteArrayInputStream rest = new ByteArrayInputStream(message, start, message.length - start);
    return new ClientMessage(operation, Request.read(rest));
  }

  private static @Nullable String operation(String word) {
    return switch (word) {
      case GET, LIST, STORE, ERASE -> word;
      default -> null;
    };
  }

  /**
   * The request as this program is asked it, put together anew from what was understood of it. Of a
   * credential that can be renewed, what it is renewed with does not come along.
   */
  SecretBuffer forHelper() {
    SecretBuffer text = new SecretBuffer();
    line(text, "protocol", request.protocol());
    line(text, "host", request.host());
    line(text, "path", request.path());
    line(text, "username", request.username());
    for (String header : request.wwwauth()) {
      text.add("wwwauth[]=").add(header.getBytes(StandardCharsets.ISO_8859_1)).add("\n");
    }
    if (request.offers("authtype")) {
      line(text, "capability[]", "authtype");
    }
    if (!operation.equals(GET)) {
      line(text, "authtype", request.authtype());
      line(text, "password", request.password());
      line(text, "credential", request.credential());
      line(
          text,
          "password_expiry_utc",
          request.passwordExpiry() == 0 ? null : Long.toString(request.passwordExpiry()));
      line(text, "ephemeral", request.ephemeral() ? "1" : null);
    }
    return text.add("\n");
  }

  private static void line(SecretBuffer text, String key, @Nullable String value) {
    if (value != null) {
      line(text, key, value.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void line(SecretBuffer text, String key, byte @Nullable [] value) {
    if (value != null) {
      text.add(key).add("=").add(value).add("\n");
    }
  }

  /** Overwrites the secrets with zeros. */
  @Override
  public void close() {
    request.wipe();
  }
}
