package io.github.gitcredentialpat.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.protocol.Response;
import io.github.gitcredentialpat.secret.Secret;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PayloadTest {
  private static final Identity CONTOSO = Identity.ofOrganization("contoso");
  private static final EntryKey ALICE = new EntryKey(CONTOSO, "alice");

  private static Entry named(@Nullable String name) {
    byte[] secret = "secret".getBytes(UTF_8);
    return new Entry(ALICE, Secret.password(secret), null, null, 5, 0, name, name, name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\0", "\u001b[2J", "\u007f"})
  void whatATokenIsCalledSaysNothingElse(String control) throws Exception {
    String name = "a" + control + "set_aside_at=7" + control + "authtype=Bearer\ncredential=x";
    Entry read = Payload.decode(ALICE, Payload.encode(named(name)));
    assertThat(read.setAsideAt()).isZero();
    assertThat(read.secret().authtype()).isNull();
    assertThat(read.name()).startsWith("a ").contains("set_aside_at=7").doesNotContain(control);
    assertThat(read.scopes()).isEqualTo(read.name());
    assertThat(read.authorizationId()).isEqualTo(read.name());
  }

  @Test
  void aSecretOfSeveralLinesIsRefused() {
    byte[] lines = "a\nset_aside_at=7".getBytes(UTF_8);
    for (Entry entry :
        new Entry[] {
          Entry.of(ALICE, Secret.password(lines), 1),
          Entry.of(ALICE, Secret.credential("Bearer", lines), 1),
          named(null).with(null, Secret.password(lines))
        }) {
      assertThatThrownBy(() -> Payload.encode(entry))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("longer than one line");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"al\nice", "alice\r", "\0"})
  void whatGitCannotBeAnsweredWithIsNoEntry(String user) {
    byte[] payload = "secret".getBytes(UTF_8);
    assertThat(Payload.decode(new EntryKey(CONTOSO, user), payload)).isNull();
    assertThat(Payload.decode(ALICE, "se\0cret".getBytes(UTF_8))).isNull();
    assertThat(Payload.decode(ALICE, payload)).isNotNull();
  }

  @Test
  void whateverIsReadCanBeAnsweredAndWrittenAgain() throws Exception {
    String[] pieces = {
      "\n",
      "=",
      "\0",
      "\r",
      "authtype",
      "credential",
      "password_expiry_utc",
      "set_aside_at",
      "name",
      "oauth_refresh_token",
      "expiry_from",
      "service",
      "-1",
      "9999999999999999999",
      "\u00e4",
      "x"
    };
    long seed = System.nanoTime();
    Random random = new Random(seed);
    long end = System.nanoTime() + 1_000_000_000L;
    for (int i = 0; i < 100_000 && System.nanoTime() < end; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(20); n > 0; n--) {
        text.append(pieces[random.nextInt(pieces.length)]);
      }
      EntryKey key = new EntryKey(CONTOSO, random.nextInt(4) == 0 ? text.toString() : "alice");
      Entry entry = Payload.decode(key, text.toString().getBytes(UTF_8));
      if (entry == null) {
        continue;
      }
      Response answer = new Response();
      answer.add("username", key.user());
      answer.add("password", entry.secret().bytes());
      if (entry.secret().authtype() != null) {
        answer.add("authtype", entry.secret().authtype());
      }
      if (entry.refreshToken() != null) {
        answer.add("oauth_refresh_token", entry.refreshToken().bytes());
      }
      byte[] once = Payload.encode(entry);
      byte[] twice = Payload.encode(Payload.decode(key, once));
      assertThat(twice).as("seed " + seed + ": " + text).isEqualTo(once);
    }
  }
}
