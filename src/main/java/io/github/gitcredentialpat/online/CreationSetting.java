package io.github.gitcredentialpat.online;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Whether a token that is missing when git asks is created at the service, and what it is to be: a
 * file of two lines in the state folder, which is read only where a token is missing.
 *
 * @param scope its scopes, joined by one space
 * @param days how long it is to live
 */
public record CreationSetting(String scope, int days) {
  public static final String DEFAULT_SCOPE = "vso.code_write";
  public static final int DEFAULT_DAYS = 30;

  private static final String FILE = "create";
  private static final String UNFINISHED = "unfinished-";
  private static final String SCOPES = "scopes=";
  private static final String DAYS = "days=";
  private static final int MOST_DAYS = 365;

  /** Whether the service can make a token for so many days. */
  public static boolean isPossible(int days) {
    return days > 0 && days <= MOST_DAYS;
  }

  /** The file that holds it. */
  public static Path file(Environment surroundings) {
    return surroundings.stateFolder().resolve(FILE);
  }

  /** The setting; absent where tokens are not created, or the file cannot be understood. */
  public static @Nullable CreationSetting of(Environment surroundings) {
    String scope = "";
    int days = 0;
    try {
      for (String line : Files.readAllLines(file(surroundings), UTF_8)) {
        if (line.startsWith(SCOPES)) {
          scope = line.substring(SCOPES.length());
        } else if (line.startsWith(DAYS)) {
          days = Integer.parseInt(line.substring(DAYS.length()));
        }
      }
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException | NumberFormatException e) {
      if (surroundings.messages() != null) {
        surroundings.messages().trace(e);
      }
      return null;
    }
    return scope.isEmpty() || !isPossible(days) ? null : new CreationSetting(scope, days);
  }

  /** Writes it down, in place of an older one. */
  public void save(Environment surroundings) throws IOException {
    Path file = file(surroundings);
    PrivateFiles.makeFolder(file.getParent());
    byte[] content = (SCOPES + scope + "\n" + DAYS + days + "\n").getBytes(UTF_8);
    PrivateFiles.finish(PrivateFiles.writeUnfinished(file.getParent(), UNFINISHED, content), file);
  }

  /** Turns it off. Returns whether it was on. */
  public static boolean remove(Environment surroundings) throws IOException {
    return Files.deleteIfExists(file(surroundings));
  }
}
