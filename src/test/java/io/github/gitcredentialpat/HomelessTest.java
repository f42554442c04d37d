package io.github.gitcredentialpat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Native;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process without a home folder: a container under any user id, or a HOME that is none. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "HOME is not what Windows goes by")
final class HomelessTest {
  private final String userHome = System.getProperty("user.home");
  private final Map<String, String> environment = new HashMap<>();

  /**
   * From the class path JNA unpacks its own library below the home folder; packaged it does not.
   */
  @BeforeAll
  static void unpackNativeLibrary() {
    assertThat(Native.POINTER_SIZE).isPositive();
  }

  @AfterEach
  void restore() {
    System.setProperty("user.home", userHome);
  }

  private String run(int status, String input, String... arguments) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    assertThat(
            Main.run(
                arguments, new ByteArrayInputStream(input.getBytes(UTF_8)), out, err, environment))
        .as(err.toString(UTF_8))
        .isEqualTo(status);
    assertThat(out.toString(UTF_8)).isEmpty();
    return err.toString(UTF_8);
  }

  private static List<String> here() throws Exception {
    try (Stream<Path> files = Files.list(Path.of(""))) {
      return files.map(Path::toString).sorted().toList();
    }
  }

  private void assertIsHomeless() throws Exception {
    List<String> before = here();
    String request = "protocol=https\nhost=dev.azure.com\npath=contoso\n";
    for (String store : List.of("file", "pass")) {
      assertThat(run(0, request + "\n", "--store", store, "get")).contains("no home folder");
      String login = request + "username=pat\npassword=" + "x".repeat(9) + "\n\n";
      assertThat(run(1, login, "--store", store, "store")).contains("no home folder");
      assertThat(run(1, "", "--store", store, "list"))
          .contains("no home folder")
          .doesNotContain("no token");
    }
    assertThat(here()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "home", "", "\uFFFDhome", "/home/\uFFFD"})
  void aHomeThatIsNoAbsolutePathIsNone(String home) throws Exception {
    environment.put("HOME", home);
    System.setProperty("user.home", "?");
    assertIsHomeless();
  }

  @Test
  void whereThePasswordDatabaseKnowsNobodyThereIsNone() throws Exception {
    System.setProperty("user.home", "?");
    assertIsHomeless();
  }

  @Test
  void aFolderThatIsNamedNeedsNoHome(@TempDir Path folder) {
    System.setProperty("user.home", "?");
    environment.put("XDG_DATA_HOME", folder.toString());
    assertThat(surroundings().dataFolder()).isEqualTo(folder.resolve("git-credential-pat"));
    assertThat(Environment.isNowhere(surroundings().stateFolder())).isTrue();
    // What cannot be decoded is not the folder that is meant, nor is the usual one.
    environment.put("HOME", folder.toString());
    environment.put("XDG_DATA_HOME", folder + "/\uFFFD");
    assertThat(Environment.isNowhere(surroundings().dataFolder())).isTrue();
    environment.put("XDG_DATA_HOME", "data");
    assertThat(surroundings().dataFolder())
        .isEqualTo(folder.resolve(".local/share/git-credential-pat"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "PASSWORD_STORE_DIR"})
  void whatCannotBeDecodedIsNamed(String variable, @TempDir Path folder) throws Exception {
    environment.put("HOME", folder.toString());
    environment.put(variable, folder + "/M\uFFFDller");
    String store = variable.equals("PASSWORD_STORE_DIR") ? "pass" : "file";
    String request = "protocol=https\nhost=dev.azure.com\npath=contoso\n";
    String login = request + "username=pat\npassword=" + "x".repeat(9) + "\n\n";
    for (String said :
        List.of(
            run(0, request + "\n", "--store", store, "get"),
            run(1, login, "--store", store, "store"),
            run(1, "", "--store", store, "list"))) {
      assertThat(said).contains(variable).doesNotContain("pass init");
    }
    assertThat(folder.resolve("M\uFFFDller")).doesNotExist();
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files.filter(Files::isRegularFile))
          .allMatch(file -> file.endsWith("git-credential-pat/lock"));
    }
  }

  private Environment surroundings() {
    return new Environment(environment, false, new Deadline());
  }
}
