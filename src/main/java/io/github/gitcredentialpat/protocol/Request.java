package io.github.gitcredentialpat.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What git asks: the attributes of git-credential(1), read byte by byte.
 *
 * <p>Lines end at a line feed and nowhere else. A lone carriage return is refused, not taken for a
 * line end: that was CVE-2024-52006. The secrets are kept as bytes, and {@link #wipe} clears them.
 */
public final class Request {
  /** The longest line, its line feed included, in bytes, as git's own helpers have it. */
  private static final int LONGEST_LINE = 65_535;

  /** The largest request in bytes; git's own are a few hundred. */
  private static final int LARGEST_REQUEST = 1 << 20;

  private @Nullable String protocol;
  private @Nullable String host;
  private @Nullable String path;
  private @Nullable String username;
  private byte @Nullable [] password;
  private @Nullable String authtype;
  private byte @Nullable [] credential;
  private byte @Nullable [] oauthRefreshToken;
  private long passwordExpiry;
  private boolean ephemeral;
  private final List<String> capabilities = new ArrayList<>(2);
  private final List<String> wwwauth = new ArrayList<>(4);
  private final List<String> states = new ArrayList<>(2);

  private Request() {}

  /** A request of this program's own, which says no more than whose token is wanted, if that. */
  public static Request ofUser(@Nullable String username) {
    Request request = new Request();
    request.username = username;
    return request;
  }

  /**
   * Reads a request up to its first empty line or the end of the stream, which is how git ends its
   * own.
   *
   * @throws ProtocolException when a line has no {@code =}, is too long, or holds a NUL or a
   *     carriage return other than right before its line feed, or when a name is not UTF-8
   */
  public static Request read(InputStream in) throws IOException, ProtocolException {
    byte[] bytes = new byte[8192];
    int length = 0;
    try {
      while (!endsWithEmptyLine(bytes, length)) {
        if (length == bytes.length) {
          if (length >= LARGEST_REQUEST) {
            throw new ProtocolException("it is larger than 1 MiB");
          }
          byte[] larger = Arrays.copyOf(bytes, 2 * length);
          Arrays.fill(bytes, (byte) 0);
          bytes = larger;
        }
        int read = in.read(bytes, length, bytes.length - length);
        if (read < 0) {
          break;
        }
        length += read;
      }
      Request request = new Request();
      request.parse(bytes, length);
      return request;
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /** Whether the rest need not be waited for: an empty line, sent by somebody other than git. */
  private static boolean endsWithEmptyLine(byte[] bytes, int length) {
    if (length == 0 || bytes[length - 1] != '\n') {
      return false;
    }
    int end = length - 1;
    if (end > 0 && bytes[end - 1] == '\r') {
      end--;
    }
    return end == 0 || bytes[end - 1] == '\n';
  }

  private void parse(byte[] bytes, int length) throws ProtocolException {
    int start = 0;
    while (start < length) {
      int lineFeed = start;
      while (lineFeed < length && bytes[lineFeed] != '\n') {
        lineFeed++;
      }
      int end = lineFeed;
      if (lineFeed < length && end > start && bytes[end - 1] == '\r') {
        end--;
      }
      if (end == start) {
        return;
      }
      if (lineFeed + 1 - start > LONGEST_LINE) {
        throw new ProtocolException("it has a line of more than 65,535 bytes");
      }
      parseLine(bytes, start, end);
      start = lineFeed + 1;
    }
  }

  private void parseLine(byte[] bytes, int start, int end) throws ProtocolException {
    int equals = -1;
    for (int i = start; i < end; i++) {
      if (bytes[i] == '=' && equals < 0) {
        equals = i;
      } else if (bytes[i] == '\r') {
        throw new ProtocolException("it has a carriage return in a line");
      } else if (bytes[i] == 0) {
        throw new ProtocolException("it has a NUL byte in a line");
      }
    }
    if (equals < 0) {
      throw new ProtocolException("it has a line without \"=\"");
    }
    String key = new String(bytes, start, equals - start, StandardCharsets.ISO_8859_1);
    set(key, bytes, equals + 1, end);
  }

  private void set(String key, byte[] bytes, int start, int end) throws ProtocolException {
    switch (key) {
      case "protocol" -> protocol = utf8(key, bytes, start, end);
      case "host" -> host = utf8(key, bytes, start, end);
      case "path" -> path = utf8(key, bytes, start, end);
      case "username" -> username = utf8(key, bytes, start, end);
      case "authtype" -> authtype = utf8(key, bytes, start, end);
      case "password" -> password = Arrays.copyOfRange(bytes, start, end);
      case "credential" -> credential = Arrays.copyOfRange(bytes, start, end);
      case "oauth_refresh_token" -> oauthRefreshToken = Arrays.copyOfRange(bytes, start, end);
      case "password_expiry_utc" -> passwordExpiry = seconds(latin1(bytes, start, end));
      case "ephemeral" -> ephemeral = isTrue(latin1(bytes, start, end));
      case "capability[]" -> add(capabilities, latin1(bytes, start, end));
      case "wwwauth[]" -> add(wwwauth, latin1(bytes, start, end));
      case "state[]" -> add(states, latin1(bytes, start, end));
      default -> {} // Attributes of a newer git are passed over, as git-credential(1) demands.
    }
  }

  private static String latin1(byte[] bytes, int start, int end) {
    return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
  }

  /** Decodes a value; names that differ only in bytes that are not UTF-8 must not become equal. */
  private static String utf8(String key, byte[] bytes, int start, int end)
      throws ProtocolException {
    String text = new String(bytes, start, end - start, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') >= 0
        && !Arrays.equals(
            text.getBytes(StandardCharsets.UTF_8), Arrays.copyOfRange(bytes, start, end))) {
      throw new ProtocolException("its " + key + " is not UTF-8");
    }
    return text;
  }

  /** Adds to a list; an empty value clears it, as git-credential(1) says. */
  private static void add(List<String> list, String value) {
    if (value.isEmpty()) {
      list.clear();
    } else {
      list.add(value);
    }
  }

  /** Seconds since the epoch; 0, which means never, for 0 and for what is no number. */
  private static long seconds(String text) {
    try {
      return Math.max(0, Long.parseLong(text));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static boolean isTrue(String value) {
    return value.equals("1") || value.equalsIgnoreCase("true") || value.equalsIgnoreCase("yes");
  }

  /** The URL's scheme, such as {@code https}. */
  public @Nullable String protocol() {
    return protocol;
  }

  /** The host, with {@code :port} when the URL had one. */
  public @Nullable String host() {
    return host;
  }

  /** The path without its leading slash, absent unless {@code credential.useHttpPath} is set. */
  public @Nullable String path() {
    return path;
  }

  /** The user name, absent when git does not know one. */
  public @Nullable String username() {
    return username;
  }

  /** The password that git approves or rejects. */
  public byte @Nullable [] password() {
    return password;
  }

  /** The authentication scheme of {@link #credential}. */
  public @Nullable String authtype() {
    return authtype;
  }

  /**
   * What follows the scheme in the Authorization header; on store and erase instead of a password.
   */
  public byte @Nullable [] credential() {
    return credential;
  }

  /** An OAuth refresh token that belongs to the password. */
  public byte @Nullable [] oauthRefreshToken() {
    return oauthRefreshToken;
  }

  /** When the password expires, in seconds since the epoch; 0 when it does not. */
  public long passwordExpiry() {
    return passwordExpiry;
  }

  /** Whether the credential must not be stored. */
  public boolean ephemeral() {
    return ephemeral;
  }

  /** Whether git understands this capability ({@code authtype}, {@code state}). */
  public boolean offers(String capability) {
    return capabilities.contains(capability);
  }

  /** The values of the server's WWW-Authenticate headers. */
  public List<String> wwwauth() {
    return wwwauth;
  }

  /** Whether the server's WWW-Authenticate headers name this authentication scheme. */
  public boolean serverOffers(String scheme) {
    for (int i = 0; i < wwwauth.size(); i++) {
      if (hasChallenge(wwwauth.get(i), scheme)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a header has a challenge of this scheme. One header may hold several (RFC 9110,
   * 11.6.1), and the comma that separates them also separates the parameters of each: what stands
   * between two commas is a parameter when its first word is followed by an equals sign, else the
   * beginning of a challenge. A comma inside a quoted string separates nothing.
   */
  private static boolean hasChallenge(String header, String scheme) {
    int start = 0;
    while (start < header.length()) {
      int word = start;
      while (word < header.length() && isBlank(header.charAt(word))) {
        word++;
      }
      int next = word + scheme.length();
      if (header.regionMatches(true, word, scheme, 0, scheme.length())
          && isEndOfScheme(header, next)) {
        return true;
      }
      start = nextComma(header, word) + 1;
    }
    return false;
  }

  /** Whether a scheme's name ends here: with the header, at a comma, or before what it asks for. */
  private static boolean isEndOfScheme(String header, int end) {
    int next = end;
    while (next < header.length() && isBlank(header.charAt(next))) {
      next++;
    }
    if (next == header.length() || header.charAt(next) == ',') {
      return true;
    }
    return next > end && header.charAt(next) != '=';
  }

  /** The next comma that is not inside a quoted string, else the header's end. */
  private static int nextComma(String header, int start) {
    boolean quoted = false;
    int i = start;
    while (i < header.length() && (quoted || header.charAt(i) != ',')) {
      char c = header.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == '\\' && quoted) {
        i++;
      }
      i++;
    }
    return i;
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  /** Whether git brings back a helper's state of exactly this value. */
  public boolean bringsBack(String state) {
    return states.contains(state);
  }

  /** What helpers gave git as state, and git brings back. */
  public List<String> states() {
    return states;
  }

  /** Overwrites the secrets with zeros. */
  public void wipe() {
    wipe(password);
    wipe(credential);
    wipe(oauthRefreshToken);
  }

  private static void wipe(byte @Nullable [] secret) {
    if (secret != null) {
      Arrays.fill(secret, (byte) 0);
    }
  }

  /**
   * The request with every secret redacted, for {@code --trace}. The user name is left out as well:
   * it may be a token that somebody put into a URL.
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    describe(text, "protocol", protocol);
    describe(text, "host", host);
    describe(text, "path", path);
    describe(text, "username", username == null ? null : "***");
    describe(text, "password", password == null ? null : "***");
    describe(text, "authtype", authtype);
    describe(text, "credential", credential == null ? null : "***");
    describe(text, "oauth_refresh_token", oauthRefreshToken == null ? null : "***");
    describe(text, "password_expiry_utc", passwordExpiry == 0 ? null : "" + passwordExpiry);
    describe(text, "ephemeral", ephemeral ? "1" : null);
    for (String capability : capabilities) {
      describe(text, "capability[]", capability);
    }
    for (String header : wwwauth) {
      describe(text, "wwwauth[]", header);
    }
    for (int i = 0; i < states.size(); i++) {
      describe(text, "state[]", "***");
    }
    return text.toString();
  }

  private static void describe(StringBuilder text, String key, @Nullable String value) {
    if (value != null) {
      text.append(text.length() == 0 ? "" : " ").append(key).append('=').append(value);
    }
  }
}
