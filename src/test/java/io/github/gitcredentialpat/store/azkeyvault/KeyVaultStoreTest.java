package io.github.gitcredentialpat.store.azkeyvault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import io.github.gitcredentialpat.http.Http;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.keyvault.FakeKeyVault;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

// More than 400 lines: what a vault may say on a bad day, one after the other.
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the Azure CLI's stand-in is a script for sh")
@Timeout(120)
@Tag("slow")
final class KeyVaultStoreTest {
  private static final Identity CONTOSO = Identity.ofOrganization("contoso");
  private static final EntryKey KEY = new EntryKey(CONTOSO, "alice");

  @TempDir private Path home;
  private VaultHouse house;
  private String token;

  @BeforeEach
  void open() throws Exception {
    house = new VaultHouse(home);
    token = house.fake.newToken();
  }

  @AfterEach
  void nothingIsShown() throws Exception {
    String lines = house.lines.toString(UTF_8);
    assertThat(lines).doesNotContain(token);
    for (String bearer : house.issued) {
      assertThat(lines).doesNotContain(bearer);
    }
    house.close();
  }

  private Entry entry() {
    return Entry.of(KEY, Secret.password(token.getBytes(UTF_8)), 1_700_000_000L);
  }

  private StoreException problem() {
    StoreException problem =
        catchThrowableOfType(StoreException.class, () -> house.store().find(CONTOSO));
    assertThat(problem).isNotNull();
    for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
      assertThat(String.valueOf(cause.getMessage())).doesNotContain(token);
      for (String bearer : house.issued) {
        assertThat(String.valueOf(cause.getMessage())).doesNotContain(bearer);
      }
    }
    return problem;
  }

  private List<String> askedHosts() {
    return house.fake.requests().stream().map(FakeAzureDevOps.Request::host).distinct().toList();
  }

  // --- which vault ---

  @Test
  void withoutAVaultThereIsNone() {
    house.environment.remove("GIT_CREDENTIAL_PAT_VAULT");
    StoreException problem = problem();
    assertThat(problem.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(problem).hasMessageContaining("--vault NAME");
    assertThat(house.fake.requests()).isEmpty();
    assertThat(house.store().location()).contains("none is named");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://contoso.vault.azure.net",
        "https://CONTOSO.vault.azure.net:443/",
        "contoso.vault.azure.net",
        // As DNS writes it.
        "HTTPS://contoso.vault.azure.net.",
        "Contoso"
      })
  void aVaultIsNamedByItsNameOrItsAddress(String named) throws Exception {
    house.environment.put("GIT_CREDENTIAL_PAT_VAULT", named);
    house.store().save(entry());
    assertThat(house.store().find(CONTOSO)).hasSize(1);
    assertThat(house.store().location())
        .contains("https://contoso.vault.azure.net", "--vault-name contoso");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://contoso.vault.azure.net",
        "https://alice@contoso.vault.azure.net",
        "https://contoso.vault.azure.net/secrets",
        "https://contoso.vault.azure.net?x=y",
        "https://localhost",
        "https://127.0.0.1",
        "https://[::1]",
        "a",
        "a name",
        "../contoso"
      })
  void whatIsNoVaultGetsNothing(String named) {
    house.environment.put("GIT_CREDENTIAL_PAT_VAULT", named);
    StoreException problem = problem();
    assertThat(problem.reason()).isEqualTo(Reason.FAILED);
    assertThat(problem).hasMessageContaining("https://contoso.vault.azure.net");
    assertThat(house.fake.requests()).isEmpty();
  }

  @Test
  void theVaultOfAnotherCloudGetsATokenOfThatCloud() throws Exception {
    house.environment.put("GIT_CREDENTIAL_PAT_VAULT", "https://contoso.vault.azure.cn");
    house.fake.on("contoso.vault.azure.cn", house.vault);
    house.entra.serve("https://vault.azure.cn");
    house.store().save(entry());
    assertThat(house.store().find(CONTOSO)).hasSize(1);
  }

  @Test
  void aHostThatIsNoVaultsGetsATokenForItsOwnDomainAlone() {
    house.environment.put("GIT_CREDENTIAL_PAT_VAULT", "https://contoso.vault.azure.net.corp.local");
    house.fake.on("contoso.vault.azure.net.corp.local", house.vault);
    assertThat(problem()).hasMessageContaining("workload identity: Entra refused");
    assertThat(askedHosts()).containsExactly("login.microsoftonline.com");
  }

  // --- the access token ---

  @Test
  void theTenantForTheAzureCliComesFromTheVault() throws Exception {
    signInWithAz();
    house.store().find(CONTOSO);
    assertThat(home.resolve("asked"))
        .content()
        .contains("--resource https://vault.azure.net ", "--tenant " + house.tenant);
  }

  private void signInWithAz() throws Exception {
    house.environment.keySet().removeIf(name -> name.startsWith("AZURE_") && !name.contains("POD"));
    String bearer = UUID.randomUUID().toString();
    house.issued.add(bearer);
    house.vault.accept(bearer);
    Path az = Files.createDirectories(home.resolve("bin")).resolve("az");
    Files.writeString(az, "#!/bin/sh\necho \"$*\" >'" + home + "/asked'\necho '" + bearer + "'\n");
    Files.setPosixFilePermissions(az, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void aVaultThatWantsTokensForAnotherServiceGetsNone() throws Exception {
    signInWithAz();
    house.vault.demand("https://management.azure.com");
    assertThat(problem())
        .hasMessageContaining("wants an access token for another service")
        .hasMessageContaining("check the vault's address");
    assertThat(home.resolve("asked")).doesNotExist();
  }

  @Test
  void anAccessTokenIsAskedForOnceInARun() throws Exception {
    KeyVaultStore store = house.store();
    store.save(entry());
    store.find(CONTOSO);
    store.list();
    assertThat(house.issued).hasSize(1);
  }

  @Test
  void anAccessTokenIsGoodForTheRunsAfterIt() throws Exception {
    house.store().find(CONTOSO);
    house.store().list();
    assertThat(house.issued).hasSize(1);
    assertThat(home.resolve(".local/share/git-credential-pat/entra")).isNotEmptyDirectory();
  }

  @Test
  void anAccessTokenOfAnEarlierRunThatIsRejectedGivesWayToAnother() throws Exception {
    house.store().find(CONTOSO);
    house.vault.rejectAll();
    house.store().find(CONTOSO);
    assertThat(house.issued).hasSize(2);
    house.store().find(CONTOSO);
    assertThat(house.issued).hasSize(2);
  }

  @Test
  void anAccessTokenIsForOneVaultAlone() throws Exception {
    house.store().find(CONTOSO);
    house.fake.on("fabrikam.vault.azure.net", house.vault);
    house.environment.put("GIT_CREDENTIAL_PAT_VAULT", "fabrikam");
    house.store().find(CONTOSO);
    assertThat(house.issued).hasSize(2);
  }

  @Test
  void aRejectedAccessTokenIsSaid() {
    house.fake.on(
        VaultHouse.HOST,
        exchange -> {
          house.vault.rejectAll();
          house.vault.handle(exchange);
        });
    StoreException problem = problem();
    assertThat(problem.reason()).isEqualTo(Reason.DENIED);
    assertThat(problem.inOneLine()).contains("rejected the access token", "az login");
  }

  @Test
  void withoutAnySignInThatIsSaid() {
    house.environment.keySet().removeIf(name -> name.startsWith("AZURE_") && !name.contains("POD"));
    assertThat(problem().inOneLine()).contains("no sign-in to Entra here", "az login");
  }

  // --- what is never taken or touched ---

  @Test
  void whatIsNotOursIsNeitherReadNorChanged() throws Exception {
    house.store().save(entry());
    String ours = SecretTags.name(KEY);
    String copied = "azdo-" + "0".repeat(40);
    for (String name : List.of("database", "azdo-pat", copied, ours + "0")) {
      put(name, house.vault.current(ours).get("tags").toString());
    }
    assertThat(house.store().find(CONTOSO)).hasSize(1);
    assertThat(house.store().list()).containsExactly(KEY);
    assertThat(house.vault.reads()).containsExactly(ours);
    assertThat(house.store().damaged()).isEqualTo(1);
    assertThat(house.store().delete(KEY)).isTrue();
    assertThat(house.vault.names())
        .containsExactlyInAnyOrder("database", "azdo-pat", copied, ours + "0");
  }

  /** As another program would. */
  private void put(String name, String tags) throws Exception {
    put(name, "\"another\"", tags);
  }

  private void put(String name, String value, String tags) throws Exception {
    String bearer = UUID.randomUUID().toString();
    house.vault.accept(bearer);
    new Http(house.fake.settings())
        .send(
            "PUT",
            URI.create("https://" + VaultHouse.HOST + "/secrets/" + name + "?api-version=7.4"),
            Map.of("Authorization", "Bearer " + bearer, "Content-Type", "application/json"),
            ("{\"value\":" + value + ",\"tags\":" + tags + "}").getBytes(UTF_8),
            Duration.ofSeconds(20));
  }

  @Test
  void aValueWithoutOurTagsIsNotAnswered() throws Exception {
    house.store().save(entry());
    put(SecretTags.name(KEY), "{}");
    assertThat(house.store().find(CONTOSO)).isEmpty();
    assertThat(house.store().damaged()).isEqualTo(1);
    house.store().save(entry());
    assertThat(house.store().find(CONTOSO)).hasSize(1);
    assertThat(house.store().damaged()).isZero();
  }

  /** As {@code az keyvault secret set --file} writes it. */
  @ParameterizedTest
  @ValueSource(strings = {"\\n", "\\r\\n"})
  void theLineEndOfAFileIsNoPartOfTheToken(String end) throws Exception {
    house.store().save(entry());
    String ours = SecretTags.name(KEY);
    String tags = house.vault.current(ours).get("tags").toString();
    put(ours, "\"another" + end + "\"", tags);
    List<Entry> found = house.store().find(CONTOSO);
    assertThat(found).hasSize(1);
    assertThat(new String(found.get(0).secret().bytes(), UTF_8)).isEqualTo("another");
    put(ours, "\"another\\nthing" + end + "\"", tags);
    assertThat(house.store().find(CONTOSO)).isEmpty();
  }

  @Test
  void aSignInNeverGetsIntoTheVault() {
    Entry signIn =
        Entry.of(
            new EntryKey(Identity.ofSignIn(house.tenant), "app"),
            Secret.password(token.getBytes(UTF_8)),
            1);
    assertRefused(signIn, "a sign-in");
    assertRefused(
        entry().with(null, Secret.password(token.getBytes(UTF_8))), "a sign-in (contoso)");
    assertRefused(
        Entry.of(KEY, Secret.credential("Bearer", token.getBytes(UTF_8)), 1), "no password");
    assertRefused(Entry.of(KEY, Secret.password("a\nb".getBytes(UTF_8)), 1), "one line of text");
    assertRefused(Entry.of(KEY, Secret.password(new byte[] {(byte) 0xff}), 1), "one line of text");
    assertThat(house.fake.requests()).isEmpty();
  }

  private void assertRefused(Entry entry, String why) {
    assertThatThrownBy(() -> house.store().save(entry))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(why)
        .hasMessageContaining("use another store");
  }

  // --- tags ---

  @Test
  void whatHasNoRoomInATagIsSplitOrLeftOut() throws Exception {
    String path = "p/".repeat(400);
    EntryKey key = new EntryKey(new Identity("https", "git.example.com", path), null);
    Entry entry =
        new Entry(
            key,
            Secret.password(token.getBytes(UTF_8)),
            new Expiry(1_900_000_000L, Expiry.Source.GIT),
            null,
            1,
            0,
            "n".repeat(257),
            "vso.code ".repeat(100).trim(),
            "id");
    house.store().save(entry);
    Entry found = house.store().find(key.identity()).get(0);
    assertThat(found.key()).isEqualTo(key);
    assertThat(found.name()).isNull();
    assertThat(found.scopes()).isEqualTo(entry.scopes());
    house.store().save(entry.withScopes("vso.code ".repeat(200).trim()));
    assertThat(house.store().find(key.identity()).get(0).scopes()).isNull();
  }

  @Test
  void aPathThatHasNoRoomIsRefused() {
    EntryKey key = new EntryKey(new Identity("https", "git.example.com", "p".repeat(1300)), null);
    assertThatThrownBy(() -> house.store().save(entry().withKey(key)))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.LIMIT));
    assertThat(house.fake.requests()).isEmpty();
  }

  @Test
  void anEndThatAPersonSetInTheVaultOnlyWarns() throws Exception {
    house.store().save(entry());
    house.vault.current(SecretTags.name(KEY)).withObject("/attributes").put("exp", 1_600_000_000L);
    assertThat(house.store().find(CONTOSO).get(0).expiry())
        .isEqualTo(new Expiry(1_600_000_000L, Expiry.Source.PERSON));
  }

  // --- deleted ones ---

  @Test
  void whatIsDeletedComesBackToBeWrittenHoweverLongThatTakes() throws Exception {
    house.store().save(entry());
    house.vault.moveSlowly(2);
    assertThat(house.store().delete(KEY)).isTrue();
    house.store().save(entry());
    assertThat(house.vault.versions(SecretTags.name(KEY))).isEqualTo(2);
    assertThat(house.store().find(CONTOSO)).hasSize(1);
  }

  @Test
  void whatDoesNotComeBackInTimeIsSaid() throws Exception {
    house.store().save(entry());
    house.store().delete(KEY);
    house.vault.moveSlowly(1_000_000);
    Deadline deadline = new Deadline(underWay -> {});
    deadline.start();
    assertThatThrownBy(() -> house.store(deadline).save(entry()))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TIMEOUT))
        .hasMessageContaining("still deleting or recovering");
    assertThat(deadline.remainingMillis()).isPositive();
  }

  // --- bad days ---

  @ParameterizedTest
  @CsvSource({
    "ForbiddenByRbac, Key Vault Secrets User",
    "ForbiddenByPolicy, Get and List",
    "AccessDenied, Get and List",
    "ForbiddenByFirewall, firewall",
    "ForbiddenByConnection, private endpoint",
    "SomethingNew, check the account's role"
  })
  void aRefusalSaysWhatToDo(String code, String what) {
    house.vault.forbid(code);
    StoreException problem = problem();
    assertThat(problem.reason()).isEqualTo(Reason.DENIED);
    assertThat(problem).hasMessageContaining(what);
  }

  @Test
  void aRefusedWriteNamesTheRoleForWriting() {
    house.vault.forbid("ForbiddenByRbac");
    assertThatThrownBy(() -> house.store().save(entry()))
        .hasMessageContaining("Key Vault Secrets Officer");
    house.vault.forbid("ForbiddenByPolicy");
    assertThatThrownBy(() -> house.store().delete(KEY)).hasMessageContaining("Recover");
  }

  @ParameterizedTest
  @CsvSource({"429, 7, 7", "503, 3, 3", "502, '', 0", "429, soon, 0", "503, 999999999, 3600"})
  void aVaultThatIsTooBusySaysWhenToComeBack(int status, String after, long seconds) {
    house.vault.answerOnce(
        FakeKeyVault.saying(
            status, FakeKeyVault.error("Throttled", "Too many", null), "Retry-After", after));
    StoreException problem = problem();
    assertThat(problem.reason()).isEqualTo(Reason.FAILED);
    assertThat(problem.retryAfterSeconds()).isEqualTo(seconds);
  }

  @Test
  void noRedirectIsFollowed() {
    house.vault.answerOnce(
        FakeKeyVault.saying(307, "", "Location", "https://git.example.com/secrets"));
    assertThat(problem()).hasMessageContaining("redirects to another address");
    assertThat(askedHosts()).doesNotContain("git.example.com");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://git.example.com/secrets?api-version=7.4",
        "http://contoso.vault.azure.net/secrets?api-version=7.4",
        "https://contoso.vault.azure.net:8443/secrets?api-version=7.4",
        "https://contoso.vault.azure.net@git.example.com/secrets?api-version=7.4",
        "https://git.example.com@contoso.vault.azure.net/secrets?api-version=7.4",
        "https://contoso.vault.azure.net/secrets/database?api-version=7.4",
        "/secrets?api-version=7.4",
        "no address"
      })
  void noPageIsAskedForElsewhere(String address) {
    house.vault.continueAt(address);
    assertThat(problem()).hasMessageContaining("continues its list at another address");
    assertThat(house.fake.requests())
        .filteredOn(request -> !request.host().equals("login.microsoftonline.com"))
        .hasSize(1)
        .allMatch(request -> request.host().equals(VaultHouse.HOST));
  }

  @Test
  void aListWithoutAnEndEnds() {
    house.vault.continueAt("https://contoso.vault.azure.net/secrets?api-version=7.4&x=y");
    StoreException problem = problem();
    assertThat(problem.reason()).isEqualTo(Reason.LIMIT);
    assertThat(problem).hasMessageContaining("more than 2000 secrets");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{}",
        "null",
        "{\"value\":{}}",
        "<html><title>Sign in</title></html>"
      })
  void whatIsNoListIsNoAnswer(String body) {
    house.vault.answerOnce(FakeKeyVault.saying(200, body));
    StoreException problem = problem();
    assertThat(problem.reason()).isEqualTo(Reason.FAILED);
    assertThat(problem).hasMessageContaining("not Key Vault's");
  }

  @Test
  void whatIsNoSecretInAListIsPassedOver() throws Exception {
    house.store().save(entry());
    String ours = house.vault.current(SecretTags.name(KEY)).toString();
    house.vault.answerOnce(
        FakeKeyVault.saying(
            200,
            "{\"value\":[null,1,\"x\",[],{},{\"id\":1},{\"id\":\"https://x\"},{\"id\":\"a/b/c/d/e\"},"
                + ours
                + "]}"));
    assertThat(house.store().find(CONTOSO)).hasSize(1);
  }

  @Test
  void theSecretOfAnotherNameIsNoAnswer() throws Exception {
    house.store().save(entry());
    String list = "{\"value\":[" + house.vault.current(SecretTags.name(KEY)) + "]}";
    house.vault.answerOnce(FakeKeyVault.saying(200, list));
    house.vault.answerOnce(
        FakeKeyVault.saying(
            200,
            "{\"value\":\"x\",\"id\":\"https://contoso.vault.azure.net/secrets/database/1\"}"));
    assertThat(problem()).hasMessageContaining("not Key Vault's");
  }

  @Test
  void anAnswerThatIsTooLongIsCutOff() {
    house.vault.answerOnce(
        FakeKeyVault.saying(200, "{\"value\":[\"" + "x".repeat(5 << 20) + "\"]}"));
    assertThat(problem()).hasMessageContaining("too long an answer");
  }

  @Test
  void anAnswerThatBreaksOffIsNone() {
    house.vault.answerOnce(FakeKeyVault.half("{\"value\":["));
    assertThat(problem().reason()).isEqualTo(Reason.FAILED);
  }

  @Test
  void whatGoesWhileItIsReadIsNotAnswered() throws Exception {
    house.store().save(entry());
    String list = "{\"value\":[" + house.vault.current(SecretTags.name(KEY)) + "]}";
    house.store().delete(KEY);
    house.vault.answerOnce(FakeKeyVault.saying(200, list));
    assertThat(house.store().find(CONTOSO)).isEmpty();
  }

  @Test
  void aNameThatDoesNotResolveIsSaid() {
    house.environment.remove("https_proxy");
    house.environment.put("GIT_CREDENTIAL_PAT_VAULT", "https://nobody.vault.invalid");
    house.environment.put("no_proxy", "vault.invalid");
    house.entra.serve("https://vault.invalid");
    house.environment.put("https_proxy", house.fake.proxy());
    assertThat(problem())
        .hasMessageContaining("nobody.vault.invalid cannot be resolved; check the vault's name");
  }

  @Test
  void aCertificateForAnotherHostIsNotTrusted() {
    house.environment.put("GIT_CREDENTIAL_PAT_VAULT", "https://contoso.vault.example.org");
    house.fake.on("contoso.vault.example.org", house.vault);
    house.entra.serve("https://vault.example.org");
    assertThat(problem())
        .hasMessageContaining("contoso.vault.example.org")
        .hasMessageContaining("certificate");
    assertThat(askedHosts()).containsExactly("login.microsoftonline.com");
  }
}
