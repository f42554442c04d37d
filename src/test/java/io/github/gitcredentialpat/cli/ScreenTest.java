package io.github.gitcredentialpat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.cli.Screen.Mark;
import io.github.gitcredentialpat.platform.Terminal;
import io.github.gitcredentialpat.platform.TextWidth;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.testing.Pty;
import io.github.gitcredentialpat.testing.Typed;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
final class ScreenTest {
  private final Typed person = Typed.on(new InMemoryStore("memory"));

  private static Screen of(Map<String, String> environment) {
    return Screen.of(Terminal.OUTPUT, environment);
  }

  @Test
  void theVariableSaysHowWideItIs() {
    assertThat(of(Map.of("COLUMNS", "40")).width()).isEqualTo(40);
    for (String wrong : new String[] {"", "x", "-1", "0", "99999999999", "1000000"}) {
      assertThat(of(Map.of("COLUMNS", wrong)).isThere()).as(wrong).isFalse();
    }
    assertThat(of(Map.of()).textWidth()).isEqualTo(80);
  }

  @Test
  void marksAreSymbolsWhereTheLocaleHasThem() {
    assertThat(new Screen(80, false, true).mark(Mark.GOOD)).isEqualTo("✓");
    assertThat(new Screen(80, false, false).mark(Mark.BAD)).isEqualTo("FAILED");
    assertThat(new Screen(0, false, true).mark(Mark.GOOD)).isEqualTo("OK");
    assertThat(new Screen(80, true, false).marked(Mark.GOOD, "valid"))
        .isEqualTo("\u001b[32mOK\u001b[0m valid");
    assertThat(new Screen(9, true, true).marked(Mark.BAD, "one two three"))
        .isEqualTo("\u001b[31m✗\u001b[0m one two\n  three");
    assertThat(of(Map.of("LANG", "de_DE.UTF-8")).utf8()).isTrue();
    assertThat(of(Map.of("LANG", "de_DE.utf8", "LC_ALL", "")).utf8()).isTrue();
    assertThat(of(Map.of("LANG", "de_DE.UTF-8", "LC_ALL", "C")).utf8()).isFalse();
    assertThat(of(Map.of("LANG", "de_DE.UTF-8", "LC_CTYPE", "de_DE")).utf8()).isFalse();
    assertThat(of(Map.of()).utf8()).isFalse();
    String launchers = "GIT_CREDENTIAL_PAT_WAS_LC_ALL";
    assertThat(of(Map.of("LC_ALL", "C.UTF-8", launchers, "C")).utf8()).isFalse();
    assertThat(of(Map.of("LC_ALL", "C.UTF-8", launchers, "", "LANG", "C")).utf8()).isFalse();
    assertThat(of(Map.of("LC_ALL", "C", launchers, "", "LANG", "x.UTF-8")).utf8()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {60, 80, 200})
  void helpIsAsWideAsTheTerminal(int width) {
    assertThat(person.set("COLUMNS", "" + width).run("--help")).isZero();
    assertThat(person.out.lines())
        .allSatisfy(line -> assertThat(TextWidth.of(line)).isLessThanOrEqualTo(width))
        .anySatisfy(line -> assertThat(TextWidth.of(line)).isGreaterThan(width / 2));
  }

  @Test
  void helpInAPipeIsAsWideAsOnAUsualTerminal() {
    assertThat(person.run("--help")).isZero();
    String piped = person.out;
    assertThat(person.set("COLUMNS", "80").run("--help")).isZero();
    assertThat(piped).isEqualTo(person.out);
  }

  @Test
  void anExampleStaysOnOneLine() {
    assertThat(person.set("COLUMNS", "40").run("print", "--help")).isZero();
    assertThat(person.out)
        .contains("\nExample:\n  git-credential-pat print --format header contoso | curl");
  }

  @Test
  void messagesAreBrokenAtBlanksOnATerminalOnly() {
    assertThat(person.run("check", "not an organization")).isEqualTo(2);
    String line = person.err.lines().findFirst().orElseThrow();
    assertThat(line.length()).isGreaterThan(40);
    assertThat(person.set("COLUMNS", "40").run("check", "not an organization")).isEqualTo(2);
    assertThat(person.err).startsWith("git-credential-pat: ").doesNotContain(line);
    assertThat(person.err.replace("\n  ", " ")).startsWith(line + "\n");
  }

  @Test
  void theTerminalItselfIsAsked(@TempDir Path home) throws Exception {
    String command =
        System.getProperty("java.home")
            + "/bin/java -cp "
            + classPath()
            + " io.github.gitcredentialpat.Main ";
    Map<String, String> environment =
        Map.of("TERM", "xterm", "HOME", home.toString(), "LC_ALL", "C.UTF-8", "COLUMNS", "");
    try (Pty narrow = new Pty(command + "--help", environment, 64)) {
      assertThat(narrow.finish().replaceAll("\u001b\\[[0-9;]*m", "").lines())
          // Newer Javas warn of JNA, which the packaged program allows.
          .filteredOn(line -> !line.startsWith("WARNING: "))
          .allSatisfy(line -> assertThat(TextWidth.of(line)).isLessThanOrEqualTo(64))
          .anySatisfy(line -> assertThat(TextWidth.of(line)).isGreaterThan(55));
    }
    Map<String, String> colorless = new HashMap<>(environment);
    colorless.put("NO_COLOR", "1");
    try (Pty colored = new Pty(command + "--help", environment);
        Pty plain = new Pty(command + "--help", colorless)) {
      assertThat(colored.finish()).contains("\u001b[");
      assertThat(plain.finish()).contains("Usage: git-credential-pat").doesNotContain("\u001b[");
    }
    // A terminal that does not tell, as over a serial line.
    try (Pty unknown = new Pty(command + "--help", environment, 0)) {
      assertThat(unknown.finish().replaceAll("\u001b\\[[0-9;]*m", "").lines())
          // Newer Javas warn of JNA, which the packaged program allows.
          .filteredOn(line -> !line.startsWith("WARNING: "))
          .allSatisfy(line -> assertThat(TextWidth.of(line)).isLessThanOrEqualTo(80))
          .anySatisfy(line -> assertThat(TextWidth.of(line)).isGreaterThan(64));
    }
  }

  /** Who runs the tests may have given Java another one, and load the classes itself. */
  private static String classPath() throws Exception {
    if (!(Screen.class.getClassLoader() instanceof URLClassLoader loader)) {
      return System.getProperty("java.class.path");
    }
    List<String> entries = new ArrayList<>();
    for (URL entry : loader.getURLs()) {
      entries.add(Path.of(entry.toURI()).toString());
    }
    return String.join(File.pathSeparator, entries);
  }
}
