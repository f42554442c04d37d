package io.github.gitcredentialpat.command.renew;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import io.github.gitcredentialpat.azure.FakePats;
import io.github.gitcredentialpat.azure.FakePats.Seen;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.testing.Typed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

// More than 400 lines: tokens of all kinds and ages, and all that can go wrong, on one fake
// service.
/** What renew does with tokens of all kinds and ages. */
@Timeout(120)
@Tag("slow")
final class RenewTest {
  private static final Identity CONTOSO = Identity.ofOrganization("contoso");

  @TempDir Path home;
  private final InMemoryStore store = new InMemoryStore("memory");
  private final Typed person = Typed.on(store);
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
  @AutoClose private final FakeAzureDevOps fake = new FakeAzureDevOps();
  private FakePats service;

  @BeforeEach
  void start() throws Exception {
    fake.organization("contoso");
    service = new FakePats(fake, "contoso");
    fake.on("vssps.dev.azure.com", service);
    person.atHome(home).meets(fake).set("AZURE_DEVOPS_ENTRA_TOKEN", service.signIn());
  }

  @AfterEach
  void stop() {
    for (String id : service.pats().keySet()) {
      assertThat(person.out + person.err).doesNotContain(service.secretOf(id));
    }
  }

  /** A token that was made 30 days before its end and is stored; its id. */
  private String keepOne(String name, Duration left) throws Exception {
    String id = make(name, left);
    store.save(entry("alice", service.secretOf(id), left, name, id));
    return id;
  }

  private String make(String name, Duration left) {
    fake.setTime(now.plus(left).minus(Duration.ofDays(30)));
    String id = service.add(name, "vso.code_write", now.plus(left));
    fake.setTime(now);
    return id;
  }

  private Entry entry(
      String user, String secret, Duration left, @Nullable String name, @Nullable String id) {
    return new Entry(
        new EntryKey(CONTOSO, user),
        Secret.password(secret.getBytes(UTF_8)),
        new Expiry(now.plus(left).getEpochSecond(), Expiry.Source.SERVICE),
        null,
        now.getEpochSecond(),
        0,
        name,
        "vso.code_write",
        id);
  }

  private List<String> alive() {
    List<String> alive = new ArrayList<>();
    for (Map.Entry<String, Seen> each : service.pats().entrySet()) {
      if (!each.getValue().revoked() && each.getValue().validTo().isAfter(now)) {
        alive.add(each.getKey());
      }
    }
    return alive;
  }

  private Entry kept() throws Exception {
    List<Entry> found = store.find(CONTOSO);
    assertThat(found).describedAs(person.err).hasSize(1);
    return found.get(0);
  }

  /** That the only token left at the service is the one that is stored, and another than this. */
  private void assertReplaced(String old) throws Exception {
    assertThat(alive()).describedAs(person.err).hasSize(1).doesNotContain(old);
    assertThat(kept().secret().bytes()).isEqualTo(service.secretOf(alive().get(0)).getBytes(UTF_8));
    assertThat(kept().authorizationId()).isEqualTo(alive().get(0));
  }

  private Path journal() {
    return home.resolve(".local/state/git-credential-pat/rotations");
  }

