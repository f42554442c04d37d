package io.github.gitcredentialpat.entra;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A tenant of Entra: the people and programs of a company, by its id or a domain. */
public final class Tenant {
  static final String NO_TENANT = "00000000-0000-0000-0000-000000000000";

  private Tenant() {}

  /**
   * The tenant that a {@code WWW-Authenticate} header sends to, as Azure DevOps ({@code
   * authorization_uri=}) and Azure Key Vault ({@code authorization=}) write it. Only the id is
   * taken from it: where to sign in is not for an answer to say. Several challenges may share a
   * header.
   *
   * @return absent when it names none
   */
  public static @Nullable String tenantIn(String challenges) {
    String lower = challenges.toLowerCase(Locale.ROOT);
    int bearer = lower.indexOf("bearer");
    int start = bearer < 0 ? -1 : lower.indexOf("authorization", bearer);
    if (start < 0) {
      return null;
    }
    String value = challenges.substring(start + "authorization".length());
    if (!value.startsWith("=") && !value.startsWith("_uri=")) {
      return null;
    }
    int slash = value.indexOf('/', value.indexOf("://") + 3);
    int end = slash + 1 + NO_TENANT.length();
    if (slash < 0 || value.length() < end) {
      return null;
    }
    String tenant = value.substring(slash + 1, end);
    return isId(tenant) ? tenant : null;
  }

  static boolean isId(String text) {
    boolean plain = text.length() == NO_TENANT.length();
    for (int i = 0; plain && i < text.length(); i++) {
      char c = text.charAt(i);
      plain = NO_TENANT.charAt(i) == '-' ? c == '-' : c < 0x7f && Character.digit(c, 16) >= 0;
    }
    return plain;
  }

  /** Whether this can be one: an id, or a domain. */
  static boolean isTenant(String tenant) {
    boolean plain = !tenant.isEmpty() && tenant.charAt(0) != '-' && tenant.charAt(0) != '.';
    for (int i = 0; i < tenant.length(); i++) {
      char c = tenant.charAt(i);
      plain &= c < 0x7f && (Character.isLetterOrDigit(c) || c == '-' || c == '.');
    }
    return plain;
  }

  /** An id, or a domain. */
  static String requireTenant(String tenant) {
    if (!isTenant(tenant)) {
      throw new IllegalArgumentException("not the id or a domain of a tenant");
    }
    return tenant;
  }
}
