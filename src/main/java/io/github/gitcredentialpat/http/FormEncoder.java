package io.github.gitcredentialpat.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** Encodes names and values for a query or a form, as bytes that can be wiped. */
public final class FormEncoder {
  private static final String HEX = "0123456789ABCDEF";

  private byte[] bytes = new byte[1024];
  private int size;

  /** Adds a value that is no secret. */
  public FormEncoder add(String name, String value) {
    return add(name, value.getBytes(UTF_8));
  }

  /** Adds a value, which is copied. */
  public FormEncoder add(String name, byte[] value) {
    if (size > 0) {
      put('&');
    }
    encode(name.getBytes(UTF_8));
    put('=');
    encode(value);
    return this;
  }

  /** A copy of all of it. */
  public byte[] bytes() {
    return Arrays.copyOf(bytes, size);
  }

  /** Overwrites it with zeros. */
  public void wipe() {
    Arrays.fill(bytes, (byte) 0);
  }

  /** The query string; only for parameters without a secret. */
  public String query() {
    return new String(bytes, 0, size, UTF_8);
  }

  private void encode(byte[] value) {
    for (byte b : value) {
      if (isUnreserved(b)) {
        put(b);
      } else {
        put('%');
        put(HEX.charAt((b & 0xff) >> 4));
        put(HEX.charAt(b & 15));
      }
    }
  }

  /**
   * RFC 3986's unreserved characters, and {@code $}, with which Azure DevOps' query parameters
   * begin.
   */
  private static boolean isUnreserved(byte b) {
    return (b >= 'a' && b <= 'z')
        || (b >= 'A' && b <= 'Z')
        || (b >= '0' && b <= '9')
        || "-._~$".indexOf(b) >= 0;
  }

  private void put(int b) {
    if (size == bytes.length) {
      byte[] larger = Arrays.copyOf(bytes, 2 * size);
      wipe();
      bytes = larger;
    }
    bytes[size++] = (byte) b;
  }
}
