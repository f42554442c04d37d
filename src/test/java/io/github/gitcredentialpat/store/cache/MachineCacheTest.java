package io.github.gitcredentialpat.store.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.store.keyutils.KeyutilsStore;
import io.github.gitcredentialpat.testing.Requires;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a machine keeps what it may lose. */
final class MachineCacheTest {
  @TempDir private Path home;
  private final InMemoryStore ring = new InMemoryStore("ring");
  private final InMemoryStore files = new InMemoryStore("files");
  private final Identity where =
      new Identity("https", "host-" + UUID.randomUUID() + ".example", null);
  private final EntryKey key = new EntryKey(where, "somebody");

  private MachineCache cache(Store... places) {
    return new MachineCache(surroundings(), List.of(places));
  }

  private Environment surroundings() {
    return new Environment(
        Map.of("HOME", home.toString(), "container", "test"), false, new Deadline());
  }

  private Entry entry(String secret) {
    return Entry.of(key, Secret.password(secret.getBytes(UTF_8)), 1_700_000_000);
  }

  private static @Nullable String secret(@Nullable Entry entry) {
    return entry == null ? null : new String(entry.secret().bytes(), UTF_8);
  }

  private @Nullable String kept() {
    return secret(cache(ring, files).find(where, each -> each.key().equals(key)));
  }

  @Test
  void theFirstPlaceThatTakesItKeepsIt() throws Exception {
    assertThat(cache(ring, files).put(entry("first"), each -> false)).isTrue();
    assertThat(ring.list()).hasSize(1);
    assertThat(files.list()).isEmpty();
    assertThat(kept()).isEqualTo("first");
  }

  @Test
  void anOlderOneInAnotherPlaceIsNotFoundAgain() throws Exception {
    cache(ring, files).put(entry("first"), each -> false);
    ring.failWritesWith(new StoreException(Reason.LIMIT, "full"), true);
    cache(ring, files).put(entry("second"), each -> false);
    assertThat(kept()).isEqualTo("second");
    assertThat(ring.list()).isEmpty();
  }

  @Test
  void whoLooksWhileOneIsReplacedFindsOneOfThem() throws Exception {
    List<String> seen = new ArrayList<>();
    InMemoryStore watched =
        new InMemoryStore("watched") {
          @Override
          public void save(Entry entry) throws StoreException {
            seen.add(secret(cache(this).find(where, each -> each.key().equals(key))));
            super.save(entry);
          }
        };
    cache(watched).put(entry("first"), each -> false);
    cache(watched).put(entry("second"), each -> false);
    assertThat(seen).containsExactly(null, "first");
  }

  @Test
  void whereNothingTakesItTheOldOneIsGoneAsWell() {
    cache(ring, files).put(entry("first"), each -> false);
    ring.failWritesWith(new StoreException(Reason.LIMIT, "full"), true);
    files.failWith(new StoreException(Reason.UNAVAILABLE, "no home"));
    assertThat(cache(ring, files).put(entry("second"), each -> false)).isFalse();
    files.failWith(null);
    assertThat(kept()).isNull();
  }

  @Test
  void whatIsOverMakesRoom() throws Exception {
    cache(ring).put(entry("old"), each -> false);
    EntryKey other = new EntryKey(where, "another");
    cache(ring).put(entry("new").withKey(other), each -> each.key().equals(key));
    assertThat(ring.list()).containsExactly(other);
  }

  @Test
  void eachPartCountsAndSoDoesItsAbsence() {
    assertThat(
            List.of(
                MachineCache.digest("a", "b"),
                MachineCache.digest("ab", ""),
                MachineCache.digest("ab", (String) null),
                MachineCache.digest("b", "a")))
        .doesNotHaveDuplicates()
        .allMatch(each -> each.matches("[0-9a-f]{16}"));
  }

  @Test
  @Tag("slow")
  void theKernelsKeyringKeepsWhatASharedStoreSaid() throws Exception {
    Store kernel = new KeyutilsStore(60);
    try {
      kernel.list();
    } catch (StoreException e) {
      Requires.present(e.reason() != Reason.UNAVAILABLE, "kernel keyring: " + e.getMessage());
      throw e;
    }
    InMemoryStore vault = new InMemoryStore("vault");
    String secret = UUID.randomUUID().toString();
    vault.save(entry(secret));
    MachineCache cache = cache(kernel, files);
    try {
      for (int i = 0; i < 2; i++) {
        SharedStore store =
            new SharedStore(
                "vault",
                () -> vault,
                surroundings(),
                900,
                false,
                cache,
                new Nature.OfThisMachine());
        List<Entry> found = store.find(where, new ArrayList<>());
        assertThat(found).hasSize(1);
        assertThat(secret(found.get(0))).isEqualTo(secret);
      }
      assertThat(vault.reads()).isEqualTo(1);
      assertThat(files.list()).isEmpty();
      assertThat(kernel.find(where)).hasSize(1);
    } finally {
      for (Entry left : kernel.find(where)) {
        cache.remove(left.key());
      }
    }
    assertThat(kernel.find(where)).isEmpty();
  }
}
