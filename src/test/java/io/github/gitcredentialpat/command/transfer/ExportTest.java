package io.github.gitcredentialpat.command.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.Payload;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.store.file.ExportFile;
import io.github.gitcredentialpat.testing.Typed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** All that one machine keeps, in one encrypted file, comes to another one. */
@Timeout(60)
@Tag("slow")
final class ExportTest {
  private static final Identity CONTOSO = Identity.ofOrganization("contoso");
  private static final Identity FABRIKAM = Identity.ofOrganization("fabrikam");
  private static final Identity HOST = new Identity("https", "git.example:8443", null);
  private static final String PASSPHRASE = "correct hörse battery";

  @TempDir Path home;
  private final InMemoryStore first = new InMemoryStore("first");
  private final InMemoryStore second = new InMemoryStore("second");
  private final InMemoryStore other = new InMemoryStore("other");
  private final Typed old = new Typed(List.of(first), List.of(first, second));
  private final Typed fresh = Typed.on(other);
  private final String token = UUID.randomUUID().toString();
  private Path file;

  @BeforeEach
  void start() {
    old.atHome(home);
    fresh.atHome(home);
    file = home.resolve("tokens");
  }

  private static Entry entry(Identity where, @Nullable String user, String secret, long at) {
    return Entry.of(new EntryKey(where, user), Secret.password(secret.getBytes(UTF_8)), at);
  }

  private int export(String... more) {
    return run(old, "export", more);
  }

  private int bring(String... more) {
    return run(fresh, "import", more);
  }

  private int run(Typed person, String command, String... more) {
    List<String> words = new ArrayList<>(List.of(command, "--encrypted", file.toString()));
    words.addAll(List.of(more));
    int status = person.answering(PASSPHRASE + "\n", words.toArray(String[]::new));
    assertThat(person.out + person.err).doesNotContain(token, PASSPHRASE);
    return status;
  }

  private String outcome(String... more) throws Exception {
    List<String> words = new ArrayList<>(List.of("--json"));
    words.addAll(List.of(more));
    assertThat(bring(words.toArray(String[]::new))).describedAs(fresh.err).isZero();
    List<String> outcomes = new ArrayList<>();
    for (JsonNode entry : new ObjectMapper().readTree(fresh.out).get("entries")) {
      outcomes.add(entry.get("outcome").textValue());
    }
    return String.join(" ", outcomes);
  }

  @Test
  void bringsOverAllEntriesOfAllStoresAsTheyAre() throws Exception {
    List<Entry> all =
        List.of(
            entry(CONTOSO, "alice", token, 100)
                .with(new Expiry(1_900_000_000L, Expiry.Source.PERSON), null),
            entry(CONTOSO, "bob", token + "b", 200).setAsideAt(System.currentTimeMillis() / 1000),
            entry(CONTOSO, null, token + "c", 300),
            entry(HOST, "alice", token + "d", 400));
    for (Entry each : all) {
      first.save(each);
    }
    second.save(entry(FABRIKAM, null, token + "e", 500));
    assertThat(export()).describedAs(old.err).isZero();
    assertThat(old.out).contains("contoso", "fabrikam", "https://git.example:8443", "second");
    assertThat(old.err).contains("exported 5 tokens to " + file, "import --encrypted FILE");
    assertThat(first.list()).hasSize(4);

    assertThat(bring()).describedAs(fresh.err).isZero();
    assertThat(fresh.out).contains("imported (other)");
    assertThat(fresh.err).contains("all tokens imported; now delete the file\nhint: rm " + file);
    assertThat(other.list()).hasSize(5);
    for (Entry each : all) {
      Entry brought =
          other.find(each.key().identity()).stream()
              .filter(entry -> entry.key().equals(each.key()))
              .findAny()
              .orElseThrow();
      assertThat(Payload.encode(brought)).isEqualTo(Payload.encode(each));
    }
    assertThat(outcome()).isEqualTo("keptAlready ".repeat(5).strip());
    assertThat(other.writes()).isEqualTo(5);
  }

  @Test
  void aSignInNeitherGoesAlongNorComesIn() throws Exception {
    first.save(entry(CONTOSO, "alice", token, 1));
    Identity signIn = Identity.ofSignIn("tenant");
    Identity amongTokens = Identity.ofSignInAmongTokens("tenant");
    first.save(entry(signIn, "client", token + "1", 1));
    first.save(entry(amongTokens, "client", token + "2", 1));
    assertThat(export()).describedAs(old.err).isZero();
    assertThat(outcome()).isEqualTo("taken");
    // As the first version wrote it.
    new ExportFile(new Environment(old.environment(), false, new Deadline()), file)
        .write(
            List.of(
                entry(FABRIKAM, "bob", token, 1),
                entry(signIn, "client", token + "1", 1),
                entry(amongTokens, "client", token + "2", 1)),
            PASSPHRASE.toCharArray(),
            true);
    assertThat(bring()).describedAs(fresh.err).isZero();
    assertThat(fresh.out).contains("an Entra sign-in, not a token");
    assertThat(fresh.err).contains("now delete the file", "hint: rm ");
    assertThat(other.list()).extracting(EntryKey::identity).containsOnly(CONTOSO, FABRIKAM);
  }

  @Test
  void theSameTokenUnderAnotherUserIsAlreadyStored() throws Exception {
    first.save(entry(CONTOSO, "alice", token, 1));
    first.save(entry(HOST, "alice", token, 1));
    assertThat(export()).isZero();
    other.save(entry(CONTOSO, null, token, 9));
    other.save(entry(HOST, "bob", token, 9));
    assertThat(outcome()).isEqualTo("keptAlready taken");
    assertThat(other.list())
        .containsExactlyInAnyOrder(
            new EntryKey(CONTOSO, null), new EntryKey(HOST, "bob"), new EntryKey(HOST, "alice"));
  }

