package io.github.gitcredentialpat.command.status;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.Main;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.testing.Typed;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What stands in a shell's prompt. */
@Timeout(60)
final class ShortStatusTest {
  private static final Identity CONTOSO = Identity.ofOrganization("contoso");
  private static final Identity FABRIKAM = Identity.ofOrganization("fabrikam");

  /** So that a day is not over before the test is. */
  private static final Duration A_WHILE = Duration.ofMinutes(30);

  @TempDir Path home;
  private final InMemoryStore store = new InMemoryStore("memory");
  private final Typed person = Typed.on(store);

  @BeforeEach
  void moveIn() {
    person.atHome(home);
  }

  private void keep(Identity place, String user, @Nullable Duration left) throws Exception {
    Expiry expiry =
        left == null
            ? null
            : new Expiry(
                Instant.now().plus(left).plus(A_WHILE).getEpochSecond(), Expiry.Source.SERVICE);
    Secret secret = Secret.password((place + user).getBytes(UTF_8));
    EntryKey key = new EntryKey(place, user);
    store.save(new Entry(key, secret, expiry, null, 1, 0, null, null, null));
  }

  private String shown(String... place) {
    String[] words = new String[place.length + 2];
    words[0] = "status";
    words[1] = "--short";
    System.arraycopy(place, 0, words, 2, place.length);
    assertThat(person.run(words)).isZero();
    assertThat(person.err).isEmpty();
    return person.out;
  }

  @Test
  void nothingWhenAllIsWell() throws Exception {
    assertThat(shown()).isEmpty();
    keep(CONTOSO, "alice", Duration.ofDays(8));
    keep(FABRIKAM, "alice", null);
    assertThat(shown()).isEmpty();
  }

  @Test
  void whatIsInItsLastWeekOrDeadIsNamed() throws Exception {
    keep(CONTOSO, "alice", Duration.ofDays(6));
    assertThat(shown()).isEqualTo("contoso 6d\n");
    keep(FABRIKAM, "alice", Duration.ofHours(5));
    keep(Identity.ofOrganization("gone"), "alice", Duration.ofDays(-3));
    assertThat(shown()).isEqualTo("contoso 6d, fabrikam 5h, gone expired\n");
    assertThat(shown("fabrikam")).isEqualTo("fabrikam 5h\n");
    Entry entry = store.find(FABRIKAM).get(0);
    store.save(entry.setAsideAt(Instant.now().getEpochSecond()));
    assertThat(shown("fabrikam")).isEqualTo("fabrikam rejected\n");
  }

  @Test
  void oneGoodTokenOfAnOrganizationIsEnough() throws Exception {
    keep(CONTOSO, "alice", Duration.ofDays(-3));
    keep(CONTOSO, "bob", Duration.ofDays(60));
    assertThat(shown()).isEmpty();
  }

  @Test
  void passwordsOfOtherHostsAreNoBusinessOfItsOwn() throws Exception {
    keep(new Identity("https", "git.example.com", null), "alice", Duration.ofHours(1));
    assertThat(shown()).isEmpty();
  }

  @Test
  void aStoreThatFailsIsPassedOverInSilence() throws Exception {
    keep(CONTOSO, "alice", Duration.ofDays(6));
    store.failWith(new StoreException(Reason.LOCKED, "locked"));
    assertThat(shown()).isEmpty();
  }

  private static String main(Map<String, String> environment, int status, String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    ByteArrayInputStream in = new ByteArrayInputStream("token".repeat(10).getBytes(UTF_8));
    assertThat(Main.run(words, in, out, err, environment)).isEqualTo(status);
    assertThat(err.toString(UTF_8)).isEmpty();
    return out.toString(UTF_8);
  }

  @Test
  void itIsAnsweredBeforeTheCommandLineIsTakenApartAtLength() throws Exception {
    Map<String, String> environment =
        Map.of("HOME", home.toString(), "PATH", "/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM", "1");
    ByteArrayOutputStream ignored = new ByteArrayOutputStream();
    ByteArrayInputStream token = new ByteArrayInputStream("a".repeat(52).getBytes(UTF_8));
    String[] login = {
      "--store", "file", "login", "contoso", "--no-check", "--no-configure", "--expires", "6"
    };
    assertThat(Main.run(login, token, ignored, ignored, environment)).isZero();
    // Six days, or a second less, of which five are whole.
    assertThat(main(environment, 0, "--store", "file", "status", "--short"))
        .matches("contoso [56]d\n");
    assertThat(main(environment, 0, "status", "--short", "contoso", "--store=file"))
        .matches("contoso [56]d\n");
    assertThat(main(environment, 0, "status", "fabrikam", "--short", "--store=file")).isEmpty();
    assertThat(main(environment, 1, "status", "--short", "--store=nonsense")).isEmpty();
    assertThat(main(environment, 0, "status", "--short", "--help")).contains("--short");
  }
}
