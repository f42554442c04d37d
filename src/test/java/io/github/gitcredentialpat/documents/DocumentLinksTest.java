package io.github.gitcredentialpat.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The first screen stays one, and links lead somewhere. */
final class DocumentLinksTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)]+)\\)");

  private static List<Path> documents() throws IOException {
    List<Path> documents = new ArrayList<>();
    for (Path folder : List.of(Path.of(""), Path.of("docs"))) {
      try (Stream<Path> files = Files.list(folder)) {
        files.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
      }
    }
    return documents;
  }

  @Test
  void everyLinkBetweenDocumentsLeadsToASectionThatIsThere() throws IOException {
    int found = 0;
    for (Path document : documents()) {
      Matcher link = LINK.matcher(Files.readString(document));
      while (link.find()) {
        if (link.group(1).contains("://")) {
          continue;
        }
        String[] parts = link.group(1).split("#", 2);
        Path target = parts[0].isEmpty() ? document : document.resolveSibling(parts[0]);
        assertThat(target).as("%s: %s", document, link.group()).exists();
        if (parts.length > 1) {
          assertThat(anchors(target)).as("%s: %s", document, link.group()).contains(parts[1]);
        }
        found++;
      }
    }
    assertThat(found).isGreaterThan(30);
  }

  /** As GitHub makes them of headings. */
  private static List<String> anchors(Path document) throws IOException {
    return Files.readAllLines(document).stream()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
        .map(title -> title.replaceAll("[^a-z0-9 _-]", "").replace(' ', '-'))
        .toList();
  }

  @Test
  void theFirstDocumentLeadsToAllOthers() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    for (Path document : documents()) {
      if (!document.endsWith("README.md")) {
        assertThat(readme).contains("(" + document.toString().replace('\\', '/') + ")");
      }
    }
  }

  @Test
  void theFirstDocumentIsShort() throws IOException {
    List<String> lines = Files.readAllLines(Path.of("README.md"));
    assertThat(lines).hasSizeLessThanOrEqualTo(110).allMatch(line -> line.length() <= 100);
  }
}
