package io.github.gitcredentialpat.keyvault;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.gitcredentialpat.git.ServiceConnection;
import io.github.gitcredentialpat.http.Http;
import io.github.gitcredentialpat.http.JsonTrees;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of one vault. Its access token goes to this vault alone; no redirect is followed, and
 * no page of a list is asked for elsewhere. Each call ends within the run's deadline.
 */
public final class KeyVaultClient {
  /** What all clouds have. */
  static final String VERSION = "7.4";

  /** The most secrets that a page may have. */
  private static final int PAGE = 25;

  private static final int MOST_PAGES = 80;

  /** For a whole call where no watchdog ends the run. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final long SHORTEST_PAUSE_MILLIS = 200;
  private static final long LONGEST_PAUSE_MILLIS = 2_000;

  /** The access token for the vault. */
  public interface Token {
    /** The value of {@code Authorization}; a text, which cannot be wiped. */
    String bearer() throws StoreException;

    /** Forgets it, which the vault rejected. Returns whether another one may be better. */
    boolean renew();
  }

  private final Environment surroundings;
  private final VaultAddress vault;
  private final VaultError errors;
  private final Token token;
  private @Nullable Http http;
  private String underWay = "";
  private long end;

  /** A client that asks nobody until it is asked. */
  public KeyVaultClient(Environment surroundings, VaultAddress vault, Token token) {
    this.surroundings = surroundings;
    this.vault = vault;
    this.token = token;
    errors = new VaultError(vault);
  }

  /** All secrets that are not deleted, without their values. */
  public List<VaultSecret> list() throws StoreException {
    begin("listing the secrets of " + vault.host());
    List<VaultSecret> found = new ArrayList<>();
    URI page = vault.uri("/secrets?maxresults=" + PAGE + "&api-version=" + VERSION);
    for (int i = 0; i < MOST_PAGES; i++) {
      Http.Answer answer = ask("GET", page, null);
      ObjectNode body = object(answer, false);
      if (!body.path("value").isArray()) {
        throw errors.notUnderstood();
      }
      for (JsonNode each : body.path("value")) {
        VaultSecret secret = VaultSecret.of(each);
        // One that belongs to a certificate is the vault's own.
        if (secret != null && !each.path("managed").asBoolean()) {
          found.add(secret);
        }
      }
      String next = JsonTrees.text(body, "nextLink");
      if (next.isEmpty()) {
        return found;
      }
      page = page(next);
    }
    throw errors.tooMany(MOST_PAGES * PAGE);
  }

  /** The next page, at this vault's address and no other. */
  private URI page(String next) throws StoreException {
    try {
      URI uri = new URI(next);
      if (vault.isAt(uri) && "/secrets".equals(uri.getRawPath()) && uri.getRawQuery() != null) {
        return vault.uri("/secrets?" + uri.getRawQuery());
      }
    } catch (URISyntaxException e) {
      // Said below.
    }
    throw errors.leadsElsewhere();
  }

  /** A secret with its value, for the caller to wipe; absent when there is none of that name. */
  public @Nullable VaultSecret get(String name) throws StoreException {
    begin("reading a secret of " + vault.host());
    Http.Answer answer = ask("GET", secret("/secrets/", name, ""), null);
    if (answer.status() == 404 || VaultError.code(answer).equals("SecretDisabled")) {
      return null;
    }
    VaultSecret found = VaultSecret.of(object(answer, false));
    if (found == null || found.value() == null || !found.name().equalsIgnoreCase(name)) {
      throw errors.notUnderstood();
    }
    return found;
  }

