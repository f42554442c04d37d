package io.github.gitcredentialpat.store.entra;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import io.github.gitcredentialpat.entra.FakeEntra;
import io.github.gitcredentialpat.entra.FakeIdentityEndpoint;
import io.github.gitcredentialpat.helper.CredentialHelper;
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
import io.github.gitcredentialpat.tokens.Invocation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

// More than 400 lines: each way to an access token, on one fake service.
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the Azure CLI's stand-in is a script for sh")
@Timeout(120)
@Tag("slow")
final class EntraStoreTest {
  private static final Identity CONTOSO = Identity.ofOrganization("contoso");

  /** Nothing is to be found here but what a test puts there. */
  private static final String NOBODY = "http://127.0.0.1:1";

  @TempDir private Path home;
  @TempDir private Path container;
  @TempDir private Path bin;
  private final Map<String, String> environment = new HashMap<>();
  private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
  private final InMemoryStore signIns = new InMemoryStore("memory");
  private final Set<String> issued = new HashSet<>();
  private final List<StoreException> problems = new ArrayList<>();
  @AutoClose private final FakeAzureDevOps fake = new FakeAzureDevOps();
  @AutoClose private final FakeIdentityEndpoint machine = new FakeIdentityEndpoint(issued::add);
  private FakeEntra entra;
  private String tenant;

  @BeforeEach
  void start() throws Exception {
    // So that nothing goes into the kernel's keyring, which outlives the test.
    Files.createFile(container.resolve(".dockerenv"));
    environment.put("HOME", home.toString());
    environment.put("PATH", bin.toString());
    environment.put("GIT_CONFIG_NOSYSTEM", "1");
    environment.put("AZURE_POD_IDENTITY_AUTHORITY_HOST", NOBODY);
    environment.putAll(fake.environment());
    tenant = fake.organization("contoso").tenant();
    entra = new FakeEntra(tenant, fake::now, issued::add);
    fake.on("login.microsoftonline.com", entra);
  }

  @AfterEach
  void nothingIsShown() {
    for (String token : issued) {
      assertThat(lines.toString(UTF_8)).doesNotContain(token);
    }
  }

  private Store open() {
    Console console = new Console(lines, true);
    Environment surroundings = new Environment(environment, false, new Deadline(), console);
    return new EntraStore(surroundings, () -> new StoreChain(List.of(signIns), false), container);
  }

  private @Nullable Entry answer(String organization) throws StoreException {
    problems.clear();
    List<Entry> found = open().find(Identity.ofOrganization(organization), problems);
    assertThat(found).hasSizeLessThan(2);
    return found.isEmpty() ? null : found.get(0);
  }

  private Entry answer() throws StoreException {
    Entry found = answer("contoso");
    assertThat(found).describedAs("%s", problems).isNotNull();
    return found;
  }

  private String token() throws StoreException {
    return new String(answer().secret().bytes(), UTF_8);
  }

  private String problem() throws StoreException {
    assertThat(answer("contoso")).isNull();
    assertThat(problems).hasSize(1);
    return problems.get(0).inOneLine();
  }

  private Path federate(String platformToken) throws Exception {
    Path file = home.resolve("platform-token");
    Files.writeString(file, platformToken + "\n");
    entra.federate(platformToken);
    environment.put("AZURE_FEDERATED_TOKEN_FILE", file.toString());
    environment.put("AZURE_CLIENT_ID", entra.clientId());
    environment.put("AZURE_TENANT_ID", tenant);
    return file;
  }

