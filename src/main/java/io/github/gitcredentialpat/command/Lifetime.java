package io.github.gitcredentialpat.command;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** How long a token lives, as a person types and reads it. */
final class Lifetime {
  private static final long DAY = 86_400;

  /** So many days before its end a person is to know. */
  private static final long SOON = 7;

  private Lifetime() {}

  /**
   * The end of a life.
   *
   * @param typed a date, whose first second in UTC is meant, or a number of days from now
   * @param now seconds since the epoch
   * @return seconds since the epoch
   */
  static long end(String typed, long now) throws CommandException {
    try {
      long end =
          typed.matches("\\d{1,4}")
              ? now + Integer.parseInt(typed) * DAY
              : LocalDate.parse(typed).atStartOfDay(ZoneOffset.UTC).toEpochSecond();
      if (end > now) {
        return end;
      }
    } catch (DateTimeException e) {
      throw CommandException.wrongUsage(
          "--expires takes a date or a number of days, as in 2027-02-01 or 90");
    }
    throw CommandException.wrongUsage("--expires names a day that is over");
  }

  /** Whole days until the end; negative when it is over. */
  static long daysLeft(long end, long now) {
    return Math.floorDiv(end - now, DAY);
  }

  /** Whether the end is near, or was there. */
  static boolean endsSoon(long end, long now) {
    return end <= now + SOON * DAY;
  }

  /** {@code 1 day}, {@code 2 days}. */
  static String days(long days) {
    return days + (days == 1 ? " day" : " days");
  }
}
