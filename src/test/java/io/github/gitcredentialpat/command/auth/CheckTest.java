package io.github.gitcredentialpat.command.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import io.github.gitcredentialpat.azure.FakeOrganization;
import io.github.gitcredentialpat.azure.FakeOrganization.Access;
import io.github.gitcredentialpat.azure.FakeOrganization.Trait;
import io.github.gitcredentialpat.azure.Verdict;
import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.Screen;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.online.TokenChecker;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.TextWidth;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.StoreChain;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.testing.Typed;
import io.github.gitcredentialpat.tokens.Invocation;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@Tag("slow")
final class CheckTest {
  private static final String SITE = "https://dev.azure.com/contoso/Web/_git/site";

  @TempDir Path home;
  private final InMemoryStore store = new InMemoryStore("memory");
  private final Typed person = Typed.on(store);
  private final long now = Instant.now().getEpochSecond();
  @AutoClose private final FakeAzureDevOps fake = new FakeAzureDevOps();
  private FakeOrganization contoso;

  @BeforeEach
  void start() throws Exception {
    contoso = fake.organization("contoso");
    contoso.repository("Web/_git/site", Access.ALL);
    person.atHome(home).meets(fake);
  }

  private Entry keep(String organization, String token) throws Exception {
    Entry entry =
        Entry.of(
            new EntryKey(Identity.ofOrganization(organization), null),
            Secret.password(token.getBytes(UTF_8)),
            now);
    store.save(entry);
    return entry;
  }

  @Test
  void aGoodTokenIsZero() throws Exception {
    keep("contoso", contoso.grant("vso.code"));
    assertThat(person.run("check", "contoso")).isZero();
    assertThat(person.out)
        .isEqualTo("OK contoso: valid, " + contoso.owner() + " <" + contoso.account() + ">\n");
  }

  @Test
  void aDeadTokenIsOne() throws Exception {
    String token = contoso.grant("vso.code");
    keep("contoso", token);
    contoso.revoke(token);
    assertThat(person.run("check", "contoso")).isEqualTo(1);
    assertThat(person.out).contains("contoso: rejected").doesNotContain(token);
    assertThat(person.err)
        .contains("https://dev.azure.com/contoso/_usersSettings/tokens")
        .contains("hint: git-credential-pat login contoso\n")
        .doesNotContain(token);
  }

  @Test
  void whatCannotBeToldIsThree() throws Exception {
    keep("contoso", contoso.grant("vso.code"));
    fake.close();
    assertThat(person.run("check", "contoso")).isEqualTo(3);
    assertThat(person.out).contains("cannot check contoso: ");
  }

  @Test
  void noTokenIsOneAndSaysHowToGetOne() {
    assertThat(person.run("check", "contoso")).isEqualTo(1);
    assertThat(person.err)
        .isEqualTo(
            """
            git-credential-pat: no token for contoso
            hint: git-credential-pat login contoso
            """);
  }

  @Test
  void whatAStoreDoesNotShowIsNeitherGoodNorBad() {
    store.failWith(new StoreException(StoreException.Reason.LOCKED, "memory is locked"));
    assertThat(person.run("check", "contoso")).isEqualTo(3);
    assertThat(person.err).contains("memory is locked").doesNotContain("no token");
  }

  @Test
  void aRepositoryTellsWhatTheTokenLacks() throws Exception {
    keep("contoso", contoso.grant("vso.code"));
    assertThat(person.run("check", SITE)).isZero();
    assertThat(person.out).contains("can fetch but not push, scope Code (Read & write) is missing");
    keep("contoso", contoso.grant("vso.packaging"));
    assertThat(person.run("check", SITE)).isEqualTo(1);
    assertThat(person.out).contains("cannot fetch, scope Code (Read) is missing");
    keep("contoso", contoso.grant("vso.code_write"));
    assertThat(person.run("check", SITE)).isZero();
    assertThat(person.run("check", "https://someone@dev.azure.com/contoso/Web/_git/none")).isZero();
    assertThat(person.out).contains("the repository does not exist or its owner cannot read it");
  }

  @Test
  void aTokenForAWholeServerIsAskedAboutAtTheRepository() throws Exception {
    FakeOrganization main = fake.collection("http://tfs.corp.local:8080/tfs/Main");
    main.repository("Web/_git/site", Access.ALL);
    Verdict verdict =
        new TokenChecker(session())
            .check(
                new Identity("http", "tfs.corp.local:8080", null),
                URI.create("http://tfs.corp.local:8080/tfs/Main/Web/_git/site"),
                Secret.password(main.grant("vso.code").getBytes(UTF_8)),
                TokenChecker.LIMIT);
    assertThat(verdict.kind()).isEqualTo(Verdict.Kind.LACKS_CODE_WRITE);
  }

  private CommandContext session() {
    Invocation run =
        new Invocation(
            new StoreChain(List.of(store), false),
            new Environment(person.environment(), false, new Deadline()),
            new Console(new ByteArrayOutputStream(), false),
            now);
    return new CommandContext(
        run,
        List.of(),
        InputStream.nullInputStream(),
        new ByteArrayOutputStream(),
        false,
        Screen.NONE);
  }