  private void az(String script) throws Exception {
    Path az = bin.resolve("az");
    Files.writeString(az, "#!/bin/sh\nPATH=/usr/bin:/bin\n" + script + "\n");
    Files.setPosixFilePermissions(az, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private String newToken() {
    String token = FakeEntra.newAccessToken(Instant.now().plusSeconds(3600));
    issued.add(token);
    return token;
  }

  // --- the ways, from the top ---

  @Test
  void workloadIdentityProvesItselfWithThePlatformsToken() throws Exception {
    federate("first");

    Entry entry = answer();

    assertThat(issued).contains(new String(entry.secret().bytes(), UTF_8));
    assertThat(entry.key()).isEqualTo(new EntryKey(CONTOSO, null));
    assertThat(entry.name()).isEqualTo("workload identity");
    assertThat(entry.expiry().source()).isEqualTo(Expiry.Source.ENTRA);
    assertThat(entry.expiry().at()).isBetween(now() + 3500, now() + 3600);
    assertThat(problems).isEmpty();
    assertThat(fake.requests())
        .extracting(FakeAzureDevOps.Request::host)
        .containsExactly("login.microsoftonline.com");
  }

  @Test
  void thePlatformsTokenIsReadAgainEachTime() throws Exception {
    Path file = federate("first");
    entra.tokensLive(60);
    answer();
    entra.federate("second");
    assertThat(problem()).contains("workload identity: Entra refused the federated token");
    Files.writeString(file, "second");
    assertThat(token()).isIn(issued);
  }

  @Test
  void anAppAsksItsEndpoint() throws Exception {
    environment.putAll(machine.appService());
    assertThat(answer().name()).isEqualTo("App Service identity");
    assertThat(machine.requests()).containsExactly("/msi/token");
    assertThat(fake.requests()).isEmpty();
  }

  @Test
  void aVirtualMachineAsksItsMetadataServiceWithoutAProxy() throws Exception {
    environment.putAll(machine.virtualMachine());
    environment.put("all_proxy", "http://127.0.0.1:1");
    assertThat(answer().name()).isEqualTo("virtual machine identity");
    assertThat(machine.requests()).containsExactly("/metadata/identity/oauth2/token");
    assertThat(fake.requests()).isEmpty();
  }

  @Test
  void theMetadataServiceIsAskedOnlyWhereNothingBeforeItAnswers() throws Exception {
    environment.putAll(machine.virtualMachine());
    federate("first");
    assertThat(answer().name()).isEqualTo("workload identity");
    assertThat(machine.requests()).isEmpty();
  }

  @Test
  void aMetadataServiceThatIsSilentIsWaitedForHalfASecond() throws Exception {
    environment.putAll(machine.virtualMachine());
    machine.fallSilent();
    environment.putAll(pipeline("contoso", newToken()));
    answer("warm-up");
    long start = System.nanoTime();
    assertThat(answer().name()).isEqualTo("pipeline");
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isBetween(Duration.ofMillis(450), Duration.ofMillis(2_000));
    assertThat(problems).isEmpty();
  }

  @Test
  void aVirtualMachineWithoutAnIdentityIsPassedOver() throws Exception {
    environment.putAll(machine.virtualMachine());
    machine.refuse("Identity not found");
    environment.putAll(pipeline("contoso", newToken()));
    assertThat(answer().name()).isEqualTo("pipeline");
    assertThat(problems).isEmpty();
  }

  @Test
  void noRedirectIsFollowed() throws Exception {
    environment.putAll(machine.appService());
    machine.redirect("http://dev.azure.com/contoso");
    assertThat(problem()).contains("App Service identity: ", "(HTTP 307)");
    assertThat(fake.requests()).isEmpty();
  }

  private static Map<String, String> pipeline(String organization, String token) {
    return Map.of(
        "SYSTEM_ACCESSTOKEN",
        token,
        "SYSTEM_COLLECTIONURI",
        "https://dev.azure.com/" + organization + "/");
  }

  @Test
  void aJobsTokenGoesToItsOwnOrganizationOnly() throws Exception {
    String job = newToken();
    environment.putAll(pipeline("Contoso", job));
    assertThat(token()).isEqualTo(job);
    assertThat(answer("fabrikam")).isNull();
  }

  @Test
  void anotherJobGetsItsOwnToken() throws Exception {
    environment.putAll(pipeline("contoso", newToken()));
    token();
    String next = newToken();
    environment.putAll(pipeline("contoso", next));
    assertThat(token()).isEqualTo(next);
  }

  @Test
  void aJobsTokenWithoutACollectionGoesNowhere() throws Exception {
    environment.put("SYSTEM_ACCESSTOKEN", newToken());
    assertThat(problem()).contains("pipeline: ", "SYSTEM_COLLECTIONURI is not set");
    environment.putAll(pipeline("contoso", "$(System.AccessToken)"));
    assertThat(problem()).contains("pipeline: ", "did not replace");
  }

  @Test
  void theAzureCliIsAskedForTheTenantOfTheOrganization() throws Exception {
    String token = newToken();
    az("echo \"$*\" >'" + home + "/asked'\necho '" + token + "'");
    assertThat(token()).isEqualTo(token);
    assertThat(answer().name()).isEqualTo("Azure CLI");
    assertThat(home.resolve("asked")).content().contains("--tenant " + tenant);
  }

  @Test
  void anAzureCliWithoutASignInIsOfInterestOnlyWhereNobodyElseAnswers() throws Exception {
    az("echo \"ERROR: Please run 'az login' to setup account.\" >&2\nexit 1");
    assertThat(problem()).contains("Azure CLI: ", "az login");
    remember();
    assertThat(answer().name()).isEqualTo("remembered sign-in");
    assertThat(problems).isEmpty();
  }

  private void remember() throws StoreException {
    environment.put("GIT_CREDENTIAL_PAT_CLIENT_ID", entra.clientId());
    signIns.save(
        Entry.of(
            new EntryKey(Identity.ofSignIn(tenant), entra.clientId()),
            Secret.password(entra.newRefreshToken().getBytes(UTF_8)),
            now()));
  }

  @Test
  void aRememberedSignInAnswersAndIsGoodForTheNextTime() throws Exception {
    remember();
    assertThat(answer().name()).isEqualTo("remembered sign-in");
    Entry next = signIns.find(Identity.ofSignIn(tenant)).get(0);
    assertThat(entra.knows(new String(next.secret().bytes(), UTF_8))).isTrue();
  }

  @Test
  void eachWayThatIsSetUpAndFailsSaysWhy() throws Exception {
    federate("first");
    entra.federate("another");
    environment.putAll(machine.appService());
    machine.refuse("No identity is assigned");
    environment.putAll(pipeline("contoso", newToken()));
    assertThat(answer().name()).isEqualTo("pipeline");
    assertThat(problems)
        .extracting(StoreException::getMessage)
        .satisfiesExactly(
            one ->
                assertThat(one)
                    .startsWith(
                        "workload identity: Entra refused the federated token: AADSTS700213")
                    .contains("; check the federated credential of application "),
            two ->
                assertThat(two)
                    .startsWith(
                        "App Service identity: the identity endpoint refused (HTTP 400): No")
                    .contains("; check "));
  }

  @Test
  void whereNothingIsSetUpThatIsSaid() throws Exception {
    assertThat(problem()).contains("no sign-in to Entra here", "az login");
    assertThat(problems.get(0).reason()).isEqualTo(Reason.UNAVAILABLE);
  }

  @Test
  void aHalfSetUpWorkloadIdentityIsSaid() throws Exception {
    federate("first");
    environment.remove("AZURE_CLIENT_ID");
    assertThat(problem()).contains("workload identity: ", "AZURE_CLIENT_ID is not");
    federate("first");
    environment.put("AZURE_FEDERATED_TOKEN_FILE", home.resolve("absent").toString());
    assertThat(problem()).contains("cannot read a token from " + home.resolve("absent"));
    federate("first");
    environment.put("AZURE_TENANT_ID", "../common");
    assertThat(problem()).contains("AZURE_TENANT_ID is not the id or a domain of a tenant");
  }

  // --- where a proof of identity may go ---

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://login.microsoftonline.com",
        "login.example.com",
        "https://user@login.microsoftonline.us",
        "https://login.microsoftonline.us/tenant",
        "https:",
        "file:///etc/passwd"
      })
  void anAuthorityThatIsNoHostOverHttpsGetsNothing(String authority) throws Exception {
    federate("first");
    environment.put("AZURE_AUTHORITY_HOST", authority);
    assertThat(problem()).contains("AZURE_AUTHORITY_HOST is not the https address of a host");
    assertThat(fake.requests()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"login.microsoftonline.us", "https://login.microsoftonline.us/"})
  void aProofGoesToTheAuthorityThatTheEnvironmentNamesAndToNoOther(String authority)
      throws Exception {
    federate("first");
    fake.on("login.microsoftonline.us", entra);
    environment.put("AZURE_AUTHORITY_HOST", authority);
    answer();
    assertThat(fake.requests())
        .extracting(FakeAzureDevOps.Request::host)
        .containsExactly("login.microsoftonline.us");
  }

