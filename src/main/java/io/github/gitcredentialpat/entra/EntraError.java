package io.github.gitcredentialpat.entra;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.gitcredentialpat.http.JsonTrees;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.http.ServiceException.Reason;
import io.github.gitcredentialpat.http.ServiceText;

/** What Entra says no with, in a person's words. */
final class EntraError {
  private EntraError() {}

  /** Throws what an answer says went wrong, if anything did. */
  static void requireNoError(ObjectNode answer, String tenant, String clientId)
      throws ServiceException {
    String error = JsonTrees.text(answer, "error");
    if (error.isEmpty()) {
      return;
    }
    String text = JsonTrees.text(answer, "error_description");
    String application = "the application " + ServiceText.oneLine(clientId);
    boolean lacksConsent =
        JsonTrees.text(answer, "suberror").equals("consent_required")
            || text.startsWith("AADSTS65001:");
    switch (lacksConsent ? "consent_required" : error) {
      case "authorization_declined", "access_denied" ->
          throw refused(
              Reason.UNAUTHORIZED, "the sign-in was declined", tenant, "start again", error);
      case "expired_token", "code_expired" -> throw tooLate(tenant);
      case "bad_verification_code" ->
          throw refused(
              Reason.UNEXPECTED,
              "Entra no longer knows this sign-in",
              tenant,
              "start again",
              error);
      case "invalid_grant", "interaction_required", "login_required" ->
          throw refused(
              Reason.UNAUTHORIZED,
              "Entra requires a new sign-in" + says(text),
              tenant,
              "sign in again",
              error);
      case "unauthorized_client", "invalid_client" ->
          throw refused(
              Reason.REFUSED,
              "Entra rejected " + application + says(text),
              tenant,
              "check its id and that its registration allows public client flows",
              error);
      case "consent_required" ->
          throw refused(
              Reason.UNAUTHORIZED,
              application + " has no consent",
              tenant,
              "sign in again to consent, or ask an administrator",
              "consent_required");
      default ->
          throw refused(
              Reason.REFUSED,
              "Entra refused the sign-in (" + ServiceText.oneLine(error) + ")" + says(text),
              tenant,
              "check the tenant and " + application,
              error);
    }
  }

  /** The first sentence; the rest are numbers for Microsoft's support. */
  static String says(String text) {
    int end = text.indexOf(" Trace ID:");
    String line = ServiceText.oneLine(end < 0 ? text : text.substring(0, end));
    return line.isEmpty() ? "" : ": " + line;
  }

  static ServiceException refused(
      Reason reason, String what, String tenant, String next, String code) {
    return new ServiceException(
        reason, what + " (tenant " + tenant + "); " + next, ServiceText.oneLine(code));
  }

  static ServiceException tooLate(String tenant) {
    return refused(
        Reason.UNAUTHORIZED,
        "the code was not entered in time",
        tenant,
        "start again",
        "expired_token");
  }

  static ServiceException notUnderstood(String tenant) {
    return new ServiceException(
        Reason.UNEXPECTED,
        "cannot understand the answer of Entra (tenant " + tenant + "); try again later");
  }
}
