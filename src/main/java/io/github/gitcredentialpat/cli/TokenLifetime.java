package io.github.gitcredentialpat.cli;

import io.github.gitcredentialpat.platform.UserException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** How long a token lives, as a person types and reads it. */
public final class TokenLifetime {
  private static final long DAY = 86_400;

  /** So many days before its end a person is to know. */
  private static final long SOON = 7;

  private TokenLifetime() {}

  /**
   * The end of a life.
   *
   * @param typed a date, whose first second in UTC is meant, or a number of days from now
   * @param now seconds since the epoch
   * @return seconds since the epoch
   */
  public static long end(String typed, long now) throws UserException {
    try {
      long end =
          typed.matches("\\d{1,4}")
              ? now + Integer.parseInt(typed) * DAY
              : LocalDate.parse(typed).atStartOfDay(ZoneOffset.UTC).toEpochSecond();
      if (end > now) {
        return end;
      }
    } catch (DateTimeException e) {
      throw UserException.wrongUsage(
          "--expires takes a date or a number of days, such as 2027-02-01 or 90");
    }
    throw UserException.wrongUsage("--expires is in the past");
  }

  /**
   * Seconds from {@code 90s}, {@code 30m}, {@code 1h} or {@code 2d}.
   *
   * @param option what it stands behind, for the message when it is none of these
   */
  public static long span(String option, String typed) throws UserException {
    if (typed.matches("\\d{1,5}[smhd]")) {
      long number = Long.parseLong(typed.substring(0, typed.length() - 1));
      return switch (typed.charAt(typed.length() - 1)) {
        case 's' -> number;
        case 'm' -> number * 60;
        case 'h' -> number * 3_600;
        default -> number * DAY;
      };
    }
    throw UserException.wrongUsage(option + " takes minutes, hours or days, such as 30m, 1h or 2d");
  }

  /** Whole days until the end; negative when it is over. */
  public static long daysLeft(long end, long now) {
    return Math.floorDiv(end - now, DAY);
  }

  /** When a person is warned first of an end; both in seconds since the epoch. */
  public static long warningDay(long end) {
    return end - SOON * DAY;
  }

  /** Whether the end is near, or was there. */
  public static boolean endsSoon(long end, long now) {
    return end <= now + SOON * DAY;
  }

  /** {@code 1 day}, {@code 2 days}. */
  public static String days(long days) {
    return days + (days == 1 ? " day" : " days");
  }
}