  @Test
  void placesAreChosen() throws Exception {
    first.save(entry(CONTOSO, null, token, 1));
    first.save(entry(FABRIKAM, null, token, 1));
    first.save(entry(HOST, "alice", token, 1));
    assertThat(export("fabrikam", "https://git.example:8443", "--json")).isZero();
    assertThat(old.out).contains("fabrikam", "git.example").doesNotContain("contoso");
    assertThat(outcome()).isEqualTo("taken taken");
    assertThat(other.find(CONTOSO)).isEmpty();
  }

  @Test
  void ofCopiesTheOneThatAnswersIsTaken() throws Exception {
    first.save(entry(CONTOSO, null, token, 1).setAsideAt(2));
    second.save(entry(CONTOSO, null, token + "live", 1));
    first.save(entry(FABRIKAM, null, token + "first", 1));
    second.save(entry(FABRIKAM, null, token, 9));
    assertThat(export()).isZero();
    assertThat(outcome()).isEqualTo("taken taken");
    assertThat(other.find(CONTOSO).get(0).secret().bytes())
        .isEqualTo((token + "live").getBytes(UTF_8));
    assertThat(other.find(FABRIKAM).get(0).secret().bytes())
        .isEqualTo((token + "first").getBytes(UTF_8));
  }

  @Test
  void neverOverwritesANewerOne() throws Exception {
    first.save(entry(CONTOSO, null, token, 100));
    first.save(entry(FABRIKAM, null, token, 100));
    first.save(entry(HOST, "alice", token, 900).setAsideAt(901));
    other.save(entry(CONTOSO, null, "newer", 101));
    other.save(entry(FABRIKAM, null, "older", 99));
    other.save(entry(HOST, "alice", "good", 1));
    assertThat(export()).isZero();
    assertThat(outcome("--dry-run")).isEqualTo("anotherIsKept wouldBeTaken anotherIsKept");
    assertThat(other.writes()).isEqualTo(3);
    assertThat(outcome()).isEqualTo("anotherIsKept taken anotherIsKept");
    assertThat(fresh.err).doesNotContain("rm ");
    assertThat(other.find(FABRIKAM).get(0).secret().bytes()).isEqualTo(token.getBytes(UTF_8));
  }

  @Test
  void aWrongPassphraseAndADamagedFileChangeNothing() throws Exception {
    first.save(entry(CONTOSO, null, token, 100));
    assertThat(export()).isZero();
    String[] words = {"import", "--encrypted", file.toString()};
    assertThat(fresh.answering("another one\n", words)).isEqualTo(1);
    assertThat(fresh.err)
        .contains("wrong passphrase for " + file)
        .hasLineCount(1)
        .doesNotContain("another one");
    assertThat(fresh.answering("", words)).isEqualTo(1);
    assertThat(fresh.err).contains("no passphrase for " + file).hasLineCount(1);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length / 2));
    assertThat(bring()).isEqualTo(1);
    assertThat(fresh.err).contains("is damaged or incomplete").hasLineCount(1);
    assertThat(other.writes()).isZero();
  }

  @Test
  void thePassphraseComesFromTheFileThatTheVariableNames() throws Exception {
    first.save(entry(CONTOSO, null, token, 100));
    Path passphrase = Files.writeString(home.resolve("passphrase"), PASSPHRASE + "\n");
    old.set("GIT_CREDENTIAL_PAT_PASSPHRASE_FILE", passphrase.toString());
    assertThat(old.run("export", "--encrypted", file.toString())).describedAs(old.err).isZero();
    assertThat(outcome()).isEqualTo("taken");
  }

  @Test
  void aFileThatIsThereStaysUnlessForced() throws Exception {
    first.save(entry(CONTOSO, null, token, 100));
    Files.writeString(file, "mine");
    assertThat(export()).isEqualTo(1);
    assertThat(old.err).contains("already exists", "--force");
    assertThat(file).hasContent("mine");
    assertThat(export("--force")).isZero();
    assertThat(outcome()).isEqualTo("taken");
  }

  @Test
  void writesNoPlainTextAndNothingWhereAStoreIsLocked() throws Exception {
    first.save(entry(CONTOSO, null, token, 100));
    assertThat(old.run("export", file.toString())).isEqualTo(2);
    assertThat(old.err).contains("never written in plain text", "--encrypted FILE");
    second.failWith(new StoreException(Reason.LOCKED, "is locked; unlock it"));
    assertThat(export()).isEqualTo(1);
    assertThat(old.err).contains("second: is locked", "cannot read all tokens");
    second.failWith(null);
    assertThat(export("fabrikam")).isEqualTo(1);
    assertThat(old.err).contains("no tokens stored there");
    assertThat(file).doesNotExist();
  }

  @Test
  void aStoreThatFailsIsToldAndTheFileIsNotToBeDeleted() throws Exception {
    first.save(entry(CONTOSO, null, token, 100));
    assertThat(export()).isZero();
    other.failWith(new StoreException(Reason.LOCKED, "is locked; unlock it"));
    assertThat(bring()).isEqualTo(1);
    assertThat(fresh.out).contains("cannot be stored");
    assertThat(fresh.err).contains("other: is locked").doesNotContain("rm ");
  }

  @Test
  void theOptionsOfOtherSourcesMeanNothingHere() {
    assertThat(bring("--delete")).isEqualTo(2);
    assertThat(fresh.err).contains("leave out --from, --delete and --organization");
  }
}
