package io.github.gitcredentialpat.tokens;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.helper.CredentialHelper;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.PrivateFiles;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreChain;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.file.FileStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who waits for whom. */
@Timeout(60)
final class StoreLockTest {
  private static final String CONTOSO =
      "protocol=https\nhost=dev.azure.com\npath=contoso\nusername=alice\npassword=";

  @TempDir Path home;
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /** Whether both sides of a race see the same runtime folder, where the keychains' lock lies. */
  private boolean hasOneRuntimeFolder = true;

  private Environment surroundings(String state) {
    return new Environment(
        Map.of(
            "HOME",
            home.toString(),
            "XDG_STATE_HOME",
            home.resolve(state).toString(),
            "XDG_RUNTIME_DIR",
            (hasOneRuntimeFolder ? home : home.resolve(state)).toString()),
        false,
        new Deadline());
  }

  private Invocation run(Store store, Environment surroundings) {
    return new Invocation(
        new StoreChain(List.of(store), true),
        surroundings,
        new Console(err, false),
        1_800_000_000L);
  }

  /** A keychain has no folder of its own; this one takes a moment between read and write. */
  private static final class Slow extends InMemoryStore {
    Slow() {
      super("slow");
    }

    @Override
    public synchronized List<Entry> find(Identity where) throws StoreException {
      return super.find(where);
    }

    @Override
    public void save(Entry entry) throws StoreException {
      pause();
      synchronized (this) {
        super.save(entry);
      }
    }

    @Override
    public boolean delete(EntryKey key) throws StoreException {
      pause();
      synchronized (this) {
        return super.delete(key);
      }
    }

    private static void pause() {
      try {
        Thread.sleep(2);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private interface Operation {
    void run(Invocation run, ByteArrayInputStream in) throws Exception;
  }

  private static void erase(Invocation run, ByteArrayInputStream in) throws Exception {
    CredentialHelper.erase(run, in);
  }

  private static void store(Invocation run, ByteArrayInputStream in) throws Exception {
    CredentialHelper.store(run, in);
  }

  /** A terminal and a sandboxed editor: one data folder or keyring, two state folders. */
  private void race(List<Store> ofTheTwo) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (int round = 0; round < 40; round++) {
        store(
            run(ofTheTwo.get(0), surroundings("one")),
            new ByteArrayInputStream((CONTOSO + "old" + round + "\n").getBytes(UTF_8)));
        CyclicBarrier start = new CyclicBarrier(2);
        String old = CONTOSO + "old" + round + "\n";
        String fresh = CONTOSO + "new" + round + "\n";
        List<Future<?>> both = new ArrayList<>();
        both.add(submit(threads, start, StoreLockTest::erase, ofTheTwo.get(0), "one", old));
        both.add(submit(threads, start, StoreLockTest::store, ofTheTwo.get(1), "two", fresh));
        for (Future<?> each : both) {
          each.get();
        }
        Entry entry = ofTheTwo.get(0).find(Identity.ofOrganization("contoso")).get(0);
        assertThat(new String(entry.secret().bytes(), UTF_8))
            .describedAs("round %s: %s", round, err)
            .isEqualTo("new" + round);
        assertThat(entry.setAsideAt()).isZero();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private Future<?> submit(
      ExecutorService threads,
      CyclicBarrier start,
      Operation operation,
      Store store,
      String state,
      String request) {
    return threads.submit(
        () -> {
          start.await();
          operation.run(
              run(store, surroundings(state)), new ByteArrayInputStream(request.getBytes(UTF_8)));
          return null;
        });
  }

  @Test
  void aLateEraseSparesTheNewTokenOfFilesWithTwoStateFolders() throws Exception {
    // The lock lies beside the files: nothing else is shared.
    hasOneRuntimeFolder = false;
    // The key of the files lies in the state folder, which both have a copy of.
    Environment one = surroundings("one");
    FileStore first = new FileStore(one);
    first.save(
        Entry.of(
            new EntryKey(Identity.ofOrganization("fabrikam"), null),
            Secret.password("x".getBytes(UTF_8)),
            1));
    Environment two = surroundings("two");
    PrivateFiles.makeFolder(two.stateFolder());
    try (var files = Files.list(one.stateFolder())) {
      for (Path file : files.toList()) {
        Files.copy(file, two.stateFolder().resolve(file.getFileName()));
      }
    }
    race(List.of(first, new FileStore(two)));
  }

  @Test
  void aLateEraseSparesTheNewTokenOfAKeyringWithTwoStateFolders() throws Exception {
    Slow keyring = new Slow();
    race(List.of(keyring, keyring));
  }

  @Test
  void whatChangesNothingWaitsForNobody() throws Exception {
    InMemoryStore keyring = new InMemoryStore("keyring");
    Environment surroundings = surroundings("one");
    store(
        run(keyring, surroundings), new ByteArrayInputStream((CONTOSO + "same\n").getBytes(UTF_8)));
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch enough = new CountDownLatch(1);
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      Future<?> holder =
          other.submit(
              () -> {
                try (StoreLock lock = run(keyring, surroundings).lock()) {
                  assertThat(lock.isComplete()).isTrue();
                  held.countDown();
                  enough.await(20, TimeUnit.SECONDS);
                }
                return null;
              });
      held.await();
      long start = System.nanoTime();
      assertThat(
              CredentialHelper.store(
                  run(keyring, surroundings),
                  new ByteArrayInputStream((CONTOSO + "same\n").getBytes(UTF_8))))
          .isTrue();
      erase(
          run(keyring, surroundings),
          new ByteArrayInputStream((CONTOSO + "another\n").getBytes(UTF_8)));
      assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start)).isLessThan(5);
      enough.countDown();
      holder.get();
    } finally {
      other.shutdownNow();
    }
  }

  @Test
  void whoWaitsSaysSoAndHasItsWholeTimeAfterwards() throws Exception {
    InMemoryStore keyring = new InMemoryStore("keyring");
    Environment surroundings = surroundings("one");
    Thread other;
    try (StoreLock lock = run(keyring, surroundings).lock()) {
      assertThat(lock.isComplete()).isTrue();
      other =
          new Thread(
              () -> {
                try {
                  store(
                      run(keyring, surroundings),
                      new ByteArrayInputStream((CONTOSO + "t\n").getBytes(UTF_8)));
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              });
      other.start();
      // Until it says so, which it does after a second, and a second more.
      for (int i = 0; i < 1_000 && err.size() == 0; i++) {
        other.join(20);
      }
      other.join(1_000);
      assertThat(keyring.list()).isEmpty();
    }
    other.join();
    assertThat(keyring.list()).hasSize(1);
    assertThat(err.toString(UTF_8)).contains("waiting for another git-credential-pat to finish");
    assertThat(surroundings.deadline().remainingMillis()).isGreaterThan(3_200);
  }

  @Test
  void withoutAPlaceForALockTheWorkGoesOn() throws Exception {
    Path file = Files.createFile(home.resolve("a file"));
    Environment nowhere =
        new Environment(
            Map.of("HOME", file.toString(), "XDG_STATE_HOME", file.toString()),
            false,
            new Deadline());
    InMemoryStore keyring = new InMemoryStore("keyring");
    store(run(keyring, nowhere), new ByteArrayInputStream((CONTOSO + "t\n").getBytes(UTF_8)));
    assertThat(keyring.list()).hasSize(1);
    erase(run(keyring, nowhere), new ByteArrayInputStream((CONTOSO + "t\n").getBytes(UTF_8)));
    assertThat(err.toString(UTF_8)).contains("cannot lock the stores");
  }
}
