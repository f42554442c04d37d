package io.github.gitcredentialpat.identity;

import java.util.Locale;
import java.util.Set;

/**
 * The name of an organization of Azure DevOps Services, by Microsoft's rule: English letters,
 * digits and hyphens, a letter or digit at both ends, at most 50 of them.
 */
public final class OrganizationName {
  private static final int LONGEST = 50;

  /**
   * Names in an organization's place that are the service's own: its hosts, and {@code e}, below
   * which the addresses of enterprises begin.
   */
  private static final Set<String> RESERVED = Set.of("app", "www", "vs-ssh", "marketplace", "e");

  /** How the names of the service's scale units begin. */
  private static final String[] SCALE_UNITS = {
    "tfsprod", "spsprod", "pkgsprod", "artprod", "vsrmprod"
  };

  private OrganizationName() {}

  /** Whether an organization may have this name, in any case. */
  static boolean isValid(String name) {
    int length = name.length();
    if (length == 0 || length > LONGEST) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = name.charAt(i);
      boolean isLetterOrDigit =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!isLetterOrDigit && (c != '-' || i == 0 || i == length - 1)) {
        return false;
      }
    }
    return !isReserved(name.toLowerCase(Locale.ROOT));
  }

  private static boolean isReserved(String name) {
    for (String scaleUnit : SCALE_UNITS) {
      if (name.startsWith(scaleUnit)) {
        return true;
      }
    }
    return RESERVED.contains(name);
  }

  /**
   * Returns the name if it can be used in a URL as it is.
   *
   * @throws IllegalArgumentException when it cannot
   */
  public static String requirePlain(String organization) {
    boolean plain = !organization.isEmpty();
    for (int i = 0; i < organization.length(); i++) {
      char c = organization.charAt(i);
      plain &= c < 0x7f && (Character.isLetterOrDigit(c) || c == '-' || c == '_');
    }
    if (!plain) {
      throw new IllegalArgumentException("that is not the name of an organization");
    }
    return organization;
  }
}
