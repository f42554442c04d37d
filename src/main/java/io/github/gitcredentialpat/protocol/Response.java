package io.github.gitcredentialpat.protocol;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** An answer to git: attributes in the format of git-credential(1), written in one piece. */
public final class Response {
  /**
   * What {@code capability} answers: the version of the format and what this helper understands.
   */
  public static final String CAPABILITIES = "version 0\ncapability authtype\ncapability state\n";

  private byte[] bytes = new byte[8192];
  private int length;

  /** An empty answer. */
  public Response() {}

  /** Adds an attribute. */
  public void add(String key, String value) {
    add(key, value.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Adds an attribute.
   *
   * @throws IllegalArgumentException when the value holds a line feed or a NUL, which would let it
   *     forge further attributes (CVE-2020-5260)
   */
  public void add(String key, byte[] value) {
    for (byte b : value) {
      if (b == '\n' || b == 0) {
        throw new IllegalArgumentException("the stored " + key + " contains a line feed or NUL");
      }
    }
    byte[] name = key.getBytes(StandardCharsets.ISO_8859_1);
    int needed = length + name.length + value.length + 2;
    if (needed > bytes.length) {
      byte[] larger = Arrays.copyOf(bytes, 2 * needed);
      Arrays.fill(bytes, (byte) 0);
      bytes = larger;
    }
    append(name, name.length);
    bytes[length++] = '=';
    append(value, value.length);
    bytes[length++] = '\n';
  }

  private void append(byte[] source, int count) {
    System.arraycopy(source, 0, bytes, length, count);
    length += count;
  }

  /** Writes the answer and wipes it. */
  public void writeTo(OutputStream out) throws IOException {
    try {
      if (length > 0) {
        out.write(bytes, 0, length);
        out.flush();
      }
    } finally {
      Arrays.fill(bytes, (byte) 0);
      length = 0;
    }
  }
}
