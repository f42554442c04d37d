package io.github.gitcredentialpat.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.YearMonth;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The outward form of a personal access token, and what clings to one that was copied. A form is a
 * hint, never a proof.
 */
public final class TokenFormat {
  private static final int LENGTH = 84;
  private static final int LENGTH_BEFORE_2024 = 52;
  private static final String SIGNATURE = "AZDO";
  private static final int SIGNATURE_AT = 76;
  private static final String MARK = "JQQJ99";
  private static final int MARK_AT = 52;

  private TokenFormat() {}

  /**
   * Whether a text has the form of a token: 84 letters and digits with {@code AZDO} at offset 76
   * (Azure DevOps Services since July 2024), 52 characters of base32 (before, and Azure DevOps
   * Server), or an Entra access token (a JWT).
   */
  public static boolean isLike(byte[] text) {
    int length = text.length;
    if (length == LENGTH) {
      return isAt(text, SIGNATURE_AT, SIGNATURE) && isAlphanumeric(text);
    }
    if (length == LENGTH_BEFORE_2024) {
      return isBase32(text);
    }
    return length > 100 && isAt(text, 0, "eyJ") && hasTwoDots(text);
  }

  /** The same for a text that may be shown, such as a user name. */
  public static boolean isLike(String text) {
    return isLike(text.getBytes(UTF_8));
  }

  /**
   * A copied token without what clings to it: blanks, line ends and other control characters,
   * characters that nobody sees (a byte order mark, a zero-width or no-break space), and pairs of
   * quotes. What Windows PowerShell writes into a file, two bytes for each letter, becomes one.
   *
   * @param copied its bytes; not changed, for the caller to wipe
   * @return the token; the same array when nothing clung to it, else a new one
   */
  public static byte[] bare(byte[] copied) {
    return bare(copied, true);
  }

  /** The same for a password of another host, whose quotes are its own. */
  public static byte[] trimmed(byte[] copied) {
    return bare(copied, false);
  }

  private static byte[] bare(byte[] copied, boolean withoutQuotes) {
    byte[] text = isUtf16(copied) ? everySecond(copied) : copied;
    int start = 0;
    int end = text.length;
    boolean more = true;
    while (more) {
      int before = start;
      int after = end;
      start = behindBlanks(text, start, end);
      end = beforeBlanks(text, start, end);
      int quote = withoutQuotes ? quotes(text, start, end) : 0;
      start += quote;
      end -= quote;
      more = start != before || end != after;
    }
    if (start == 0 && end == text.length) {
      return text;
    }
    byte[] bare = Arrays.copyOfRange(text, start, end);
    if (text != copied) {
      Arrays.fill(text, (byte) 0);
    }
    return bare;
  }

  /**
   * The same, but only when what is left has the form of a token: for what may as well be a
   * password, whose blanks and quotes belong to it.
   *
   * @return the same array unless a token is left
   */
  public static byte[] bareIfToken(byte[] copied) {
    byte[] bare = bare(copied);
    if (bare == copied || isLike(bare)) {
      return bare;
    }
    Arrays.fill(bare, (byte) 0);
    return copied;
  }

  /** Whether more than blanks and line ends, which editors and pipes add, is around a token. */
  public static boolean isMarked(byte[] copied) {
    if (isUtf16(copied)) {
      return false;
    }
    int start = 0;
    int end = copied.length;
    while (start < end && isBlank(copied[start])) {
      start++;
    }
    while (end > start && isBlank(copied[end - 1])) {
      end--;
    }
    return start < end
        && (blank(copied, start, end) > 0
            || beforeBlanks(copied, start, end) < end
            || quotes(copied, start, end) > 0);
  }

  /**
   * Whether this is no token but what a pipeline puts in place of one whose name it does not know:
   * its own expression, such as {@code $(System.AccessToken)}.
   */
  public static boolean isUnresolved(byte[] text) {
    if (text.length < 3 || text[0] != '$') {
      return false;
    }
    byte last = text[text.length - 1];
    return switch (text[1]) {
      case '(' -> last == ')';
      case '[' -> last == ']';
      case '{' -> last == '}';
      default -> false;
    };
  }

