package io.github.gitcredentialpat.store;

import io.github.gitcredentialpat.secret.Secret;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The secret part of an entry as bytes, the same in every store: the password on the first line
 * (empty when there is none), then {@code key=value} lines, as git's own libsecret helper writes
 * them.
 */
public final class Payload {
  private Payload() {}

  /**
   * The payload of an entry, for the caller to wipe. In names and scopes, which come from the
   * service or a person, spaces replace control characters.
   *
   * @throws StoreException when a secret holds a line feed, which would begin another field
   */
  public static byte[] encode(Entry entry) throws StoreException {
    Buffer out = new Buffer();
    Secret secret = entry.secret();
    if (hasLineFeed(secret) || hasLineFeed(entry.refreshToken())) {
      throw new StoreException(
          StoreException.Reason.FAILED,
          "the secret for "
              + entry.key().identity().display()
              + " is longer than one line, which git cannot use; not stored");
    }
    if (secret.authtype() == null) {
      out.writeBytes(secret.bytes());
    }
    Expiry expiry = entry.expiry();
    if (expiry != null) {
      out.line("password_expiry_utc", Long.toString(expiry.at()));
    }
    if (entry.refreshToken() != null) {
      out.line("oauth_refresh_token", entry.refreshToken().bytes());
    }
    if (secret.authtype() != null) {
      out.line("authtype", secret.authtype());
      out.line("credential", secret.bytes());
    }
    out.line("name", entry.name());
    out.line("scopes", entry.scopes());
    out.line("authorization_id", entry.authorizationId());
    out.line("stored_at", Long.toString(entry.storedAt()));
    if (expiry != null) {
      out.line("expiry_from", expiry.source().word());
    }
    if (entry.setAsideAt() != 0) {
      out.line("set_aside_at", Long.toString(entry.setAsideAt()));
    }
    byte[] payload = out.toByteArray();
    out.wipe();
    return payload;
  }

  private static boolean hasLineFeed(@Nullable Secret secret) {
    return secret != null && lineEnd(secret.bytes(), 0) < secret.bytes().length;
  }

  /**
   * The entry with this key and payload. Unknown lines are ignored, so that an older program reads
   * what a newer one wrote.
   *
   * @return absent when git could not be answered with it, because its key or secret spans more
   *     than one line
   */
  public static @Nullable Entry decode(EntryKey key, byte[] payload) {
    if (!key.isAnswerable() || holdsNul(payload)) {
      return null;
    }
    int end = lineEnd(payload, 0);
    Secret secret = Secret.password(Arrays.copyOfRange(payload, 0, end));
    Secret refreshToken = null;
    byte[] credential = null;
    String authtype = null;
    String name = null;
    String scopes = null;
    String authorizationId = null;
    String expiryFrom = "git";
    long expiry = 0;
    long storedAt = 0;
    long setAsideAt = 0;
    for (int start = end + 1; start < payload.length; start = end + 1) {
      end = lineEnd(payload, start);
      int equals = start;
      while (equals < end && payload[equals] != '=') {
        equals++;
      }
      if (equals == end) {
        continue;
      }
      String attribute = text(payload, start, equals);
      int value = equals + 1;
      switch (attribute) {
        case "oauth_refresh_token" ->
            refreshToken = Secret.password(Arrays.copyOfRange(payload, value, end));
        case "credential" -> credential = Arrays.copyOfRange(payload, value, end);
        case "authtype" -> authtype = text(payload, value, end);
        case "name" -> name = text(payload, value, end);
        case "scopes" -> scopes = text(payload, value, end);
        case "authorization_id" -> authorizationId = text(payload, value, end);
        case "expiry_from" -> expiryFrom = text(payload, value, end);
        case "password_expiry_utc" -> expiry = seconds(text(payload, value, end));
        case "stored_at" -> storedAt = seconds(text(payload, value, end));
        case "set_aside_at" -> setAsideAt = seconds(text(payload, value, end));
        default -> {}
      }
    }
    if (authtype != null && credential != null) {
      secret = Secret.credential(authtype, credential);
    }
    return new Entry(
        key,
        secret,
        expiry == 0 ? null : new Expiry(expiry, Expiry.Source.of(expiryFrom, Expiry.Source.GIT)),
        refreshToken,
        storedAt,
        setAsideAt,
        name,
        scopes,
        authorizationId);
  }

  private static boolean holdsNul(byte[] payload) {
    for (byte b : payload) {
      if (b == 0) {
        return true;
      }
    }
    return false;
  }

  private static int lineEnd(byte[] payload, int start) {
    int end = start;
    while (end < payload.length && payload[end] != '\n') {
      end++;
    }
    return end;
  }

  private static String text(byte[] payload, int start, int end) {
    return new String(payload, start, end - start, StandardCharsets.UTF_8);
  }

  /** Seconds since the epoch; 0, which means never, for anything that is not such a number. */
  private static long seconds(String text) {
    try {
      return Math.max(0, Long.parseLong(text));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** A buffer that can be wiped. */
  private static final class Buffer extends ByteArrayOutputStream {
    Buffer() {
      // Large enough for nearly all entries, so that growing leaves no copy of a secret behind.
      super(8192);
    }

    void line(String attribute, @Nullable String value) {
      if (value != null) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
          if ((bytes[i] >= 0 && bytes[i] < ' ') || bytes[i] == 0x7f) {
            bytes[i] = ' ';
          }
        }
        line(attribute, bytes);
      }
    }

    void line(String attribute, byte[] value) {
      write('\n');
      writeBytes(attribute.getBytes(StandardCharsets.UTF_8));
      write('=');
      writeBytes(value);
    }

    void wipe() {
      Arrays.fill(buf, (byte) 0);
    }
  }
}
