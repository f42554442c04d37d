package io.github.gitcredentialpat.command.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import io.github.gitcredentialpat.azure.FakePats;
import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.Screen;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.TypedPlace;
import io.github.gitcredentialpat.online.TokenDetails;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.StoreChain;
import io.github.gitcredentialpat.testing.Typed;
import io.github.gitcredentialpat.tokens.Invocation;
import io.github.gitcredentialpat.tokens.StoredEntry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How the expiry of a token becomes known that the service does not tell by itself. */
@Timeout(120)
@Tag("slow")
final class NoteTest {
  private static final Identity CONTOSO = Identity.ofOrganization("contoso");
  private static final long DAY = 86_400;

  @TempDir Path home;
  private final InMemoryStore store = new InMemoryStore("memory");
  private final Typed person = Typed.on(store);
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
  @AutoClose private final FakeAzureDevOps fake = new FakeAzureDevOps();
  private FakePats service;
  private String laptop;

  @BeforeEach
  void start() throws Exception {
    fake.organization("contoso");
    service = new FakePats(fake, "contoso");
    fake.on("vssps.dev.azure.com", service);
    person.atHome(home).meets(fake).set("AZURE_DEVOPS_ENTRA_TOKEN", service.signIn());
    laptop = service.add("laptop", "vso.code_write", now.plus(Duration.ofDays(20)));
    keep("alice", laptop);
  }

  private void keep(String user, String id) throws Exception {
    Secret secret = Secret.password(service.secretOf(id).getBytes(UTF_8));
    store.save(Entry.of(new EntryKey(CONTOSO, user), secret, now.getEpochSecond()));
  }

  private Entry kept() throws Exception {
    return store.find(CONTOSO).get(0);
  }

  private void signOut() {
    person.environment().remove("AZURE_DEVOPS_ENTRA_TOKEN");
    person.set("PATH", "/nowhere");
  }

  /** Asks a person who types this; what they learnt. */
  private @Nullable TokenDetails ask(String typed, StoredEntry... stored) throws Exception {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    Console messages = new Console(said, false);
    Environment surroundings =
        new Environment(person.environment(), true, new Deadline(), messages);
    StoreChain chain = new StoreChain(List.of(store), false);
    CommandContext context =
        new CommandContext(
            new Invocation(chain, surroundings, messages, now.getEpochSecond()),
            List.of(store),
            new ByteArrayInputStream(typed.getBytes(UTF_8)),
            new ByteArrayOutputStream(),
            false,
            Screen.NONE);
    TokenDetails details =
        new TokenIdentification(context, TypedPlace.resolve("contoso"), true).ask(List.of(stored));
    person.err = said.toString(UTF_8);
    return details;
  }

  // --- what a person is asked ---

  @Test
  void ofThePersonsTokensTheyChooseOne() throws Exception {
    fake.setTime(now.plusSeconds(60));
    String desk = service.add("desk", "vso.code", now.plus(Duration.ofDays(9)));
    TokenDetails details = ask("3\nx\n1\n");
    assertThat(person.err)
        .containsSubsequence("1: \"desk\", Code (Read), expires ", "2: \"laptop\", ")
        .contains("type a number from 1 to 2");
    assertThat(details.authorizationId()).isEqualTo(desk);
    assertThat(details.scopes()).isEqualTo("vso.code");
    assertThat(details.expiry())
        .isEqualTo(
            new Expiry(now.plus(Duration.ofDays(9)).getEpochSecond(), Expiry.Source.SERVICE));
  }

  @Test
  void aTokenThatIsStoredAlreadyIsNoChoice() throws Exception {
    TokenDetails known = ask("1\n");
    Entry entry = known.entry(new EntryKey(CONTOSO, "alice"), kept().secret(), 1);
    assertThat(ask("", new StoredEntry(store, entry))).isNull();
    assertThat(person.err).doesNotContain("laptop");
  }

  @Test
  void withoutASignInTheExpiryIsAskedFor() throws Exception {
    signOut();
    assertThat(ask("\n")).isNull();
    assertThat(person.err).contains("the token page suggests 30; Enter: unknown");
    assertThat(ask("")).isNull();
  }

  @Test
  void aDateOrDaysAreTaken() throws Exception {
    signOut();
    assertThat(ask("30\n").expiry())
        .isEqualTo(new Expiry(now.getEpochSecond() + 30 * DAY, Expiry.Source.PERSON));
    assertThat(ask("2020-01-01\nsoon\n2099-01-01\n").expiry().at())
        .isEqualTo(Instant.parse("2099-01-01T00:00:00Z").getEpochSecond());
    assertThat(person.err).contains("type a date or days from now");
    assertThat(ask("a\nb\nc\n30\n")).isNull();
  }

