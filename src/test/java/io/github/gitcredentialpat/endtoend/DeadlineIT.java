package io.github.gitcredentialpat.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.testing.PrivateBus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keyrings that are absent, locked or dead: the helper ends in time and loses nothing. */
class DeadlineIT {
  /** Five seconds, and what a busy machine takes to start a process. */
  private static final Duration NOBODY_ASKED = Duration.ofSeconds(5 + 5);

  private static final Duration PROMPT_UP = Duration.ofSeconds(120 + 10);

  private static final String PLATFORM = "";

  @TempDir Path folder;
  private final String token = AzureSite.newToken();
  private PrivateBus bus;

  @BeforeEach
  void startBus() throws Exception {
    bus = new PrivateBus();
  }

  @AfterEach
  void stopBus() throws Exception {
    if (bus != null) {
      bus.close();
    }
  }

  @Test
  void withoutABusTheFileIsUsedInSilence() throws Exception {
    Person alice = person(PLATFORM, Map.of());

    assertMiss(alice, "");
    assertThat(store(alice).err()).isEmpty();
    assertAnswer(alice);
    assertMiss(person("secretservice", Map.of()), "secretservice: ");
  }

  @Test
  void onABusWithoutAKeyringTheFileIsUsedInSilence() throws Exception {
    Person alice = person(PLATFORM, bus.environment());

    assertMiss(alice, "");
    assertThat(store(alice).err()).isEmpty();
    assertAnswer(alice);
  }

  @Test
  void aKeyringThatNeverAnswersIsGivenUp() throws Exception {
    bus.startScript("silent");
    Person alice = person("secretservice", bus.environment());

    assertMiss(alice, "git-credential-pat: ");
    for (String operation : new String[] {"store", "erase"}) {
      Programs.Result result = operation.equals("store") ? store(alice) : erase(alice);
      assertThat(result.took()).isLessThan(NOBODY_ASKED);
      assertThat(result.out()).isEmpty();
      assertThat(result.err()).startsWith("git-credential-pat: ").doesNotContain(token);
    }
  }

  @Test
  void aLockedKeyringWithoutAPrompterLosesNothing() throws Exception {
    bus.startKeyring();
    Person alice = person("secretservice", bus.environment());
    store(alice);
    bus.startLockedKeyring();

    assertMiss(alice, "lock");
    assertThat(erase(alice).err()).startsWith("git-credential-pat: ").contains("lock");
    alice.set("DISPLAY", ":99");
    assertMiss(alice, "lock");
    assertThat(erase(alice).err()).startsWith("git-credential-pat: ").contains("lock");

    bus.startKeyring();
    assertAnswer(alice);
  }

  @Test
  void aPromptIsShownOnlyWhereAPersonCanBeAsked() throws Exception {
    Path said = bus.startScript("never");
    Person alice = person("secretservice", bus.environment());

    String[] kept = {"protocol=https", "host=there.example"};
    alice.set("DISPLAY", ":99");
    Programs.Result unasked = alice.helper("get", kept);
    assertThat(unasked.took()).isLessThan(NOBODY_ASKED);
    assertThat(unasked.out()).isEmpty();
    assertThat(unasked.err()).startsWith("git-credential-pat: ").contains("lock");
    assertThat(said).isEmptyFile();

    alice.set("GIT_TERMINAL_PROMPT", "1");
    Programs.Result result = alice.helper("get", kept);
    assertThat(result.took()).isBetween(Duration.ofSeconds(100), PROMPT_UP);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).startsWith("git-credential-pat: ");
    assertThat(said).content().contains("prompt\n");
  }

  private Person person(String store, Map<String, String> surroundings) throws Exception {
    Map<String, String> environment = new HashMap<>(surroundings);
    if (surroundings.isEmpty()) {
      environment.put("XDG_RUNTIME_DIR", folder.toString());
    }
    return new Person(
        GitVersion.ofThisMachine(), store, Files.createTempDirectory(folder, "alice"), environment);
  }

  private static String[] attributes(String... more) {
    String[] lines = new String[3 + more.length];
    lines[0] = "protocol=https";
    lines[1] = "host=dev.azure.com";
    lines[2] = "path=contoso/Web/_git/site";
    System.arraycopy(more, 0, lines, 3, more.length);
    return lines;
  }

  private Programs.Result store(Person person) throws Exception {
    return person.helper("store", attributes("username=pat", "password=" + token));
  }

  private Programs.Result erase(Person person) throws Exception {
    Programs.Result result =
        person.helper("erase", attributes("username=pat", "password=" + token));
    assertThat(result.took()).isLessThan(NOBODY_ASKED);
    return result;
  }

  private void assertAnswer(Person person) throws Exception {
    Programs.Result result = person.helper("get", attributes());
    assertThat(result.out()).describedAs("%s", result).contains("password=" + token + "\n");
    assertThat(result.err()).isEmpty();
  }

  private static void assertMiss(Person person, String message) throws Exception {
    Programs.Result result = person.helper("get", attributes());
    assertThat(result.took()).isLessThan(NOBODY_ASKED);
    assertThat(result.out()).isEmpty();
    if (message.isEmpty()) {
      assertThat(result.err()).isEmpty();
    } else {
      assertThat(result.err()).startsWith("git-credential-pat: ").contains(message);
    }
  }
}
