package io.github.gitcredentialpat.schedule;

import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.StateRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * When tokens were renewed last, and how it went.
 *
 * @param at seconds since the epoch
 * @param isGood whether nothing was left to do
 */
public record LastRun(long at, boolean isGood) {
  private static final String AT = "at";
  private static final String STATUS = "status";

  private static Path file(Environment surroundings) {
    return surroundings.stateFolder().resolve("renewal");
  }

  /** Absent when it never ran. */
  public static @Nullable LastRun of(Environment surroundings) throws IOException {
    Properties values = StateRecord.read(file(surroundings));
    long at = StateRecord.number(values, AT);
    return at == 0 ? null : new LastRun(at, "0".equals(values.getProperty(STATUS)));
  }

  /** Writes it down for {@code doctor}. */
  public void write(Environment surroundings) throws IOException {
    Map<String, String> values = Map.of(AT, Long.toString(at), STATUS, isGood ? "0" : "1");
    StateRecord.write(file(surroundings), values);
  }
}
