package io.github.gitcredentialpat.command;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** How long a token lives, as a person types it. */
final class Lifetime {
  private static final long DAY = 86_400;

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
}
