package io.github.gitcredentialpat.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import io.github.gitcredentialpat.azure.FakeOrganization;
import io.github.gitcredentialpat.azure.FakePats;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.testing.Typed;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** While a command asks the service, git stores another token: that one stays, whatever comes. */
@Timeout(120)
final class OvertakenWritersTest {
  private static final EntryKey KEY = new EntryKey(Identity.ofOrganization("contoso"), "alice");
  private static final String NEW = "the new one";

  @TempDir Path home;
  private final InMemoryStore store = new InMemoryStore("memory");
  private final Typed person = Typed.on(store);
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
  @AutoClose private final FakeAzureDevOps fake = new FakeAzureDevOps();
  private FakeOrganization contoso;
  private FakePats service;

  @BeforeEach
  void start() throws Exception {
    contoso = fake.organization("contoso");
    service = new FakePats(fake, "contoso");
    fake.on("vssps.dev.azure.com", service);
    person.atHome(home).meets(fake).set("AZURE_DEVOPS_ENTRA_TOKEN", service.signIn());
  }

  private static Entry entry(String secret) {
    return Entry.of(KEY, Secret.password(secret.getBytes(UTF_8)), 1);
  }

  /** Stores another one as soon as the command has read the old one. */
  private void overtake() {
    store.afterFind(1, () -> store.save(entry(NEW)));
  }

  private void assertNewOneStays() throws Exception {
    List<Entry> found = store.find(KEY.identity());
    assertThat(found).describedAs(person.err).hasSize(1);
    assertThat(new String(found.get(0).secret().bytes(), UTF_8)).isEqualTo(NEW);
  }

  /** A token of the service's that is stored here; its id. */
  private String keepOne() throws Exception {
    String id = service.add("laptop", "vso.code", now.plus(Duration.ofDays(10)));
    Expiry expiry = new Expiry(now.plusSeconds(864_000).getEpochSecond(), Expiry.Source.SERVICE);
    store.save(
        new Entry(
            KEY,
            Secret.password(service.secretOf(id).getBytes(UTF_8)),
            expiry,
            null,
            now.getEpochSecond(),
            0,
            "laptop",
            "vso.code",
            id));
    return id;
  }

  @Test
  void checkCorrectsNoNewerEntry() throws Exception {
    store.save(
        entry(contoso.grant("vso.code"))
            .with(new Expiry(now.minusSeconds(60).getEpochSecond(), Expiry.Source.GIT), null));
    overtake();
    person.run("check", "contoso");
    assertNewOneStays();
  }

  @Test
  void restoreBringsNothingBackOverANewerEntry() throws Exception {
    store.save(entry(contoso.grant("vso.code")).setAsideAt(now.getEpochSecond()));
    overtake();
    assertThat(person.run("login", "--restore", "contoso")).isEqualTo(1);
    assertThat(person.err).contains("was changed in the meantime");
    assertNewOneStays();
  }

  @Test
  void extendNotesNothingOnANewerEntry() throws Exception {
    keepOne();
    overtake();
    person.run("token", "extend", "contoso", "laptop", "--expires", "20");
    assertNewOneStays();
  }

  @Test
  void revokeRemovesNoNewerEntry() throws Exception {
    String id = keepOne();
    overtake();
    assertThat(person.run("token", "revoke", "contoso", "laptop")).isZero();
    assertThat(service.pats().get(id).revoked()).isTrue();
    assertNewOneStays();
  }

  @Test
  void rotateReplacesNoNewerEntry() throws Exception {
    String id = keepOne();
    overtake();
    assertThat(person.run("token", "rotate", "contoso", "laptop")).isEqualTo(1);
    assertThat(service.pats().get(id).revoked()).isFalse();
    assertNewOneStays();
  }
}