  private void assertNothingIsPending() throws Exception {
    try (var files = Files.list(journal())) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void whatExpiresSoonIsReplacedOnceAndThenThereIsNothingToSay() throws Exception {
    String old = keepOne("laptop", Duration.ofDays(10));
    assertThat(person.run("renew")).describedAs(person.err).isZero();
    assertThat(person.err).contains("rotated \"laptop rotated ", "old one revoked");
    assertReplaced(old);
    assertThat(kept().key().user()).isEqualTo("alice");
    assertThat(kept().expiry().at())
        .isBetween(
            now.plus(Duration.ofDays(29)).getEpochSecond(),
            now.plus(Duration.ofDays(31)).getEpochSecond());
    assertNothingIsPending();

    fake.forget();
    assertThat(person.run("renew")).isZero();
    assertThat(person.out + person.err).isEmpty();
    assertThat(fake.requests()).isEmpty();
  }

  @Test
  void whatLivesLongerThanWasSaidStays() throws Exception {
    String old = keepOne("laptop", Duration.ofDays(10));
    fake.forget();
    assertThat(person.run("renew", "--if-left", "9")).isZero();
    assertThat(person.err).isEmpty();
    assertThat(fake.requests()).isEmpty();
    assertThat(alive()).containsExactly(old);
  }

  @Test
  void whatWasExtendedOnThePageIsNotedAndStays() throws Exception {
    String id = make("laptop", Duration.ofDays(25));
    store.save(entry("alice", service.secretOf(id), Duration.ofDays(3), "laptop", id));
    assertThat(person.run("renew")).isZero();
    assertThat(alive()).containsExactly(id);
    assertThat(kept().expiry().at()).isEqualTo(now.plus(Duration.ofDays(25)).getEpochSecond());
  }

  @Test
  void anExpiredTokenIsReplacedToo() throws Exception {
    String old = keepOne("laptop", Duration.ofDays(-2));
    assertThat(person.run("renew")).describedAs(person.err).isZero();
    assertReplaced(old);
    assertNothingIsPending();
  }

  @Test
  void aTokenThatExpiredLongAgoIsReplacedOnlyWhenItIsNamed() throws Exception {
    String old = keepOne("laptop", Duration.ofDays(-60));
    assertThat(person.run("renew")).isZero();
    assertThat(person.err).isEmpty();
    assertThat(service.pats()).hasSize(1);
    assertThat(person.run("renew", "contoso")).describedAs(person.err).isZero();
    assertReplaced(old);
  }

  @Test
  void aRevokedTokenIsNotBroughtBackToLife() throws Exception {
    String old = keepOne("laptop", Duration.ofDays(3));
    person.run("token", "revoke", "contoso", old);
    store.save(entry("alice", service.secretOf(old), Duration.ofDays(3), "laptop", old));
    assertThat(person.run("renew")).isEqualTo(1);
    assertThat(person.err)
        .contains("it is not among your tokens on the server")
        .contains("hint: git-credential-pat login contoso");
    assertThat(alive()).isEmpty();
    store.save(entry("alice", service.secretOf(old), Duration.ofDays(-1), "laptop", old));
    assertThat(person.run("renew")).isEqualTo(1);
    assertThat(alive()).isEmpty();
  }

  @Test
  void aTokenWithoutANameCannotBeRenewed() throws Exception {
    String id = make("laptop", Duration.ofDays(3));
    store.save(entry("alice", service.secretOf(id), Duration.ofDays(3), null, null));
    assertThat(person.run("renew")).isEqualTo(1);
    assertThat(person.err)
        .contains("contoso (alice) expires on ", "its name on the server is not known")
        .contains("hint: git-credential-pat login contoso");
    assertThat(alive()).containsExactly(id);
  }

  @Test
  void aServersTokenIsSaidToBeRenewedByHand() throws Exception {
    Identity server = new Identity("http", "tfs.corp.local:8080", "tfs/defaultcollection");
    Entry token = entry("alice", fake.newToken(), Duration.ofDays(3), null, null);
    store.save(token.withKey(new EntryKey(server, "alice")));
    assertThat(person.run("renew")).isEqualTo(1);
    assertThat(person.err)
        .contains("cannot be renewed from here", "/_usersSettings/tokens")
        .contains(
            "hint: git-credential-pat login http://tfs.corp.local:8080/tfs/defaultcollection");
  }

  @Test
  void aGlobalTokenIsLeftToThePerson() throws Exception {
    fake.setTime(now.minus(Duration.ofDays(20)));
    String id = service.addGlobal("everywhere", "vso.code", now.plus(Duration.ofDays(3)));
    fake.setTime(now);
    store.save(entry("alice", service.secretOf(id), Duration.ofDays(3), "everywhere", id));
    assertThat(person.run("renew")).isEqualTo(1);
    assertThat(person.err).contains("hint: git-credential-pat token create contoso");
    assertThat(alive()).containsExactly(id);
  }

  @Test
  void withoutASignInItSaysSoAndAsksNobody() throws Exception {
    String old = keepOne("laptop", Duration.ofDays(10));
    person.environment().remove("AZURE_DEVOPS_ENTRA_TOKEN");
    person.set("PATH", "/nowhere");
    assertThat(person.run("renew")).isEqualTo(1);
    assertThat(person.err)
        .contains("contoso (alice) expires on ", "not signed in")
        .contains("hint: git-credential-pat renew contoso");
    assertThat(alive()).containsExactly(old);
  }

  @Test
  void ofSeveralOrganizationsOneThatFailsKeepsNoneBack() throws Exception {
    String old = keepOne("laptop", Duration.ofDays(10));
    Entry other = entry("bob", fake.newToken(), Duration.ofDays(5), "desk", "no such id");
    store.save(other.withKey(new EntryKey(Identity.ofOrganization("adatum"), "bob")));
    assertThat(person.run("renew")).isEqualTo(1);
    assertThat(person.err).contains("cannot renew adatum", "rotated \"laptop rotated ");
    assertThat(alive()).hasSize(1).doesNotContain(old);
  }

  @Test
  void onlyWhatIsNamedIsRenewed() throws Exception {
    String old = keepOne("laptop", Duration.ofDays(10));
    assertThat(person.run("renew", "adatum")).isEqualTo(1);
    assertThat(person.err).contains("no tokens stored for adatum");
    assertThat(alive()).containsExactly(old);
    assertThat(person.run("renew", "contoso")).isZero();
    assertReplaced(old);
  }

  @Test
  void anUnknownLifeIsLearntWhenItIsNamed() throws Exception {
    String id = make("laptop", Duration.ofDays(25));
    store.save(
        new Entry(
            new EntryKey(CONTOSO, "alice"),
            Secret.password(service.secretOf(id).getBytes(UTF_8)),
            null,
            null,
            now.getEpochSecond(),
            0,
            "laptop",
            null,
            null));
    assertThat(person.run("renew")).isZero();
    assertThat(kept().expiry()).isNull();
    assertThat(person.run("renew", "contoso")).isZero();
    assertThat(kept().expiry().at()).isEqualTo(now.plus(Duration.ofDays(25)).getEpochSecond());
    assertThat(alive()).containsExactly(id);
  }

  @Test
  void whereThePolicyAllowsAWeekOnlyATokenIsNotReplacedEachDay() throws Exception {
    keepOne("laptop", Duration.ofDays(10));
    service.limitLife(Duration.ofDays(7));
    assertThat(person.run("renew")).isZero();
    assertThat(person.err).contains("shortened by the organization's policy");
    String fresh = alive().get(0);
    assertThat(person.run("renew")).isZero();
    assertThat(person.err).isEmpty();
    assertThat(alive()).containsExactly(fresh);
  }

  @Test
  void aPolicyThatForbidsTokensIsSaidAndTheOldOneStays() throws Exception {
    String old = keepOne("laptop", Duration.ofDays(10));
    service.forbidCreation();
    assertThat(person.run("renew")).isEqualTo(1);
    assertThat(person.err).contains("cannot renew contoso: ");
    assertThat(alive()).containsExactly(old);
    assertNothingIsPending();
  }

  @Test
  void anOldTokenLivesOnForAsLongAsWasSaid() throws Exception {
    String old = keepOne("laptop", Duration.ofDays(10));
    assertThat(person.run("renew", "--keep-old", "1s")).isZero();
    assertThat(alive()).hasSize(2).contains(old);
    assertThat(person.err).contains("old one kept until ");
    Thread.sleep(1_100);
    assertThat(person.run("renew")).isZero();
    assertThat(person.err).contains("revoked \"laptop\" of contoso, which was replaced");
    assertReplaced(old);
    assertNothingIsPending();
  }

  @Test
  void anOldTokenIsNotRevokedBeforeItsTime() throws Exception {
    String old = keepOne("laptop", Duration.ofDays(10));
    assertThat(person.run("renew", "--keep-old", "1h")).isZero();
    fake.forget();
    assertThat(person.run("renew")).isZero();
    assertThat(fake.requests()).isEmpty();
    assertThat(person.run("renew", "--if-left", "40")).isZero();
    assertThat(person.err).isEmpty();
    assertThat(alive()).hasSize(2).contains(old);
  }

  @Test
  void anOldTokenThatCouldNotBeRevokedIsRevokedByTheNextRun() throws Exception {
    String old = keepOne("laptop", Duration.ofDays(10));
    fake.on(
        "vssps.dev.azure.com",
        exchange -> {
          if (exchange.getRequestMethod().equals("DELETE")) {
            exchange.sendResponseHeaders(503, -1);
          } else {
            service.handle(exchange);
          }
        });
    assertThat(person.run("renew")).isEqualTo(1);
    assertThat(alive()).hasSize(2).contains(old);
    fake.on("vssps.dev.azure.com", service);
    assertThat(person.run("renew")).isZero();
    assertReplaced(old);
  }

  @Test
  void whatCouldNotBeTestedIsTestedByTheNextRun() throws Exception {
    String old = keepOne("laptop", Duration.ofDays(10));
    var organization = fake.organization("contoso");
    fake.on("dev.azure.com", exchange -> exchange.sendResponseHeaders(503, -1));
    assertThat(person.run("renew")).isEqualTo(1);
    assertThat(alive()).hasSize(2).contains(old);
    assertThat(person.run("renew")).isEqualTo(1);
    assertThat(alive()).hasSize(2).contains(old);
    fake.on("dev.azure.com", exchange -> organization.answer(exchange, "_apis/connectionData"));
    assertThat(person.run("renew")).describedAs(person.err).isZero();
    assertReplaced(old);
  }

  /** The service makes the token, and nobody hears of it; its id. */
  private String loseANewToken() {
    List<String> made = new ArrayList<>();
    fake.on(
        "vssps.dev.azure.com",
        exchange -> {
          if (exchange.getRequestMethod().equals("POST")) {
            JsonNode body = new ObjectMapper().readTree(exchange.getRequestBody());
            made.add(
                service.add(
                    body.get("displayName").textValue(),
                    body.get("scope").textValue(),
                    Instant.parse(body.get("validTo").textValue())));
            exchange.sendResponseHeaders(503, -1);
          } else {
            service.handle(exchange);
          }
        });
    assertThat(person.run("renew")).isEqualTo(1);
    fake.on("vssps.dev.azure.com", service);
    assertThat(made).hasSize(1);
    return made.get(0);
  }

  @Test
  void aTokenThatNobodyGotIsRevokedByTheNextRun() throws Exception {
    String old = keepOne("laptop", Duration.ofDays(10));
    String lost = loseANewToken();
    assertThat(alive()).containsExactlyInAnyOrder(old, lost);
    // As a second is over, for the new one has the time in its name.
    Thread.sleep(1_100);
    assertThat(person.run("renew")).describedAs(person.err).isZero();
    assertThat(person.err).contains("which an interrupted rotation left behind");
    assertThat(alive()).doesNotContain(lost);
    assertReplaced(old);
    assertNothingIsPending();
  }

  @Test
  void whatMayLieInALockedStoreIsNotRevoked() throws Exception {
    InMemoryStore other = new InMemoryStore("other");
    Typed onBoth = Typed.on(store, other);
    onBoth.environment().putAll(person.environment());
    keepOne("laptop", Duration.ofDays(10));
    String lost = loseANewToken();
    other.failWith(new StoreException(StoreException.Reason.LOCKED, "locked"));
    Thread.sleep(1_100);
    assertThat(onBoth.run("renew")).isEqualTo(1);
    assertThat(alive()).contains(lost);
    other.failWith(null);
    assertThat(onBoth.run("renew")).describedAs(onBoth.err).isZero();
    assertThat(alive()).hasSize(1).doesNotContain(lost);
  }

  @Test
  void anOldTokenThatALockedStoreMayHoldIsRevokedOnceItCanBeRead() throws Exception {
    InMemoryStore other = new InMemoryStore("other");
    Typed onBoth = Typed.on(store, other);
    onBoth.environment().putAll(person.environment());
    String old = keepOne("laptop", Duration.ofDays(10));
    other.failWith(new StoreException(StoreException.Reason.LOCKED, "locked"));
    assertThat(onBoth.run("renew")).isEqualTo(1);
    assertThat(onBoth.err).contains("old one kept until all stores can be read");
    assertThat(onBoth.run("renew")).isEqualTo(1);
    assertThat(alive()).hasSize(2).contains(old);
    other.failWith(null);
    assertThat(onBoth.run("renew")).describedAs(onBoth.err).isZero();
    assertReplaced(old);
  }

  @Test
  void aTokenThatIsStoredTwiceAndNamedOnceIsLeftToThePerson() throws Exception {
    String id = keepOne("laptop", Duration.ofDays(10));
    store.save(entry("bob", service.secretOf(id), Duration.ofDays(90), null, null));
    assertThat(person.run("renew")).isEqualTo(1);
    assertThat(person.err).contains("is not renewed: it is stored more than once");
    assertThat(alive()).containsExactly(id);
  }

  @Test
  void anotherMachinesTokenOfTheSameNameIsNotTakenForADeadOne() throws Exception {
    String others = make("laptop", Duration.ofDays(10));
    store.save(entry("alice", fake.newToken(), Duration.ofDays(-2), "laptop", null));
    assertThat(person.run("renew")).isEqualTo(1);
    assertThat(person.err).contains("it is not among your tokens on the server");
    assertThat(alive()).containsExactly(others);
    assertThat(kept().authorizationId()).isNull();
  }

  @Test
  void whatIsKnownByItsNameAloneWaitsUntilTheServerSaysThatItWorks() throws Exception {
    String id = make("laptop", Duration.ofDays(10));
    store.save(entry("alice", service.secretOf(id), Duration.ofDays(10), "laptop", null));
    fake.on("dev.azure.com", exchange -> exchange.sendResponseHeaders(503, -1));
    assertThat(person.run("renew")).isEqualTo(1);
    assertThat(person.err).contains("the server did not say whether it still works");
    assertThat(alive()).containsExactly(id);
    var organization = fake.organization("contoso");
    fake.on("dev.azure.com", exchange -> organization.answer(exchange, "_apis/connectionData"));
    assertThat(person.run("renew")).describedAs(person.err).isZero();
    assertReplaced(id);
  }

  @Test
  void noTwoNewTokensHaveOneName() throws Exception {
    String first = keepOne("laptop", Duration.ofDays(10));
    String name = "laptop rotated 2026-01-02 03:04:05 0a1b";
    String second = make(name, Duration.ofDays(3));
    fake.setTime(now);
    store.save(entry("bob", service.secretOf(second), Duration.ofDays(3), name, second));
    assertThat(person.run("renew")).describedAs(person.err).isZero();
    assertThat(alive()).hasSize(2).doesNotContain(first, second);
    assertThat(alive().stream().map(id -> service.pats().get(id).displayName()))
        .doesNotHaveDuplicates()
        .allMatch(each -> each.matches("laptop rotated [-0-9]{10} [:0-9]{8} [0-9a-f]{4}"));
  }

  @Test
  void anOldTokenThatIsStoredAgainIsNotRevoked() throws Exception {
    String old = keepOne("laptop", Duration.ofDays(10));
    assertThat(person.run("renew", "--keep-old", "1s")).isZero();
    Duration left = Duration.ofDays(20);
    store.save(entry("bob", service.secretOf(old), left, "laptop", old));
    Thread.sleep(1_100);
    assertThat(person.run("renew")).describedAs(person.err).isZero();
    assertThat(alive()).hasSize(2).contains(old);
  }

  @Test
  void aTokenThatIsStoredTwiceIsLeftToThePerson() throws Exception {
    String id = keepOne("laptop", Duration.ofDays(10));
    store.save(entry("bob", service.secretOf(id), Duration.ofDays(10), "laptop", id));
    assertThat(person.run("renew")).isEqualTo(1);
    assertThat(person.err)
        .contains("is not renewed: it is stored more than once")
        .contains("hint: git-credential-pat list contoso");
    assertThat(alive()).containsExactly(id);
  }

  @Test
  void twoAtOnceReplaceATokenOnce() throws Exception {
    String old = keepOne("laptop", Duration.ofDays(10));
    Typed other = Typed.on(store);
    other.environment().putAll(person.environment());
    CountDownLatch bothRun = new CountDownLatch(1);
    fake.on(
        "vssps.dev.azure.com",
        exchange -> {
          try {
            bothRun.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          service.handle(exchange);
        });
    // Not in the common pool, which the HTTP client needs too and which may have one thread only.
    FutureTask<Integer> one = new FutureTask<>(() -> person.run("renew"));
    FutureTask<Integer> two = new FutureTask<>(() -> other.run("renew"));
    new Thread(one).start();
    new Thread(two).start();
    Thread.sleep(300);
    bothRun.countDown();
    assertThat(one.get()).describedAs(person.err).isZero();
    assertThat(two.get()).describedAs(other.err).isZero();
    assertThat(service.pats()).hasSize(2);
    assertReplaced(old);
    assertThat(List.of(person.err.isEmpty(), other.err.isEmpty())).containsOnlyOnce(true);
  }

  @Test
  void wrongWordsAreToldAtOnce() {
    for (String[] words :
        List.of(
            new String[] {"renew", "--keep-old", "soon"},
            new String[] {"renew", "--if-left", "-1"},
            new String[] {"renew", "--if-left", "x"})) {
      assertThat(person.run(words)).describedAs(String.join(" ", words)).isEqualTo(2);
      assertThat(person.err).contains("hint: git-credential-pat renew --help");
    }
  }
}