  private static int behindBlanks(byte[] text, int start, int end) {
    int at = start;
    for (int length = blank(text, at, end); length > 0; length = blank(text, at, end)) {
      at += length;
    }
    return at;
  }

  private static int beforeBlanks(byte[] text, int start, int end) {
    int at = end;
    for (int length = 1; length <= 3 && at - length >= start; ) {
      if (blank(text, at - length, at) == length) {
        at -= length;
        length = 1;
      } else {
        length++;
      }
    }
    return at;
  }

  /** The length in UTF-8 of the blank or invisible character that begins there; 0 for another. */
  private static int blank(byte[] text, int at, int end) {
    if (at >= end) {
      return 0;
    }
    if (isBlank(text[at])) {
      return 1;
    }
    int first = text[at] & 0xff;
    int second = at + 1 < end ? text[at + 1] & 0xff : 0;
    if (first == 0xc2) {
      // Controls of Latin-1, the no-break space, the soft hyphen.
      return (second >= 0x80 && second <= 0xa0) || second == 0xad ? 2 : 0;
    }
    int third = at + 2 < end ? text[at + 2] & 0xff : 0;
    boolean isInvisible =
        switch (first << 8 | second) {
          // Spaces of all widths and of none, marks of direction, ends of line and paragraph.
          case 0xe280 -> (third >= 0x80 && third <= 0x8f) || (third >= 0xa8 && third <= 0xaf);
          // The word joiner and its like.
          case 0xe281 -> third >= 0x9f && third <= 0xaf;
          // The space that is as wide as an ideograph.
          case 0xe380 -> third == 0x80;
          // The byte order mark.
          case 0xefbb -> third == 0xbf;
          default -> false;
        };
    return isInvisible ? 3 : 0;
  }

  private static boolean isBlank(byte b) {
    return (b >= 0 && b <= ' ') || b == 0x7f;
  }

  /** The length in UTF-8 of each of the two quotes that the text stands in; 0 when in none. */
  private static int quotes(byte[] text, int start, int end) {
    int length = quote(text, start, end);
    boolean isPair =
        length > 0
            && end - start >= 2 * length
            && quote(text, end - length, end) == length
            && (length > 1 || text[start] == text[end - 1]);
    return isPair ? length : 0;
  }

  /** The length in UTF-8 of the quote that begins there; 0 when there is none. */
  private static int quote(byte[] text, int at, int end) {
    if (at >= end) {
      return 0;
    }
    if (text[at] == '"' || text[at] == '\'' || text[at] == '`') {
      return 1;
    }
    // The curly ones, which editors of texts make.
    return at + 2 < end
            && (text[at] & 0xff) == 0xe2
            && (text[at + 1] & 0xff) == 0x80
            && (text[at + 2] & 0xff) >= 0x98
            && (text[at + 2] & 0xff) <= 0x9f
        ? 3
        : 0;
  }

  private static boolean isUtf16(byte[] text) {
    if (text.length < 2
        || text.length % 2 != 0
        || (text[0] & 0xff) != 0xff
        || (text[1] & 0xff) != 0xfe) {
      return false;
    }
    for (int i = 3; i < text.length; i += 2) {
      if (text[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static byte[] everySecond(byte[] utf16) {
    byte[] letters = new byte[utf16.length / 2 - 1];
    for (int i = 0; i < letters.length; i++) {
      letters[i] = utf16[2 + 2 * i];
    }
    return letters;
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

  private static boolean hasTwoDots(byte[] text) {
    int dots = 0;
    for (int i = 0; i < text.length && dots < 2; i++) {
      dots += text[i] == '.' ? 1 : 0;
    }
    return dots == 2;
  }

  private static boolean isAlphanumeric(byte[] text) {
    for (byte c : text) {
      if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isBase32(byte[] text) {
    for (byte c : text) {
      if (!((c >= 'a' && c <= 'z') || (c >= '2' && c <= '7'))) {
        return false;
      }
    }
    return true;
  }
}
