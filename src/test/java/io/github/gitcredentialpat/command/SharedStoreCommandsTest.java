package io.github.gitcredentialpat.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import io.github.gitcredentialpat.azure.FakePats;
import io.github.gitcredentialpat.cli.StoreSource;
import io.github.gitcredentialpat.identity.Identity;
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
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a person's commands do where git reads a store that many machines share. */
@Timeout(120)
@Tag("slow")
final class SharedStoreCommandsTest implements StoreSource {
  private static final Identity CONTOSO = Identity.ofOrganization("contoso");
  private static final String HINT = "hint: git-credential-pat ";

  @TempDir private Path home;
  @AutoClose private final FakeAzureDevOps fake = new FakeAzureDevOps();
  private final Map<String, String> environment = new HashMap<>();
  private final InMemoryStore vault = new InMemoryStore("vault");
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
  private FakePats service;
  private String id = "";
  private String out = "";
  private String err = "";

  @BeforeEach
  void start() throws Exception {
    fake.organization("contoso");
    service = new FakePats(fake, "contoso");
    fake.on("vssps.dev.azure.com", service);
    environment.putAll(Typed.on().atHome(home).meets(fake).environment());
    environment.put("container", "a test's, which has no keyring");
    environment.put("AZURE_DEVOPS_ENTRA_TOKEN", service.signIn());
    fake.setTime(now.minus(Duration.ofDays(20)));
    Instant end = now.plus(Duration.ofDays(10)).plusSeconds(3600);
    id = service.add("fleet", "vso.code_write", end);
    fake.setTime(now);
    vault.save(
        new Entry(
            new EntryKey(CONTOSO, null),
            Secret.password(service.secretOf(id).getBytes(UTF_8)),
            new Expiry(end.getEpochSecond(), Expiry.Source.SERVICE),
            null,
            now.getEpochSecond() - 100,
            0,
            "fleet",
            "vso.code_write",
            id));
  }

  @Override
  public StoreChain chain(@Nullable String names, int timeout, Environment surroundings) {
    return new StoreChain(List.of(shared(surroundings, false)), names != null);
  }

  @Override
  public StoreChain typed(String names, int timeout, Environment surroundings) {
    return new StoreChain(List.of(shared(surroundings, true)), true);
  }

  @Override
  public List<Store> all(Environment surroundings) {
    return List.of(shared(surroundings, false));
  }

  private Store shared(Environment surroundings, boolean writable) {
    return new SharedStore("openbao", () -> vault, surroundings, 900, writable);
  }

  private int run(String... words) {
    return answering("", words);
  }

  private int answering(String input, String... words) {
    ByteArrayOutputStream result = new ByteArrayOutputStream();
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    ByteArrayInputStream in = new ByteArrayInputStream(input.getBytes(UTF_8));
    int status = new RootCommand(in, result, messages, environment, this).run(words);
    out = result.toString(UTF_8);
    err = messages.toString(UTF_8);
    return status;
  }

  private String stored() throws StoreException {
    List<Entry> found = vault.find(CONTOSO);
    assertThat(found).hasSize(1);
    return new String(found.get(0).secret().bytes(), UTF_8);
  }

  private String another() throws Exception {
    return service.secretOf(service.add("another", "vso.code_write", now.plusSeconds(86_400 * 60)));
  }

  @Test
  void loginWritesOnlyWhereItIsNamed() throws Exception {
    String before = stored();
    String token = another();
    int writes = vault.writes();
    assertThat(answering(token, "login", "contoso", "--no-configure", "--no-check")).isEqualTo(1);
    assertThat(err)
        .contains("many machines share openbao, so it is only read here")
        .contains(HINT + "login contoso --store openbao\n");
    assertThat(stored()).isEqualTo(before);
    environment.put("GIT_CREDENTIAL_PAT_STORE", "openbao");
    assertThat(answering(token, "login", "contoso", "--no-configure", "--no-check")).isEqualTo(1);
    assertThat(vault.writes()).isEqualTo(writes);
    assertThat(
            answering(
                token, "login", "contoso", "--no-configure", "--no-check", "--store", "openbao"))
        .describedAs(err)
        .isZero();
    assertThat(err).contains("stored the token for contoso in openbao");
    assertThat(stored()).isEqualTo(token);
  }

