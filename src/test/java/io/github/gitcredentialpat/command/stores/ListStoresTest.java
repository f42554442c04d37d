package io.github.gitcredentialpat.command.stores;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import io.github.gitcredentialpat.store.choice.StoreChoice;
import io.github.gitcredentialpat.testing.Typed;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ListStoresTest {
  private final InMemoryStore first = new InMemoryStore("first");
  private final InMemoryStore second = new InMemoryStore("second");
  private final InMemoryStore third = new InMemoryStore("third");

  private String stores(boolean chosen, Store... chain) {
    Typed person = new Typed(List.of(chain), List.of(first, second, third)).chosen(chosen);
    assertThat(person.run("stores")).isZero();
    return person.out;
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
        .contains("third: ready, 0 entries; not used\n")
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
    Environment surroundings =
        new Environment(
            Map.of("HOME", home.toString(), "GIT_CREDENTIAL_PAT_TOKEN", "canary"),
            false,
            new Deadline());
    List<Store> all = StoreChoice.all(surroundings);
    Store env = all.stream().filter(store -> store.name().equals("env")).findFirst().orElseThrow();
    Typed person = new Typed(List.of(env), all).chosen(true);
    assertThat(person.run("stores")).isZero();
    String text = person.out;
    assertThat(text)
        .contains(
            "secretservice: ",
            "keychain: ",
            "wincred: ",
            "keyutils: ",
            "pass: ",
            "file: ",
            "entra: ")
        .contains("env: read only, 1 entry\n  where:   the environment: GIT_CREDENTIAL_PAT_TOKEN\n")
        .doesNotContain("canary", "new tokens go here", "null");
    assertThat(person.run("stores", "x")).isEqualTo(2);
  }

  @Test
  void whatIsUsedFirstStandsFirst() {
    assertThat(stores(false, third, first).lines().filter(line -> !line.startsWith(" ")))
        .containsExactly(
            "third: ready, 0 entries; new tokens go here",
            "first: ready, 0 entries",
            "second: ready, 0 entries; not used");
  }

  @Test
  void reasonsAreBrokenForTheTerminalAndPathsAreNot() {
    first.failWith(new StoreException(Reason.FAILED, "one two three four five six seven eight"));
    Typed person = Typed.on(first, second).set("COLUMNS", "40");
    assertThat(person.run("stores")).isZero();
    assertThat(person.out)
        .contains("  why:     one two three four five six\n           seven eight\n");
  }

  @Test
  void printsJson() throws Exception {
    first.failWith(new StoreException(Reason.LOCKED, "locked; unlock it"));
    Typed person = Typed.on(first, second);
    assertThat(person.run("--json", "stores")).isZero();
    JsonNode json = new ObjectMapper().readTree(person.out);
    assertThat(json.get("version").asInt()).isEqualTo(1);
    JsonNode locked = json.get("stores").get(0);
    assertThat(locked.get("name").asText()).isEqualTo("first");
    assertThat(locked.get("available").asBoolean()).isTrue();
    assertThat(locked.get("locked").asBoolean()).isTrue();
    assertThat(locked.get("reason").asText()).isEqualTo("locked; unlock it");
    assertThat(locked.has("entries")).isFalse();
    JsonNode open = json.get("stores").get(1);
    assertThat(open.get("locked").asBoolean()).isFalse();
    assertThat(open.get("entries").asInt()).isZero();
    assertThat(open.has("reason")).isFalse();
  }
}
