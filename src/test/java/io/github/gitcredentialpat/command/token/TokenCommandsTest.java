package io.github.gitcredentialpat.command.token;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import io.github.gitcredentialpat.azure.FakeOrganization;
import io.github.gitcredentialpat.azure.FakePats;
import io.github.gitcredentialpat.azure.FakePats.Seen;
import io.github.gitcredentialpat.azure.Scopes;
import io.github.gitcredentialpat.entra.FakeEntra;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.online.TokenDetails;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.testing.Typed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

// More than 400 lines: all commands of one group, on one fake service.
@Timeout(120)
@Tag("slow")
final class TokenCommandsTest {
  private static final Identity CONTOSO = Identity.ofOrganization("contoso");

  /** And an hour, or it is nine days and some as soon as a second has passed. */
  private static final Duration TEN_DAYS = Duration.ofDays(10).plusHours(1);

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
  void stop() throws Exception {
    for (String id : service.pats().keySet()) {
      assertThat(person.out + person.err).doesNotContain(service.secretOf(id));
    }
  }

  private Entry kept() throws StoreException {
    List<Entry> found = store.find(CONTOSO);
    assertThat(found).describedAs(person.err).hasSize(1);
    return found.get(0);
  }

  private String keptSecret() throws StoreException {
    return new String(kept().secret().bytes(), UTF_8);
  }

  /** A token that was made by this program some days ago; its id. */
  private String keepOne(String name, String scope) throws Exception {
    fake.setTime(now.minus(Duration.ofDays(20)));
    String id = service.add(name, scope, now.plus(TEN_DAYS));
    fake.setTime(now);
    store.save(
        new Entry(
            new EntryKey(CONTOSO, "alice"),
            Secret.password(service.secretOf(id).getBytes(UTF_8)),
            new Expiry(now.plus(TEN_DAYS).getEpochSecond(), Expiry.Source.SERVICE),
            null,
            now.getEpochSecond(),
            0,
            name,
            scope,
            id));
    return id;
  }

  private List<String> alive() {
    List<String> alive = new ArrayList<>();
    for (Map.Entry<String, Seen> each : service.pats().entrySet()) {
      if (!each.getValue().revoked()) {
        alive.add(each.getKey());
      }
    }
    return alive;
  }

  // --- list ---

  @Test
  void listMarksWhatIsKeptHereWhatIsGlobalAndWhatAProgramMade() throws Exception {
    keepOne("laptop", "vso.code");
    service.add(
        "Git: https://dev.azure.com/contoso on DESK", "vso.code_write", now.plusSeconds(90_000));
    service.addGlobal("everywhere", "app_token", now.plusSeconds(1_000_000));
    service.limitPages(1);
    assertThat(person.run("token", "list", "contoso")).isZero();
    String[] lines = person.out.split("\n");
    assertThat(lines).hasSize(4);
    assertThat(person.out)
        .containsPattern("(?m)^\\* +laptop +Code \\(Read\\) .* 10 days")
        .containsPattern("(?m)^ +Git: https.* created by a program$")
        .containsPattern(
            "(?m)^ +everywhere .* for all organizations: stops working on 2026-12-01$");
    assertThat(person.run("token", "list", "contoso", "--json")).isZero();
    JsonNode tokens = new ObjectMapper().readTree(person.out).get("tokens");
    assertThat(tokens.findValuesAsText("keptHere"))
        .containsExactlyInAnyOrder("true", "false", "false");
    assertThat(tokens.findValuesAsText("global")).containsOnlyOnce("true");
    assertThat(tokens.findValuesAsText("automatic")).containsOnlyOnce("true");
  }

  @Test
  void revokedTokensHaveNoDaysLeft() throws Exception {
    keepOne("laptop", "vso.code");
    service.add("other", "vso.code", now.plus(TEN_DAYS));
    assertThat(person.run("token", "revoke", "contoso")).isZero();
    for (String filter : List.of("all", "revoked")) {
      assertThat(person.run("token", "list", "contoso", "--filter", filter)).isZero();
      assertThat(person.out).containsPattern("(?m)laptop .* revoked ");
      assertThat(person.run("token", "list", "contoso", "--filter", filter, "--json")).isZero();
      for (JsonNode token : new ObjectMapper().readTree(person.out).get("tokens")) {
        boolean isRevoked = token.get("displayName").textValue().equals("laptop");
        assertThat(token.has("daysLeft")).isNotEqualTo(isRevoked);
        assertThat(token.get("state").textValue()).isEqualTo(isRevoked ? "revoked" : "ok");
      }
    }
  }

