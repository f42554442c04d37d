package io.github.gitcredentialpat.secret;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A password, or an {@code authtype} with its {@code credential} (gitcredentials(7)), as bytes that
 * can be wiped. Never shown by {@link #toString}.
 */
public final class Secret {
  private final @Nullable String authtype;
  private final byte[] bytes;

  private Secret(@Nullable String authtype, byte[] bytes) {
    this.authtype = authtype;
    this.bytes = bytes;
  }

  /** A password; the array is kept, not copied, and {@link #wipe} clears it. */
  public static Secret password(byte[] bytes) {
    return new Secret(null, bytes);
  }

  /** A credential for an authentication scheme other than Basic, such as {@code Bearer}. */
  public static Secret credential(String authtype, byte[] bytes) {
    return new Secret(authtype, bytes);
  }

  /**
   * What follows {@code Basic} in an Authorization header (RFC 7617).
   *
   * @return bytes that the caller wipes
   */
  public static byte[] basic(String user, byte[] password) {
    byte[] name = user.getBytes(UTF_8);
    byte[] pair = Arrays.copyOf(name, name.length + 1 + password.length);
    pair[name.length] = ':';
    System.arraycopy(password, 0, pair, name.length + 1, password.length);
    byte[] credential = Base64.getEncoder().encode(pair);
    Arrays.fill(pair, (byte) 0);
    return credential;
  }

  /** The authentication scheme, absent for a password. */
  public @Nullable String authtype() {
    return authtype;
  }

  /** The bytes themselves, not a copy. */
  public byte[] bytes() {
    return bytes;
  }

  /** Whether both are the same secret for the same scheme (schemes compare without case). */
  public boolean sameAs(@Nullable Secret other) {
    if (other == null) {
      return false;
    }
    boolean sameScheme =
        authtype == null
            ? other.authtype == null
            : other.authtype != null && authtype.equalsIgnoreCase(other.authtype);
    return sameScheme && Arrays.equals(bytes, other.bytes);
  }

  /** Overwrites the bytes with zeros. */
  public void wipe() {
    Arrays.fill(bytes, (byte) 0);
  }

  @Override
  public String toString() {
    return "<secret>";
  }
}