  @Test
  void logoutDeletesOnlyWhereItIsNamed() throws Exception {
    assertThat(run("logout", "contoso")).isEqualTo(1);
    assertThat(err)
        .contains("error: cannot delete contoso in openbao")
        .contains(HINT + "logout contoso --store openbao\n");
    assertThat(vault.list()).hasSize(1);
    assertThat(run("logout", "contoso", "--store", "openbao")).isZero();
    assertThat(vault.list()).isEmpty();
  }

  @Test
  void theFleetsTokenIsRevokedOnlyWhereItsStoreIsNamed() throws Exception {
    assertThat(run("logout", "contoso", "--revoke")).isEqualTo(1);
    assertThat(err).contains(HINT + "logout --revoke contoso --store openbao\n");
    assertThat(run("logout", "--all", "--yes", "--revoke")).isEqualTo(1);
    assertThat(err).contains(HINT + "logout --revoke contoso --store openbao\n");
    assertThat(run("token", "revoke", "contoso")).isEqualTo(1);
    assertThat(err).contains(HINT + "token revoke contoso --store openbao\n");
    assertThat(run("token", "revoke", "contoso", "--all", "--yes")).isEqualTo(1);
    assertThat(service.pats().get(id).revoked()).isFalse();
    assertThat(vault.list()).hasSize(1);
    assertThat(run("token", "revoke", "contoso", "--store", "openbao")).describedAs(err).isZero();
    assertThat(service.pats().get(id).revoked()).isTrue();
    assertThat(vault.list()).isEmpty();
  }

  @Test
  void aTokenOfThePersonsOwnIsRevokedBesideTheFleets() throws Exception {
    String own = service.add("own", "vso.code", now.plusSeconds(86_400 * 60));
    assertThat(run("token", "revoke", "contoso", "own")).describedAs(err).isZero();
    assertThat(service.pats().get(own).revoked()).isTrue();
    assertThat(service.pats().get(id).revoked()).isFalse();
  }

  @Test
  void theFleetsTokenIsChangedOnlyWhereItsStoreIsNamed() throws Exception {
    Instant end = service.pats().get(id).validTo();
    assertThat(run("token", "extend", "contoso", "--expires", "60")).isEqualTo(1);
    assertThat(err).contains(HINT + "token extend contoso --store openbao\n");
    assertThat(run("token", "scope", "contoso", "--add", "packaging:read")).isEqualTo(1);
    assertThat(err).contains(HINT + "token scope contoso --store openbao\n");
    assertThat(service.pats().get(id).validTo()).isEqualTo(end);
    assertThat(service.pats().get(id).scope()).isEqualTo("vso.code_write");
    assertThat(run("token", "extend", "contoso", "--expires", "60", "--store", "openbao"))
        .describedAs("%s", err)
        .isZero();
    assertThat(service.pats().get(id).validTo()).isAfter(end);
    assertThat(vault.find(CONTOSO).get(0).expiry().at()).isGreaterThan(end.getEpochSecond());
  }

  @Test
  void nothingIsCreatedAtTheServiceThatHasNoPlace() throws Exception {
    int before = service.pats().size();
    assertThat(run("token", "create", "contoso")).isEqualTo(1);
    assertThat(err).contains(HINT + "token create contoso --store openbao\n");
    assertThat(run("token", "rotate", "contoso")).isEqualTo(1);
    assertThat(err).contains(HINT + "token rotate contoso --store openbao\n");
    assertThat(service.pats()).hasSize(before);
    assertThat(run("token", "create", "contoso", "--store", "openbao")).describedAs(err).isZero();
    assertThat(err).contains("stored in openbao");
    assertThat(service.pats()).hasSize(before + 1);
    assertThat(stored()).isNotEqualTo(service.secretOf(id));
  }

  @Test
  void rotateReplacesTheTokenOfTheFleetWhereItIsNamed() throws Exception {
    String before = stored();
    assertThat(run("token", "rotate", "contoso", "--store", "openbao"))
        .describedAs("%s", err)
        .isZero();
    assertThat(stored()).isNotEqualTo(before);
    assertThat(service.pats().get(id).revoked()).isTrue();
  }

  @Test
  void renewKeepsTheOldOneForThoseThatHaveItStill() throws Exception {
    assertThat(run("renew", "contoso")).isEqualTo(1);
    assertThat(err).contains(HINT + "renew contoso --store openbao\n");
    String before = stored();
    assertThat(run("renew", "--if-left", "30", "--keep-old", "24h", "--store", "openbao"))
        .describedAs("%s", err)
        .isZero();
    assertThat(stored()).isNotEqualTo(before);
    assertThat(service.pats().get(id).revoked()).isFalse();
  }