  @Test
  void anAuthorityThatSendsOnIsNotFollowed() throws Exception {
    federate("first");
    fake.on(
        "login.microsoftonline.com",
        exchange -> {
          exchange.getResponseHeaders().set("Location", "https://dev.azure.com/contoso");
          exchange.sendResponseHeaders(307, -1);
        });
    assertThat(problem()).startsWith("workload identity: ");
    assertThat(fake.requests())
        .extracting(FakeAzureDevOps.Request::host)
        .containsExactly("login.microsoftonline.com");
  }

  // --- for whom ---

  @Test
  void nobodyButAnOrganizationOfServicesGetsAnything() throws Exception {
    environment.putAll(machine.appService());
    for (Identity where :
        List.of(
            new Identity("https", "tfs.corp.local", "tfs/defaultcollection"),
            new Identity("https", "github.com", "contoso"),
            new Identity("https", "dev.azure.com.evil.example", "contoso"),
            Identity.ofSignIn(tenant),
            new Identity("https", "dev.azure.com", null))) {
      assertThat(open().find(where, problems)).describedAs("%s", where).isEmpty();
    }
    assertThat(problems).isEmpty();
    assertThat(machine.requests()).isEmpty();
  }

  // --- the cache ---

  @Test
  void aTokenThatIsKeptIsAnsweredWithoutAskingAnybody() throws Exception {
    federate("first");
    String token = token();
    fake.forget();
    assertThat(token()).isEqualTo(token);
    assertThat(fake.requests()).isEmpty();
    assertThat(open().list()).containsExactly(new EntryKey(CONTOSO, null));
    assertThat(open().find(new Identity("https", "dev.azure.com", null))).hasSize(1);
    assertThat(answer().expiry().at()).isGreaterThan(now() + 3000);
  }

