package io.github.gitcredentialpat.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Forty helpers at once, the first ones of a new home folder. */
@ParameterizedClass(name = "{0}")
@ValueSource(strings = {"file", "secretservice"})
class ParallelIT {
  private static final int MANY = 40;

  @Parameter String store;
  @TempDir Path folder;
  private Keychain keychain;
  private Person alice;

  @BeforeEach
  void open() throws Exception {
    Setting setting = new Setting(Setting.Home.THIS_MACHINE, store);
    keychain = setting.keychain(folder);
    alice = new Person(setting.git(), store, folder, keychain.environment());
  }

  @AfterEach
  void close() throws Exception {
    if (keychain != null) {
      keychain.close();
    }
  }

  @Test
  void differentEntriesAreAllStoredAndAllAnswered() throws Exception {
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      tokens.add(AzureSite.newToken());
    }

    for (Programs.Result result : atOnce(i -> operation("store", "org" + i, tokens.get(i)))) {
      assertThat(result.exit()).describedAs("%s", result).isZero();
      assertThat(result.err()).isEmpty();
    }
    assertThat(keychain.entries()).isEqualTo(MANY);

    List<Programs.Result> answers = atOnce(i -> operation("get", "org" + i, null));
    for (int i = 0; i < MANY; i++) {
      assertThat(answers.get(i).err()).describedAs("%s", answers.get(i)).isEmpty();
      assertThat(answers.get(i).out()).contains("password=" + tokens.get(i) + "\n");
    }
  }

  @Test
  void oneEntryIsStoredOnceAndAnsweredToAll() throws Exception {
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      tokens.add(AzureSite.newToken());
    }

    for (Programs.Result result : atOnce(i -> operation("store", "contoso", tokens.get(i)))) {
      assertThat(result.exit()).describedAs("%s", result).isZero();
      assertThat(result.err()).isEmpty();
    }
    assertThat(keychain.entries()).isEqualTo(1);

    String last = operation("get", "contoso", null).out();
    assertThat(tokens).filteredOn(token -> last.contains("password=" + token + "\n")).hasSize(1);
    for (Programs.Result answer : atOnce(i -> operation("get", "contoso", null))) {
      assertThat(answer.err()).describedAs("%s", answer).isEmpty();
      assertThat(answer.out()).isEqualTo(last);
    }
  }

  private Programs.Result operation(String operation, String organization, String token)
      throws Exception {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "protocol=https", "host=dev.azure.com", "path=" + organization + "/Web/_git/site"));
    if (token != null) {
      lines.add("username=pat");
      lines.add("password=" + token);
    }
    return alice.helper(operation, lines.toArray(String[]::new));
  }

  private interface Job<T> {
    T run(int number) throws Exception;
  }

  private static <T> List<T> atOnce(Job<T> job) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(MANY);
    try {
      List<Callable<T>> jobs = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        int number = i;
        jobs.add(() -> job.run(number));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : threads.invokeAll(jobs)) {
        results.add(future.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }
}
