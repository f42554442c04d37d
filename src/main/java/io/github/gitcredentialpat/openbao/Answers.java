package io.github.gitcredentialpat.openbao;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.gitcredentialpat.http.Http;
import io.github.gitcredentialpat.http.JsonTrees;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.http.ServiceText;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import org.jspecify.annotations.Nullable;

/** Turns what a server answers, and what it does not, into errors in words for a person. */
final class Answers {
  /** In seconds: the longest that a server is believed. */
  private static final long LONGEST_PAUSE = 3600;

  private Answers() {}

  /** For a server that could not be asked. */
  static StoreException unreachable(ServiceException problem) {
    return new StoreException(
            problem.reason() == ServiceException.Reason.TIMEOUT ? Reason.TIMEOUT : Reason.FAILED,
            String.valueOf(problem.getMessage()),
            problem)
        .withHint(problem.hint());
  }

  /**
   * For a status that means the same whatever was asked.
   *
   * @param server the server, for a person
   * @param asked what was to be done, for a person, such as {@code read secret/data/x}
   */
  static StoreException problem(Http.Answer answer, String server, String asked) {
    String said = said(answer);
    return switch (answer.status()) {
      case 301, 302, 303, 307, 308 ->
          failed(
              server
                  + " redirects to another server, which is not followed; set VAULT_ADDR to the"
                  + " address of the active server");
      case 401, 403 ->
          new StoreException(
              Reason.DENIED,
              server + " denied permission to " + asked + "; its policies have to allow it");
      case 412 ->
          later(answer, server + " does not know yet what was written elsewhere; try again later");
      case 429 ->
          later(answer, server + " receives too many requests; try again " + answer.retry());
      case 472, 473 ->
          later(answer, server + " is a standby server; set VAULT_ADDR to the active one");
      case 503 ->
          said.contains("sealed")
              ? later(answer, server + " is sealed; ask its operators to unseal it")
              : later(answer, server + " is not available; try again " + answer.retry());
      case 502, 504 -> later(answer, server + " is not available; try again " + answer.retry());
      default ->
          failed(
              server
                  + " answered HTTP "
                  + answer.status()
                  + " to "
                  + asked
                  + (said.isEmpty() ? "" : ": " + said));
    };
  }

  /** An answer's object, and in it the object {@code data}, else {@code auth}. */
  static ObjectNode object(Http.Answer answer, String field, String server, String asked)
      throws StoreException {
    ObjectNode body = JsonTrees.object(answer.body());
    if (body != null && body.get(field) instanceof ObjectNode object) {
      return object;
    }
    throw notUnderstood(server, asked);
  }

  static StoreException notUnderstood(String server, String asked) {
    return failed(
        server
            + " sent an answer that is not OpenBao's or Vault's (to "
            + asked
            + "); check VAULT_ADDR");
  }

  /** What a server says about an error, on one line and without what may be a secret. */
  static String said(Http.Answer answer) {
    ObjectNode body = JsonTrees.object(answer.body());
    StringBuilder said = new StringBuilder();
    if (body != null) {
      for (JsonNode error : body.path("errors")) {
        said.append(said.length() == 0 ? "" : ", ").append(error.asText());
      }
    }
    return ServiceText.oneLine(said.toString());
  }

  /** Whether the path does not lead to anything: no such mount, unlike no such secret. */
  static boolean isNoRoute(Http.Answer answer) {
    return answer.status() == 404 && said(answer).contains("no handler for route");
  }

  static @Nullable ObjectNode data(Http.Answer answer) {
    ObjectNode body = JsonTrees.object(answer.body());
    return body != null && body.get("data") instanceof ObjectNode data ? data : null;
  }

  private static StoreException failed(String message) {
    return new StoreException(Reason.FAILED, message);
  }

  private static StoreException later(Http.Answer answer, String message) {
    return failed(message).withRetryAfter(pause(answer));
  }

  private static long pause(Http.Answer answer) {
    try {
      return Math.min(LONGEST_PAUSE, Math.max(0, Long.parseLong(answer.header("Retry-After"))));
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
