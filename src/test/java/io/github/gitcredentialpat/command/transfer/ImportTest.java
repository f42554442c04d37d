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
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.store.secretservice.SecretServiceStore;
import io.github.gitcredentialpat.testing.CSources;
import io.github.gitcredentialpat.testing.PrivateBus;
import io.github.gitcredentialpat.testing.Requires;
import io.github.gitcredentialpat.testing.Typed;
import io.github.gitcredentialpat.tokens.ForeignSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

// More than 400 lines: one test for each program that is imported from.
/** What other programs keep, written by these programs, comes over and goes at its source. */
@Timeout(60)
@Tag("slow")
final class ImportTest {
  private static final Identity CONTOSO = Identity.ofOrganization("contoso");
  private static final Identity FABRIKAM = Identity.ofOrganization("fabrikam");

  @TempDir Path home;
  private final InMemoryStore memory = new InMemoryStore("memory");
  private final Typed person = Typed.on(memory);
  private final String token = newToken('A');

  @BeforeEach
  void start() {
    // The tests themselves run in a repository, whose settings are none of theirs.
    person.atHome(home).set("GIT_DIR", home.resolve("no-repository").toString());
  }

  /** A token of 2024 and this month: A for January. */
  private static String newToken(char month) {
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    StringBuilder token = new StringBuilder();
    while (token.length() < 84) {
      token.append(alphabet.charAt(ThreadLocalRandom.current().nextInt(alphabet.length())));
    }
    return token.replace(52, 60, "JQQJ99A" + month).replace(76, 80, "AZDO").toString();
  }

  private String run(Typed typed, String... arguments) {
    int status = typed.run(arguments);
    assertThat(typed.out + typed.err).doesNotContain(token);
    assertThat(status).describedAs(typed.err + typed.out).isZero();
    return typed.out;
  }

  private String run(String... arguments) {
    return run(person, arguments);
  }

  private void keep(Identity where, @Nullable String user, String secret, long at)
      throws StoreException {
    memory.save(Entry.of(new EntryKey(where, user), Secret.password(secret.getBytes(UTF_8)), at));
  }

  private String kept(Identity where) throws StoreException {
    List<Entry> entries = memory.find(where);
    assertThat(entries).describedAs(person.out + person.err).hasSize(1);
    return new String(entries.get(0).secret().bytes(), UTF_8);
  }

  private String outcome(String... arguments) throws IOException {
    List<String> words = new ArrayList<>(List.of("import", "--json"));
    words.addAll(List.of(arguments));
    List<String> outcomes = new ArrayList<>();
    for (JsonNode entry : entries(run(words.toArray(String[]::new)))) {
      outcomes.add(entry.get("outcome").textValue());
    }
    return String.join(" ", outcomes);
  }

  private static JsonNode entries(String json) throws IOException {
    return new ObjectMapper().readTree(json).get("entries");
  }

  /** Has git's own {@code store} helper keep it. */
  private void gitKeeps(String url, String user, String secret) throws Exception {
    gitHelper("store", "url=" + url + "\nusername=" + user + "\npassword=" + secret + "\n");
  }

