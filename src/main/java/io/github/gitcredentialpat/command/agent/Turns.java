package io.github.gitcredentialpat.command.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Lets a few runs go on at once: those that take turns finish sooner than all together. Who asks
 * for the same as a run that still waits for its turn gets a copy of what that one answers; it
 * begins later than they ask, so that nobody gets what is old.
 */
final class Turns implements Helper {
  /** Nobody waits longer for a run to begin, or for what another one brings. */
  private static final long PATIENCE_MILLIS = 25_000;

  private final Helper helper;
  private final Semaphore turns;

  /** Who waits for the same, for each run that has not begun. */
  private final Map<String, List<CompletableFuture<@Nullable Run>>> waiting = new HashMap<>();

  Turns(Helper helper, int atOnce) {
    this.helper = helper;
    turns = new Semaphore(atOnce, true);
  }

  @Override
  public @Nullable Run run(List<String> words, byte[] request) throws IOException {
    try {
      String word = words.get(0);
      boolean isQuestion = word.equals(ClientMessage.GET) || word.equals(ClientMessage.LIST);
      return isQuestion ? ask(words, request) : take(() -> {}, words, request);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  /** What such a question is answered, by a run of its own or by one that begins later. */
  private @Nullable Run ask(List<String> words, byte[] request)
      throws IOException, InterruptedException {
    // A question holds no secret.
    String question = String.join(" ", words) + "\n" + new String(request, UTF_8);
    CompletableFuture<@Nullable Run> another = new CompletableFuture<>();
    List<CompletableFuture<@Nullable Run>> others;
    boolean isOurs;
    synchronized (waiting) {
      isOurs = !waiting.containsKey(question);
      others = waiting.computeIfAbsent(question, key -> new ArrayList<>());
      if (!isOurs) {
        others.add(another);
      }
    }
    if (!isOurs) {
      return await(another);
    }
    Run run = null;
    try {
      run = take(() -> begin(question, others), words, request);
    } finally {
      begin(question, others);
      for (CompletableFuture<@Nullable Run> each : others) {
        each.complete(run == null ? null : copy(run));
      }
    }
    return run;
  }

  private static @Nullable Run await(CompletableFuture<@Nullable Run> another)
      throws InterruptedException {
    try {
      return another.get(2 * PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return null;
    }
  }

  /** From now on who asks this waits for another run. */
  private void begin(String question, List<CompletableFuture<@Nullable Run>> others) {
    synchronized (waiting) {
      if (waiting.get(question) == others) {
        waiting.remove(question);
      }
    }
  }

  private static Run copy(Run run) {
    return new Run(run.hasEnded(), run.hasSucceeded(), run.output().clone(), run.errors());
  }

  private @Nullable Run take(Runnable beginning, List<String> words, byte[] request)
      throws IOException, InterruptedException {
    if (!turns.tryAcquire(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
      return null;
    }
    try {
      beginning.run();
      return helper.run(words, request);
    } finally {
      turns.release();
    }
  }
}