  @Test
  void whatIsKeptLiesEncryptedInFilesOfTheirOwn() throws Exception {
    federate("first");
    String token = token();
    try (Stream<Path> files = Files.walk(home.resolve(".local/share/git-credential-pat"))) {
      List<Path> kept = files.filter(Files::isRegularFile).toList();
      assertThat(kept).isNotEmpty();
      for (Path file : kept) {
        assertThat(file.getParent().getFileName()).hasToString("entra");
        assertThat(new String(Files.readAllBytes(file), UTF_8)).doesNotContain(token, "contoso");
      }
    }
  }

  @Test
  void inItsLastFiveMinutesAnotherOneIsFetched() throws Exception {
    federate("first");
    entra.tokensLive(299);
    String token = token();
    assertThat(open().list()).isEmpty();
    assertThat(token()).isNotEqualTo(token);
    entra.tokensLive(310);
    token = token();
    assertThat(token()).isEqualTo(token);
  }

  @Test
  void anotherIdentityDoesNotGetTheKeptOne() throws Exception {
    environment.putAll(machine.appService());
    String token = token();
    environment.put("AZURE_CLIENT_ID", "1a2b3c4d-0000-4000-8000-00000000000f");
    assertThat(open().list()).isEmpty();
    assertThat(token()).isNotEqualTo(token);
  }

  @Test
  void whoSignsInAnewWithTheAzureCliDoesNotGetTheFormersToken() throws Exception {
    Path accounts = Files.createDirectory(home.resolve(".azure")).resolve("azureProfile.json");
    Files.writeString(accounts, "alice");
    az("echo '" + newToken() + "'");
    String alices = token();
    assertThat(token()).isEqualTo(alices);
    String bobs = newToken();
    az("echo '" + bobs + "'");
    Files.writeString(accounts, "bob");
    Files.setLastModifiedTime(accounts, FileTime.from(Instant.now().plusSeconds(2)));
    assertThat(token()).isEqualTo(bobs);
    Files.delete(accounts);
    az("echo \"ERROR: Please run 'az login' to setup account.\" >&2\nexit 1");
    assertThat(answer("contoso")).isNull();
  }

  @Test
  void aTokenThatDoesNotSayWhenItDiesIsAnsweredAndNotKept() throws Exception {
    String opaque = fake.newToken();
    issued.add(opaque);
    az("echo '" + opaque + "'");
    assertThat(token()).isEqualTo(opaque);
    assertThat(answer().expiry().at()).isGreaterThan(now() + 200);
    assertThat(open().list()).isEmpty();
  }

  @Test
  void whoOnlyReadsToChangeSomethingHasNothingFetched() throws Exception {
    environment.putAll(machine.appService());
    assertThat(open().find(CONTOSO)).isEmpty();
    assertThat(open().list()).isEmpty();
    assertThat(machine.requests()).isEmpty();
  }

  // --- what git says afterwards ---

