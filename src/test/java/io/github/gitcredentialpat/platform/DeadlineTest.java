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
    assertThat(new Deadline(null, threads.resolve("none").toFile()).starvedMillis()).isZero();
    thread("1", "99999999999 7000000 3\n");
    thread("2", "5 1200000000 3\n");
    thread("3", "nonsense");
    assertThat(new Deadline(null, threads.toFile()).starvedMillis()).isEqualTo(1200);
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

  /** Each time that it wakes up late it would wait on, on a busy machine for a minute. */
  @Test
  void whoOnlyWatchesTheTimeDoesNotWaitForItself() throws Exception {
    Path task = Files.createDirectories(threads.resolve("self/task/7"));
    Files.writeString(task.resolve("schedstat"), "5 20000000000 3\n");
    Files.writeString(
        Files.createDirectory(threads.resolve("thread-self")).resolve("stat"), "7 (watch) S 1\n");
    CountDownLatch halted = new CountDownLatch(1);
    Deadline deadline = new Deadline(underWay -> halted.countDown(), task.getParent().toFile());
    assertThat(deadline.starvedMillis()).isEqualTo(20_000);
    long start = System.nanoTime();
    deadline.startAgain(200);
    assertThat(halted.await(60, TimeUnit.SECONDS)).isTrue();
    new Deadline(underWay -> {}, task.getParent().toFile()).awaitAllBut(4_800);
    assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isLessThan(15_000);
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