  @Test
  void whoChoosesNoneIsAskedForTheExpiry() throws Exception {
    TokenDetails details = ask("\n90\n");
    assertThat(details.authorizationId()).isNull();
    assertThat(details.expiry().at()).isEqualTo(now.getEpochSecond() + 90 * DAY);
  }

  @Test
  void aScriptIsNeverAsked() throws Exception {
    fake.forget();
    assertThat(person.answering(service.secretOf(laptop), "login", "contoso")).isZero();
    assertThat(person.err)
        .doesNotContain("which of these", "when does it expire")
        .contains("expiry unknown")
        .contains("hint: git-credential-pat note contoso --expires 30");
    assertThat(fake.requests()).noneMatch(request -> request.host().startsWith("vssps"));
    assertThat(person.run("note", "contoso")).isEqualTo(2);
    assertThat(person.err).contains("nothing to note; add --expires or --name");
  }

  // --- note ---

  @Test
  void theNameIsEnoughWithASignIn() throws Exception {
    assertThat(person.run("note", "contoso", "--name", "laptop")).describedAs(person.err).isZero();
    assertThat(person.err).contains("noted: contoso (alice) in memory, \"laptop\", expires ");
    assertThat(kept().authorizationId()).isEqualTo(laptop);
    assertThat(kept().scopes()).isEqualTo("vso.code_write");
    assertThat(kept().expiry().source()).isEqualTo(Expiry.Source.SERVICE);
    assertThat(kept().secret().bytes()).isEqualTo(service.secretOf(laptop).getBytes(UTF_8));
  }

  @Test
  void withoutASignInWhatIsTypedIsNoted() throws Exception {
    signOut();
    assertThat(person.run("note", "contoso", "--expires", "2099-02-01", "--name", "desk")).isZero();
    assertThat(kept().name()).isEqualTo("desk");
    assertThat(kept().expiry().source()).isEqualTo(Expiry.Source.PERSON);
    assertThat(person.run("note", "contoso", "--name", "laptop")).isZero();
    assertThat(kept().name()).isEqualTo("laptop");
    assertThat(kept().expiry()).isNotNull();
    assertThat(person.run("list")).isZero();
    assertThat(person.out).contains("2099-02-01 (person)");
  }

  @Test
  void ofSeveralAccountsOneHasToBeNamed() throws Exception {
    keep("bob", service.add("desk", "vso.code", now.plus(Duration.ofDays(9))));
    assertThat(person.run("note", "contoso", "--expires", "30")).isEqualTo(1);
    assertThat(person.err).contains("alice, bob", "--user NAME");
    assertThat(person.run("note", "contoso", "--user", "bob", "--expires", "30")).isZero();
    for (Entry each : store.find(CONTOSO)) {
      assertThat(each.expiry() != null).isEqualTo("bob".equals(each.key().user()));
    }
  }

  @Test
  void whereNothingIsStoredLoginIsNamed() {
    assertThat(person.run("note", "fabrikam", "--expires", "30")).isEqualTo(1);
    assertThat(person.err).contains("hint: git-credential-pat login fabrikam");
    assertThat(person.run("note", "contoso", "--expires", "2020-01-01")).isEqualTo(2);
  }

  @Test
  void whatWasReplacedMeanwhileStays() throws Exception {
    String id = service.add("new", "vso.code", now.plusSeconds(DAY));
    Secret other = Secret.password(service.secretOf(id).getBytes(UTF_8));
    store.afterFind(1, () -> store.save(Entry.of(new EntryKey(CONTOSO, "alice"), other, 1)));
    assertThat(person.run("note", "contoso", "--expires", "30")).isEqualTo(1);
    assertThat(person.err).contains("was changed in the meantime");
    assertThat(kept().expiry()).isNull();
  }

  // --- who is told ---

  @Test
  void listMarksATokenOfUnknownLife() throws Exception {
    assertThat(person.run("list", "--wide")).isZero();
    assertThat(person.out).containsPattern("contoso +alice .* unknown +\\?");
    assertThat(person.err)
        .isEqualTo(
            """
            git-credential-pat: expiry unknown: contoso (alice) (to be warned, add it)
            hint: git-credential-pat note contoso
            """);
    keep("bob", service.add("desk", "vso.code", now.plus(Duration.ofDays(9))));
    assertThat(person.run("list")).isZero();
    assertThat(person.err).contains("hint: git-credential-pat note contoso --user alice\n");
    assertThat(person.run("note", "contoso", "--user", "alice", "--expires", "30")).isZero();
    assertThat(person.run("note", "contoso", "--user", "bob", "--expires", "30")).isZero();
    assertThat(person.run("list")).isZero();
    assertThat(person.err).isEmpty();
    assertThat(person.run("list", "--json")).isZero();
    assertThat(person.err).isEmpty();
  }
}
