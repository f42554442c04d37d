package io.github.gitcredentialpat.platform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Another program's run has an end, and what it said is whole or said to be cut off. */
@Tag("slow")
final class SubprocessTest {
  private static Subprocess run(String script, String input, long millis, int most)
      throws IOException {
    ProcessBuilder builder = Subprocess.prepare(List.of("/bin/sh", "-c", script), System.getenv());
    return Subprocess.run(builder, input.getBytes(UTF_8), millis, most);
  }

  @Test
  void whatItSaysAndHowItEndedIsTold() throws IOException {
    Subprocess done = run("cat; echo problem >&2; exit 3", "input", 30_000, 1 << 20);
    assertThat(done.hasEnded()).isTrue();
    assertThat(done.hasSucceeded()).isFalse();
    assertThat(done.status()).isEqualTo(3);
    assertThat(done.out()).isEqualTo("input");
    assertThat(done.errors()).isEqualTo("problem\n");
  }

  @Test
  void whatDoesNotEndIsKilledWithItsChildren() throws IOException {
    Subprocess killed = run("echo $$; sleep 300 & sleep 300", "", 2_300, 1 << 20);
    assertThat(killed.wasKilled()).isTrue();
    assertThat(killed.hasEnded()).isFalse();
    long shell = Long.parseLong(killed.out().strip());
    assertThat(ProcessHandle.of(shell).map(ProcessHandle::isAlive).orElse(false)).isFalse();
  }

  @Test
  void whatAChildOfItsOwnMayStillSayMakesItIncomplete() throws IOException {
    // Not at once: Java takes what is there when a program ends that nobody reads yet.
    Subprocess cutOff = run("echo begun; sleep 9 & sleep 1.5", "", 4_300, 1 << 20);
    assertThat(cutOff.wasKilled()).isFalse();
    assertThat(cutOff.status()).isZero();
    assertThat(cutOff.hasEnded()).isFalse();
    assertThat(cutOff.hasSucceeded()).isFalse();
  }

  @Test
  void theLastByteThatItMaySayIsReadAndOneMoreIsCutOff() throws IOException {
    // In pieces that do not end where our own do.
    String pieces = "printf x; sleep 0.3; head -c %d /dev/zero";
    Subprocess whole = run(pieces.formatted(999), "", 30_000, 1_000);
    assertThat(whole.hasSucceeded()).isTrue();
    assertThat(whole.output()).hasSize(1_000);
    Subprocess cutOff = run(pieces.formatted(1_000), "", 30_000, 1_000);
    assertThat(cutOff.hasEnded()).isFalse();
    assertThat(cutOff.output()).hasSizeLessThanOrEqualTo(1_000);
  }

  @Test
  void whatDoesNotReadItsInputKeepsNobodyWaiting() throws IOException {
    assertThat(run("exit 0", "x".repeat(1 << 20), 30_000, 1 << 20).hasSucceeded()).isTrue();
  }

  @Test
  void itHasTheEnvironmentThatItIsGivenAndNoMore() throws IOException {
    ProcessBuilder builder =
        Subprocess.prepare(List.of("/usr/bin/env"), Map.of("ONLY", "this", "PATH", "/usr/bin"));
    Subprocess done = Subprocess.run(builder, new byte[0], 30_000, 1 << 20);
    assertThat(done.out().lines()).containsExactlyInAnyOrder("ONLY=this", "PATH=/usr/bin");
  }
}
