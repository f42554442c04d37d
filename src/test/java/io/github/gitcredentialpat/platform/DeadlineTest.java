package io.github.gitcredentialpat.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DeadlineTest {
  @TempDir Path threads;

  private void thread(String name, String times) throws Exception {
    Files.writeString(Files.createDirectories(threads.resolve(name)).resolve("schedstat"), times);
  }

  @Test
  void readsWhoWaitedLongestForAProcessor() throws Exception {
    assertThat(Deadline.starvedMillis(threads.resolve("none").toFile())).isZero();
    thread("1", "99999999999 7000000 3\n");
    thread("2", "5 1200000000 3\n");
    thread("3", "nonsense");
    assertThat(Deadline.starvedMillis(threads.toFile())).isEqualTo(1200);
  }

  @Test
  void aRunThatTheMachineDidNotLetRunHasThatTimeOnTop() throws Exception {
    thread("1", "5 900000000 3\n");
    CountDownLatch halted = new CountDownLatch(1);
    Deadline deadline = new Deadline(underWay -> halted.countDown(), threads.toFile());
    long start = System.nanoTime();
    deadline.startAgain(200);
    assertThat(halted.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isGreaterThan(1_000);
  }

  @Test
  void whoHasAnotherAnswerWaitsOnlyWhileThereIsTimeForIt() {
    Deadline deadline = new Deadline(underWay -> {}, threads.toFile());
    deadline.start();
    assertThat(deadline.exchangeMillis()).isGreaterThan(10_000);
    deadline.reserve(1_500);
    assertThat(deadline.exchangeMillis()).isBetween(1_000L, 3_500L);
    deadline.reserve(4_900);
    assertThat(deadline.exchangeMillis()).isZero();
    deadline.reserve(0);
    assertThat(deadline.exchangeMillis()).isGreaterThan(10_000);
  }
}
