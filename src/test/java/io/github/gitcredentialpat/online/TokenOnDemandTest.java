package io.github.gitcredentialpat.online;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import io.github.gitcredentialpat.azure.FakeOrganization;
import io.github.gitcredentialpat.azure.FakeOrganization.Grant;
import io.github.gitcredentialpat.azure.FakeOrganization.Trait;
import io.github.gitcredentialpat.azure.FakePats;
import io.github.gitcredentialpat.azure.FakePats.Seen;
import io.github.gitcredentialpat.helper.CredentialHelper;
import io.github.gitcredentialpat.helper.Erased;
import io.github.gitcredentialpat.helper.GetOperation;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreChain;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.store.cache.SharedStore;
import io.github.gitcredentialpat.testing.Typed;
import io.github.gitcredentialpat.tokens.Invocation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

// More than 400 lines: each reason to create a token, or not to, on one fake service.
/** Gets for an organization that no token is stored for. */
@Timeout(120)
@Tag("slow")
final class TokenOnDemandTest {
  private static final Identity CONTOSO = Identity.ofOrganization("contoso");
  private static final String PLACE =
      "protocol=https\nhost=dev.azure.com\npath=contoso/Web/_git/site\n";

  @TempDir private Path home;
  private final InMemoryStore store = new InMemoryStore("memory");
  private List<Store> stores = List.of(store);
  private final Map<String, String> environment = new HashMap<>();
  private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
  @AutoClose private final FakeAzureDevOps fake = new FakeAzureDevOps();
  private final FakeOrganization contoso = fake.organization("contoso");
  private FakePats service;

  @BeforeEach
  void start() throws Exception {
    service = new FakePats(fake, "contoso");
    fake.on("vssps.dev.azure.com", service);
    environment.putAll(Typed.on().atHome(home).meets(fake).environment());
    environment.put("AZURE_DEVOPS_ENTRA_TOKEN", service.signIn());
  }

  private Environment surroundings() {
    return new Environment(environment, true, new Deadline(), new Console(lines, false));
  }

  private Invocation run() {
    lines.reset();
    return new Invocation(
        new StoreChain(stores, false),
        surroundings(),
        new Console(lines, false),
        System.currentTimeMillis() / 1000);
  }

