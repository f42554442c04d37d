package io.github.gitcredentialpat.command.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.testing.Typed;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LogoutTest {
  private final InMemoryStore first = new InMemoryStore("first");
  private final InMemoryStore second = new InMemoryStore("second");
  private final Typed person = Typed.on(first, second);

  @BeforeEach
  void keepThreeTokens() throws Exception {
    first.save(organization("contoso"));
    second.save(organization("contoso"));
    second.save(organization("fabrikam"));
  }

  private static Entry organization(String name) {
    return Entry.of(
        new EntryKey(Identity.ofOrganization(name), null), Secret.password(new byte[] {'t'}), 1);
  }

  private int logout(String typed, String... arguments) {
    List<String> words = new ArrayList<>(List.of("logout"));
    words.addAll(List.of(arguments));
    return person.answering(typed, words.toArray(String[]::new));
  }

  @Test
  void removesAnOrganizationsTokenFromEveryStore() throws Exception {
    assertThat(logout("y\n", "https://contoso.visualstudio.com")).isZero();
    assertThat(first.list()).isEmpty();
    assertThat(second.list()).hasSize(1);
  }

  @Test
  void asksBeforeRemovingSeveral() throws Exception {
    assertThat(logout("\n", "--all")).isEqualTo(1);
    assertThat(logout("", "--all")).isEqualTo(1);
    assertThat(second.list()).hasSize(2);
    assertThat(logout("", "--all", "--yes")).isZero();
    assertThat(first.list()).isEmpty();
    assertThat(second.list()).isEmpty();
  }

  @Test
  void removesOneWithoutAsking() throws Exception {
    assertThat(logout("", "fabrikam")).isZero();
    assertThat(second.list()).hasSize(1);
    assertThat(logout("", "fabrikam")).isZero();
    assertThat(person.err).contains("no tokens stored for fabrikam");
  }

  @Test
  void saysWhenAStoreCouldNotBeReached() throws Exception {
    first.failWith(new StoreException(Reason.LOCKED, "locked; unlock it"));
    assertThat(logout("", "contoso")).isEqualTo(1);
    assertThat(person.err).contains("first: locked; unlock it");
    assertThat(second.list()).hasSize(1);
  }

  @Test
  void removingAllSaysWhichStoreWasNotThereToBeAsked() throws Exception {
    first.failWith(new StoreException(Reason.UNAVAILABLE, "no bus"));
    assertThat(logout("", "--all", "--yes")).isZero();
    assertThat(person.err).contains("first is not available");
    assertThat(second.list()).isEmpty();
  }

  @Test
  void findsTokensInStoresThatGitIsNotSetUpToAsk() throws Exception {
    InMemoryStore once = new InMemoryStore("once");
    once.save(organization("contoso"));
    Typed elsewhere = new Typed(List.of(first), List.of(first, second, once));
    assertThat(elsewhere.run("logout", "contoso", "--yes")).isZero();
    assertThat(once.list()).isEmpty();
    second.save(organization("contoso"));
    assertThat(elsewhere.chosen(true).run("logout", "contoso", "--yes")).isZero();
    assertThat(second.list()).hasSize(2);
  }

  @Test
  void explainsWrongUsage() throws Exception {
    assertThat(logout("")).isEqualTo(2);
    assertThat(logout("", "a", "b")).isEqualTo(2);
    assertThat(logout("", "https://dev.azure.com")).isEqualTo(2);
    assertThat(logout("", "--nonsense")).isEqualTo(2);
  }
}
