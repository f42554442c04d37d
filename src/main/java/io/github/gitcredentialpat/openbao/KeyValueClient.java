package io.github.gitcredentialpat.openbao;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.gitcredentialpat.http.Http;
import io.github.gitcredentialpat.http.JsonTrees;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The secrets below one folder of a mount of KV version 2. The token goes to the configured server
 * alone, and no redirect is followed. Each call ends within the run's deadline.
 */
public final class KeyValueClient {
  /** How many names are read at most while something is listed. */
  private static final int MOST_NAMES = 2_000;

  /** For one call of a store, where no watchdog ends the run. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Environment surroundings;
  private final ClientTokens kept;
  private final Login login;
  private final Server server;
  private final Http http;
  private Folder folder;
  private boolean isFolderChecked;
  private @Nullable String token;
  private boolean isTokenNew;
  private int names;
  private long end;

  /**
   * A client for what the environment names.
   *
   * @param place the mount and the folder in it
   * @param kept where the tokens of logins are kept
   * @throws StoreException {@code UNAVAILABLE} when no server is used here; {@code FAILED} when
   *     what is set cannot be used
   */
  public KeyValueClient(Environment surroundings, String place, ClientTokens kept)
      throws StoreException {
    this.surroundings = surroundings;
    this.kept = kept;
    login = new Login(surroundings);
    server = Server.of(surroundings, login.hasTokenFile());
    folder = Folder.parse(place);
    http = server.connect(surroundings);
  }

  /** The server's address, for a person. */
  public static String address(Environment surroundings) throws StoreException {
    return Server.of(surroundings, new Login(surroundings).hasTokenFile()).display();
  }

  /** A call of a store begins, with its own limits. */
  public void begin() {
    names = 0;
    end = System.nanoTime() + PATIENCE.toNanos();
    isTokenNew = false;
  }

  /**
   * The names directly below a path, those of folders with a slash behind them.
   *
   * @param path percent-encoded segments below the folder; empty for the folder itself
   */
  public List<String> list(String path) throws StoreException {
    Folder asFarAsKnown = folder;
    String below = folder.metadata(path);
    String asked = "list " + below;
    Http.Answer answer = ask("GET", Folder.encoded(below) + "?list=true", null);
    if (answer.status() == 404) {
      checkFolder();
      return folder.equals(asFarAsKnown) ? List.of() : list(path);
    }
    if (answer.status() != 200) {
      throw Answers.problem(answer, server.display(), asked);
    }
    List<String> found = new ArrayList<>();
    for (JsonNode key : Answers.object(answer, "data", server.display(), asked).path("keys")) {
      if (++names > MOST_NAMES) {
        throw new StoreException(
            Reason.LIMIT,
            "more than "
                + MOST_NAMES
                + " names below "
                + folder.display()
                + " at "
                + server.display()
                + "; use a folder of its own with --vault");
      }
      found.add(key.asText());
    }
    return found;
  }

  /** What a key holds; where it is deleted or was never written, what a write has to name. */
  public KeyValue read(String path) throws StoreException {
    Folder asFarAsKnown = folder;
    String where = folder.data(path);
    String asked = "read " + where;
    Http.Answer answer = ask("GET", Folder.encoded(where), null);
    ObjectNode data = Answers.data(answer);
    if (answer.status() == 404 && data == null) {
      return folder.equals(asFarAsKnown) ? KeyValue.absent() : read(path);
    }
    if (answer.status() != 200 && answer.status() != 404) {
      throw Answers.problem(answer, server.display(), asked);
    }
    long version = data == null ? 0 : data.path("metadata").path("version").asLong(0);
    if (version == 0) {
      throw Answers.notUnderstood(server.display(), asked);
    }
    return new KeyValue(
        version,
        JsonTrees.text(data.path("metadata"), "created_time"),
        answer.status() == 200 && data.get("data") instanceof ObjectNode fields ? fields : null);
  }

  /** Whether a key has a newest version that is not deleted; reads no secret. */
  public boolean isThere(String path) throws StoreException {
    String where = folder.metadata(path);
    String asked = "read " + where;
    Http.Answer answer = ask("GET", Folder.encoded(where), null);
    if (answer.status() == 404) {
      return false;
    }
    if (answer.status() == 403) {
      // Whoever may list but not read it cannot tell; reading the secret will.
      return true;
    }
    if (answer.status() != 200) {
      throw Answers.problem(answer, server.display(), asked);
    }
    ObjectNode data = Answers.object(answer, "data", server.display(), asked);
    JsonNode newest = data.path("versions").path(data.path("current_version").asText());
    return newest.isObject()
        && !newest.path("destroyed").asBoolean()
        && !isOver(JsonTrees.text(newest, "deletion_time"));
  }

  private static boolean isOver(String deletionTime) {
    try {
      return !deletionTime.isEmpty() && !Instant.parse(deletionTime).isAfter(Instant.now());
    } catch (DateTimeParseException e) {
      return true;
    }
  }

