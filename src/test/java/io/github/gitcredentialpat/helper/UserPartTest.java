package io.github.gitcredentialpat.helper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.StoreChain;
import io.github.gitcredentialpat.tokens.Invocation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the user part of a URL says where several tokens of one organization are kept. */
final class UserPartTest {
  private static final long NOW = 1_700_000_000;
  private static final String CONTOSO = "protocol=https\nhost=dev.azure.com\npath=contoso/_git/x\n";

  @TempDir Path home;
  private final InMemoryStore store = new InMemoryStore("memory");

  private Invocation run() {
    return new Invocation(
        new StoreChain(List.of(store), false),
        new Environment(Map.of("HOME", home.toString()), false, new Deadline()),
        new Console(new ByteArrayOutputStream(), false),
        NOW);
  }

  private void keep(String user, String secret, long time) throws Exception {
    store.save(
        Entry.of(
            new EntryKey(Identity.ofOrganization("contoso"), user),
            Secret.password(secret.getBytes(UTF_8)),
            time));
  }

  private String get(String user) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CredentialHelper.get(run(), request("username=" + user + "\n")).writeTo(out);
    return out.toString(UTF_8);
  }

  private static ByteArrayInputStream request(String more) {
    return new ByteArrayInputStream((CONTOSO + more).getBytes(UTF_8));
  }

  private @Nullable String secretOf(String user) throws Exception {
    for (Entry entry : store.find(Identity.ofOrganization("contoso"))) {
      if (user.equals(entry.key().user())) {
        return new String(entry.secret().bytes(), UTF_8);
      }
    }
    return null;
  }

  @ParameterizedTest
  @ValueSource(strings = {"VssSessionToken", "PersonalAccessToken", "pat", "contoso", ""})
  void aNameThatStandsForAnyGetsTheNewest(String user) throws Exception {
    keep("alice@contoso.com", "of-alice", 5);
    keep("bob@contoso.com", "of-bob", 4);
    assertThat(get(user)).contains("password=of-alice\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bob@contoso.com", "Bob@Contoso.com", "bob%40contoso.com"})
  void anAccountIsChosenInAnyCase(String user) throws Exception {
    keep("alice@contoso.com", "of-alice", 5);
    keep("bob@contoso.com", "of-bob", 4);
    assertThat(get(user)).contains("password=of-bob\n");
  }

  @Test
  void anAccountInAnotherCaseIsReplacedAndNotKeptBeside() throws Exception {
    keep("alice@contoso.com", "of-alice", 5);
    keep("bob@contoso.com", "of-bob", 4);
    assertThat(CredentialHelper.store(run(), request("username=Bob@Contoso.com\npassword=new\n")))
        .isTrue();
    assertThat(store.list()).hasSize(2);
    assertThat(secretOf("bob@contoso.com")).isEqualTo("new");
    assertThat(secretOf("alice@contoso.com")).isEqualTo("of-alice");
  }

  @Test
  void anAccountIsErasedInAnyCase() throws Exception {
    keep("alice@contoso.com", "of-alice", 5);
    keep("bob@contoso.com", "of-bob", 4);
    CredentialHelper.erase(run(), request("username=Bob@Contoso.com\n"));
    assertThat(secretOf("alice@contoso.com")).isEqualTo("of-alice");
    assertThat(secretOf("bob@contoso.com")).isNull();
  }

  @Test
  void aNameThatStandsForAnyIsNotKept() throws Exception {
    CredentialHelper.store(run(), request("username=VssSessionToken\npassword=new\n"));
    assertThat(store.list()).hasSize(1);
    assertThat(store.list().get(0).user()).isNull();
  }
}
