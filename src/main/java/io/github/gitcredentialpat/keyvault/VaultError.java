package io.github.gitcredentialpat.keyvault;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.gitcredentialpat.http.Http;
import io.github.gitcredentialpat.http.JsonTrees;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.http.ServiceText;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;

/** Turns what a vault answers, and what it does not, into errors in a person's words. */
final class VaultError {
  /** In seconds: no longer than this a vault is believed to want its peace. */
  private static final long LONGEST_PAUSE = 3600;

  private final String host;

  VaultError(VaultAddress vault) {
    host = vault.host();
  }

  /** The code of an error; of several the innermost, which says most. Empty for none. */
  static String code(Http.Answer answer) {
    ObjectNode body = JsonTrees.object(answer.body());
    if (body == null) {
      return "";
    }
    String inner = JsonTrees.text(body.path("error").path("innererror"), "code");
    return inner.isEmpty() ? JsonTrees.text(body.path("error"), "code") : inner;
  }

  /** For a vault, or Entra, that could not be asked. */
  StoreException unreachable(ServiceException problem) {
    Throwable cause = problem.getCause();
    for (int i = 0; cause != null && i < 10; i++) {
      if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
        return new StoreException(
            Reason.FAILED,
            host + " cannot be resolved; check the vault's name, and the network",
            problem);
      }
      cause = cause.getCause();
    }
    return new StoreException(
            problem.reason() == ServiceException.Reason.TIMEOUT ? Reason.TIMEOUT : Reason.FAILED,
            String.valueOf(problem.getMessage()),
            problem)
        .withHint(problem.hint());
  }

  /** For an answer that is not what was asked for. */
  StoreException of(Http.Answer answer, boolean isWrite) {
    return switch (answer.status()) {
      case 401 ->
          new StoreException(
                  Reason.DENIED,
                  host + " rejected the access token; sign in to the tenant that the vault is in")
              .withHint("az login");
      case 403 -> denied(answer, isWrite);
      case 429 -> later(answer, host + " gets too many requests; try again " + answer.retry());
      case 500, 502, 503, 504 ->
          later(
              answer,
              host + " is not available" + status(answer) + "; try again " + answer.retry());
      case 301, 302, 303, 307, 308 ->
          new StoreException(
              Reason.FAILED,
              host + " redirects to another address, which is not followed; check its address");
      default ->
          new StoreException(
              Reason.FAILED,
              host + " refused" + status(answer) + said(answer) + "; check the vault");
    };
  }

  private StoreException denied(Http.Answer answer, boolean isWrite) {
    String what;
    switch (code(answer)) {
      case "ForbiddenByRbac" ->
          what =
              " has no role for this account; assign it "
                  + (isWrite ? "Key Vault Secrets Officer" : "Key Vault Secrets User");
      case "ForbiddenByPolicy", "AccessDenied" ->
          what =
              " has no access policy for this account; add one for secrets with "
                  + (isWrite ? "Get, List, Set, Delete and Recover" : "Get and List");
      case "ForbiddenByFirewall" ->
          what = " does not let this machine through its firewall; add its address there";
      case "ForbiddenByConnection" ->
          what = " is reached through a private endpoint only; ask from its network";
      default ->
          what = " denied access" + status(answer) + said(answer) + "; check the account's role";
    }
    return new StoreException(Reason.DENIED, host + what);
  }

  private StoreException later(Http.Answer answer, String message) {
    return new StoreException(Reason.FAILED, message).withRetryAfter(pause(answer));
  }

  private static long pause(Http.Answer answer) {
    try {
      return Math.min(LONGEST_PAUSE, Long.parseLong(answer.header("Retry-After")));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static String status(Http.Answer answer) {
    return " (HTTP " + answer.status() + ")";
  }

  /** The first sentence of what it says; the rest is of its insides. */
  private static String said(Http.Answer answer) {
    ObjectNode body = JsonTrees.object(answer.body());
    String text = body == null ? "" : JsonTrees.text(body.path("error"), "message");
    int end = text.indexOf('\n');
    String line = ServiceText.oneLine(end < 0 ? text : text.substring(0, end));
    return line.isEmpty() ? "" : ": " + line;
  }

  StoreException notUnderstood() {
    return new StoreException(
        Reason.FAILED, host + " sent an answer that is not Key Vault's; check the vault's address");
  }

  StoreException leadsElsewhere() {
    return new StoreException(
        Reason.FAILED,
        host + " continues its list at another address, which is not asked; check its address");
  }

  StoreException tooMany(int most) {
    return new StoreException(
        Reason.LIMIT, host + " holds more than " + most + " secrets; use a vault for tokens alone");
  }

  StoreException tooLate() {
    return new StoreException(Reason.TIMEOUT, host + " did not answer in time; try again later");
  }

  /** For a secret that takes its time to come back from among the deleted ones, or to go there. */
  StoreException stillMoving() {
    return new StoreException(
        Reason.TIMEOUT,
        host + " is still deleting or recovering this secret; try again in a few seconds");
  }
}
