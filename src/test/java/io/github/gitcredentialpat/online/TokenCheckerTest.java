package io.github.gitcredentialpat.online;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long a service is waited for on a machine that has other things to do. */
final class TokenCheckerTest {
  @ParameterizedTest
  @CsvSource({
    // As long as on a machine that has nothing else to do, and never shorter.
    "100, 100, 1",
    "50, 100, 1",
    // Work that took three times its processor time: so will the rest of it.
    "300, 100, 3",
    // But never for ever.
    "100000, 100, 5",
    // Where the system does not tell the processor time.
    "300, 0, 1"
  })
  void theLimitIsAsMuchLongerAsTheMachineIsSlower(long took, long work, double times) {
    assertThat(TokenChecker.patience(took, work)).isEqualTo(times);
  }
}
