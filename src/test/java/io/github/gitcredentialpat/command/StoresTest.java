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
import io.github.gitcredentialpat.store.Secret;
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

final class StoresTest {
  private final InMemoryStore first = new InMemoryStore("first");
  private final InMemoryStore second = new InMemoryStore("second");
  private final InMemoryStore third = new InMemoryStore("third");

  private String stores(boolean chosen, Store... chain) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Run run = run(new Surroundings(Map.of(), false, new Deadline()), chosen, List.of(chain));
    assertThat(new Stores(run, List.of(first, second, third), out).run(List.of())).isZero();
    return out.toString(UTF_8);
  }

  private static Run run(Surroundings surroundings, boolean chosen, List<Store> chain) {
    return new Run(
        new StoreChain(chain, chosen),
        surroundings,
        new Messages(new ByteArrayOutputStream(), false),
        1);
  }

  @Test
  void saysWhereANewTokenGoes() throws Exception {
    second.save(
        Entry.of(
            new EntryKey(Identity.ofOrganization("contoso"), null),
            Secret.password("secret".getBytes(UTF_8)),
            1));
    String all = stores(false, first, second);
    assertThat(all)
        .contains("first: ready, 0 entries; new tokens go here\n  where:   memory\n")
        .contains("second: ready, 1 entry\n")
        .contains("third: ready, 0 entries\n")
        .doesNotContain("secret");
  }

  @Test
  void anUnavailableStoreSaysWhyAndIsPassedOver() throws Exception {
    first.failWith(new StoreException(Reason.UNAVAILABLE, "no bus; start one"));
    assertThat(stores(false, first, second))
        .contains("first: not available\n  why:     no bus; start one\n")
        .contains("second: ready, 0 entries; new tokens go here");
  }

  @Test
  void aLockedStoreKeepsNewTokensOutUnlessStoresWereChosen() throws Exception {
    first.failWith(new StoreException(Reason.LOCKED, "locked; unlock it"));
    assertThat(stores(false, first, second))
        .contains("first: locked\n  why:     locked; unlock it\n")
        .doesNotContain("new tokens go here");
    assertThat(stores(true, first, second)).contains("second: ready, 0 entries; new tokens go");
  }

  @Test
  void aStoreThatDoesNotAnswerDoesNotHideTheOthers() throws Exception {
    first.failWith(new StoreException(Reason.TIMEOUT, "no answer"));
    assertThat(stores(false, first, second))
        .contains("first: does not answer\n  why:     no answer\n")
        .contains("third: ready")
        .doesNotContain("new tokens go here");
  }

  @Test
  void knowsEveryStore(@TempDir Path home) throws Exception {
    Surroundings surroundings =
        new Surroundings(
            Map.of("HOME", home.toString(), "GIT_CREDENTIAL_PAT_TOKEN", "canary"),
            false,
            new Deadline());
    List<Store> all = StoreChoice.all(surroundings);
    Run run = run(surroundings, true, List.of(all.get(all.size() - 1)));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(new Stores(run, all, out).run(List.of())).isZero();
    String text = out.toString(UTF_8);
    assertThat(text)
        .contains("secretservice: ", "keychain: ", "wincred: ", "keyutils: ", "pass: ", "file: ")
        .contains("env: read only, 1 entry\n  where:   the environment variable GIT_CREDENTIAL_PAT")
        .doesNotContain("canary", "new tokens go here", "null");
    assertThat(new Stores(run, all, out).run(List.of("x"))).isEqualTo(2);
  }
}
