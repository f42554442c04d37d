package io.github.gitcredentialpat.endtoend;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Azure DevOps Services: {@code dev.azure.com/{org}} and {@code {org}.visualstudio.com}, where any
 * user name with a token of the organization comes in, and everybody else gets a 401 with the two
 * headers of the real one.
 */
final class AzureSite implements Site {
  private static final List<String> REFUSED =
      List.of(
          "Bearer authorization_uri=https://login.microsoftonline.com/"
              + "00000000-0000-0000-0000-000000000001",
          "Basic realm=\"https://tfsprodweu1.visualstudio.com/\"");

  /** What a token may do. */
  enum Scope {
    READ,
    WRITE
  }

  private final Map<String, Map<String, Scope>> organizations = new ConcurrentHashMap<>();

  /** A token in the format of today, which no service knows. */
  static String newToken() {
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    StringBuilder token = new StringBuilder();
    while (token.length() < 84) {
      token.append(alphabet.charAt(ThreadLocalRandom.current().nextInt(alphabet.length())));
    }
    return token.replace(76, 80, "AZDO").toString();
  }

  /** From now on the organization knows this token. */
  void grant(String organization, String token, Scope scope) {
    organizations
        .computeIfAbsent(organization, name -> new ConcurrentHashMap<>())
        .put(token, scope);
  }

  /** From now on it does not: the token is revoked or has expired. */
  void revoke(String organization, String token) {
    organizations.get(organization).remove(token);
  }

  @Override
  public List<String> challenges(Visit visit) {
    String organization = locate(visit.host(), visit.path()).split("/", 3)[1];
    String token = visit.password();
    Scope scope =
        token == null || visit.user().isEmpty()
            ? null
            : organizations.getOrDefault(organization, Map.of()).get(token);
    boolean welcome = scope == Scope.WRITE || (scope == Scope.READ && !visit.push());
    return welcome ? List.of() : REFUSED;
  }

  @Override
  public String locate(String host, String path) {
    String first = host.toLowerCase(Locale.ROOT).split("\\.", 2)[0];
    if (!host.endsWith(".visualstudio.com")) {
      String[] parts = path.split("/", 3);
      return "/" + parts[1].toLowerCase(Locale.ROOT) + "/" + (parts.length > 2 ? parts[2] : "");
    }
    String rest = path.startsWith("/DefaultCollection/") ? path.substring(18) : path;
    return "/" + first + rest;
  }
}