  private String gitHelper(String operation, String lines) throws Exception {
    ProcessBuilder builder = new ProcessBuilder("git", "credential-store", operation);
    builder.environment().put("HOME", home.toString());
    builder.environment().remove("XDG_CONFIG_HOME");
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    process.getOutputStream().write(lines.getBytes(UTF_8));
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).isZero();
    return out;
  }

  private Path credentials() {
    return home.resolve(".git-credentials");
  }

  @Test
  void bringsOverWhatGitsStoreHelperKeepsAndLeavesItThere() throws Exception {
    gitKeeps("https://dev.azure.com/contoso", "alice", token);
    String before = Files.readString(credentials());
    assertThat(run("import")).contains("contoso", "git's own helper", "imported (memory)");
    assertThat(kept(CONTOSO)).isEqualTo(token);
    assertThat(person.err)
        .contains("imported tokens are still in plain text in " + credentials())
        .contains("\nhint: git-credential-pat import --delete\n");
    assertThat(Files.readString(credentials())).isEqualTo(before);
    assertThat(outcome()).isEqualTo("keptAlready");
  }

  @Test
  void takesOutOfGitsFileOnlyWhatWasBroughtOver() throws Exception {
    gitKeeps("https://github.com", "alice", "%@:/\u00fc");
    gitKeeps("https://dev.azure.com/contoso/My%20Web/_git/site", "x", token);
    gitKeeps("https://tfs.example:8443/tfs/Main/_git/site", "alice", newToken('B'));
    gitKeeps("https://example.com:8443", "bob", "secret");
    Files.writeString(credentials(), Files.readString(credentials()) + "# not of git\r\n\nhttps:");
    Files.setPosixFilePermissions(credentials(), PosixFilePermissions.fromString("rw-r-----"));
    List<String> lines = Files.readString(credentials()).lines().toList();
    run("import", "--delete");
    assertThat(kept(CONTOSO)).isEqualTo(token);
    assertThat(memory.find(new Identity("https", "tfs.example:8443", "tfs/main"))).hasSize(1);
    assertThat(Files.readString(credentials()))
        .isEqualTo(lines.get(0) + "\n" + lines.get(3) + "\n# not of git\r\n\nhttps:");
    assertThat(lines.get(3)).contains("github.com");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(credentials())))
        .isEqualTo("rw-r-----");
    assertThat(home.resolve(".git-credentials.lock")).doesNotExist();
    assertThat(gitHelper("get", "url=https://github.com\n")).contains("password=%@:/\u00fc");
  }

  @Test
  void bringsOverAllHostsWhenAsked() throws Exception {
    gitKeeps("https://example.com:8443/a b", "bob", "secret, 100%");
    gitKeeps("http://example.com", "bob", "in the clear");
    assertThat(outcome()).isEqualTo("notAzure notAzure");
    assertThat(outcome("--all", "--delete")).isEqualTo("notAzure taken");
    List<Entry> entries = memory.find(new Identity("https", "example.com:8443", "a b"));
    assertThat(entries).hasSize(1);
    assertThat(entries.get(0).key().user()).isEqualTo("bob");
    assertThat(new String(entries.get(0).secret().bytes(), UTF_8)).isEqualTo("secret, 100%");
    assertThat(Files.readString(credentials())).doesNotContain("8443").contains("in%20the%20clear");
  }

  @Test
  void aDryRunChangesNothing() throws Exception {
    gitKeeps("https://dev.azure.com/contoso", "x", token);
    String before = Files.readString(credentials());
    assertThat(outcome("--dry-run", "--delete")).isEqualTo("wouldBeTaken");
    assertThat(memory.writes()).isZero();
    assertThat(Files.readString(credentials())).isEqualTo(before);
  }

  @Test
  void neverOverwritesOneThatIsNotKnownToBeOlder() throws Exception {
    String ours = newToken('B');
    keep(CONTOSO, "alice", ours, 5);
    gitKeeps("https://dev.azure.com/contoso", "x", token);
    assertThat(outcome("--delete")).isEqualTo("anotherIsKept");
    assertThat(kept(CONTOSO)).isEqualTo(ours);
    assertThat(Files.readString(credentials())).contains(token);

    gitKeeps("https://dev.azure.com/fabrikam", "x", "unknown-age");
    keep(FABRIKAM, null, "ours", 5);
    run("import");
    assertThat(kept(FABRIKAM)).isEqualTo("ours");
  }

  @Test
  void aNewerOneTakesThePlaceOfOurs() throws Exception {
    String newer = newToken('B');
    keep(CONTOSO, "alice", token, 5);
    gitKeeps("https://dev.azure.com/contoso", "x", newer);
    assertThat(outcome()).isEqualTo("taken");
    assertThat(kept(CONTOSO)).isEqualTo(newer);
  }

  @Test
  void ofSeveralTheNewestIsTakenAndItsCopiesGoWithIt() throws Exception {
    String newest = newToken('C');
    gitKeeps("https://dev.azure.com/contoso", "x", newest);
    gitKeeps("https://dev.azure.com/contoso/Web/_git/site", "y", token);
    netrc("machine contoso.visualstudio.com login z password " + newest + "\n");
    assertThat(outcome("--delete")).isEqualTo("newerWasFound taken taken");
    assertThat(kept(CONTOSO)).isEqualTo(newest);
    assertThat(Files.readString(credentials())).contains(token).doesNotContain(newest);
    assertThat(Files.readString(home.resolve(".netrc"))).isEmpty();
  }

  private void netrc(String text) throws IOException {
    Files.writeString(home.resolve(".netrc"), text);
  }

  @Test
  void takesEntriesOutOfNetrcWhateverItsLines() throws Exception {
    String other = newToken('B');
    String text =
        """
        # machine contoso.visualstudio.com login no password one
        machine contoso.visualstudio.com
          login "any one"
          password "TOKEN"

        macdef init
        machine contoso.visualstudio.com login macro password macro

        machine example.com login a password b machine fabrikam.visualstudio.com password OTHER login c
        default login anonymous password guest
        """;
    netrc(text.replace("TOKEN", token).replace("OTHER", other));
    assertThat(run("import", "--delete", "--from", "netrc")).contains("netrc");
    assertThat(kept(CONTOSO)).isEqualTo(token);
    assertThat(kept(FABRIKAM)).isEqualTo(other);
    assertThat(Files.readString(home.resolve(".netrc")))
        .isEqualTo(
            """
            # machine contoso.visualstudio.com login no password one

            macdef init
            machine contoso.visualstudio.com login macro password macro

            machine example.com login a password b
            default login anonymous password guest
            """);
  }

  @Test
  void curlReadsWhatIsLeftOfANetrc() throws Exception {
    netrc("machine contoso.visualstudio.com login a password " + token + " machine h login i\n");
    run("import", "--delete");
    assertThat(Files.readString(home.resolve(".netrc"))).isEqualTo("machine h login i\n");
  }

  @Test
  void bringsOverTheFileOfTheAzureCli() throws Exception {
    Requires.present(CSources.isOnPath("python3"), "python3");
    Path file = home.resolve(".azure/azuredevops/personalAccessTokens");
    Files.createDirectories(file.getParent());
    Process python =
        new ProcessBuilder(
                "python3",
                "-c",
                """
                import configparser, sys
                c = configparser.ConfigParser(interpolation=None)
                for organization, token in zip(sys.argv[2::2], sys.argv[3::2]):
                  c.add_section('azdevops-cli:' + organization)
                  c.set('azdevops-cli:' + organization, 'Personal Access Token', token)
                c.write(open(sys.argv[1], 'w'))
                """,
                file.toString(),
                "https://dev.azure.com/contoso",
                token,
                " default",
                "for-all",
                "https://fabrikam.visualstudio.com",
                "older-token")
            .inheritIO()
            .start();
    assertThat(python.waitFor()).isZero();
    assertThat(outcome("--delete")).isEqualTo("taken taken");
    assertThat(kept(CONTOSO)).isEqualTo(token);
    assertThat(kept(FABRIKAM)).isEqualTo("older-token");
    assertThat(Files.readString(file))
        .isEqualTo("[azdevops-cli: default]\npersonal access token = for-all\n\n");
  }

  @Test
  void takesOffWhatClingsToACopiedToken() throws Exception {
    Path file = home.resolve(".azure/azuredevops/personalAccessTokens");
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        "[azdevops-cli:https://dev.azure.com/contoso]\npersonal access token = \""
            + token
            + "\"\n");
    assertThat(outcome()).isEqualTo("taken");
    assertThat(kept(CONTOSO)).isEqualTo(token);
    assertThat(person.err).contains("invisible characters").doesNotContain(token);
    gitKeeps("https://example.com", "alice", "\"secret\"");
    assertThat(outcome("--all")).isEqualTo("taken keptAlready");
    assertThat(kept(new Identity("https", "example.com", null))).isEqualTo("\"secret\"");
  }

  @Test
  void aTokenAsUserNameIsTakenAndNeverShown() throws Exception {
    gitKeeps("https://dev.azure.com/contoso", token, "x");
    String github = "ghp_" + newToken('A').substring(0, 36);
    gitKeeps("https://github.com", github, "x-oauth-basic");
    assertThat(run("import", "--all", "--delete")).contains("(hidden)").doesNotContain(github);
    assertThat(kept(CONTOSO)).isEqualTo(token);
    assertThat(memory.list()).containsExactly(new EntryKey(CONTOSO, null));
    assertThat(Files.readString(credentials())).contains(github).doesNotContain(token);
  }

  @Test
  void anOrganizationThatNobodyNamedIsAskedFor() throws Exception {
    gitKeeps("https://dev.azure.com", "alice@example.com", token);
    assertThat(outcome("--delete")).isEqualTo("noOrganization");
    assertThat(Files.readString(credentials())).contains(token);
    assertThat(outcome("--delete", "--organization", "contoso")).isEqualTo("taken");
    assertThat(memory.list()).containsExactly(new EntryKey(CONTOSO, "alice@example.com"));
    assertThat(Files.readString(credentials())).isEmpty();
  }

  @Test
  void aTokenThatIsKeptAlreadyIsKnownByItself() throws Exception {
    keep(CONTOSO, null, token, 5);
    gitKeeps("https://dev.azure.com", "anything", token);
    gitKeeps("https://dev.azure.com", "alice@example.com", token);
    assertThat(outcome("--delete")).isEqualTo("keptAlready keptAlready");
    assertThat(memory.list()).containsExactly(new EntryKey(CONTOSO, null));
    assertThat(Files.readString(credentials())).isEmpty();
  }

  @Test
  void aUserNameIsNoOrganizationUnlessSomethingNamesThatOrganization() throws Exception {
    netrc("machine dev.azure.com login pipeline password " + token + "\n");
    assertThat(outcome("--delete")).isEqualTo("noOrganization");
    assertThat(memory.list()).isEmpty();
    assertThat(Files.readString(home.resolve(".netrc"))).contains(token);
    assertThat(person.err)
        .contains("not imported: dev.azure.com entries that do not name their organization")
        .contains("\nhint: git-credential-pat import --organization ORG\n");

    // A URL that has it from a user name itself bears nothing out.
    git("config", "--global", "remote.a.url", "https://pipeline@dev.azure.com");
    git("config", "--global", "remote.b.url", "https://pipeline@dev.azure.com/contoso/_git/a");
    assertThat(outcome()).isEqualTo("noOrganization");
    assertThat(person.err).contains("hint: git-credential-pat import --organization contoso\n");
    assertThat(outcome("--delete", "--organization", "contoso")).isEqualTo("taken");
    assertThat(memory.list()).containsExactly(new EntryKey(CONTOSO, "pipeline"));
    assertThat(Files.readString(home.resolve(".netrc"))).isEmpty();
  }

  @Test
  void anOrganizationAsUserNameIsBorneOutByGitsConfiguration() throws Exception {
    String url = "url.https://contoso.visualstudio.com/.insteadOf";
    git("config", "--global", url, "az:");
    netrc("machine dev.azure.com login Contoso password " + token + "\n");
    assertThat(run("import")).contains("contoso (from its user name)", "imported (memory)");
    assertThat(memory.list()).containsExactly(new EntryKey(CONTOSO, null));
  }

  @Test
  void anOrganizationAsUserNameIsBorneOutByOneThatIsStored() throws Exception {
    keep(CONTOSO, null, newToken('A'), 5);
    netrc("machine dev.azure.com login contoso password " + newToken('B') + "\n");
    assertThat(outcome()).isEqualTo("taken");
  }

  @Test
  void anOrganizationAsUserNameIsBorneOutByAnotherEntry() throws Exception {
    netrc(
        "machine dev.azure.com login contoso password "
            + newToken('C')
            + "\nmachine dev.azure.com login fabrikam password "
            + newToken('B')
            + "\n");
    gitKeeps("https://dev.azure.com/contoso/Web/_git/site", "x", token);
    assertThat(outcome()).isEqualTo("newerWasFound taken noOrganization");
    // What a person names counts for those alone of which nothing else is known.
    assertThat(outcome("--organization", "fabrikam")).isEqualTo("newerWasFound keptAlready taken");
  }

  @Test
  void aTokenIsKnownByAnotherEntryThatNamesItsOrganization() throws Exception {
    gitKeeps("https://dev.azure.com/contoso/Web/_git/site", "x", token);
    netrc("machine dev.azure.com login anything password " + token + "\n");
    assertThat(outcome("--delete")).isEqualTo("taken taken");
    assertThat(kept(CONTOSO)).isEqualTo(token);
    assertThat(Files.readString(home.resolve(".netrc"))).isEmpty();
  }

  @Test
  void aPasswordWithoutALoginIsImportedFromNetrc() throws Exception {
    netrc("machine pkgs.dev.azure.com password " + token);
    assertThat(outcome("--delete")).isEqualTo("noOrganization");
    assertThat(outcome("--delete", "--organization", "contoso")).isEqualTo("taken");
    assertThat(memory.list()).containsExactly(new EntryKey(CONTOSO, null));
    assertThat(Files.readString(home.resolve(".netrc"))).isEmpty();
  }

  @Test
  void theSameTokenUnderAnotherUserIsAlreadyStored() throws Exception {
    keep(CONTOSO, "alice", token, 5);
    gitKeeps("https://dev.azure.com/contoso", "bob", token);
    assertThat(outcome("--delete")).isEqualTo("keptAlready");
    assertThat(memory.list()).containsExactly(new EntryKey(CONTOSO, "alice"));
  }

  @Test
  void whatIsOnlySetAsideHereIsNotDeletedThere() throws Exception {
    keep(CONTOSO, null, token, 5);
    memory.save(memory.find(CONTOSO).get(0).setAsideAt(System.currentTimeMillis() / 1000));
    gitKeeps("https://dev.azure.com/contoso", "bob", token);
    assertThat(outcome("--delete")).isEqualTo("setAside");
    assertThat(Files.readString(credentials())).contains(token);
  }

  @Test
  void everyHintWorksAsItStands() throws Exception {
    keep(CONTOSO, null, token, 5);
    netrc("machine dev.azure.com login anything password " + newToken('B') + "\n");
    run("import", "--from", "netrc", "--all");
    assertThat(hint()).isEqualTo("import --from netrc --all --organization contoso");
    run(hint().split(" "));
    assertThat(hint()).isEqualTo("import --from netrc --all --organization contoso --delete");
    run(hint().split(" "));
    assertThat(Files.readString(home.resolve(".netrc"))).isEmpty();
    assertThat(person.err).doesNotContain("hint:");
  }

  /** What the last command said to type next, without the program's name. */
  private String hint() {
    String start = "hint: git-credential-pat ";
    String err = person.err;
    assertThat(err).containsOnlyOnce(start);
    return err.substring(err.indexOf(start) + start.length()).lines().findFirst().orElseThrow();
  }

  @Test
  void ofTwoMachinesOnTheLastLineBothComeOverAndGo() throws Exception {
    String other = newToken('B');
    netrc(
        "machine h login i\n\nmachine contoso.visualstudio.com login a password "
            + token
            + "  machine fabrikam.visualstudio.com login b password "
            + other);
    assertThat(outcome("--delete")).isEqualTo("taken taken");
    assertThat(kept(CONTOSO)).isEqualTo(token);
    assertThat(kept(FABRIKAM)).isEqualTo(other);
    assertThat(Files.readString(home.resolve(".netrc"))).isEqualTo("machine h login i\n\n");
  }

  @Test
  void ofTwoMachinesOnALineNoEmptyLineStays() throws Exception {
    netrc(
        "machine h login i\nmachine contoso.visualstudio.com login a password "
            + token
            + "\tmachine fabrikam.visualstudio.com login b password "
            + newToken('B')
            + "\n\nmachine j login k\n");
    assertThat(outcome("--delete")).isEqualTo("taken taken");
    assertThat(Files.readString(home.resolve(".netrc")))
        .isEqualTo("machine h login i\n\nmachine j login k\n");
  }

  @Test
  void aLoneCarriageReturnAtTheEndOfGitsFileSurvives() throws Exception {
    gitKeeps("https://dev.azure.com/contoso", "x", token);
    Files.writeString(credentials(), Files.readString(credentials()) + "https://a:b@example.com\r");
    run("import", "--delete");
    assertThat(Files.readString(credentials())).isEqualTo("https://a:b@example.com\r");
  }

  @Test
  void tensOfThousandsOfLinesTakeSecondsOnly() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 60_000; i++) {
      lines.append("https://u").append(i).append(":p").append(i).append("@dev.azure.com\n");
      if (i % 3_000 == 0) {
        lines.append("https://x:").append(newToken('A')).append("@dev.azure.com/o").append(i);
        lines.append('\n');
      }
    }
    Files.writeString(credentials(), lines);
    long start = System.nanoTime();
    assertThat(run("import", "--delete")).contains("o57000 ");
    // Were the file read once for each line, it would be minutes.
    assertThat((System.nanoTime() - start) / 1_000_000_000).isLessThan(30);
    assertThat(Files.readString(credentials()).lines()).hasSize(60_000);
  }

  @Test
  void whatCannotBeReadIsNotAbsent() throws Exception {
    Files.createDirectory(credentials());
    Path manager = Files.createDirectories(home.resolve(".gcm/store"));
    Files.createSymbolicLink(manager.resolve("git"), Path.of("git"));
    Path azure = Files.createDirectories(home.resolve(".azure/azuredevops"));
    Path tokens = azure.resolve("personalAccessTokens");
    Files.createSymbolicLink(tokens, tokens);
    Files.writeString(home.resolve(".gitconfig"), "[broken");
    netrc("machine contoso.visualstudio.com login a password " + token + "\n");
    assertThat(person.run("import", "--delete")).isEqualTo(1);
    assertThat(person.err)
        .contains(credentials() + " is not a file with passwords")
        .contains("cannot read " + manager.resolve("git") + ": ")
        .contains("cannot read " + tokens + ": ")
        .contains("git's configuration: git cannot read its configuration");
    // All else goes on.
    assertThat(kept(CONTOSO)).isEqualTo(token);
    assertThat(Files.readString(home.resolve(".netrc"))).isEmpty();
    Files.delete(home.resolve(".netrc"));
    assertThat(person.run("import")).isEqualTo(1);
    assertThat(person.err).doesNotContain("found nothing to import");
  }

  @Test
  void whateverKeepsAFileFromBeingWrittenIsSaidAndNothingIsChanged() throws Exception {
    // With ".lock" behind it the name is too long for any file system.
    Path real = home.resolve("n".repeat(252));
    netrc("machine contoso.visualstudio.com login a password " + token + "\n");
    Files.move(home.resolve(".netrc"), real);
    Files.createSymbolicLink(home.resolve(".netrc"), real);
    assertThat(person.run("import", "--delete")).isEqualTo(1);
    assertThat(person.err)
        .contains("cannot write " + home.resolve(".netrc") + ": File name too long\n");
    assertThat(person.out).contains("imported (memory)").doesNotContain("deleted");
    assertThat(Files.readString(real)).contains(token);
  }

  @Test
  void nothingIsDeletedThatCouldNotBeKept() throws Exception {
    gitKeeps("https://dev.azure.com/contoso", "x", token);
    memory.failWith(new StoreException(Reason.DENIED, "no; say yes"));
    assertThat(person.run("import", "--delete")).isEqualTo(1);
    assertThat(person.err).contains("no; say yes");
    assertThat(person.out).contains("cannot be stored");
    assertThat(Files.readString(credentials())).contains(token);
  }

  @Test
  void aFileThatGitIsWritingIsLeftAlone() throws Exception {
    gitKeeps("https://dev.azure.com/contoso", "x", token);
    Path lock = Files.createFile(home.resolve(".git-credentials.lock"));
    assertThat(person.run("import", "--delete")).isEqualTo(1);
    assertThat(person.err).contains("is being written by another program");
    assertThat(Files.readString(credentials())).contains(token);
    assertThat(lock).exists();
  }

  @Test
  void aLinkToTheFileStaysALink() throws Exception {
    gitKeeps("https://dev.azure.com/contoso", "x", token);
    Path elsewhere = home.resolve("dotfiles");
    Files.move(credentials(), elsewhere);
    Files.createSymbolicLink(credentials(), elsewhere);
    run("import", "--delete");
    assertThat(credentials()).isSymbolicLink();
    assertThat(Files.readString(elsewhere)).isEmpty();
  }

  @Test
  void explainsWrongUsage() {
    assertThat(person.run("import", "--from", "nowhere")).isEqualTo(2);
    assertThat(person.err).contains("choose from " + ForeignSource.NAMES);
    assertThat(person.run("import", "--organization", "https://example.com")).isEqualTo(2);
    assertThat(person.run("import")).isZero();
    assertThat(person.err).contains("found nothing to import");
  }

  @Test
  void findsTheFilesThatGitsConfigurationNames() throws Exception {
    List<String> helpers =
        List.of(
            "store --file '" + home + "/one file'",
            "store --file=$HOME/t\\wo",
            "store --file \"$HOME/three four\"",
            "store --file ~/.git-credentials",
            // Only a shell knows what these are, or only git where they lie.
            "!f() { cat '" + home + "/no-command'; }; f",
            "store --file $(echo ~/no-shell)",
            "store --file no-relative",
            "store --file " + home + "/no-pat*ern",
            "libsecret --file " + home + "/no-store");
    List<String> names = List.of("one file", "two", "three four", ".git-credentials");
    StringBuilder configuration = new StringBuilder("[credential]\n");
    for (String helper : helpers) {
      String quoted = helper.replace("\\", "\\\\").replace("\"", "\\\"");
      configuration.append("\thelper = \"").append(quoted).append("\"\n");
    }
    Files.writeString(home.resolve(".gitconfig"), configuration);
    for (String no : List.of("no-command", "no-shell", "no-relative", "no-store", "no-pat*ern")) {
      Files.writeString(home.resolve(no), "https://x:" + token + "@dev.azure.com/" + no + "\n");
    }
    for (int i = 0; i < names.size(); i++) {
      // Git itself, through a shell, as its configuration says.
      String name = names.get(i);
      gitApproves("https://dev.azure.com/org" + i, i == 0 ? token : newToken('B'));
      assertThat(home.resolve(name)).exists();
    }
    assertThat(outcome("--from", "store")).isNotEmpty();
    assertThat(person.out)
        .contains("/one file\"", "/two\"", "/three four\"", "/.git-credentials\"")
        .doesNotContain("/no-");
  }

  private void gitApproves(String url, String secret) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder("git", "-c", "credential.useHttpPath=true", "credential", "approve");
    builder.environment().put("HOME", home.toString());
    builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
    builder.environment().remove("XDG_CONFIG_HOME");
    builder.directory(home.toFile()).redirectErrorStream(true);
    Process process = builder.start();
    process
        .getOutputStream()
        .write(("url=" + url + "\nusername=x\npassword=" + secret + "\n\n").getBytes(UTF_8));
    process.getOutputStream().close();
    process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).isZero();
  }

  private void git(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile()).inheritIO();
    builder.environment().putAll(person.environment());
    builder.environment().remove("XDG_CONFIG_HOME");
    assertThat(builder.start().waitFor()).isZero();
  }

  /** As Git Credential Manager does it, which no registry has. */
  private Path managerKeeps(String place, String content) throws IOException {
    Path file = home.resolve(".gcm/store/git").resolve(place + ".credential");
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  @Test
  void bringsOverWhatTheManagerKeepsInPlainText() throws Exception {
    String fabrikams = newToken('B');
    Path one =
        managerKeeps(
            "https/dev.azure.com/contoso/alice",
            token + "\nservice=https://dev.azure.com/contoso\naccount=alice\n");
    managerKeeps(
        "https/dev.azure.com/fabrikam/PersonalAccessToken",
        fabrikams + "\r\nservice=https://dev.azure.com/fabrikam\r\naccount=x\r\n");
    managerKeeps(
        "https/tfs.example:8443/tfs/Main/_git/site/bob",
        newToken('C') + "\nservice=https://tfs.example:8443/tfs/Main/_git/site\naccount=bob\n");
    Path github = managerKeeps("https/github.com/bob", "x\nservice=https://github.com\n");
    Path moved =
        managerKeeps(
            "https/dev.azure.com/other/bob", newToken('D') + "\nservice=https://example.com\n");
    managerKeeps("https/dev.azure.com/third/bob", newToken('D') + "\n");
    assertThat(outcome("--from", "gcm", "--delete"))
        .isEqualTo("taken taken empty empty notAzure taken");
    assertThat(kept(CONTOSO)).isEqualTo(token);
    assertThat(kept(FABRIKAM)).isEqualTo(fabrikams);
    assertThat(memory.list())
        .containsExactlyInAnyOrder(
            new EntryKey(CONTOSO, "alice"),
            new EntryKey(FABRIKAM, null),
            new EntryKey(new Identity("https", "tfs.example:8443", "tfs/main"), "bob"));
    assertThat(one).doesNotExist();
    assertThat(github).exists();
    assertThat(moved).exists();
  }

  @Test
  void theManagersFilesMayLieElsewhereAndAreSaidToBePlainText() throws Exception {
    managerKeeps(
        "https/dev.azure.com/contoso/alice", token + "\nservice=https://dev.azure.com/contoso\n");
    Path elsewhere = home.resolve("elsewhere");
    Files.move(home.resolve(".gcm/store"), elsewhere);
    assertThat(run("import", "--from", "gcm")).isEmpty();
    person.set("GCM_PLAINTEXT_STORE_PATH", elsewhere.toString());
    assertThat(run("import")).contains("contoso", "imported (memory)");
    assertThat(person.err).contains("still in plain text in " + elsewhere);
  }

  @Test
  void bringsOverWhatLiesInTheKeyring() throws Exception {
    Path source =
        Path.of("/usr/share/doc/git/contrib/credential/libsecret/git-credential-libsecret.c");
    Requires.present(Files.exists(source), source + " (Debian's package git)");
    Requires.present(
        PrivateBus.isInstalled("secret-tool"), "secret-tool (Debian: libsecret-tools)");
    String libsecret = CSources.program(source, "libsecret-1", "glib-2.0").toString();
    String newer = newToken('D');
    try (PrivateBus bus = new PrivateBus()) {
      bus.startKeyring();
      bus.filter(
          "protocol=https\nhost=dev.azure.com\npath=contoso/Web/_git/site\nusername=alice\n"
              + "password="
              + token
              + "\n",
          libsecret,
          "store");
      bus.filter(
          newer,
          "secret-tool",
          "store",
          "--label=theirs",
          "xdg:schema",
          "com.microsoft.GitCredentialManager",
          "service",
          "git:https://dev.azure.com/fabrikam",
          "account",
          "PersonalAccessToken");
      try (SecretServiceStore keyring =
          new SecretServiceStore(new Environment(bus.environment(), false, new Deadline()))) {
        Typed desktop =
            new Typed(List.of(memory), List.of(keyring))
                .set("HOME", home.toString())
                .set("PATH", System.getenv("PATH"));
        assertThat(run(desktop, "import", "--delete"))
            .contains("git's own helper", "Git Credential Manager", "alice", "deleted")
            .doesNotContain(newer);
        assertThat(keyring.foreignEntries().list()).isEmpty();
      }
      assertThat(
              bus.filter(
                  "protocol=https\nhost=dev.azure.com\npath=contoso/Web/_git/site\n",
                  libsecret,
                  "get"))
          .isEmpty();
    }
    assertThat(kept(CONTOSO)).isEqualTo(token);
    assertThat(kept(FABRIKAM)).isEqualTo(newer);
    assertThat(memory.list())
        .containsExactlyInAnyOrder(new EntryKey(CONTOSO, "alice"), new EntryKey(FABRIKAM, null));
  }
}