  @Test
  void noteDescribesItOnlyWhereItIsNamed() throws Exception {
    int writes = vault.writes();
    assertThat(run("note", "contoso", "--expires", "30")).isEqualTo(1);
    assertThat(err).contains(HINT + "note contoso --store openbao\n");
    assertThat(vault.writes()).isEqualTo(writes);
    assertThat(run("note", "contoso", "--expires", "30", "--store", "openbao"))
        .describedAs(err)
        .isZero();
    assertThat(vault.writes()).isEqualTo(writes + 1);
  }

  @Test
  void importBringsTokensThereOnlyWhereItIsNamed() throws Exception {
    vault.delete(new EntryKey(CONTOSO, null));
    String token = another();
    Path netrc = home.resolve(".netrc");
    Files.writeString(
        netrc, "machine contoso.visualstudio.com login alice password " + token + "\n");
    Files.setPosixFilePermissions(netrc, PosixFilePermissions.fromString("rw-------"));
    int writes = vault.writes();
    assertThat(run("import", "--from", "netrc")).isEqualTo(1);
    assertThat(err).contains(HINT + "login contoso --store openbao\n");
    assertThat(vault.writes()).isEqualTo(writes);
    assertThat(run("import", "--from", "netrc", "--store", "openbao"))
        .describedAs("%s", err)
        .isZero();
    assertThat(stored()).isEqualTo(token);
  }

  @Test
  void checkAsksTheServiceAndCorrectsNothingThere() throws Exception {
    vault.save(vault.find(CONTOSO).get(0).with(new Expiry(1, Expiry.Source.PERSON), null));
    int writes = vault.writes();
    assertThat(run("check", "contoso")).describedAs(err).isZero();
    assertThat(out).contains("contoso: valid");
    assertThat(vault.writes()).isEqualTo(writes);
  }

  @Test
  void aRefusedOneIsRestoredOnThisMachine() throws Exception {
    Environment surroundings = new Environment(environment, false, new Deadline());
    Store git = shared(surroundings, false);
    git.save(git.find(CONTOSO).get(0).setAsideAt(now.getEpochSecond()));
    int writes = vault.writes();
    assertThat(run("list")).isZero();
    assertThat(out).contains("set aside on");
    assertThat(run("login", "--restore", "contoso")).describedAs(err).isZero();
    assertThat(err).contains("restored contoso in openbao");
    assertThat(git.find(CONTOSO).get(0).setAsideAt()).isZero();
    assertThat(vault.writes()).isEqualTo(writes);
  }

  @Test
  void listAndStatusShowWhatItHas() {
    assertThat(run("list")).isZero();
    assertThat(out).containsPattern("contoso +- +openbao +fleet");
    assertThat(run("status", "contoso")).isEqualTo(1);
    assertThat(out).contains("openbao");
    assertThat(run("status", "--short")).isZero();
    assertThat(out).isEmpty();
  }

  @Test
  void whileItIsAwayListShowsWhatIsRemembered() {
    assertThat(run("status", "contoso")).isEqualTo(1);
    vault.failWith(new StoreException(Reason.TIMEOUT, "it does not answer"));
    assertThat(run("list")).isEqualTo(1);
    assertThat(out).contains("fleet");
    assertThat(err).contains("openbao: it does not answer");
  }

  @Test
  void storesAndDoctorTellWhetherItCanBeReached() {
    assertThat(run("stores")).isZero();
    assertThat(out).contains("openbao: read only, 1 entry").contains("remembered for a while in");
    run("doctor", "contoso");
    assertThat(out)
        .contains("openbao can be reached, entries: 1")
        .containsPattern("openbao was last asked for contoso at [0-9-]+ ");
    vault.failWith(new StoreException(Reason.UNAVAILABLE, "no vault was named"));
    assertThat(run("stores")).isZero();
    assertThat(out).contains("openbao: not available", "no vault was named");
    vault.failWith(new StoreException(Reason.TIMEOUT, "it does not answer"));
    assertThat(run("stores")).isZero();
    assertThat(out).contains("openbao: does not answer");
    run("doctor", "contoso");
    assertThat(out).contains("openbao does not answer");
  }
}
