package io.github.gitcredentialpat.secret;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Base64;

/** Text with a secret in it, put together as bytes, of which closing leaves none. */
public final class SecretBuffer implements AutoCloseable {
  private static final String HEX = "0123456789ABCDEF";

  private byte[] bytes = new byte[1024];
  private int length;

  public SecretBuffer add(String text) {
    return add(text.getBytes(UTF_8));
  }

  public SecretBuffer add(byte[] more) {
    for (byte b : more) {
      add(b);
    }
    return this;
  }

  private void add(byte b) {
    if (length == bytes.length) {
      byte[] larger = Arrays.copyOf(bytes, 2 * length);
      Arrays.fill(bytes, (byte) 0);
      bytes = larger;
    }
    bytes[length++] = b;
  }

  /** Adds the secret in base64. */
  public SecretBuffer base64(byte[] secret) {
    byte[] encoded = Base64.getEncoder().encode(secret);
    add(encoded);
    Arrays.fill(encoded, (byte) 0);
    return this;
  }

  /** Adds what follows {@code Basic} in an Authorization header. */
  public SecretBuffer basic(String user, byte[] secret) {
    byte[] credential = Secret.basic(user, secret);
    add(credential);
    Arrays.fill(credential, (byte) 0);
    return this;
  }

  /** Adds it for the inside of a string in double quotes, as JSON and curl's configuration have. */
  public SecretBuffer quoted(byte[] text) {
    for (byte b : text) {
      if (b == '"' || b == '\\') {
        add((byte) '\\');
      }
      add(b);
    }
    return this;
  }

  /** Adds it as the text of an XML element. */
  public SecretBuffer xml(byte[] text) {
    for (byte b : text) {
      switch (b) {
        case '&' -> add("&amp;");
        case '<' -> add("&lt;");
        case '>' -> add("&gt;");
        default -> add(b);
      }
    }
    return this;
  }

  /** Adds it percent-encoded, for the user part of a URL. */
  public SecretBuffer encoded(byte[] text) {
    for (byte b : text) {
      if (isPlain(b)) {
        add(b);
      } else {
        add((byte) '%');
        add((byte) HEX.charAt((b >> 4) & 15));
        add((byte) HEX.charAt(b & 15));
      }
    }
    return this;
  }

  /** Adds it as a word of sh: without quotes where it needs none, for other readers know none. */
  public SecretBuffer word(byte[] text) {
    boolean plain = true;
    for (byte b : text) {
      plain &= isPlain(b) || b == '=' || b == '+' || b == '/';
    }
    if (plain) {
      return add(text);
    }
    add((byte) '\'');
    for (byte b : text) {
      if (b == '\'') {
        add("'\\''");
      } else {
        add(b);
      }
    }
    add((byte) '\'');
    return this;
  }

  private static boolean isPlain(byte b) {
    return (b >= 'a' && b <= 'z')
        || (b >= 'A' && b <= 'Z')
        || (b >= '0' && b <= '9')
        || b == '-'
        || b == '.'
        || b == '_'
        || b == '~';
  }

  /** A copy of all that was added, for the caller to wipe. */
  public byte[] bytes() {
    return Arrays.copyOf(bytes, length);
  }

  /** Writes all that was added, in one piece. */
  public void writeTo(OutputStream out) throws IOException {
    out.write(bytes, 0, length);
    out.flush();
  }

  /** Overwrites it with zeros. */
  @Override
  public void close() {
    Arrays.fill(bytes, (byte) 0);
    length = 0;
  }

  @Override
  public String toString() {
    return "<secret>";
  }
}
