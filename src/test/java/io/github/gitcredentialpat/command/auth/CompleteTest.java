package io.github.gitcredentialpat.command.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.testing.Typed;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a shell is told when somebody presses Tab. */
final class CompleteTest {
  private static final Identity CONTOSO = Identity.ofOrganization("contoso");
  private static final Identity FABRIKAM = Identity.ofOrganization("fabrikam");
  private static final Identity SERVER = new Identity("http", "tfs:8080", "tfs/main");

  private final InMemoryStore store = new InMemoryStore("memory");
  private final InMemoryStore other = new InMemoryStore("other");
  private final Typed person = Typed.on(store, other);

  @BeforeEach
  void keep() throws StoreException {
    keep(store, CONTOSO, "alice@example.com", "laptop");
    keep(other, CONTOSO, "bob@example.com", "build agent");
    keep(other, FABRIKAM, null, "phone");
    keep(store, SERVER, "carol", null);
  }

  private static void keep(
      InMemoryStore where, Identity identity, @Nullable String user, @Nullable String name)
      throws StoreException {
    where.save(
        new Entry(
            new EntryKey(identity, user),
            Secret.password("not-to-be-seen".getBytes(UTF_8)),
            null,
            null,
            1,
            0,
            name,
            null,
            null));
  }

  private List<String> words(String... arguments) {
    assertThat(person.run(arguments)).isZero();
    assertThat(person.err).isEmpty();
    return person.out.lines().toList();
  }

  @Test
  void namesOrganizationsAndServers() {
    String server = SERVER.display();
    assertThat(words("complete", "places", "--", "list", ""))
        .containsExactly("contoso", "fabrikam", server);
    assertThat(words("complete", "organizations")).containsExactly("contoso", "fabrikam");
  }

  @Test
  void aTokenIsNamedOnceItsOrganizationWasTyped() {
    assertThat(words("complete", "places", "tokens", "--", "token", "rotate", "con"))
        .contains("contoso");
    assertThat(words("complete", "places", "tokens", "--", "token", "rotate", "Contoso", ""))
        .containsExactly("build agent", "laptop");
    assertThat(words("complete", "accounts", "--", "check", "contoso", "--user", ""))
        .containsExactly("alice@example.com", "bob@example.com");
    assertThat(words("complete", "accounts", "--", "check", "--user", ""))
        .containsExactly("alice@example.com", "bob@example.com", "carol");
  }

  @Test
  void aTokenInThePlaceOfAUserNameIsNotOffered() throws Exception {
    keep(store, FABRIKAM, "ghp_" + "x".repeat(36), null);
    assertThat(words("complete", "accounts", "--", "check", "fabrikam")).isEmpty();
  }

  @Test
  void aLockedStoreIsLeftOutWithoutAWord() {
    other.failWith(new StoreException(Reason.LOCKED, "it is locked"));
    assertThat(words("complete", "places")).containsExactly("contoso", SERVER.display());
    store.failWith(new StoreException(Reason.FAILED, "it is broken"));
    assertThat(words("complete", "places")).isEmpty();
    assertThat(words("complete", "tokens")).isEmpty();
  }

  @Test
  void aStoreThatHangsKeepsNobodyWaiting() {
    InMemoryStore hanging =
        new InMemoryStore("hanging") {
          @Override
          public List<EntryKey> list() throws StoreException {
            try {
              Thread.sleep(60_000);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            return super.list();
          }
        };
    Typed waiting = Typed.on(store, hanging);
    Instant start = Instant.now();
    assertThat(waiting.run("complete", "places")).isZero();
    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(20));
    assertThat(waiting.out + waiting.err).isEmpty();
  }
}
