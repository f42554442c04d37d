package io.github.gitcredentialpat.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The variables of docs/environment.md, and of the manual, are those that the program knows. */
final class EnvironmentDocumentTest {
  private static final Pattern UPPER_CASE = Pattern.compile("\"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\"");
  private static final Pattern ASKED_FOR =
      Pattern.compile(
          "(?:variable|environment(?:\\(\\))?\\.(?:get|getOrDefault|containsKey)|isSet|inEitherCase)"
              + "\\((?:environment, )?\"([A-Za-z_]+)\"");

  /** Words of gpg's and git's that look the same, and a prefix. */
  private static final List<String> NO_VARIABLES =
      List.of("DECRYPTION_KEY", "DECRYPTION_OKAY", "ENC_TO", "FETCH_HEAD", "CARGO_REGISTR");

  /** Taken out of, or put into, the environment of git, gpg or what exec runs. */
  private static final List<String> OF_CHILDREN =
      List.of(
          "GIT_DIR",
          "GIT_WORK_TREE",
          "GIT_INDEX_FILE",
          "GIT_OBJECT_DIRECTORY",
          "GIT_PREFIX",
          "GIT_EDITOR",
          "GIT_OPTIONAL_LOCKS",
          "GPG_TTY",
          "MSYS_NO_PATHCONV",
          "MSYS2_ARG_CONV_EXCL");

  /** Windows' way to write PATH. */
  private static final String SAME_AS_PATH = "Path";

  @Test
  void everyVariableOfTheSourcesIsDescribed() throws IOException {
    String sources = sources();
    Set<String> used = new TreeSet<>(found(UPPER_CASE, sources));
    used.addAll(found(ASKED_FOR, sources));
    // GIT_CONFIG_KEY_0 and so on.
    used.removeIf(name -> name.endsWith("_"));
    NO_VARIABLES.forEach(used::remove);
    OF_CHILDREN.forEach(used::remove);
    used.remove(SAME_AS_PATH);
    assertThat(used)
        .contains("GIT_CREDENTIAL_PAT_STORE", "HOME", "container")
        .hasSizeGreaterThan(40);
    assertThat(described()).containsAll(used);
  }

  @Test
  void everyVariableThatIsDescribedIsUsed() throws IOException {
    String sources = sources();
    for (String name : described()) {
      String word = name.endsWith("_proxy") ? "_proxy" : name;
      assertThat(sources).as(name).contains(word + "\"");
    }
  }

  /** The words in backquotes in the tables and the last paragraph, but for values. */
  private static Set<String> described() throws IOException {
    String all = Files.readString(Path.of("docs/environment.md"));
    String text = all.substring(all.indexOf("## Environment"), all.indexOf("## Files"));
    Set<String> names = new TreeSet<>();
    for (String line : text.split("\n")) {
      String cell = line.startsWith("| `") ? line.substring(1, line.indexOf('|', 1)) : "";
      names.addAll(found(Pattern.compile("`([A-Za-z_]+)`"), cell));
      if (line.startsWith("`JAVA")) {
        names.addAll(found(Pattern.compile("`([A-Z_]+)`"), line));
      }
    }
    return names;
  }

  private static Set<String> found(Pattern pattern, String text) {
    Set<String> words = new TreeSet<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      words.add(matcher.group(1));
    }
    return words;
  }

  private static String sources() throws IOException {
    StringBuilder text = new StringBuilder();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
        text.append(Files.readString(file));
      }
    }
    return text.toString();
  }
}
