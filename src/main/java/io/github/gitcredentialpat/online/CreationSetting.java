package io.github.gitcredentialpat.online;

import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.StateRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Whether a token that is missing when git asks is created at the service, and what it is to be: a
 * record in the state folder, which is read only where a token is missing.
 *
 * @param scope its scopes, joined by one space
 * @param days how long it is to live
 */
public record CreationSetting(String scope, int days) {
  public static final String DEFAULT_SCOPE = "vso.code_write";
  public static final int DEFAULT_DAYS = 30;

  private static final String FILE = "create";
  private static final String SCOPES = "scopes";
  private static final String DAYS = "days";
  private static final int MOST_DAYS = 365;

  /** Whether the service can make a token for so many days. */
  public static boolean isPossible(long days) {
    return days > 0 && days <= MOST_DAYS;
  }

  /** The file that holds it. */
  public static Path file(Environment surroundings) {
    return surroundings.stateFolder().resolve(FILE);
  }

  /**
   * The setting; absent where tokens are not created, the file cannot be understood, or {@code
   * GIT_CREDENTIAL_PAT_CREATE} turns it off.
   */
  public static @Nullable CreationSetting of(Environment surroundings) {
    if ("0".equals(surroundings.variable("GIT_CREDENTIAL_PAT_CREATE"))) {
      return null;
    }
    try {
      Properties values = StateRecord.read(file(surroundings));
      String scope = values.getProperty(SCOPES, "");
      long days = StateRecord.number(values, DAYS);
      return scope.isEmpty() || !isPossible(days) ? null : new CreationSetting(scope, (int) days);
    } catch (IOException e) {
      if (surroundings.messages() != null) {
        surroundings.messages().trace(e);
      }
      return null;
    }
  }

  /** Writes it down, in place of an older one. */
  public void save(Environment surroundings) throws IOException {
    StateRecord.write(file(surroundings), Map.of(SCOPES, scope, DAYS, Integer.toString(days)));
  }

  /** Turns it off. Returns whether it was on. */
  public static boolean remove(Environment surroundings) throws IOException {
    return Files.deleteIfExists(file(surroundings));
  }
}