  /** As the entry point does it. */
  private String get(String request) throws IOException {
    Invocation run = run();
    GetOperation get = CredentialHelper.get(run, new ByteArrayInputStream(request.getBytes(UTF_8)));
    if (get.setAside() != null) {
      RefusalExplanation.reconsider(run, get);
    }
    if (get.missed() != null) {
      TokenOnDemand.supply(run, get);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(get.writeTo(out)).isTrue();
    return out.toString(UTF_8);
  }

  private String said() {
    return lines.toString(UTF_8);
  }

  private void turnOn() throws IOException {
    new CreationSetting(CreationSetting.DEFAULT_SCOPE, CreationSetting.DEFAULT_DAYS)
        .save(surroundings());
  }

  private Collection<Seen> tokens() {
    return service.pats().values();
  }

  private String onlySecret() {
    assertThat(service.pats()).hasSize(1);
    return service.secretOf(service.pats().keySet().iterator().next());
  }

  private void keep(String token, Expiry expiry, long setAsideAt) throws StoreException {
    store.save(
        Entry.of(new EntryKey(CONTOSO, "alice"), Secret.password(token.getBytes(UTF_8)), now())
            .with(expiry, null)
            .setAsideAt(setAsideAt));
  }

  private static long now() {
    return System.currentTimeMillis() / 1000;
  }

  @Test
  void whereOnlyASharedStoreIsReadNothingIsCreated() throws Exception {
    turnOn();
    environment.put("container", "a test's, which has no keyring");
    Store shared = new SharedStore("vault", () -> store, surroundings(), 900, false);
    stores = List.of(shared);
    assertThat(get(PLACE)).doesNotContain("password");
    assertThat(service.pats()).isEmpty();
    InMemoryStore own = new InMemoryStore("own");
    stores = List.of(shared, own);
    assertThat(get(PLACE)).contains("password=" + onlySecret());
    assertThat(own.list()).hasSize(1);
    assertThat(store.writes()).isZero();
  }

  @Test
  void aMissingTokenIsCreatedStoredAndAnswered() throws Exception {
    turnOn();

    String answer = get(PLACE);

    assertThat(answer).contains("password=" + onlySecret()).contains("password_expiry_utc=");
    Seen token = tokens().iterator().next();
    String machine = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    assertThat(token.displayName()).isEqualTo("git: " + machine);
    assertThat(token.scope()).isEqualTo("vso.code_write");
    assertThat(token.global()).isFalse();
    assertThat(Duration.between(Instant.now(), token.validTo()))
        .isBetween(Duration.ofDays(29), Duration.ofDays(30));
    assertThat(said())
        .startsWith("git-credential-pat: created \"git: " + machine + "\" for contoso: Code (Read")
        .contains(", stored in memory")
        .doesNotContain(onlySecret());
    assertThat(store.find(CONTOSO)).extracting(Entry::scopes).containsExactly("vso.code_write");

    fake.forget();
    assertThat(get(PLACE)).contains("password=" + onlySecret());
    assertThat(fake.requests()).isEmpty();
    assertThat(said()).isEmpty();
  }

  @Test
  void itIsAsTheSettingWantsIt() throws Exception {
    new CreationSetting("vso.code", 5).save(surroundings());
    get(PLACE);
    Seen token = tokens().iterator().next();
    assertThat(token.scope()).isEqualTo("vso.code");
    assertThat(Duration.between(Instant.now(), token.validTo())).isLessThan(Duration.ofDays(6));
  }

  @Test
  void withoutTheSettingNobodyIsAskedForAnything() throws Exception {
    assertThat(get(PLACE)).isEmpty();
    assertThat(fake.requests()).isEmpty();
    assertThat(said()).isEmpty();
  }

  @Test
  void theVariableTurnsItOff() throws Exception {
    turnOn();
    environment.put("GIT_CREDENTIAL_PAT_CREATE", "0");
    assertThat(get(PLACE)).isEmpty();
    assertThat(fake.requests()).isEmpty();
    environment.put("GIT_CREDENTIAL_PAT_CREATE", "");
    assertThat(get(PLACE)).contains("password=" + onlySecret());
  }

  @Test
  void aSettingThatCannotBeUnderstoodIsNone() throws Exception {
    turnOn();
    Files.writeString(CreationSetting.file(surroundings()), "scopes=vso.code\ndays=many\n");
    assertThat(get(PLACE)).isEmpty();
    assertThat(fake.requests()).isEmpty();
  }

  @Test
  void nobodyElsesHostIsSuppliedWithOne() throws Exception {
    turnOn();
    for (String place :
        List.of(
            "protocol=https\nhost=github.com\npath=contoso/site\n",
            "protocol=https\nhost=tfs.corp.local\npath=tfs/Default/_git/site\n",
            "protocol=https\nhost=dev.azure.com\n",
            "protocol=http\nhost=dev.azure.com\npath=contoso/Web/_git/site\n")) {
      assertThat(get(place)).doesNotContain("password");
    }
    assertThat(fake.requests()).isEmpty();
  }

  @Test
  void twoGitsThatMissItAtOnceGetOne() throws Exception {
    turnOn();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<String> one = threads.submit(() -> get(PLACE));
      Future<String> other = threads.submit(() -> get(PLACE));
      assertThat(one.get()).isEqualTo(other.get()).contains("password=" + onlySecret());
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aPolicyThatForbidsItIsSaidOnceADay() throws Exception {
    turnOn();
    service.forbidCreation();
    assertThat(get(PLACE)).isEmpty();
    assertThat(said())
        .contains("cannot create a token for contoso: a policy forbids creating tokens")
        .contains("hint: git-credential-pat configure --store entra");
    assertThat(get(PLACE)).isEmpty();
    assertThat(said()).isEmpty();
  }

  @Test
  void whereNobodyIsSignedInGitAsksAsEver() throws Exception {
    turnOn();
    environment.remove("AZURE_DEVOPS_ENTRA_TOKEN");
    environment.put("PATH", home.toString());
    assertThat(get(PLACE)).isEmpty();
    assertThat(tokens()).isEmpty();
  }

  @Test
  void aNameThatIsTakenIsGivenTheTime() throws Exception {
    turnOn();
    service.refuse("duplicateDisplayName");
    assertThat(get(PLACE)).contains("password=" + onlySecret());
    assertThat(tokens().iterator().next().displayName()).matches("git: .* [0-9-]+ [0-9:]+ UTC");
  }

  @Test
  void oneThatNoStoreTakesIsRevoked() throws Exception {
    turnOn();
    store.failWritesWith(new StoreException(Reason.FAILED, "the disk is full"), false);
    assertThat(get(PLACE)).isEmpty();
    assertThat(tokens()).hasSize(1).allMatch(Seen::revoked);
    assertThat(said()).contains("the disk is full");
  }

  @Test
  void aLockedStoreMayHoldOneSoNoneIsCreated() throws Exception {
    turnOn();
    store.failWith(new StoreException(Reason.LOCKED, "it is locked; unlock it"));
    assertThat(get(PLACE)).isEmpty();
    assertThat(fake.requests()).isEmpty();
    assertThat(said()).contains("it is locked");
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"DENIED", "TIMEOUT", "FAILED"})
  void aStoreThatCannotBeReadMayHoldOneSoNoneIsCreated(Reason reason) throws Exception {
    turnOn();
    store.failWith(new StoreException(reason, "nobody can tell"));
    assertThat(get(PLACE)).isEmpty();
    assertThat(fake.requests()).isEmpty();
    assertThat(said()).contains("nobody can tell");
  }

  @Test
  void aStoreWhoseEntriesCannotBeSeenMayHoldOneSoNoneIsCreated() throws Exception {
    turnOn();
    store.failWith(StoreException.hidden("the key is lost", null));
    assertThat(get(PLACE)).isEmpty();
    assertThat(fake.requests()).isEmpty();
  }

  @Test
  void whereOthersTokensAreStoredNoneIsCreatedForAThirdUser() throws Exception {
    turnOn();
    for (String user : List.of("alice", "bob")) {
      store.save(
          Entry.of(
              new EntryKey(CONTOSO, user),
              Secret.password(fake.newToken().getBytes(UTF_8)),
              now()));
    }
    String carols = "protocol=https\nhost=contoso.visualstudio.com\nusername=carol\n";
    assertThat(get(carols)).doesNotContain("password");
    assertThat(tokens()).isEmpty();
    assertThat(said()).contains("alice", "bob");
  }

  /** A store that asks elsewhere and fails. */
  private static final class Asking extends InMemoryStore {
    private int asked;

    Asking() {
      super("asking");
    }

    @Override
    public boolean fetches() {
      return true;
    }

    @Override
    public List<Entry> find(Identity where, List<StoreException> unread) {
      asked++;
      unread.add(new StoreException(Reason.FAILED, "nobody answers"));
      return List.of();
    }

    @Override
    public void save(Entry entry) throws StoreException {
      throw new StoreException(Reason.UNAVAILABLE, "this stores nothing");
    }
  }

  @Test
  void whoFailedToAnswerIsAskedOnceAndSaysSoOnce() throws Exception {
    turnOn();
    Asking asking = new Asking();
    stores = List.of(asking, store);
    assertThat(get(PLACE)).contains("password=" + onlySecret());
    assertThat(asking.asked).isEqualTo(1);
    assertThat(said()).containsOnlyOnce("nobody answers").doesNotContain("this stores nothing");
  }

  @Test
  void oneThatHasExpiredIsReplaced() throws Exception {
    turnOn();
    keep(fake.newToken(), new Expiry(now() - 60, Expiry.Source.SERVICE), 0);
    assertThat(get(PLACE)).contains("password=" + onlySecret());
    assertThat(said()).doesNotContain("expired on");
    assertThat(store.find(CONTOSO)).hasSize(1);
  }

  /** A token of Alice that has expired; the service says so. */
  private String expired() throws StoreException {
    contoso.become(Trait.SAYS_WHY);
    String token = fake.newToken();
    contoso.grant(
        token, new Grant(Set.of("vso.code_write"), Instant.now().minusSeconds(60), false));
    return token;
  }

  @Test
  void oneThatWasRefusedAndTurnsOutExpiredIsReplacedAtOnce() throws Exception {
    turnOn();
    String old = expired();
    keep(old, null, 0);
    Invocation run = run();
    String erase = PLACE + "username=alice\npassword=" + old + "\n";
    Erased erased = CredentialHelper.erase(run, new ByteArrayInputStream(erase.getBytes(UTF_8)));
    RefusalExplanation.give(run, erased);
    assertThat(said())
        .contains("created \"git: ", "contoso (alice): expired, then repeat the git command")
        .doesNotContain("_usersSettings");
    assertThat(get(PLACE)).contains("password=" + onlySecret());
  }

  @Test
  void twoGitsWhoseTokenIsRefusedAtOnceGetOneInItsPlace() throws Exception {
    turnOn();
    String old = expired();
    keep(old, null, 0);
    String erase = PLACE + "username=alice\npassword=" + old + "\n";
    Invocation one = run();
    Erased ofOne = CredentialHelper.erase(one, new ByteArrayInputStream(erase.getBytes(UTF_8)));
    Invocation other = run();
    Erased ofOther = CredentialHelper.erase(other, new ByteArrayInputStream(erase.getBytes(UTF_8)));
    RefusalExplanation.give(one, ofOne);
    RefusalExplanation.give(other, ofOther);
    assertThat(said()).contains("contoso (alice): expired, then repeat the git command");
    assertThat(get(PLACE)).contains("password=" + onlySecret());
  }

  @Test
  void oneThatIsSetAsideAndTurnsOutExpiredIsReplacedAtTheNextGet() throws Exception {
    turnOn();
    keep(expired(), null, now() - 60);
    assertThat(get(PLACE)).contains("password=" + onlySecret());
  }

  @Test
  void oneThatWasRevokedIsNotReplaced() throws Exception {
    turnOn();
    contoso.become(Trait.SAYS_WHY);
    keep(fake.newToken(), null, now() - 60);
    assertThat(get(PLACE)).doesNotContain("password");
    assertThat(tokens()).isEmpty();
  }

  @Test
  void withoutTheSettingARefusedOneIsNotReplaced() throws Exception {
    keep(expired(), null, now() - 60);
    assertThat(get(PLACE)).isEmpty();
    assertThat(tokens()).isEmpty();
  }
}
