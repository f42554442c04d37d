package io.github.gitcredentialpat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Git, Microsoft and our own options spell as Americans do, and so does all that we write. */
final class SpellingTest {
  // The brackets keep this file from matching itself.
  private static final Pattern BRITISH =
      Pattern.compile(
          "organi[s](e|ation)|colo[u]r|behavio[u]r|favo[u]r|hono[u]r|neighbo[u]r|licen[c]e"
              + "|(recogn|author|synchron|summar|normal|initial|serial|optim|minim|custom)i[s](e|ing|ation)"
              + "|analy[s]e[drs]?\\b|cancel[l](ed|ing)|label[l](ed|ing)|judg[e]ment|artef[a]ct|defen[c]e"
              + "|catalog[u]e|\\bcent[r]e\\b",
          Pattern.CASE_INSENSITIVE);

  /** What lies in the project's folder and is not ours: what builds and tools make there. */
  private static final Set<String> MADE = Set.of("target", ".git", ".idea", ".vscode");

  @Test
  void everythingIsSpelledAsAmericansDo() throws IOException {
    List<Path> files;
    try (Stream<Path> top = Files.list(Path.of(""))) {
      files = top.filter(path -> !MADE.contains(path.toString())).toList();
    }
    List<String> found = new ArrayList<>();
    int read = 0;
    for (Path start : files) {
      try (Stream<Path> below = Files.walk(start)) {
        for (Path file : below.filter(Files::isRegularFile).toList()) {
          read++;
          int number = 0;
          // Bytes that are no text match nothing.
          for (String line : Files.readAllLines(file, ISO_8859_1)) {
            number++;
            if (BRITISH.matcher(line).find()) {
              found.add(file + ":" + number + ": " + line.strip());
            }
          }
          if (BRITISH.matcher(file.toString()).find()) {
            found.add(file.toString());
          }
        }
      }
    }
    assertThat(read).isGreaterThan(400);
    assertThat(found).isEmpty();
  }
}
