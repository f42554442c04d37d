package io.github.gitcredentialpat.command.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What a run for a client is told. */
@DisabledOnOs(OS.WINDOWS)
@Tag("slow")
final class HelperProcessTest {
  private static List<String> environment(boolean writable) throws IOException {
    Map<String, String> own = Map.of("HOME", "/home/alice", "GIT_CREDENTIAL_PAT_TRACE", "1");
    HelperProcess program = new HelperProcess(List.of("/usr/bin/env"), own, writable);
    return new String(program.run(List.of(), new byte[0]).output(), UTF_8).lines().toList();
  }

  @Test
  void itAsksNobodyAndCreatesNoTokenUnlessItMayChangeSomething() throws IOException {
    assertThat(environment(false))
        .containsExactlyInAnyOrder(
            "HOME=/home/alice", "GIT_TERMINAL_PROMPT=0", "GIT_CREDENTIAL_PAT_CREATE=0");
    assertThat(environment(true))
        .containsExactlyInAnyOrder("HOME=/home/alice", "GIT_TERMINAL_PROMPT=0");
  }
}
