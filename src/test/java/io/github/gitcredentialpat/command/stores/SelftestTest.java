package io.github.gitcredentialpat.command.stores;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreChain;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.store.choice.StoreChoice;
import io.github.gitcredentialpat.testing.Typed;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SelftestTest {
  private final InMemoryStore store = new InMemoryStore("first");
  private final Typed person = Typed.on(store);

  @Test
  void passesAndLeavesNothingBehind() throws Exception {
    assertThat(person.chosen(true).run("selftest")).isZero();
    assertThat(person.out)
        .matches(
            "(?s)first: passed\n  save: \\d+\\.\\d ms\n  find: .*  replace: .*  find again: .*"
                + "  list: .*  delete: \\d+\\.\\d ms\n");
    assertThat(store.writes()).isEqualTo(3);
    assertThat(store.list()).isEmpty();
  }

  @Test
  void failsWithTheStoresOwnText() throws Exception {
    store.failWith(new StoreException(Reason.FAILED, "native text 42"));
    assertThat(person.chosen(false).run("selftest")).isEqualTo(1);
    assertThat(person.out).isEqualTo("first: FAILED\n  FAILED: native text 42\n");
  }

  @Test
  void anAbsentStoreIsAFaultOnlyWhenChosen() throws Exception {
    store.failWith(new StoreException(Reason.UNAVAILABLE, "no bus"));
    assertThat(person.chosen(false).run("selftest")).isZero();
    assertThat(person.out).isEqualTo("first: not available\n  UNAVAILABLE: no bus\n");
    assertThat(person.chosen(true).run("selftest")).isEqualTo(1);
  }

  @Test
  void noticesAStoreThatForgets() throws Exception {
    Forgetful forgetful = new Forgetful();
    Typed unlucky = Typed.on(forgetful);
    assertThat(unlucky.run("selftest")).isEqualTo(1);
    assertThat(unlucky.out)
        .startsWith("memory: FAILED\n")
        .contains("found something else than was saved")
        .contains("the saved entry is not listed");
  }

  @Test
  void testsRealStores(@TempDir Path home) throws Exception {
    Environment surroundings =
        new Environment(Map.of("HOME", home.toString()), false, new Deadline());
    StoreChain stores = StoreChoice.chain("file,env", StoreChoice.DEFAULT_TIMEOUT, surroundings);
    Typed real = new Typed(stores.stores(), stores.stores());
    assertThat(real.run("selftest")).isZero();
    assertThat(real.out).contains("file: passed\n", "env: read only");
    assertThat(
            StoreChoice.chain("file", StoreChoice.DEFAULT_TIMEOUT, surroundings)
                .stores()
                .get(0)
                .list())
        .isEmpty();
  }

  /** Takes everything and keeps nothing. */
  private static final class Forgetful implements Store {
    private final InMemoryStore memory = new InMemoryStore("memory");

    @Override
    public String name() {
      return memory.name();
    }

    @Override
    public String location() {
      return memory.location();
    }

    @Override
    public String readers() {
      return memory.readers();
    }

    @Override
    public List<Entry> find(Identity where) throws StoreException {
      return memory.find(where);
    }

    @Override
    public List<EntryKey> list() throws StoreException {
      return memory.list();
    }

    @Override
    public void save(Entry entry) {}

    @Override
    public boolean delete(EntryKey key) throws StoreException {
      return memory.delete(key);
    }
  }
}
