package io.github.gitcredentialpat.store.openbao;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.openbao.KeyValue;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An entry as the fields of a secret, made to be read and written by people as well: {@code bao kv
 * get -field=token}, {@code bao kv put … token=- expires_at=2027-02-01}. Times are written in ISO
 * 8601 and UTC; read are also days, and seconds since the epoch.
 */
final class Fields {
  private static final String TOKEN = "token";
  private static final String AUTHTYPE = "authtype";
  private static final String EXPIRES_AT = "expires_at";
  private static final String EXPIRY_FROM = "expiry_from";
  private static final String REFRESH_TOKEN = "refresh_token";
  private static final String STORED_AT = "stored_at";
  private static final String SET_ASIDE_AT = "set_aside_at";
  private static final String NAME = "name";
  private static final String SCOPES = "scopes";
  private static final String AUTHORIZATION_ID = "authorization_id";

  /** All of ours; others stay as they are. */
  static final Set<String> NAMES =
      Set.of(
          TOKEN,
          AUTHTYPE,
          EXPIRES_AT,
          EXPIRY_FROM,
          REFRESH_TOKEN,
          STORED_AT,
          SET_ASIDE_AT,
          NAME,
          SCOPES,
          AUTHORIZATION_ID);

  private static final int DIGITS_OF_SECONDS = 12;

  private Fields() {}

  /** The fields of an entry. */
  static Map<String, String> of(Entry entry) throws StoreException {
    Map<String, String> fields = new HashMap<>();
    fields.put(TOKEN, text(entry, entry.secret()));
    if (entry.secret().authtype() != null) {
      fields.put(AUTHTYPE, entry.secret().authtype());
    }
    if (entry.refreshToken() != null) {
      fields.put(REFRESH_TOKEN, text(entry, entry.refreshToken()));
    }
    Expiry expiry = entry.expiry();
    if (expiry != null) {
      fields.put(EXPIRES_AT, Instant.ofEpochSecond(expiry.at()).toString());
      fields.put(EXPIRY_FROM, expiry.source().word());
    }
    fields.put(STORED_AT, Instant.ofEpochSecond(entry.storedAt()).toString());
    if (entry.setAsideAt() != 0) {
      fields.put(SET_ASIDE_AT, Instant.ofEpochSecond(entry.setAsideAt()).toString());
    }
    put(fields, NAME, entry.name());
    put(fields, SCOPES, entry.scopes());
    put(fields, AUTHORIZATION_ID, entry.authorizationId());
    return fields;
  }

  private static void put(Map<String, String> fields, String name, @Nullable String text) {
    if (text != null) {
      fields.put(name, text);
    }
  }

  private static String text(Entry entry, Secret secret) throws StoreException {
    for (byte b : secret.bytes()) {
      if (b == '\n' || b == 0) {
        throw refused(entry, " is longer than one line, which git cannot use; not stored");
      }
    }
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(secret.bytes())).toString();
    } catch (CharacterCodingException e) {
      throw refused(entry, " is not text, which OpenBao keeps only; not stored");
    }
  }

  private static StoreException refused(Entry entry, String why) {
    return new StoreException(
        Reason.FAILED, "the secret for " + entry.key().identity().display() + why);
  }

  /**
   * The entry of a secret.
   *
   * @throws StoreException {@code DAMAGED} when it has no token
   */
  static Entry entry(EntryKey key, KeyValue found) throws StoreException {
    String token = line(found.text(TOKEN));
    if (token == null) {
      throw new StoreException(
          Reason.DAMAGED,
          "what OpenBao has for "
              + key.identity().display()
              + (key.user() == null ? "" : " (" + key.user() + ")")
              + " has no field \"token\" of one line");
    }
    String authtype = line(found.text(AUTHTYPE));
    byte[] bytes = token.getBytes(UTF_8);
    String refreshToken = line(found.text(REFRESH_TOKEN));
    long expiresAt = seconds(found.text(EXPIRES_AT));
    long storedAt = seconds(found.text(STORED_AT));
    // Where nothing is said a person typed it.
    return new Entry(
        key,
        authtype == null ? Secret.password(bytes) : Secret.credential(authtype, bytes),
        expiresAt == 0
            ? null
            : new Expiry(
                expiresAt, Expiry.Source.of(found.text(EXPIRY_FROM), Expiry.Source.PERSON)),
        refreshToken == null ? null : Secret.password(refreshToken.getBytes(UTF_8)),
        storedAt == 0 ? seconds(found.createdAt()) : storedAt,
        seconds(found.text(SET_ASIDE_AT)),
        found.text(NAME),
        found.text(SCOPES),
        found.text(AUTHORIZATION_ID));
  }

  /** Without the line end that a file brings along; absent when that leaves several lines. */
  private static @Nullable String line(@Nullable String text) {
    if (text == null) {
      return null;
    }
    String line = text;
    if (line.endsWith("\r\n")) {
      line = line.substring(0, line.length() - 2);
    } else if (line.endsWith("\n")) {
      line = line.substring(0, line.length() - 1);
    }
    return line.indexOf('\n') < 0 && line.indexOf(0) < 0 ? line : null;
  }

  /** Seconds since the epoch of what people and programs write for a time; 0 for anything else. */
  private static long seconds(@Nullable String time) {
    if (time == null || time.isBlank()) {
      return 0;
    }
    String text = time.strip();
    try {
      if (text.length() <= DIGITS_OF_SECONDS && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return Long.parseLong(text);
      }
      long seconds =
          text.indexOf('T') < 0
              ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toEpochSecond()
              : OffsetDateTime.parse(text).toEpochSecond();
      return Math.max(0, seconds);
    } catch (DateTimeException e) {
      return 0;
    }
  }
}