  @Test
  void aGlobalTokenEndsWithAllOfThem() throws Exception {
    long end = Instant.parse("2026-12-01T00:00:00Z").getEpochSecond();
    String id = service.addGlobal("everywhere", "vso.code", Instant.parse("2027-06-01T00:00:00Z"));
    assertThat(person.answering(service.secretOf(id), "login", "contoso", "--name", "everywhere"))
        .isZero();
    assertThat(person.err)
        .contains("everywhere is for all organizations", "stop working on 2026-12-01")
        .contains("hint: git-credential-pat token create contoso");
    assertThat(kept().expiry()).isEqualTo(new Expiry(end, Expiry.Source.SERVICE));
    assertThat(person.run("list")).isZero();
    assertThat(person.out).contains("2026-12-01 (service)");
    assertThat(person.run("token", "list", "contoso")).isZero();
    assertThat(person.out).containsPattern("everywhere .* 2026-12-01 ").doesNotContain("2027");
    assertThat(person.err).contains("stop working on 2026-12-01");
    assertThat(person.run("token", "scope", "contoso", "--add", "packages")).isZero();
    assertThat(person.err).contains("expires 2026-12-01, for all organizations");
    assertThat(kept().expiry().at()).isEqualTo(end);
    person.run("doctor", "contoso", "--online");
    assertThat(person.out).contains("such tokens stop working on 2026-12-01");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "git: https://dev.azure.com/contoso on MyMachine",
        "git: https://contoso.visualstudio.com/ on MyMachine",
        "Git: http://contoso.visualstudio.com on X",
        "Service Hooks :: Azure App Service :: Deploy web app",
        "Service Hooks: Azure App Service: Deploy web app",
        "Service Hooks: : Azure App Service: : Deploy web app",
        "WebAppLoadTestCDIntToken",
        "Microsoft Teams Integration",
        "git-credential-pat on desk 2026-11-28"
      })
  void whatAProgramMadeIsKnownByItsName(String name) throws Exception {
    service.add(name, "vso.code", now.plusSeconds(90_000));
    assertThat(person.run("token", "list", "contoso")).isZero();
    assertThat(person.out).contains("created by a program");
  }

  @ParameterizedTest
  @ValueSource(strings = {"git", "github", "my git: https", "Microsoft Teams", "Service Hooks"})
  void whatAPersonMadeIsNot(String name) throws Exception {
    service.add(name, "vso.code", now.plusSeconds(90_000));
    assertThat(person.run("token", "list", "contoso")).isZero();
    assertThat(person.out).doesNotContain("created by a program");
  }

  @Test
  void scopesAreListedUnderTheNamesThatAreTaken() throws Exception {
    assertThat(person.run("token", "scopes")).isZero();
    assertThat(person.out)
        .containsPattern("(?m)^git +! +Code \\(Read & write\\) +vso.code_write")
        .containsPattern("(?m)^agent-pools:manage +! +Agent Pools \\(Read & manage\\)")
        .doesNotContain("vso.pats");
    assertThat(person.run("token", "scopes", "--json")).isZero();
    for (JsonNode scope : new ObjectMapper().readTree(person.out).get("scopes")) {
      assertThat(Scopes.parse(scope.get("scope").textValue()).scope())
          .isEqualTo(scope.get("name").textValue());
    }
  }

  @Test
  void listFilters() throws Exception {
    String id = keepOne("laptop", "vso.code");
    assertThat(person.run("token", "revoke", "contoso")).isZero();
    assertThat(person.run("token", "list", "contoso")).isZero();
    assertThat(person.out).isEmpty();
    assertThat(person.run("token", "list", "contoso", "--filter", "revoked")).isZero();
    assertThat(person.out).contains(id);
    assertThat(person.run("token", "list", "contoso", "--filter", "nonsense")).isEqualTo(2);
  }

  // --- create ---

  @Test
  void createMakesATokenAndKeepsItAtOnce() throws Exception {
    assertThat(person.run("token", "create", "contoso", "--name", "laptop", "--expires", "90"))
        .describedAs(person.err)
        .isZero();
    String id = alive().get(0);
    Seen made = service.pats().get(id);
    assertThat(made.displayName()).isEqualTo("laptop");
    assertThat(made.scope()).isEqualTo("vso.code_write");
    assertThat(made.global()).isFalse();
    Entry entry = kept();
    assertThat(keptSecret()).isEqualTo(service.secretOf(id));
    assertThat(entry.authorizationId()).isEqualTo(id);
    assertThat(entry.name()).isEqualTo("laptop");
    assertThat(entry.scopes()).isEqualTo("vso.code_write");
    assertThat(entry.expiry())
        .isEqualTo(new Expiry(made.validTo().getEpochSecond(), Expiry.Source.SERVICE));
  }

  @Test
  void createSaysWhenAPolicyAllowsNoLongerLife() throws Exception {
    service.limitLife(Duration.ofDays(7));
    assertThat(person.run("token", "create", "contoso", "--expires", "90")).isZero();
    assertThat(person.err).contains("shortened by the organization's policy");
    assertThat(kept().expiry().at())
        .isLessThanOrEqualTo(now.plus(Duration.ofDays(7)).getEpochSecond() + 60);
  }

  @Test
  void whatCannotBeKeptIsRevokedAgain() throws Exception {
    store.failWith(new StoreException(Reason.LOCKED, "locked; unlock it"));
    assertThat(person.run("token", "create", "contoso")).isEqualTo(1);
    store.failWith(null);
    assertThat(service.pats()).hasSize(1);
    assertThat(alive()).isEmpty();
    assertThat(store.list()).isEmpty();
  }

  private String kept(String user) throws StoreException {
    for (Entry entry : store.find(CONTOSO)) {
      if (user.equals(entry.key().user())) {
        return entry.authorizationId();
      }
    }
    throw new AssertionError("nothing of " + user + ": " + store.list());
  }

  @Test
  void aTokenThatIsNotForGitIsStoredBesideGits() throws Exception {
    String id = keepOne("laptop", "vso.code");
    assertThat(person.run("token", "create", "contoso", "--scopes", "packages", "--name", "p"))
        .describedAs(person.err)
        .isZero();
    assertThat(person.err).doesNotContain("replaces");
    assertThat(
            person.run(
                "token",
                "create",
                "contoso",
                "--scopes",
                "Agent Pools (Read & manage)",
                "--name",
                "a"))
        .isZero();
    assertThat(store.list()).hasSize(3);
    assertThat(kept("alice")).isEqualTo(id);
    assertThat(kept("packaging")).isNotNull();
    assertThat(kept("agent-pools")).isNotNull();
    assertThat(alive()).hasSize(3);
  }

  @Test
  void gitsTokenIsStoredBesideOneThatIsNotForGit() throws Exception {
    assertThat(person.run("token", "create", "contoso", "--scopes", "packages", "--name", "p"))
        .isZero();
    String packages = kept("packaging");
    assertThat(person.run("token", "create", "contoso", "--name", "g")).isZero();
    assertThat(store.list()).hasSize(2);
    String token = fake.newToken();
    fake.organization("contoso")
        .grant(
            token,
            new FakeOrganization.Grant(Set.of("vso.code_write"), now.plusSeconds(9_000), false));
    assertThat(person.answering(token, "login", "contoso")).describedAs(person.err).isZero();
    assertThat(store.list()).hasSize(2);
    assertThat(kept("packaging")).isEqualTo(packages);
  }

  @Test
  void whatACreatedTokenReplacesIsSaidBefore() throws Exception {
    String id = keepOne("laptop", "vso.code");
    assertThat(person.run("token", "create", "contoso", "--name", "new")).isZero();
    assertThat(person.err)
        .contains("this replaces the token laptop of contoso (alice)")
        .contains("\nhint: git-credential-pat token revoke contoso " + id + "\n")
        .containsSubsequence("this replaces", "created \"new\"");
    assertThat(store.list()).hasSize(1);
    assertThat(person.run("token", "create", "contoso", "--scopes", "packages", "--replace"))
        .isZero();
    assertThat(person.err).contains("this replaces the token new of contoso (alice)");
    assertThat(kept().scopes()).isEqualTo("vso.packaging");
  }

  @Test
  void eachUseGetsTheTokenThatIsForIt() throws Exception {
    String git = keepOne("laptop", "vso.code");
    assertThat(person.run("token", "create", "contoso", "--scopes", "packages", "--name", "p"))
        .isZero();
    String packages = service.secretOf(kept("packaging"));
    assertThat(printed("contoso")).isEqualTo(service.secretOf(git));
    assertThat(printed("https://pkgs.dev.azure.com/contoso/_packaging/f/nuget/v3/index.json"))
        .isEqualTo(packages);
    assertThat(printed("contoso", "--user", "packaging")).isEqualTo(packages);
    store.delete(new EntryKey(CONTOSO, "alice"));
    assertThat(printed("contoso")).isEqualTo(packages);
  }

  /** What print prints, which alone may show a token. */
  private String printed(String... words) {
    List<String> command = new ArrayList<>(List.of("print", "--format", "token"));
    command.addAll(List.of(words));
    command.add("--show");
    assertThat(person.run(command.toArray(String[]::new))).describedAs(person.err).isZero();
    String printed = person.out.strip();
    person.out = "";
    return printed;
  }

  @Test
  void aTokenThatWasWidenedOnThePageIsGitsAgainAfterACheck() throws Exception {
    String id = keepOne("laptop", "vso.packaging");
    fake.organization("contoso")
        .grant(
            service.secretOf(id),
            new FakeOrganization.Grant(
                Set.of("vso.packaging", "vso.code"), now.plusSeconds(90_000), false));
    assertThat(person.run("check", "contoso")).describedAs(person.out).isZero();
    assertThat(kept().scopes()).isNull();
  }

  @Test
  void refusalsAreNamedAndChangeNothing() throws Exception {
    service.forbidCreation();
    assertThat(person.run("token", "create", "contoso")).isEqualTo(1);
    assertThat(person.err).contains("contoso").doesNotContain("Exception");
    assertThat(store.list()).isEmpty();
    service.refuse("someNewErrorOfTomorrow");
    assertThat(person.run("token", "create", "contoso")).isEqualTo(1);
    assertThat(person.err).contains("someNewErrorOfTomorrow");
  }

  @Test
  void wrongWordsAreToldBeforeAnybodyIsAsked() {
    fake.forget();
    assertThat(person.run("token", "create", "contoso", "--scopes", "cod:read")).isEqualTo(2);
    assertThat(person.run("token", "create", "contoso", "--expires", "never")).isEqualTo(2);
    assertThat(person.run("token", "scope", "contoso")).isEqualTo(2);
    assertThat(person.run("token", "revoke", "contoso", "x", "--all")).isEqualTo(2);
    assertThat(person.run("token")).isEqualTo(2);
    assertThat(fake.requests()).isEmpty();
  }

  // --- extend and scope ---

  @Test
  void extendKeepsTheSecretAndNotesTheNewEnd() throws Exception {
    String id = keepOne("laptop", "vso.code");
    String secret = keptSecret();
    assertThat(person.run("token", "extend", "contoso", "--expires", "60")).isZero();
    assertThat(keptSecret()).isEqualTo(secret);
    assertThat(kept().expiry().at()).isEqualTo(service.pats().get(id).validTo().getEpochSecond());
    assertThat(kept().expiry().at()).isGreaterThan(now.plus(Duration.ofDays(59)).getEpochSecond());
    assertThat(kept().key().user()).isEqualTo("alice");
  }

  @Test
  void scopeAddsAndReplaces() throws Exception {
    String id = keepOne("laptop", "vso.work");
    assertThat(person.run("token", "scope", "contoso", "--add", "git")).isZero();
    assertThat(service.pats().get(id).scope().split(" "))
        .containsExactlyInAnyOrder("vso.work", "vso.code_write");
    assertThat(kept().scopes()).isEqualTo(service.pats().get(id).scope());
    assertThat(person.run("token", "scope", "contoso", "laptop", "--scopes", "git-read")).isZero();
    assertThat(service.pats().get(id).scope()).isEqualTo("vso.code");
  }

  @Test
  void scopeTakesAway() throws Exception {
    String id = keepOne("laptop", "vso.work vso.code_write vso.quantum");
    assertThat(person.run("token", "scope", "contoso", "--remove", "Work Items (Read)")).isZero();
    assertThat(service.pats().get(id).scope()).isEqualTo("vso.code_write vso.quantum");
    assertThat(person.run("token", "scope", "contoso", "--add", "packages", "--remove", "git"))
        .isZero();
    assertThat(service.pats().get(id).scope()).isEqualTo("vso.packaging vso.quantum");
    assertThat(kept().scopes()).isEqualTo("vso.packaging vso.quantum");
    assertThat(person.run("token", "scope", "contoso", "--remove", "git")).isEqualTo(1);
    assertThat(person.err).contains("does not have the scope Code (Read & write)");
    assertThat(person.run("token", "scope", "contoso", "--remove", "nonsense")).isEqualTo(2);
    assertThat(person.run("token", "scope", "contoso", "--remove", "git", "--scopes", "git"))
        .isEqualTo(2);
  }

  @Test
  void whatThePolicyDoesNotExtendIsSaidNotToBe() throws Exception {
    keepOne("laptop", "vso.code");
    service.limitLife(Duration.ofDays(30).plusHours(1));
    assertThat(person.run("token", "extend", "contoso", "--expires", "90")).isEqualTo(1);
    assertThat(person.err)
        .contains("not extended: the organization's policy")
        .contains("hint: git-credential-pat token rotate contoso");
  }

  @Test
  void ofSeveralAccountsOneIsChosen() throws Exception {
    String alices = keepOne("laptop", "vso.code");
    String bobs = service.add("desk", "vso.code", now.plus(TEN_DAYS));
    store.save(
        new Entry(
            new EntryKey(CONTOSO, "bob"),
            Secret.password(service.secretOf(bobs).getBytes(UTF_8)),
            null,
            null,
            now.getEpochSecond(),
            0,
            "desk",
            "vso.code",
            bobs));
    assertThat(person.run("token", "extend", "contoso")).isEqualTo(1);
    assertThat(person.err).contains("(alice, bob)", "--user NAME");
    assertThat(person.run("token", "extend", "contoso", "--user", "BOB", "--expires", "60"))
        .isZero();
    assertThat(person.err).contains("extended \"desk\"");
    assertThat(person.run("token", "scope", "contoso", "--user", "alice", "--add", "git")).isZero();
    assertThat(service.pats().get(alices).scope()).contains("vso.code_write");
    assertThat(person.run("token", "scope", "contoso", "--user", "carol", "--add", "git"))
        .isEqualTo(1);
    assertThat(person.err).contains("no token of carol", "stored accounts: alice, bob");
    assertThat(person.run("token", "rotate", "contoso", "--user", "bob")).isZero();
    assertThat(alive()).contains(alices).doesNotContain(bobs);
    assertThat(person.run("check", "contoso", "--user", "alice")).isZero();
    assertThat(person.out).contains("alice").doesNotContain("bob");
    assertThat(person.run("check", "contoso", "--user", "carol")).isEqualTo(1);
    assertThat(person.run("logout", "contoso", "--user", "alice", "--revoke"))
        .describedAs(person.err)
        .isZero();
    assertThat(store.list()).extracting(EntryKey::user).containsExactly("bob");
    assertThat(alive()).hasSize(1).doesNotContain(alices);
    assertThat(person.run("logout", "contoso", "--user", "alice")).isEqualTo(1);
    assertThat(person.run("logout", "--all", "--user", "bob")).isEqualTo(2);
  }

  @Test
  void aTokenThatIsNotKnownHereHasToBeNamed() throws Exception {
    service.add("one", "vso.code", now.plusSeconds(90_000));
    assertThat(person.run("token", "extend", "contoso")).isEqualTo(1);
    assertThat(person.err).contains("token list contoso");
    assertThat(person.run("token", "extend", "contoso", "two")).isEqualTo(1);
    assertThat(person.err).contains("no token two in contoso");
    assertThat(person.run("token", "extend", "contoso", "one")).isZero();
  }

  // --- rotate ---

  @Test
  void rotateMakesKeepsTestsAndThenRevokes() throws Exception {
    String old = keepOne("laptop", "vso.code");
    fake.forget();
    assertThat(person.run("token", "rotate", "contoso")).describedAs(person.err).isZero();
    String fresh = alive().get(0);
    assertThat(alive()).hasSize(1).doesNotContain(old);
    assertThat(keptSecret()).isEqualTo(service.secretOf(fresh));
    assertThat(kept().authorizationId()).isEqualTo(fresh);
    assertThat(kept().key().user()).isEqualTo("alice");
    Seen made = service.pats().get(fresh);
    assertThat(made.displayName()).startsWith("laptop rotated ");
    assertThat(Duration.between(made.validFrom(), made.validTo()).toDays()).isBetween(29L, 30L);
    List<String> methods =
        fake.requests().stream()
            .filter(
                request -> !request.method().equals("GET") || request.path().contains("connection"))
            .map(FakeAzureDevOps.Request::method)
            .toList();
    assertThat(methods).containsExactly("POST", "GET", "DELETE");
    assertThat(person.run("token", "rotate", "contoso")).isZero();
    assertThat(service.pats().get(alive().get(0)).displayName()).matches("laptop rotated [^r]*");
  }

  @Test
  void aNewTokenThatDoesNotWorkGivesWayToTheOldOne() throws Exception {
    String old = keepOne("laptop", "vso.code");
    String secret = keptSecret();
    fake.on(
        "dev.azure.com",
        exchange -> {
          exchange
              .getResponseHeaders()
              .set("WWW-Authenticate", "Basic realm=\"https://x.visualstudio.com/\"");
          exchange.sendResponseHeaders(401, -1);
        });
    assertThat(person.run("token", "rotate", "contoso")).isEqualTo(1);
    assertThat(keptSecret()).isEqualTo(secret);
    assertThat(alive()).containsExactly(old);
  }

  @Test
  void aNewTokenThatCouldNotBeTestedLeavesBothAlive() throws Exception {
    String old = keepOne("laptop", "vso.code");
    fake.on("dev.azure.com", exchange -> exchange.sendResponseHeaders(503, -1));
    assertThat(person.run("token", "rotate", "contoso")).isEqualTo(1);
    assertThat(alive()).hasSize(2).contains(old);
    assertThat(person.err).contains("token revoke contoso " + old);
    assertThat(alive().stream().map(service::secretOf)).contains(keptSecret());
  }

  @Test
  void anOldTokenThatCouldNotBeRevokedIsNamed() throws Exception {
    String old = keepOne("laptop", "vso.code");
    assertThat(rotateWithFailingMethod("DELETE")).isEqualTo(1);
    assertThat(alive()).hasSize(2);
    assertThat(keptSecret()).isNotEqualTo(service.secretOf(old));
    assertThat(person.err).contains("is not revoked", "token revoke contoso " + old);
  }

  @Test
  void whenTheNewOneCannotBeMadeNothingChanges() throws Exception {
    String old = keepOne("laptop", "vso.code");
    assertThat(rotateWithFailingMethod("POST")).isEqualTo(1);
    assertThat(alive()).containsExactly(old);
    assertThat(keptSecret()).isEqualTo(service.secretOf(old));
  }

  private int rotateWithFailingMethod(String method) {
    fake.on(
        "vssps.dev.azure.com",
        exchange -> {
          if (exchange.getRequestMethod().equals(method)) {
            exchange.sendResponseHeaders(503, -1);
          } else {
            service.handle(exchange);
          }
        });
    return person.run("token", "rotate", "contoso");
  }

  @Test
  void whatSomebodyElseStoredMeanwhileStays() throws Exception {
    String old = keepOne("laptop", "vso.code");
    Entry entry = kept();
    fake.on(
        "vssps.dev.azure.com",
        exchange -> {
          service.handle(exchange);
          try {
            store.save(
                TokenDetails.of(
                        new io.github.gitcredentialpat.azure.Pat(
                            "other",
                            "other-id",
                            "vso.code",
                            now,
                            now.plusSeconds(90_000),
                            false,
                            null))
                    .entry(entry.key(), Secret.password("another".getBytes(UTF_8)), 5));
          } catch (StoreException e) {
            throw new IOException(e);
          }
        });
    person.run("token", "rotate", "contoso");
    assertThat(keptSecret()).isEqualTo("another");
    assertThat(alive()).containsExactly(old);
  }

  @Test
  void twoRotationsAtOnceAreRefused() throws Exception {
    String old = keepOne("laptop", "vso.code");
    Path folder = Files.createDirectories(home.resolve(".local/state/git-credential-pat"));
    Process other =
        new ProcessBuilder(
                "python3",
                "-c",
                "import fcntl,sys,time\nf=open(sys.argv[1],'w')\nfcntl.lockf(f,fcntl.LOCK_EX)\n"
                    + "print('locked',flush=True)\ntime.sleep(60)",
                folder.resolve("rotate").toString())
            .start();
    try {
      assertThat(other.inputReader(UTF_8).readLine()).isEqualTo("locked");
      assertThat(person.run("token", "rotate", "contoso")).isEqualTo(1);
      assertThat(person.err).contains("another rotation is running");
      assertThat(alive()).containsExactly(old);
    } finally {
      other.destroyForcibly().waitFor();
    }
  }

  // --- revoke ---

  @Test
  void revokeRemovesTheTokenHereToo() throws Exception {
    keepOne("laptop", "vso.code");
    service.add("other", "vso.code", now.plusSeconds(90_000));
    assertThat(person.run("token", "revoke", "contoso")).isZero();
    assertThat(alive()).hasSize(1);
    assertThat(store.list()).isEmpty();
  }

  @Test
  void revokeAllAsksFirst() throws Exception {
    keepOne("laptop", "vso.code");
    service.add("other", "vso.code", now.plusSeconds(90_000));
    assertThat(person.run("token", "revoke", "contoso", "--all")).isEqualTo(1);
    assertThat(alive()).hasSize(2);
    assertThat(person.answering("y\n", "token", "revoke", "contoso", "--all")).isZero();
    assertThat(alive()).isEmpty();
    assertThat(store.list()).isEmpty();
  }

  @Test
  void logoutRevokesAtTheServiceToo() throws Exception {
    keepOne("laptop", "vso.code");
    assertThat(person.run("logout", "contoso", "--revoke")).isZero();
    assertThat(alive()).isEmpty();
    assertThat(store.list()).isEmpty();
  }

  @Test
  void logoutSaysWhenItCannotRevoke() throws Exception {
    store.save(Entry.of(new EntryKey(CONTOSO, null), Secret.password(new byte[] {'t'}), 1));
    assertThat(person.run("logout", "contoso", "--revoke")).isEqualTo(1);
    assertThat(person.err).contains("https://dev.azure.com/contoso/_usersSettings/tokens");
    assertThat(store.list()).isEmpty();
  }

  // --- signing in ---

  @Test
  void aServerIsSentToItsPage() {
    assertThat(person.run("token", "list", "http://tfs.corp:8080/tfs/Main")).isEqualTo(1);
    assertThat(person.err).contains("http://tfs.corp:8080/tfs/main/_usersSettings/tokens");
  }

  @Test
  void personalAccountsAreSentToTheirPage() {
    service.belongToPersonalAccounts();
    assertThat(person.run("token", "list", "contoso")).isEqualTo(1);
    assertThat(person.err).contains("https://dev.azure.com/contoso/_usersSettings/tokens");
    person.set("AZURE_DEVOPS_ENTRA_TOKEN", "");
    assertThat(person.run("token", "list", "contoso")).isEqualTo(1);
    assertThat(person.err).contains("personal Microsoft accounts");
  }

  @Test
  void withoutASignInItSaysWhichWaysThereAre() {
    person.set("AZURE_DEVOPS_ENTRA_TOKEN", "").set("PATH", gitOnly());
    assertThat(person.run("token", "list", "contoso")).isEqualTo(1);
    assertThat(person.err)
        .contains("az login", "GIT_CREDENTIAL_PAT_CLIENT_ID", "AZURE_DEVOPS_ENTRA_TOKEN");
  }

  /** A PATH with git on it, and surely no Azure CLI. */
  private String gitOnly() {
    try {
      Path bin = Files.createDirectory(home.resolve("bin"));
      for (String folder : System.getenv("PATH").split(":")) {
        if (Files.isExecutable(Path.of(folder, "git"))) {
          Files.createSymbolicLink(bin.resolve("git"), Path.of(folder, "git"));
          return bin.toString();
        }
      }
      throw new IllegalStateException("no git");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Entra, which the person signs in to with an application, with nothing else to go by. */
  private FakeEntra entra() throws Exception {
    FakeOrganization contoso = fake.organization("contoso");
    FakeEntra entra = new FakeEntra(contoso.tenant(), fake::now, service::accept);
    fake.on("login.microsoftonline.com", entra);
    person
        .set("AZURE_DEVOPS_ENTRA_TOKEN", "")
        .set("PATH", gitOnly())
        .set("GIT_CREDENTIAL_PAT_CLIENT_ID", entra.clientId());
    return entra;
  }

  private EntryKey signInKey(FakeEntra entra) {
    return new EntryKey(Identity.ofSignIn(fake.organization("contoso").tenant()), entra.clientId());
  }

  private EntryKey signInKeyAmongTokens(FakeEntra entra) {
    return new EntryKey(
        Identity.ofSignInAmongTokens(fake.organization("contoso").tenant()), entra.clientId());
  }

  private void remember(EntryKey key, String refreshToken) throws StoreException {
    store.save(Entry.of(key, Secret.password(refreshToken.getBytes(UTF_8)), 1));
  }

  private String remembered(EntryKey key) throws StoreException {
    List<Entry> found = store.find(key.identity());
    assertThat(found).describedAs(person.err).hasSize(1);
    return new String(found.get(0).secret().bytes(), UTF_8);
  }

  @Test
  void aSignInThatWasRememberedIsUsed() throws Exception {
    FakeEntra entra = entra();
    EntryKey key = signInKey(entra);
    String refreshToken = entra.newRefreshToken();
    remember(key, refreshToken);
    assertThat(person.run("token", "list", "contoso")).describedAs(person.err).isZero();
    String next = remembered(key);
    assertThat(entra.knows(next)).isTrue();
    assertThat(next).isNotEqualTo(refreshToken);
    assertThat(person.err).doesNotContain(refreshToken).doesNotContain(next);
  }

  @Test
  void aSignInThatIsDeadIsForgotten() throws Exception {
    FakeEntra entra = entra();
    remember(signInKey(entra), "unknown");
    assertThat(person.run("token", "list", "contoso")).isEqualTo(1);
    assertThat(person.err).contains("not signed in to contoso");
    assertThat(store.list()).isEmpty();
  }

  @Test
  void aSignInThatOnlyLacksConsentIsKept() throws Exception {
    FakeEntra entra = entra();
    String refreshToken = entra.newRefreshToken();
    remember(signInKey(entra), refreshToken);
    entra.wantPerson("AADSTS65001: The user has not consented.", "consent_required");
    assertThat(person.run("token", "list", "contoso")).isEqualTo(1);
    assertThat(person.err).contains("has no consent");
    assertThat(remembered(signInKey(entra))).isEqualTo(refreshToken);
    entra.wantPerson(null, null);
    assertThat(person.run("token", "list", "contoso")).describedAs(person.err).isZero();
  }

  @Test
  void aSignInAmongTheTokensMovesAwayFromThere() throws Exception {
    FakeEntra entra = entra();
    remember(signInKeyAmongTokens(entra), entra.newRefreshToken());
    assertThat(person.run("token", "list", "contoso")).describedAs(person.err).isZero();
    assertThat(store.list()).containsExactly(signInKey(entra));
    assertThat(entra.knows(remembered(signInKey(entra)))).isTrue();
  }

  @Test
  void whatAnotherProcessRefreshedMeanwhileStays() throws Exception {
    FakeEntra entra = entra();
    remember(signInKey(entra), entra.newRefreshToken());
    String others = entra.newRefreshToken();
    fake.on(
        "login.microsoftonline.com",
        exchange -> {
          try {
            remember(signInKey(entra), others);
          } catch (StoreException e) {
            throw new IOException(e);
          }
          entra.handle(exchange);
        });
    assertThat(person.run("token", "list", "contoso")).describedAs(person.err).isZero();
    assertThat(remembered(signInKey(entra))).isEqualTo(others);
  }

  @Test
  void whatAnotherProcessUsedUpIsNoDeadSignIn() throws Exception {
    FakeEntra entra = entra();
    remember(signInKey(entra), "used up by another process");
    String others = entra.newRefreshToken();
    fake.on(
        "login.microsoftonline.com",
        exchange -> {
          try {
            if (entra.knows(others)) {
              remember(signInKey(entra), others);
            }
          } catch (StoreException e) {
            throw new IOException(e);
          }
          entra.handle(exchange);
        });
    assertThat(person.run("token", "list", "contoso")).describedAs(person.err).isZero();
    assertThat(entra.knows(remembered(signInKey(entra)))).isTrue();
  }

  @Test
  void aSignInThatWasForgottenMeanwhileDoesNotComeBack() throws Exception {
    FakeEntra entra = entra();
    for (EntryKey key : List.of(signInKey(entra), signInKeyAmongTokens(entra))) {
      remember(key, entra.newRefreshToken());
      fake.on(
          "login.microsoftonline.com",
          exchange -> {
            try {
              store.delete(key);
            } catch (StoreException e) {
              throw new IOException(e);
            }
            entra.handle(exchange);
          });
      assertThat(person.run("token", "list", "contoso")).describedAs(person.err).isZero();
      assertThat(store.list()).isEmpty();
    }
  }

  @Test
  void noListOfTokensShowsASignIn() throws Exception {
    FakeEntra entra = entra();
    String one = entra.newRefreshToken();
    String two = entra.newRefreshToken();
    remember(signInKey(entra), one);
    remember(signInKeyAmongTokens(entra), two);
    String tenant = fake.organization("contoso").tenant();
    Path file = home.resolve("export.gcpx");
    for (String[] command :
        List.of(
            new String[] {"list"},
            new String[] {"list", "--json"},
            new String[] {"list", "https://login.microsoftonline.com"},
            new String[] {"list", "entra://login.microsoftonline.com"},
            new String[] {"stores", "--json"},
            new String[] {"export", "--encrypted", file.toString()},
            new String[] {"print", "https://login.microsoftonline.com/" + tenant},
            new String[] {"print", "entra://login.microsoftonline.com/" + tenant},
            new String[] {"exec", "entra://login.microsoftonline.com/" + tenant, "--", "env"},
            new String[] {"check", "https://login.microsoftonline.com/" + tenant},
            new String[] {"logout", "https://login.microsoftonline.com/" + tenant},
            new String[] {"keyring", "get", "https://login.microsoftonline.com/" + tenant, "x"},
            new String[] {"keyring", "get", "entra://login.microsoftonline.com/" + tenant, "x"})) {
      person.answering("passphrase of some length\n", command);
      assertThat(person.out + person.err)
          .describedAs(String.join(" ", command))
          .doesNotContain(one)
          .doesNotContain(two)
          .doesNotContain(entra.clientId());
    }
    assertThat(file).doesNotExist();
    assertThat(person.run("stores", "--json")).isZero();
    assertThat(new ObjectMapper().readTree(person.out).at("/stores/0/entries").asInt()).isZero();
    assertThat(store.list()).hasSize(2);
  }

  @Test
  void logoutForgetsSignIns() throws Exception {
    FakeEntra entra = entra();
    keepOne("laptop", "vso.code");
    remember(signInKey(entra), "one");
    remember(new EntryKey(Identity.ofSignIn("another-tenant"), "another-application"), "two");
    remember(signInKeyAmongTokens(entra), "three");
    assertThat(person.run("logout", "contoso")).isZero();
    assertThat(store.list()).hasSize(3);
    assertThat(person.run("logout", "--sign-in")).describedAs(person.err).isZero();
    assertThat(person.err).contains("deleted the sign-in to Entra tenant another-tenant in memory");
    assertThat(store.list()).isEmpty();
    assertThat(person.run("logout", "--sign-in")).isZero();
    assertThat(person.err).contains("no sign-ins remembered");
    remember(signInKey(entra), "one");
    assertThat(person.run("logout", "--all")).isZero();
    assertThat(store.list()).isEmpty();
    assertThat(person.run("logout", "contoso", "--sign-in")).isEqualTo(2);
    assertThat(person.run("logout", "--sign-in", "--revoke")).isEqualTo(2);
  }

  @Test
  void theAzureClisSignInIsUsed() throws Exception {
    String bearer = service.signIn();
    Path bin = Path.of(gitOnly());
    Path az = bin.resolve("az");
    Files.writeString(az, "#!/bin/sh\necho '" + bearer + "'\n");
    az.toFile().setExecutable(true);
    person.set("AZURE_DEVOPS_ENTRA_TOKEN", "").set("PATH", bin + ":/usr/bin:/bin");
    service.add("one", "vso.code", now.plusSeconds(90_000));
    assertThat(person.run("token", "list", "contoso", "--trace")).describedAs(person.err).isZero();
    assertThat(person.out).contains("one");
    assertThat(person.err).doesNotContain(bearer);
  }

  @Test
  void anAccessTokenThatIsOverIsToldSo() {
    person.set(
        "AZURE_DEVOPS_ENTRA_TOKEN", FakeEntra.newAccessToken(Instant.now().minusSeconds(60)));
    assertThat(person.run("token", "list", "contoso")).isEqualTo(1);
    assertThat(person.err).contains("access token has expired");
  }

  // --- what login learns ---

  @Test
  void loginAsksTheServiceAboutATokenWhoseNameItIsTold() throws Exception {
    String id = service.add("laptop", "vso.code", now.plus(TEN_DAYS));
    String secret = service.secretOf(id);
    assertThat(person.answering(secret, "login", "contoso", "--name", "laptop")).isZero();
    assertThat(kept().authorizationId()).isEqualTo(id);
    assertThat(kept().scopes()).isEqualTo("vso.code");
    assertThat(kept().expiry().source()).isEqualTo(Expiry.Source.SERVICE);
  }
}