  @Test
  void aPolicyOfTheCompanyIsNotTheTokensFault() throws Exception {
    contoso.become(Trait.CONDITIONAL_ACCESS);
    keep("contoso", contoso.grant("vso.code"));
    assertThat(person.run("check", "contoso")).isEqualTo(3);
    assertThat(person.out).contains("conditional access");
  }

  @Test
  void aTokenThatProvesGoodLosesAnEndThatWasWrong() throws Exception {
    Entry entry = keep("contoso", contoso.grant("vso.code"));
    store.save(entry.with(new Expiry(now - 60, Expiry.Source.GIT), null));
    assertThat(person.run("check", "contoso")).isZero();
    assertThat(store.find(Identity.ofOrganization("contoso")).get(0).expiry()).isNull();
  }

  @Test
  void aRefusedTokenThatProvesGoodIsBack() throws Exception {
    Entry entry = keep("contoso", contoso.grant("vso.code"));
    store.save(entry.setAsideAt(now - 60));
    assertThat(person.run("check", "contoso")).isZero();
    assertThat(person.out).contains("it was set aside and is back");
    assertThat(store.find(Identity.ofOrganization("contoso")).get(0).setAsideAt()).isZero();
  }

  @Test
  void aRefusedTokenThatDoesNotServeGitStaysSetAside() throws Exception {
    for (String token : List.of("dead", contoso.grant("vso.packaging"))) {
      store.save(keep("contoso", token).setAsideAt(now - 60));
      assertThat(person.run("check", SITE)).isEqualTo(1);
      assertThat(person.out).contains("; set aside");
      assertThat(store.find(Identity.ofOrganization("contoso")).get(0).setAsideAt())
          .isEqualTo(now - 60);
    }
  }

  @Test
  void aVerdictBeginsWithItsMark() throws Exception {
    String token = contoso.grant("vso.code_write");
    keep("contoso", token);
    assertThat(person.run("check", "contoso")).isZero();
    assertThat(person.out).startsWith("OK contoso: valid").hasLineCount(1);
    person.set("COLUMNS", "60").set("LANG", "en_US.UTF-8");
    assertThat(person.run("check", "contoso")).isZero();
    assertThat(person.out).startsWith("✓ contoso: valid");
    contoso.revoke(token);
    assertThat(person.run("check", "contoso")).isEqualTo(1);
    assertThat(person.out).startsWith("✗ contoso: rejected").contains("\n  ");
    person.set("LANG", "en_US");
    assertThat(person.run("check", "contoso")).isEqualTo(1);
    assertThat(person.out).startsWith("FAILED contoso: rejected");
  }

  @Test
  void printsJson() throws Exception {
    keep("contoso", contoso.grant("vso.code"));
    assertThat(person.run("check", "contoso", "--json")).isZero();
    JsonNode check = new ObjectMapper().readTree(person.out).get("checks").get(0);
    assertThat(check.get("organization").asText()).isEqualTo("contoso");
    assertThat(check.get("verdict").asText()).isEqualTo("good");
    assertThat(check.get("account").asText()).isEqualTo(contoso.account());
    assertThat(check.has("user")).isFalse();
  }

  @Test
  void listAsksAboutEachOfThem() throws Exception {
    FakeOrganization fabrikam = fake.organization("fabrikam");
    keep("contoso", contoso.grant("vso.code"));
    keep("fabrikam", fabrikam.grant("vso.code"));
    keep("tailspin", fake.newToken());
    fake.organization("tailspin");
    assertThat(person.run("list", "--check")).isEqualTo(1);
    assertThat(person.out)
        .containsPattern("VERDICT +OWNER\n")
        .containsPattern("contoso .* OK valid +" + contoso.account() + "\n")
        .containsPattern("fabrikam .* OK valid +")
        .containsPattern("tailspin .* FAILED rejected +-\n")
        .doesNotContain("contoso:", "fabrikam:");
    assertThat(person.out.lines().filter(line -> line.startsWith("tailspin: rejected (")))
        .hasSize(1);
    // On a terminal a verdict has a mark, and all of it fits.
    person.set("COLUMNS", "80").set("LC_CTYPE", "C.UTF-8");
    assertThat(person.run("list", "--check")).isEqualTo(1);
    assertThat(person.out)
        .containsPattern("contoso .* ✓ valid")
        .containsPattern("tailspin .* ✗ rejected");
    assertThat(person.out.lines().takeWhile(line -> !line.isEmpty()))
        .allSatisfy(line -> assertThat(TextWidth.of(line)).isLessThanOrEqualTo(80));
    person.environment().remove("COLUMNS");
    assertThat(person.run("list", "--check", "--json")).isEqualTo(1);
    assertThat(new ObjectMapper().readTree(person.out).get("entries").findValuesAsText("verdict"))
        .containsExactly("good", "good", "rejected");
  }
}
