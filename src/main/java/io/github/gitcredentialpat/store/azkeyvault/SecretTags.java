package io.github.gitcredentialpat.store.azkeyvault;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.PercentEncoding;
import io.github.gitcredentialpat.keyvault.VaultSecret;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an entry is a secret: its value is the token alone, for whoever else may use it, and all that
 * is known about it stands in tags, which are read without it. The name is a digest of the key.
 */
final class SecretTags {
  private static final String PREFIX = "azdo-";
  private static final int DIGEST = 20;

  /** Key Vault takes no longer value of a tag, and no more than 15 tags. */
  private static final int LONGEST = 256;

  /** In tags, where a text is longer than one. */
  private static final int MOST_OF_URL = 5;

  private static final int MOST_OF_SCOPES = 4;

  private static final String URL = "url";
  private static final String NAME = "name";
  private static final String SCOPES = "scopes";
  private static final String AUTHORIZATION_ID = "authorization-id";
  private static final String STORED_AT = "stored-at";
  private static final String SET_ASIDE_AT = "set-aside-at";
  private static final String EXPIRY_FROM = "expiry-from";

  private SecretTags() {}

  /** The name of the secret for a key. */
  static String name(EntryKey key) {
    Identity identity = key.identity();
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      add(digest, identity.protocol());
      add(digest, identity.host());
      add(digest, identity.path());
      add(digest, key.user());
      return PREFIX + HexFormat.of().formatHex(digest.digest(), 0, DIGEST);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  private static void add(MessageDigest digest, @Nullable String part) {
    digest.update((byte) (part == null ? 0 : 1));
    digest.update(part == null ? new byte[0] : part.getBytes(UTF_8));
    digest.update((byte) 0);
  }

  /** Whether a name has the form of ours: no other secret is ever read or changed. */
  static boolean isOurs(VaultSecret secret) {
    String name = secret.name();
    boolean isOurs = name.startsWith(PREFIX) && name.length() == PREFIX.length() + 2 * DIGEST;
    for (int i = PREFIX.length(); isOurs && i < name.length(); i++) {
      isOurs = name.charAt(i) < 0x7f && Character.digit(name.charAt(i), 16) >= 0;
    }
    return isOurs;
  }

  /** The key of a secret of ours; absent where its tags do not tell, or tell another's. */
  static @Nullable EntryKey key(VaultSecret secret) {
    String url = joined(secret.tags(), URL);
    EntryKey key = url == null ? null : parse(url);
    return key != null && key.isAnswerable() && name(key).equals(secret.name()) ? key : null;
  }

  /**
   * The tags for an entry.
   *
   * @throws StoreException {@code LIMIT} when there is no room for its key
   */
  static Map<String, String> of(Entry entry) throws StoreException {
    Map<String, String> tags = new HashMap<>();
    if (!split(tags, URL, url(entry.key()), MOST_OF_URL)) {
      throw new StoreException(
          Reason.LIMIT,
          "the path is longer than the "
              + MOST_OF_URL * LONGEST
              + " characters that a vault has room for; store it elsewhere, as with --store file");
    }
    // What there is no room for is left out: it can be asked of the service again.
    split(tags, NAME, oneLine(entry.name()), 1);
    split(tags, SCOPES, oneLine(entry.scopes()), MOST_OF_SCOPES);
    split(tags, AUTHORIZATION_ID, oneLine(entry.authorizationId()), 1);
    tags.put(STORED_AT, Instant.ofEpochSecond(entry.storedAt()).toString());
    if (entry.setAsideAt() != 0) {
      tags.put(SET_ASIDE_AT, Instant.ofEpochSecond(entry.setAsideAt()).toString());
    }
    if (entry.expiry() != null) {
      tags.put(EXPIRY_FROM, entry.expiry().source().word());
    }
    return tags;
  }

  /** The entry that a secret with its value is. */
  static Entry entry(EntryKey key, VaultSecret secret) {
    Map<String, String> tags = secret.tags();
    long storedAt = seconds(tags.get(STORED_AT));
    // Without a tag it was a person who set the end, in the vault.
    return new Entry(
        key,
        Secret.password(secret.value()),
        secret.expires() == 0
            ? null
            : new Expiry(
                secret.expires(), Expiry.Source.of(tags.get(EXPIRY_FROM), Expiry.Source.PERSON)),
        null,
        storedAt == 0 ? secret.created() : storedAt,
        seconds(tags.get(SET_ASIDE_AT)),
        tags.get(NAME),
        joined(tags, SCOPES),
        tags.get(AUTHORIZATION_ID));
  }

  private static long seconds(@Nullable String time) {
    try {
      return time == null ? 0 : Math.max(0, Instant.parse(time).getEpochSecond());
    } catch (DateTimeException e) {
      return 0;
    }
  }

  /** As URLs are written: {@code https://alice@dev.azure.com/contoso}. */
  private static String url(EntryKey key) {
    Identity identity = key.identity();
    StringBuilder url = new StringBuilder(identity.protocol()).append("://");
    if (key.user() != null) {
      url.append(PercentEncoding.encode(key.user())).append('@');
    }
    url.append(identity.host());
    if (identity.path() != null) {
      url.append('/').append(PercentEncoding.encode(identity.path()).replace("%2F", "/"));
    }
    return url.toString();
  }

  private static @Nullable EntryKey parse(String url) {
    int scheme = url.indexOf("://");
    if (scheme < 0) {
      return null;
    }
    int start = scheme + 3;
    int slash = url.indexOf('/', start);
    String authority = url.substring(start, slash < 0 ? url.length() : slash);
    int at = authority.lastIndexOf('@');
    try {
      return new EntryKey(
          new Identity(
              url.substring(0, scheme),
              authority.substring(at + 1),
              slash < 0 ? null : PercentEncoding.decode(url.substring(slash + 1))),
          at < 0 ? null : PercentEncoding.decode(authority.substring(0, at)));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable String oneLine(@Nullable String text) {
    if (text == null) {
      return null;
    }
    StringBuilder line = new StringBuilder(text);
    for (int i = 0; i < line.length(); i++) {
      if (Character.isISOControl(line.charAt(i))) {
        line.setCharAt(i, ' ');
      }
    }
    return line.toString();
  }

  /**
   * Puts a text into one tag, or, where it is too long, into {@code name}, {@code name-2} and so
   * on. Returns whether there was room.
   */
  private static boolean split(
      Map<String, String> tags, String name, @Nullable String text, int most) {
    if (text == null) {
      return true;
    }
    if (text.length() > most * LONGEST) {
      return false;
    }
    for (int i = 0; i * LONGEST < Math.max(1, text.length()); i++) {
      tags.put(
          part(name, i), text.substring(i * LONGEST, Math.min(text.length(), (i + 1) * LONGEST)));
    }
    return true;
  }

  private static @Nullable String joined(Map<String, String> tags, String name) {
    String text = tags.get(name);
    for (int i = 1; text != null && tags.get(part(name, i)) != null; i++) {
      text += tags.get(part(name, i));
    }
    return text;
  }

  private static String part(String name, int index) {
    return index == 0 ? name : name + "-" + (index + 1);
  }
}
