package io.github.gitcredentialpat.command.renew;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.testing.PrivateBus;
import io.github.gitcredentialpat.testing.Typed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a notification daemon is shown by a renewal that nobody watches. */
@Timeout(120)
@Tag("slow")
@EnabledOnOs(OS.LINUX)
final class ExpiryNoticesTest {
  private static final Identity CONTOSO = Identity.ofOrganization("contoso");

  @TempDir Path home;
  private final InMemoryStore store = new InMemoryStore("memory");
  private final Typed person = Typed.on(store);
  @AutoClose private final FakeAzureDevOps fake = new FakeAzureDevOps();
  @AutoClose private PrivateBus bus;

  @BeforeEach
  void start() throws Exception {
    bus = new PrivateBus();
    person.atHome(home).meets(fake);
    person.set("PATH", "/nowhere");
    person.set("DBUS_SESSION_BUS_ADDRESS", bus.environment().get("DBUS_SESSION_BUS_ADDRESS"));
  }

  /** As if so much of its life were left now: the clock of this machine stays as it is. */
  private void left(Identity place, Duration left) throws Exception {
    EntryKey key = new EntryKey(place, "alice");
    Expiry expiry = new Expiry(Instant.now().plus(left).getEpochSecond(), Expiry.Source.SERVICE);
    Secret secret = Secret.password("secret".getBytes(UTF_8));
    store.save(new Entry(key, secret, expiry, null, 1, 0, null, null, null));
  }

  private static List<JsonNode> shown(Path file) throws Exception {
    List<JsonNode> shown = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      shown.add(new ObjectMapper().readTree(line));
    }
    return shown;
  }

  @Test
  void aNoticeSaysWhichTokenExpiresWhenAndWhatToType() throws Exception {
    Path file = bus.startNotifications();
    left(CONTOSO, Duration.ofDays(6).plusHours(1));
    assertThat(person.run("renew")).isEqualTo(1);
    assertThat(shown(file)).hasSize(1);
    JsonNode notice = shown(file).get(0);
    assertThat(notice.get("app").textValue()).isEqualTo("git-credential-pat");
    assertThat(notice.get("title").textValue())
        .matches("The token for contoso \\(alice\\) expires in 6 days \\(20[0-9-]{8}\\)");
    assertThat(notice.get("text").textValue())
        .isEqualTo("To get a new one, type: git-credential-pat login contoso");
    assertThat(notice.get("hints").get("urgency").intValue()).isEqualTo(1);
    assertThat(notice.get("timeout").intValue()).isEqualTo(-1);
  }

  @Test
  void eachOfSevenThreeAndOneDaysIsToldOnce() throws Exception {
    Path file = bus.startNotifications();
    List<Integer> told = new ArrayList<>();
    Path notices = home.resolve(".local/state/git-credential-pat/notices");
    for (int day = 9; day >= 0; day--) {
      left(CONTOSO, Duration.ofDays(day).plusHours(2));
      renumber(notices);
      person.run("renew");
      person.run("renew");
      told.add(shown(file).size());
    }
    // After nine, eight, seven days and some: none; then six, five, four; three; two; one; none.
    assertThat(told).containsExactly(0, 0, 0, 1, 1, 1, 1, 2, 2, 3);
    assertThat(shown(file).get(2).get("hints").get("urgency").intValue()).isEqualTo(2);
    assertThat(shown(file).get(2).get("title").textValue()).contains("expires within a day");
  }

  /** A record is of a token with its end: the test moves that, and not the clock. */
  private void renumber(Path notices) throws Exception {
    if (!Files.isDirectory(notices)) {
      return;
    }
    long end = store.find(CONTOSO).get(0).expiry().at();
    try (var files = Files.list(notices)) {
      for (Path file : files.toList()) {
        String text = Files.readString(file).replaceFirst("expiry=\\d+", "expiry=" + end);
        Files.writeString(file, text);
      }
    }
  }

  @Test
  void aNewTokenIsToldOfAnew() throws Exception {
    Path file = bus.startNotifications();
    left(CONTOSO, Duration.ofHours(12));
    person.run("renew");
    left(CONTOSO, Duration.ofDays(30));
    person.run("renew");
    left(CONTOSO, Duration.ofDays(6));
    person.run("renew");
    assertThat(shown(file)).hasSize(2);
  }

  @Test
  void whatNobodyWasThereToSeeIsToldLater() throws Exception {
    left(CONTOSO, Duration.ofDays(6));
    assertThat(person.run("renew")).isEqualTo(1);
    bus.startNotifications("refuse");
    assertThat(person.run("renew")).isEqualTo(1);
    bus.stopProviders();
    Path file = bus.startNotifications();
    assertThat(person.run("renew")).isEqualTo(1);
    assertThat(shown(file)).hasSize(1);
  }

  @Test
  void anExpiredTokenAndAPasswordOfAnotherHostAreNotToldOf() throws Exception {
    Path file = bus.startNotifications();
    left(CONTOSO, Duration.ofHours(-2));
    left(new Identity("https", "git.example.com", null), Duration.ofDays(2));
    person.run("renew");
    assertThat(shown(file)).isEmpty();
  }

  @Test
  void whatOnlyLooksLikeMarkupIsShownAsItIs() throws Exception {
    Path file = bus.startNotifications();
    left(new Identity("https", "ados.corp.local", "tfs/r&d"), Duration.ofDays(2));
    person.run("renew");
    assertThat(shown(file).get(0).get("text").textValue())
        .endsWith("login https://ados.corp.local/tfs/r&amp;d");
  }
}