  @Test
  void anAccessTokenThatGitFoundGoodChangesNothingAndNothingIsSaid() throws Exception {
    Entry good =
        Entry.of(new EntryKey(CONTOSO, "pat"), Secret.password(newToken().getBytes(UTF_8)), now());
    open().save(good);
    assertThat(open().list()).isEmpty();
  }

  @Test
  void aTokenOfAPersonsBelongsIntoAnotherStore() {
    Entry pat =
        Entry.of(
            new EntryKey(CONTOSO, "pat"), Secret.password(fake.newToken().getBytes(UTF_8)), now());
    assertThatThrownBy(() -> open().save(pat))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE))
        .hasMessageContaining("--store entra,file");
    assertThat(open().capacity().writable()).isFalse();
  }

  @Test
  void aRefusedTokenIsNotAnsweredAgainAndTheNextOneIsFetched() throws Exception {
    federate("first");
    Entry refused = answer();
    String token = new String(refused.secret().bytes(), UTF_8);
    open().save(refused.setAsideAt(now()));
    assertThat(open().find(CONTOSO)).extracting(Entry::setAsideAt).doesNotContain(0L).hasSize(1);
    String next = token();
    assertThat(next).isNotEqualTo(token);
    assertThat(token()).isEqualTo(next);
  }

  @Test
  void aRefusedTokenThatIsHandedOutAgainIsNotAnswered() throws Exception {
    environment.putAll(machine.appService());
    machine.handOut(newToken());
    open().save(answer().setAsideAt(now()));
    assertThat(problem())
        .contains("App Service identity: ", "again that the server rejected", "contoso");
    assertThat(problem()).contains("again that the server rejected");
  }

  @Test
  void aRefusedTokenThatIsHandedOutAgainLeavesTheAnswerToTheNextWay() throws Exception {
    environment.putAll(machine.appService());
    String job = newToken();
    environment.putAll(pipeline("contoso", job));
    machine.handOut(newToken());
    open().save(answer().setAsideAt(now()));
    assertThat(token()).isEqualTo(job);
    assertThat(answer().name()).isEqualTo("pipeline");
  }

  @Test
  void aRefusedTokenThatIsHandedOutAgainIsTriedAgainTenMinutesLater() throws Exception {
    environment.putAll(machine.appService());
    String token = newToken();
    machine.handOut(token);
    open().save(answer().setAsideAt(now() - 590));
    assertThat(problem()).contains("again that the server rejected", "logout contoso");
    open().delete(new EntryKey(CONTOSO, null));
    open().save(answer().setAsideAt(now() - 601));
    assertThat(token()).isEqualTo(token);
    assertThat(open().find(CONTOSO)).extracting(Entry::setAsideAt).containsExactly(0L);
  }

  @Test
  void aPersonsTokenIsStoredBehindItWhateverItKeeps() throws Exception {
    environment.putAll(machine.appService());
    open().save(answer().setAsideAt(now()));
    Store entra = open();
    Console console = new Console(lines, true);
    Invocation run =
        new Invocation(
            new StoreChain(List.of(entra, signIns), true),
            new Environment(environment, false, new Deadline(), console),
            console,
            now());
    String pat = fake.newToken();
    String request =
        "protocol=https\nhost=dev.azure.com\npath=contoso/Web/_git/site\nusername=contoso\npassword="
            + pat
            + "\n";
    assertThat(CredentialHelper.store(run, new ByteArrayInputStream(request.getBytes(UTF_8))))
        .describedAs("%s", lines.toString(UTF_8))
        .isTrue();
    assertThat(signIns.find(CONTOSO))
        .extracting(entry -> new String(entry.secret().bytes(), UTF_8))
        .containsExactly(pat);
    assertThat(lines.toString(UTF_8)).doesNotContain("add another store");
  }

  @Test
  void whatIsDeletedIsFetchedAnew() throws Exception {
    federate("first");
    String token = token();
    assertThat(open().delete(new EntryKey(CONTOSO, null))).isTrue();
    assertThat(open().delete(new EntryKey(CONTOSO, null))).isFalse();
    assertThat(open().find(CONTOSO)).isEmpty();
    assertThat(token()).isNotEqualTo(token);
  }

  @Test
  void aHomeThatCannotBeWrittenOnlyCostsTheCache() throws Exception {
    environment.put("HOME", "/proc/nowhere");
    environment.putAll(machine.appService());
    String token = token();
    assertThat(token()).isNotEqualTo(token);
  }

  private static long now() {
    return System.currentTimeMillis() / 1000;
  }
}
