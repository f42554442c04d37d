package io.github.gitcredentialpat.store;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What can be seen of another program's entry without reading its secret. The place is spelled as
 * that program does; whose token it is has still to be resolved.
 *
 * @param program who keeps it
 * @param protocol the URL's scheme
 * @param host the host, with {@code :port} when there is one
 * @param path the path without a leading slash, perhaps percent-encoded; absent when there is none
 * @param user the user name; absent when there is none of any meaning
 * @param storedAt when it was stored, in seconds since the epoch; 0 when nobody knows
 * @param handle the name of the entry in that place; meaningless elsewhere
 */
public record ForeignEntry(
    Program program,
    String protocol,
    String host,
    @Nullable String path,
    @Nullable String user,
    long storedAt,
    String handle) {

  /**
   * The prefix, before the URL, of the names of Git Credential Manager's entries, and on Windows of
   * those of git's own helper.
   */
  public static final String MANAGERS_PREFIX = "git:";

  /**
   * The same for az devops. Its entry for every organization, {@code azdevops-cli: default},
   * belongs to none.
   */
  public static final String AZURE_PREFIX = "azdevops-cli:";

  /** The programs whose entries are known. */
  public enum Program {
    GIT("git's own helper"),
    GIT_CREDENTIAL_MANAGER("Git Credential Manager"),
    AZURE_CLI("az devops"),
    NETRC("netrc");

    private final String display;

    Program(String display) {
      this.display = display;
    }

    /** What a person calls it. */
    public String display() {
      return display;
    }
  }

  /**
   * The entry for a URL such as {@code https://alice@host:8443/path}, as Git Credential Manager and
   * the Azure CLI name theirs; null when it is none.
   *
   * @param user the user stored beside the URL; absent to take the URL's
   */
  public static @Nullable ForeignEntry ofUrl(
      Program program, String url, @Nullable String user, long storedAt, String handle) {
    int start = url.indexOf("://") + 3;
    if (start <= 3) {
      return null;
    }
    int hostStart = start;
    String inUrl = null;
    // A user's own signs may be as they are, and Git Credential Manager writes one @ as _.
    if (user != null && url.startsWith(user + "@", start)) {
      hostStart = start + user.length() + 1;
    } else {
      int at = url.lastIndexOf('@', end(url, start));
      if (at > start) {
        hostStart = at + 1;
        inUrl = url.substring(start, at);
      }
    }
    int hostEnd = end(url, hostStart);
    if (hostEnd == hostStart) {
      return null;
    }
    int pathEnd = url.endsWith("/") ? url.length() - 1 : url.length();
    return new ForeignEntry(
        program,
        url.substring(0, start - 3),
        url.substring(hostStart, hostEnd),
        hostEnd + 1 < pathEnd ? url.substring(hostEnd + 1, pathEnd) : null,
        user == null ? inUrl : user,
        storedAt,
        handle);
  }

  /** The end of a URL's part before the path. */
  private static int end(String url, int start) {
    int slash = url.indexOf('/', start);
    return slash < 0 ? url.length() : slash;
  }

  /**
   * Converts this to an entry of ours.
   *
   * @param key the key that it gets
   * @param payload the password, and lines as git's own helpers write them below it; wiped
   * @return absent when git could not be answered with it
   */
  public @Nullable Entry as(EntryKey key, byte[] payload) {
    Entry read = Payload.decode(key, payload);
    Arrays.fill(payload, (byte) 0);
    return read == null
        ? null
        : Entry.of(key, read.secret(), storedAt).with(read.expiry(), read.refreshToken());
  }
}
