package io.github.gitcredentialpat.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Native;
import io.github.gitcredentialpat.Main;
import io.github.gitcredentialpat.testing.Pty;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A native image handles signals from when it has to, and not before. */
final class SignalHandlingTest {
  private final AtomicInteger started = new AtomicInteger();

  @AfterEach
  void startNothing() {
    SignalHandling.start();
  }

  @Test
  void commandsHaveItAndGitsOperationsDoWithout() {
    SignalHandling.startBy(started::incrementAndGet);
    run("capability");
    assertThat(started).hasValue(0);
    run("get", "--store", "file");
    assertThat(started).hasValue(0);
    run("--version");
    assertThat(started).hasValue(1);
    run("--version");
    assertThat(started).hasValue(1);
  }

  /** Starts it at a prompt, and nothing else. */
  static final class Prompt {
    public static void main(String[] args) {
      SignalHandling.startBy(() -> System.out.println("signals are handled"));
      try (Terminal terminal = Terminal.open()) {
        terminal.ask("really? ", 10_000);
      }
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aPromptHasItBeforeEchoIsOff() throws Exception {
    String classes = "";
    for (Class<?> type : List.of(Prompt.class, Terminal.class, Native.class)) {
      classes += Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()) + ":";
    }
    String java = System.getProperty("java.home") + "/bin/java";
    String command = java + " -cp " + classes + " '" + Prompt.class.getName() + "'";
    try (Pty terminal = new Pty(command, Map.of("HOME", "/none"))) {
      terminal.waitFor("signals are handled", 1);
      terminal.waitFor("really? ", 1);
      terminal.type("\n");
    }
  }

  private static void run(String... words) {
    Main.run(
        words,
        InputStream.nullInputStream(),
        new ByteArrayOutputStream(),
        new ByteArrayOutputStream(),
        Map.of("HOME", "/none"));
  }
}
