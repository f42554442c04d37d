package io.github.gitcredentialpat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A newcomer finds their way: rooms say what they are for, and neither rooms nor files grow big.
 */
final class HouseTest {
  private static final int MOST_CLASSES = 15;
  private static final int MOST_LINES = 400;

  /** Stands in the head of a longer file, and after it the reason. */
  private static final String REASON = "// More than 400 lines: ";

  /** The classes of each package of the program. */
  private static Map<Path, List<String>> rooms() throws IOException {
    Map<Path, List<String>> rooms = new TreeMap<>();
    for (Path file : sources("src/main/java")) {
      String name = file.getFileName().toString();
      rooms.computeIfAbsent(file.getParent(), folder -> new ArrayList<>()).add(name);
    }
    return rooms;
  }

  private static List<Path> sources(String folder) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(folder))) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }

  @Test
  void eachRoomSaysWhatItIsForAndIsNoHall() throws IOException {
    Map<Path, List<String>> rooms = rooms();
    assertThat(rooms).hasSizeGreaterThan(20);
    rooms.forEach(
        (folder, files) -> {
          assertThat(files).as("%s", folder).contains("package-info.java");
          assertThat(files).as("%s", folder).hasSizeLessThanOrEqualTo(MOST_CLASSES + 1);
        });
  }

  @Test
  void aLongFileSaysWhyItIsOne() throws IOException {
    List<String> wrong = new ArrayList<>();
    for (String folder : List.of("src/main/java", "src/test/java")) {
      for (Path file : sources(folder)) {
        String text = Files.readString(file);
        boolean isLong = text.lines().count() > MOST_LINES;
        if (isLong != text.contains("\n" + REASON)) {
          wrong.add(file + (isLong ? " needs a reason, or to be split" : " needs no reason"));
        }
      }
    }
    assertThat(wrong).isEmpty();
  }
}
