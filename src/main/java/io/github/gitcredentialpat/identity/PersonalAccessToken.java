package io.github.gitcredentialpat.identity;

/** The outward form of a personal access token. A form is a hint, never a proof. */
public final class PersonalAccessToken {
  private static final int LENGTH = 84;
  private static final int LENGTH_BEFORE_2024 = 52;
  private static final int SIGNATURE_AT = 76;

  private PersonalAccessToken() {}

  /**
   * Whether a text has the form of a token: 84 letters and digits with {@code AZDO} at offset 76
   * (Azure DevOps Services since July 2024), 52 characters of base32 (before, and Azure DevOps
   * Server), or an Entra access token (a JWT).
   */
  public static boolean isLike(String text) {
    int length = text.length();
    if (length == LENGTH) {
      return text.startsWith("AZDO", SIGNATURE_AT) && isAlphanumeric(text);
    }
    if (length == LENGTH_BEFORE_2024) {
      return isBase32(text);
    }
    return length > 100 && text.startsWith("eyJ") && text.indexOf('.') != text.lastIndexOf('.');
  }

  private static boolean isAlphanumeric(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isBase32(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!((c >= 'a' && c <= 'z') || (c >= '2' && c <= '7'))) {
        return false;
      }
    }
    return true;
  }
}
