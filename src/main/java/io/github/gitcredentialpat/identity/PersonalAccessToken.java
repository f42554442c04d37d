package io.github.gitcredentialpat.identity;

import java.time.YearMonth;
import org.jspecify.annotations.Nullable;

/** The outward form of a personal access token. A form is a hint, never a proof. */
public final class PersonalAccessToken {
  private static final int LENGTH = 84;
  private static final int LENGTH_BEFORE_2024 = 52;
  private static final String SIGNATURE = "AZDO";
  private static final int SIGNATURE_AT = 76;
  private static final String MARK = "JQQJ99";
  private static final int MARK_AT = 52;

  private PersonalAccessToken() {}

  /**
   * Whether a text has the form of a token: 84 letters and digits with {@code AZDO} at offset 76
   * (Azure DevOps Services since July 2024), 52 characters of base32 (before, and Azure DevOps
   * Server), or an Entra access token (a JWT).
   */
  public static boolean isLike(String text) {
    int length = text.length();
    if (length == LENGTH) {
      return text.startsWith(SIGNATURE, SIGNATURE_AT) && isAlphanumeric(text);
    }
    if (length == LENGTH_BEFORE_2024) {
      return isBase32(text);
    }
    return length > 100 && text.startsWith("eyJ") && text.indexOf('.') != text.lastIndexOf('.');
  }

  /**
   * The month in which a token was issued, which the form of July 2024 carries (Microsoft's code):
   * a mark at offset 52, and behind it a letter for the year, {@code A} for 2024, and one for the
   * month.
   *
   * @param token its bytes; not changed
   * @return absent when the token has another form
   */
  public static @Nullable YearMonth issuedIn(byte[] token) {
    if (token.length != LENGTH
        || !isAt(token, SIGNATURE_AT, SIGNATURE)
        || !isAt(token, MARK_AT, MARK)) {
      return null;
    }
    int year = token[MARK_AT + MARK.length()] - 'A';
    int month = token[MARK_AT + MARK.length() + 1] - 'A';
    return year >= 0 && year < 26 && month >= 0 && month < 12
        ? YearMonth.of(2024 + year, 1 + month)
        : null;
  }

  private static boolean isAt(byte[] token, int offset, String text) {
    for (int i = 0; i < text.length(); i++) {
      if (token[offset + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
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
