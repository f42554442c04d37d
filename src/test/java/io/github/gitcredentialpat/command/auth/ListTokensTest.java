package io.github.gitcredentialpat.command.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.TextWidth;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.testing.Typed;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ListTokensTest {
  private static final long DAY = 86_400;
  private static final String SECRET = "not-to-be-seen";

  private final InMemoryStore store = new InMemoryStore("memory");
  private final InMemoryStore other = new InMemoryStore("other");
  private final Typed person = Typed.on(store, other);
  private final long now = Instant.now().getEpochSecond();

  private void keep(
      InMemoryStore where, Identity identity, @Nullable Expiry expiry, long setAsideAt)
      throws StoreException {
    where.save(
        new Entry(
            new EntryKey(identity, "alice"),
            Secret.password(SECRET.getBytes(UTF_8)),
            expiry,
            null,
            now - DAY,
            setAsideAt,
            "laptop",
            "vso.code",
            null));
  }

  private static Identity organization(String name) {
    return Identity.ofOrganization(name);
  }

  @Test
  void showsOneLineForEachTokenAndNoSecret() throws Exception {
    keep(other, organization("zeta"), null, 0);
    keep(store, organization("alpha"), new Expiry(now + 12 * DAY + 60, Expiry.Source.SERVICE), 0);
    keep(store, new Identity("http", "tfs:8080", "tfs/main"), null, 0);
    assertThat(person.run("list")).isZero();
    String[] lines = person.out.split("\n");
    assertThat(lines).hasSize(4);
    assertThat(lines[0]).startsWith("TOKEN FOR").contains("EXPIRES", "LEFT");
    assertThat(lines[1])
        .startsWith("alpha ")
        .contains("alice", "memory", "laptop", "vso.code", "(service)", "#####..... 12 days");
    assertThat(lines[2]).startsWith("http://tfs:8080/tfs/main ").contains("unknown");
    assertThat(lines[3]).startsWith("zeta ").contains("other");
    assertThat(person.out + person.err).doesNotContain(SECRET).doesNotContain("\u001b");
  }

  @ParameterizedTest
  @ValueSource(ints = {40, 80, 200})
  void fitsTheTerminal(int width) throws Exception {
    Expiry expiry = new Expiry(now + 365 * DAY + DAY / 2, Expiry.Source.SERVICE);
    keep(store, organization("contoso-engineering"), expiry, 0);
    store.save(
        new Entry(
            new EntryKey(organization("contoso-engineering"), "山田太郎@example.com"),
            Secret.password(SECRET.getBytes(UTF_8)),
            expiry,
            null,
            now,
            0,
            "e\u0301cran",
            "vso.code_write vso.packaging_write",
            null));
    person.set("COLUMNS", "" + width);
    assertThat(person.run("list")).isZero();
    assertThat(person.out)
        .contains("contoso-engineering", "山田太郎@example.com", "e\u0301cran", "(service)");
    assertThat(person.out.lines())
        .allSatisfy(line -> assertThat(TextWidth.of(line)).isLessThanOrEqualTo(width));
    if (width == 80) {
      assertThat(person.out).contains("\n  name: e\u0301cran  scopes: vso.code_write");
    }
    String wide = person.out;
    assertThat(person.run("list", "--wide")).isZero();
    assertThat(person.out.lines()).hasSize(3);
    String all = person.out;
    assertThat(wide.equals(all)).isEqualTo(width == 200);
    // In a pipe it is the same for every program that reads it.
    person.environment().remove("COLUMNS");
    assertThat(person.run("list")).isZero();
    assertThat(person.out).isEqualTo(all);
  }

  @Test
  void tellsTheStatesApart() throws Exception {
    keep(store, organization("a"), new Expiry(now + 8 * DAY, Expiry.Source.GIT), 0);
    keep(store, organization("b"), new Expiry(now + 6 * DAY, Expiry.Source.PERSON), 0);
    keep(store, organization("c"), new Expiry(now - 60, Expiry.Source.PERSON), 0);
    keep(store, organization("d"), null, now - 60);
    assertThat(person.run("list", "--json")).isZero();
    JsonNode entries = new ObjectMapper().readTree(person.out).get("entries");
    assertThat(entries.findValuesAsText("state"))
        .containsExactly("ok", "expiring", "expired", "setAside");
    assertThat(entries.findValuesAsText("organization")).containsExactly("a", "b", "c", "d");
    assertThat(entries.get(0).get("expiryFrom").asText()).isEqualTo("git");
    assertThat(entries.get(2).get("daysLeft").asInt()).isNegative();
    assertThat(entries.get(3).has("expiresAt")).isFalse();
    assertThat(Instant.parse(entries.get(0).get("storedAt").asText()))
        .isEqualTo(Instant.ofEpochSecond(now - DAY));
    assertThat(person.out).doesNotContain(SECRET);
  }

  @Test
  void readsTheMonthOfIssueOffATokenOfToday() throws Exception {
    String token = "a".repeat(52) + "JQQJ99" + "CK" + "b".repeat(16) + "AZDO" + "cccc";
    store.save(
        Entry.of(
            new EntryKey(organization("contoso"), null),
            Secret.password(token.getBytes(UTF_8)),
            now));
    assertThat(person.run("list", "--json")).isZero();
    JsonNode entry = new ObjectMapper().readTree(person.out).get("entries").get(0);
    assertThat(entry.get("issuedAt").asText()).isEqualTo("2026-11");
    assertThat(person.run("list")).isZero();
    assertThat(person.out).contains("2026-11").doesNotContain(token);
  }

  @Test
  void showsOnlyWhatIsAskedFor() throws Exception {
    keep(store, organization("contoso"), null, 0);
    keep(store, organization("fabrikam"), null, 0);
    assertThat(person.run("list", "https://fabrikam.visualstudio.com/x/_git/y")).isZero();
    assertThat(person.out).contains("fabrikam").doesNotContain("contoso");
    assertThat(person.run("list", "nobody")).isZero();
    assertThat(person.out).isEmpty();
    assertThat(person.err).contains("no tokens stored for nobody");
  }

  @Test
  void escapesWhatAServiceOrAnotherProgramNamed() throws Exception {
    store.save(
        new Entry(
            new EntryKey(organization("contoso"), "a\u001b[2Jb"),
            Secret.password(new byte[] {'x'}),
            null,
            null,
            now,
            0,
            null,
            null,
            null));
    assertThat(person.run("list")).isZero();
    assertThat(person.out).contains("a\\x1b[2Jb").doesNotContain("\u001b");
  }

  @Test
  void aStoreThatFailsDoesNotHideTheOthers() throws Exception {
    store.failWith(new StoreException(Reason.LOCKED, "locked; unlock it"));
    keep(other, organization("contoso"), null, 0);
    assertThat(person.run("list")).isEqualTo(1);
    assertThat(person.out).contains("contoso");
    assertThat(person.err).contains("memory: locked; unlock it");
  }
}