  /**
   * Writes a new version, only if the newest is still this one.
   *
   * @param instead what was read, with the fields that stay
   * @param fields those to add
   * @return what is there now
   * @throws StoreException {@code FAILED} when somebody wrote in between
   */
  public KeyValue write(String path, KeyValue instead, Map<String, String> fields)
      throws StoreException {
    checkFolder();
    String where = folder.data(path);
    String asked = (instead.version() == 0 ? "create " : "update ") + where;
    byte[] body = instead.replacedBy(fields);
    try {
      Http.Answer answer = ask("POST", Folder.encoded(where), body);
      if (answer.status() == 400 && Answers.said(answer).contains("check-and-set")) {
        throw new StoreException(
            Reason.FAILED, where + " was changed meanwhile; nothing is written, try again");
      }
      if (answer.status() != 200) {
        throw Answers.problem(answer, server.display(), asked);
      }
      long version =
          Answers.object(answer, "data", server.display(), asked).path("version").asLong(0);
      if (version == 0) {
        throw Answers.notUnderstood(server.display(), asked);
      }
      return new KeyValue(version, null, instead.fields());
    } finally {
      Arrays.fill(body, (byte) 0);
    }
  }

  /** Deletes the newest version, which {@code bao kv undelete} brings back. */
  public void delete(String path) throws StoreException {
    String where = folder.data(path);
    String asked = "delete " + where;
    Http.Answer answer = ask("DELETE", Folder.encoded(where), null);
    if (answer.status() != 204 && answer.status() != 200) {
      throw Answers.problem(answer, server.display(), asked);
    }
  }

  /**
   * Makes sure, once, that the mount is one of KV version 2, as far as the server tells, and which
   * part of the path it is.
   */
  private void checkFolder() throws StoreException {
    if (isFolderChecked) {
      return;
    }
    isFolderChecked = true;
    Http.Answer answer =
        ask("GET", "sys/internal/ui/mounts/" + Folder.encoded(folder.display()), null);
    ObjectNode mount = answer.status() == 200 ? Answers.data(answer) : null;
    if (mount == null) {
      // Not everybody may ask; then what is asked next tells.
      return;
    }
    String path = JsonTrees.text(mount, "path");
    String type = JsonTrees.text(mount, "type");
    if (!type.equals("kv") && !type.equals("generic")) {
      throw new StoreException(
          Reason.FAILED,
          path
              + " at "
              + server.display()
              + " keeps no key-value secrets; set --vault to a mount that does");
    }
    if (!JsonTrees.text(mount.path("options"), "version").equals("2")) {
      throw new StoreException(
              Reason.FAILED,
              path
                  + " at "
                  + server.display()
                  + " is of KV version 1, which cannot compare and set; version 2 is needed")
          .withHint("bao kv enable-versioning " + path);
    }
    folder = folder.in(path);
  }

  /** Asks with the token, and once more with a new one where a login can fetch it. */
  private Http.Answer ask(String method, String path, byte @Nullable [] body)
      throws StoreException {
    Http.Answer answer = send(method, path, body, token());
    if (answer.status() == 403 && login.isMachines() && !isTokenNew) {
      token = logIn();
      answer = send(method, path, body, token);
    }
    if (answer.status() == 403 && !login.isMachines() && !isKnown(token())) {
      throw new StoreException(
              Reason.DENIED,
              "the token from "
                  + login.source()
                  + " has expired, was revoked or may do nothing at "
                  + server.display()
                  + "; log in again")
          .withHint("bao login");
    }
    if (answer.status() == 404 && Answers.isNoRoute(answer)) {
      Folder asFarAsKnown = folder;
      checkFolder();
      if (!folder.equals(asFarAsKnown)) {
        return answer;
      }
      throw new StoreException(
          Reason.FAILED,
          server.display() + " has no mount for " + folder.display() + "; correct --vault");
    }
    return answer;
  }

  /** Whether the server knows the token at all; what it may do is another matter. */
  private boolean isKnown(String asking) throws StoreException {
    return send("GET", "auth/token/lookup-self", null, asking).status() != 403;
  }

  private String token() throws StoreException {
    if (token == null) {
      if (login.isMachines()) {
        String known = kept.get(login.who());
        token = known == null ? logIn() : known;
      } else {
        token = login.token();
      }
    }
    return token;
  }

  private String logIn() throws StoreException {
    Login.ClientToken issued =
        login.in((path, body) -> send("POST", path, body, null), server.display());
    isTokenNew = true;
    if (issued.isForMany()) {
      kept.keep(issued.token(), issued.seconds(), login.who());
    }
    return issued.token();
  }

  private Http.Answer send(
      String method, String path, byte @Nullable [] body, @Nullable String asking)
      throws StoreException {
    Map<String, String> headers = new HashMap<>();
    // Agents and proxies of theirs want it, so that no web page can ask them.
    headers.put("X-Vault-Request", "true");
    headers.put("Accept", "application/json");
    if (body != null) {
      headers.put("Content-Type", "application/json");
    }
    if (server.namespace() != null) {
      headers.put("X-Vault-Namespace", server.namespace());
    }
    if (asking != null) {
      headers.put("X-Vault-Token", asking);
    }
    surroundings.deadline().doing("asking " + server.display() + " (openbao)");
    try {
      return http.send(method, server.at(path), headers, body, limit());
    } catch (ServiceException e) {
      throw Answers.unreachable(e);
    } catch (IllegalArgumentException e) {
      throw new StoreException(
          Reason.FAILED, "what is set for " + server.display() + " holds a control character", e);
    }
  }

  private Duration limit() throws StoreException {
    long millis =
        Math.min(surroundings.deadline().exchangeMillis(), (end - System.nanoTime()) / 1_000_000);
    if (millis <= 0) {
      throw new StoreException(
              Reason.TIMEOUT, "no time left for " + server.display() + "; ask without git")
          .withHint("git-credential-pat list");
    }
    return Duration.ofMillis(millis);
  }
}