  /**
   * Writes a secret's next version; one that was deleted comes back first, with what it was.
   *
   * @param value in UTF-8
   * @param contentType what it is, for a person
   * @param tags what else is said of it
   * @param expires when it ends, in seconds since the epoch; 0 for never
   */
  public void set(
      String name, byte[] value, String contentType, Map<String, String> tags, long expires)
      throws StoreException {
    begin("writing a secret of " + vault.host());
    ObjectNode body = JsonTrees.object();
    body.put("value", new String(value, UTF_8));
    body.put("contentType", contentType);
    ObjectNode said = body.putObject("tags");
    for (Map.Entry<String, String> tag : tags.entrySet()) {
      said.put(tag.getKey(), tag.getValue());
    }
    ObjectNode attributes = body.putObject("attributes");
    attributes.put("enabled", true);
    if (expires != 0) {
      attributes.put("exp", expires);
    }
    byte[] bytes = JsonTrees.bytes(body);
    try {
      URI uri = secret("/secrets/", name, "");
      Http.Answer answer = ask("PUT", uri, bytes);
      for (long pause = SHORTEST_PAUSE_MILLIS; isMoving(answer); pause = longer(pause)) {
        if (VaultError.code(answer).equals("ObjectIsDeletedButRecoverable")) {
          recover(name);
        }
        pause(pause);
        answer = ask("PUT", uri, bytes);
      }
      object(answer, true);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /** Deletes a secret, which may be recovered for a while. Returns whether there was one. */
  public boolean delete(String name) throws StoreException {
    begin("deleting a secret of " + vault.host());
    URI uri = secret("/secrets/", name, "");
    Http.Answer answer = ask("DELETE", uri, null);
    for (long pause = SHORTEST_PAUSE_MILLIS; isMoving(answer); pause = longer(pause)) {
      pause(pause);
      answer = ask("DELETE", uri, null);
    }
    if (answer.status() == 404) {
      return false;
    }
    object(answer, true);
    return true;
  }

  private void recover(String name) throws StoreException {
    Http.Answer answer = ask("POST", secret("/deletedsecrets/", name, "/recover"), new byte[0]);
    // Somebody else may have been quicker.
    if (answer.status() != 404 && !isMoving(answer)) {
      object(answer, true);
    }
  }

  private static boolean isMoving(Http.Answer answer) {
    return answer.status() == 409 && VaultError.code(answer).startsWith("ObjectIs");
  }

  private static long longer(long pause) {
    return Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
  }

  private void pause(long millis) throws StoreException {
    long left = (end - System.nanoTime()) / 1_000_000;
    if (surroundings.deadline().isWatched()) {
      left = Math.min(left, surroundings.deadline().remainingMillis());
    }
    if (left <= millis) {
      throw errors.stillMoving();
    }
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw errors.stillMoving();
    }
  }

  /** A name of ours needs no encoding. */
  private URI secret(String before, String name, String after) {
    return vault.uri(before + name + after + "?api-version=" + VERSION);
  }

  private ObjectNode object(Http.Answer answer, boolean isWrite) throws StoreException {
    if (answer.status() != 200) {
      throw errors.of(answer, isWrite);
    }
    ObjectNode body = JsonTrees.object(answer.body());
    if (body == null) {
      throw errors.notUnderstood();
    }
    return body;
  }

  private void begin(String what) {
    underWay = what;
    end = System.nanoTime() + PATIENCE.toNanos();
  }

  private Http.Answer ask(String method, URI uri, byte @Nullable [] body) throws StoreException {
    Http.Answer answer = send(method, uri, body);
    return answer.status() == 401 && token.renew() ? send(method, uri, body) : answer;
  }

  private Http.Answer send(String method, URI uri, byte @Nullable [] body) throws StoreException {
    if (!vault.isAt(uri)) {
      throw errors.leadsElsewhere();
    }
    Map<String, String> headers = new HashMap<>();
    headers.put("Accept", "application/json");
    headers.put("Authorization", token.bearer());
    if (body != null) {
      headers.put("Content-Type", "application/json");
    }
    // Coming by the token was another thing to do.
    surroundings.deadline().doing(underWay);
    try {
      return http().send(method, uri, headers, body, limit());
    } catch (ServiceException e) {
      throw errors.unreachable(e);
    }
  }

  private Http http() throws StoreException {
    if (http == null) {
      try {
        http = ServiceConnection.open(vault.place(), surroundings.environment());
        // What takes this machine's own time is none of the vault's.
        http.prepare();
      } catch (ServiceException e) {
        throw errors.unreachable(e);
      } catch (UserException | IOException e) {
        throw new StoreException(Reason.FAILED, String.valueOf(e.getMessage()), e);
      }
    }
    return http;
  }

  private Duration limit() throws StoreException {
    long millis =
        Math.min(surroundings.deadline().exchangeMillis(), (end - System.nanoTime()) / 1_000_000);
    if (millis <= 0) {
      throw errors.tooLate();
    }
    return Duration.ofMillis(millis);
  }
}
