package io.github.gitcredentialpat.command.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.command.agent.Helper.Run;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which runs wait, and who shares one. */
final class TurnsTest {
  private final List<String> runs = new CopyOnWriteArrayList<>();
  private final CountDownLatch firstRuns = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final Turns turns = new Turns(this::run, 1);
  private final ExecutorService clients = Executors.newCachedThreadPool();

  private Run run(List<String> words, byte[] request) throws IOException {
    runs.add(words.get(0));
    firstRuns.countDown();
    try {
      assertThat(goOn.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    return new Run(true, true, ("run " + runs.size()).getBytes(UTF_8), "");
  }

  private List<Run> asked(String operation, String request, int times) throws Exception {
    Future<Run> first =
        clients.submit(() -> turns.run(List.of(operation), request.getBytes(UTF_8)));
    assertThat(firstRuns.await(20, TimeUnit.SECONDS)).isTrue();
    List<Future<Run>> later = new ArrayList<>();
    for (int i = 1; i < times; i++) {
      later.add(clients.submit(() -> turns.run(List.of(operation), request.getBytes(UTF_8))));
    }
    // All of them wait by now, or come while another of them does, which is the same.
    while (clients instanceof ThreadPoolExecutor pool && pool.getActiveCount() < times) {
      Thread.onSpinWait();
    }
    goOn.countDown();
    List<Run> answers = new ArrayList<>(List.of(first.get()));
    for (Future<Run> each : later) {
      answers.add(each.get());
    }
    return answers;
  }

  @AfterEach
  void end() {
    clients.shutdownNow();
  }

  @Test
  void whoAsksTheSameSharesARunThatBeginsLater() throws Exception {
    List<Run> answers = asked("get", "host=x\n", 20);
    assertThat(runs).hasSizeBetween(2, 10);
    assertThat(answers.get(0).output()).isEqualTo("run 1".getBytes(UTF_8));
    for (Run answer : answers.subList(1, 20)) {
      assertThat(answer.output()).asString(UTF_8).startsWith("run ").isNotEqualTo("run 1");
      // Each has a copy of its own to wipe.
      Arrays.fill(answer.output(), (byte) 0);
    }
  }

  @Test
  void aChangeIsNeverShared() throws Exception {
    assertThat(asked("store", "password=x\n", 5)).hasSize(5);
    assertThat(runs).hasSize(5);
  }
}
