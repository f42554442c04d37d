package io.github.gitcredentialpat.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.helper.Messages;
import io.github.gitcredentialpat.helper.Run;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.store.Deadline;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreChain;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.store.Surroundings;
import io.github.gitcredentialpat.store.choice.StoreChoice;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SelftestTest {
  private final InMemoryStore store = new InMemoryStore("first");
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private int selftest(boolean chosen) throws Exception {
    Surroundings surroundings = new Surroundings(Map.of(), false, new Deadline());
    return selftest(new StoreChain(List.of(store), chosen), surroundings);
  }

  private int selftest(StoreChain chain, Surroundings surroundings) throws Exception {
    out.reset();
    Messages messages = new Messages(new ByteArrayOutputStream(), false);
    return new Selftest(new Run(chain, surroundings, messages, 1), out).run(List.of());
  }

  private String said() {
    return out.toString(UTF_8);
  }

  @Test
  void passesAndLeavesNothingBehind() throws Exception {
    assertThat(selftest(true)).isZero();
    assertThat(said())
        .matches(
            "(?s)first: passed\n  save: \\d+\\.\\d ms\n  find: .*  replace: .*  find again: .*"
                + "  list: .*  delete: \\d+\\.\\d ms\n");
    assertThat(store.writes()).isEqualTo(3);
    assertThat(store.list()).isEmpty();
  }

  @Test
  void failsWithTheStoresOwnText() throws Exception {
    store.failWith(new StoreException(Reason.FAILED, "native text 42"));
    assertThat(selftest(false)).isEqualTo(1);
    assertThat(said()).isEqualTo("first: FAILED\n  FAILED: native text 42\n");
  }

  @Test
  void anAbsentStoreIsAFaultOnlyWhenChosen() throws Exception {
    store.failWith(new StoreException(Reason.UNAVAILABLE, "no bus"));
    assertThat(selftest(false)).isZero();
    assertThat(said()).isEqualTo("first: not available\n  UNAVAILABLE: no bus\n");
    assertThat(selftest(true)).isEqualTo(1);
  }

  @Test
  void noticesAStoreThatForgets() throws Exception {
    Forgetful forgetful = new Forgetful();
    StoreChain chain = new StoreChain(List.of(forgetful), true);
    assertThat(selftest(chain, new Surroundings(Map.of(), false, new Deadline()))).isEqualTo(1);
    assertThat(said())
        .startsWith("memory: FAILED\n")
        .contains("what was found is not what was saved")
        .contains("the list does not show what was saved");
  }

  @Test
  void testsRealStores(@TempDir Path home) throws Exception {
    Surroundings surroundings =
        new Surroundings(Map.of("HOME", home.toString()), false, new Deadline());
    assertThat(
            selftest(
                StoreChoice.chain("file,env", StoreChoice.DEFAULT_TIMEOUT, surroundings),
                surroundings))
        .isZero();
    assertThat(said()).contains("file: passed\n", "env: read only");
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
