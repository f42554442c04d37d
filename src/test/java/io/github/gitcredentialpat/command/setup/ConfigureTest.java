package io.github.gitcredentialpat.command.setup;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.git.GitCommand;
import io.github.gitcredentialpat.git.Launcher;
import io.github.gitcredentialpat.testing.GitHome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

// More than 400 lines: one test for each state that a configuration can be in.
@Tag("slow")
final class ConfigureTest {
  private static final String LAUNCHER = "it's $here & ü/bin/git-credential-pat";

  /** A plaintext helper, which writes {@code ~/.git-credentials}. */
  private static final String PLAINTEXT = "[credential]\n\thelper = store\n";

  @TempDir Path folder;
  private GitHome person;
  private Path plaintext;

  @BeforeEach
  void moveIn() throws Exception {
    person = new GitHome(folder);
    person.launcher(LAUNCHER);
    plaintext = person.home.resolve(".git-credentials");
  }

  @AfterEach
  void forgetTheLauncher() {
    System.clearProperty(Launcher.PROPERTY);
  }

  private void configure(String... options) {
    assertThat(run("configure", options)).describedAs(person.typed.err).isZero();
  }

  private void unconfigure(String... options) {
    assertThat(run("unconfigure", options)).describedAs(person.typed.err).isZero();
  }

  private int run(String command, String... options) {
    return person.typed.run(
        Stream.concat(Stream.of(command), Stream.of(options)).toArray(String[]::new));
  }

  private String fill(String url) throws Exception {
    return person.gitReading("url=" + url + "\n\n", "credential", "fill");
  }

  private void approve(String url) throws Exception {
    person.gitReading(
        "url=" + url + "\nusername=pat\npassword=secret\n\n", "credential", "approve");
  }

  /** Asserts that ours is asked for this URL, and that the plaintext helper is given nothing. */
  private void assertOnlyOurs(String url) throws Exception {
    assertThat(fill(url)).contains("password=secret");
    approve(url);
    assertThat(person.calls()).containsPattern("called: .*get").containsPattern("called: .*store");
    assertThat(plaintext).doesNotExist();
  }

  static Stream<Arguments> filesOfPeople() {
    return Stream.of(
        Arguments.of("comments", "# mine\n[user]\n\tname = Ada ; not Grace\n\n; the end\n"),
        Arguments.of("odd spacing", "[user]name=Ada\n\n\n   [core]\n\n\teditor   =  vi  \n\n"),
        Arguments.of("CRLF", "[user]\r\n\tname = Ada\r\n[credential]\r\n\thelper = store\r\n"),
        Arguments.of("no end of line", "[user]\n\tname = Ada"),
        Arguments.of("CRLF and no end of line", "[user]\r\n\tname = Ada"),
        Arguments.of("a lone CR at the end", "[user]\n\tname = Ada\n# the end\r"),
        Arguments.of("CRLF and a lone CR at the end", "[user]\r\n\tname = Ada\r\n# the end\r"),
        Arguments.of(
            "a secret in a section's name",
            "[credential \"https://alice:secret@dev.azure.com/contoso\"]\n\thelper = store\n"),
        Arguments.of("a comment without end", PLAINTEXT + "# the end"),
        Arguments.of("a section twice", PLAINTEXT + "[user]\n\tname = Ada\n" + PLAINTEXT),
        Arguments.of("only blanks", " \n\t\n"),
        Arguments.of("empty", ""),
        Arguments.of("a continued value", "[alias]\n\tx = log \\\n  --oneline\n"),
        Arguments.of("no text", "[user]\n\tname = \"\u00ffda\"\n"),
        Arguments.of(
            "helpers of others",
            """
            [credential "https://dev.azure.com"]
            \thelper =
            \thelper = manager # since 2024
            \tuseHttpPath = false
            [credential "https://dev.azure.com/contoso"]
            \thelper = store
            """));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("filesOfPeople")
  void goesAndLeavesEveryByteAsItWas(String name, String before) throws Exception {
    byte[] bytes = before.getBytes(ISO_8859_1);
    Files.write(person.global, bytes);
    configure("--server", "http://tfs.corp.local:8080/tfs", "--all-hosts");
    assertOnlyOurs("https://dev.azure.com/contoso/Web/_git/site");
    assertThat(Arrays.copyOf(Files.readAllBytes(person.global), bytes.length)).isEqualTo(bytes);
    unconfigure();
    assertThat(Files.readAllBytes(person.global)).describedAs(name).isEqualTo(bytes);
  }

  @Test
  void leavesNoFileWhereThereWasNone() throws Exception {
    configure();
    assertOnlyOurs("https://contoso.visualstudio.com/Web/_git/site");
    unconfigure();
    assertThat(person.global).doesNotExist();
    assertThat(person.home).isDirectoryNotContaining("glob:**.lock");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://dev.azure.com/contoso/Web/_git/site",
        "https://contoso@dev.azure.com/contoso/Web/_git/site",
        "https://pkgs.dev.azure.com/contoso/_packaging/feed/npm/registry/",
        "https://contoso.visualstudio.com/Web/_git/site",
        "https://contoso.pkgs.visualstudio.com/_packaging/feed/nuget/v3/index.json"
      })
  void noInheritedHelperIsGivenTheToken(String url) throws Exception {
    Files.writeString(person.system, PLAINTEXT);
    Files.writeString(person.global, PLAINTEXT);
    configure();
    assertOnlyOurs(url);
  }

  @Test
  void gitSaysWhichOrganizationIsMeant() throws Exception {
    configure();
    assertThat(fill("https://dev.azure.com/contoso/Web/_git/site")).contains("password=secret");
    assertThat(person.calls()).contains("host=dev.azure.com\n", "path=contoso/Web/_git/site\n");
  }

  @Test
  void otherHostsKeepTheirHelper() throws Exception {
    Files.writeString(person.global, PLAINTEXT);
    configure();
    approve("https://example.com/x");
    assertThat(person.calls()).isEmpty();
    assertThat(plaintext).content().contains("example.com");
  }

  @Test
  void allHostsAreServedWhenAskedFor() throws Exception {
    Files.writeString(person.global, PLAINTEXT);
    configure("--all-hosts");
    assertOnlyOurs("https://example.com/x");
    unconfigure("--all-hosts");
    approve("https://example.com/x");
    assertThat(plaintext).exists();
    Files.delete(plaintext);
    assertOnlyOurs("https://dev.azure.com/contoso/Web/_git/site");
  }

  @Test
  void aServerIsServedWithItsPaths() throws Exception {
    configure("--server", "http://tfs.corp.local:8080/tfs/Main/Web/_git/site?x=y");
    assertThat(fill("http://tfs.corp.local:8080/tfs/Main/Web/_git/other")).contains("secret");
    assertThat(person.calls()).contains("path=tfs/Main/Web/_git/other\n");
    // Another one later does not displace it.
    configure("--server", "https://ados.corp.local");
    assertThat(person.typed.out).contains("tfs.corp.local:8080", "https://ados.corp.local");
    assertOnlyOurs("http://tfs.corp.local:8080/tfs/Main/Web/_git/site");
    unconfigure("--server", "http://tfs.corp.local:8080/tfs/Main/Web");
    assertThat(person.global).content().doesNotContain("tfs.corp").contains("ados.corp");
  }

  /** Cargo and other programs on libgit2 look only there. */
  @Test
  void aServersHelperIsSetForItsHostToo() throws Exception {
    configure("--store", "file", "--server", "https://tfs.corp.local/tfs");
    String key = "credential.https://tfs.corp.local";
    assertThat(person.git("config", "--get", key + ".helper")).contains(" --store file\n");
    assertThat(person.git("config", "--bool", "--get", key + ".useHttpPath")).isEqualTo("true\n");
    // Below the server's path no other helper is asked, elsewhere at its host they still are.
    person.gitReading("", "config", "--global", "credential.helper", "store");
    configure("--store", "file", "--server", "https://tfs.corp.local/tfs");
    assertOnlyOurs("https://tfs.corp.local/tfs/Main/Web/_git/site");
    approve("https://tfs.corp.local/other/site");
    assertThat(plaintext).exists();
  }

  @Test
  void aServersHostGoesWithTheLastServerThere() throws Exception {
    Files.writeString(person.global, PLAINTEXT);
    configure("--server", "https://tfs.corp.local/tfs", "--server", "https://tfs.corp.local/old");
    byte[] both = Files.readAllBytes(person.global);
    configure();
    assertThat(person.typed.err).contains("already set up");
    assertThat(Files.readAllBytes(person.global)).isEqualTo(both);
    unconfigure("--server", "https://tfs.corp.local/old");
    assertThat(person.global).content().contains("\"https://tfs.corp.local\"", "local/tfs\"");
    unconfigure("--server", "https://tfs.corp.local/tfs");
    assertThat(person.global).content().doesNotContain("tfs.corp.local").contains("dev.azure.com");
    unconfigure();
    assertThat(person.global).content().isEqualTo(PLAINTEXT);
  }

  private String http(String setting, String url) throws Exception {
    return GitCommand.find(person.typed.environment()).setting("--no-type", "http." + setting, url);
  }

  @Test
  void gitSendsAServersTokenFirst() throws Exception {
    person.gitSays("2.46.0");
    Files.writeString(person.global, PLAINTEXT);
    configure("--server", "https://tfs.corp.local/tfs");
    String url = "https://tfs.corp.local/tfs/Main/Web/_git/site";
    assertThat(http("proactiveAuth", url)).isEqualTo("basic");
    assertThat(http("emptyAuth", url)).isEqualTo("false");
    assertThat(http("proactiveAuth", "https://tfs.corp.local/other")).isNull();
    assertThat(http("proactiveAuth", "https://dev.azure.com/contoso")).isNull();
    byte[] first = Files.readAllBytes(person.global);
    configure("--server", "https://tfs.corp.local/tfs");
    assertThat(Files.readAllBytes(person.global)).isEqualTo(first);
    unconfigure("--server", "https://tfs.corp.local/tfs");
    assertThat(http("proactiveAuth", url)).isNull();
    assertThat(http("emptyAuth", url)).isNull();
    unconfigure();
    assertThat(person.global).content().isEqualTo(PLAINTEXT);
  }

  @Test
  void anOlderGitIsToldWhatItKnowsAndTheRestOnceItIsNewer() throws Exception {
    person.gitSays("2.39.5");
    configure("--server", "https://tfs.corp.local/tfs");
    String url = "https://tfs.corp.local/tfs/Main/Web/_git/site";
    assertThat(http("proactiveAuth", url)).isNull();
    assertThat(http("emptyAuth", url)).isEqualTo("false");
    person.gitSays("2.46.0");
    configure("--server", "https://tfs.corp.local/tfs");
    assertThat(http("proactiveAuth", url)).isEqualTo("basic");
    unconfigure();
    assertThat(person.global).doesNotExist();
  }

  @Test
  void proactiveStandsBesideTheOtherOptions() throws Exception {
    person.gitSays("2.46.0");
    configure("--store", "file", "--proactive", "contoso", "--server", "https://ados.corp.local");
    assertThat(http("proactiveAuth", "https://dev.azure.com/contoso/x")).isEqualTo("basic");
    assertThat(http("proactiveAuth", "https://ados.corp.local/Main/x")).isEqualTo("basic");
    assertOnlyOurs("https://dev.azure.com/contoso/Web/_git/site");
    unconfigure();
    assertThat(person.global).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tfs.corp.local",
        "ssh://tfs.corp.local/tfs",
        "https://dev.azure.com/contoso",
        "https://x:y@tfs.corp.local/tfs",
        "https://",
        "http://dev.azure.com/contoso"
      })
  void whatIsNoServerIsWrongUsage(String typed) {
    assertThat(run("configure", "--server", typed)).isEqualTo(2);
    assertThat(person.typed.err).contains("hint: git-credential-pat configure --help\n");
    assertThat(person.global).doesNotExist();
  }

  @Test
  void theSecondTimeChangesNothing() throws Exception {
    configure("--server", "https://ados.corp.local");
    byte[] first = Files.readAllBytes(person.global);
    configure("--server", "https://ados.corp.local");
    assertThat(person.typed.out).isEmpty();
    assertThat(person.typed.err).contains("already set up");
    configure();
    assertThat(Files.readAllBytes(person.global)).isEqualTo(first);
  }

  @Test
  void aHelperThatWasAddedSinceIsCleared() throws Exception {
    configure();
    Files.writeString(person.global, Files.readString(person.global) + PLAINTEXT);
    configure();
    assertThat(person.typed.out).contains("-   helper", "+   helper");
    assertOnlyOurs("https://dev.azure.com/contoso/Web/_git/site");
    unconfigure();
    assertThat(person.global).content().isEqualTo(PLAINTEXT);
  }

  @Test
  void theChosenStoreStandsBehindTheHelperAndStays() throws Exception {
    configure("--store", "file");
    assertThat(fill("https://dev.azure.com/contoso/x")).contains("secret");
    assertThat(person.calls()).contains("called: --store file get");
    configure("--server", "https://ados.corp.local");
    assertThat(fill("https://ados.corp.local/x")).contains("secret");
    assertThat(person.calls()).contains("called: --store file get");
    configure("--store", "keyutils", "--timeout", "30m");
    assertThat(fill("https://dev.azure.com/contoso/x")).contains("secret");
    assertThat(person.calls()).contains("called: --store keyutils --timeout 30m get");
  }

  @Test
  void theVaultTheCacheAndTheSocketStandBehindTheHelperAsTheyWereTyped() throws Exception {
    String socket = "/run/it's \"$HOME\" & more/agent.sock";
    configure("--store", "openbao", "--vault", "team", "--cache", "5m", "--socket", socket);
    assertThat(fill("https://dev.azure.com/contoso/x")).contains("secret");
    assertThat(person.calls())
        .contains("called: --store openbao --vault team --cache 5m --socket " + socket + " get");
    assertThat(person.typed.run("list")).isZero();
    assertThat(person.typed.seen("GIT_CREDENTIAL_PAT_SOCKET")).isEqualTo(socket);
  }

  @Test
  void aDryRunShowsAndChangesNothing() throws Exception {
    Files.writeString(person.global, PLAINTEXT);
    configure("--dry-run");
    assertThat(person.typed.out).contains("(dry run):", "+ [credential \"https://dev.azure.com\"]");
    assertThat(person.global).content().isEqualTo(PLAINTEXT);
    configure();
    String configured = Files.readString(person.global);
    unconfigure("--dry-run");
    assertThat(person.typed.out).contains("- [credential \"https://dev.azure.com\"]");
    assertThat(person.global).content().isEqualTo(configured);
  }

  @Test
  void whatTheyAddedBetweenOurLinesStays() throws Exception {
    Files.writeString(person.global, "[user]\n\tname = Ada");
    configure();
    person.git("config", "--global", "credential.https://dev.azure.com.username", "ada");
    person.git("config", "--global", "user.name", "Grace");
    person.git("config", "--global", "core.editor", "vi");
    unconfigure();
    assertThat(person.git("config", "--global", "--list"))
        .isEqualTo(
            """
            user.name=Grace
            credential.https://dev.azure.com.username=ada
            core.editor=vi
            """);
    assertThat(person.global).content().doesNotContain("git-credential-pat");
  }

  @Test
  void aLineOfOursThatTheyTurnedIntoACommentIsTheirs() throws Exception {
    configure();
    Files.writeString(
        person.global, Files.readString(person.global).replace("\tuseHttp", "#\tuseHttp"));
    unconfigure();
    assertThat(person.global)
        .content()
        .isEqualTo(
            """
            [credential "https://dev.azure.com"]
            #\tuseHttpPath = true # git-credential-pat
            """);
  }

  @Test
  void aHelperOfTheRepositoryIsNamed() throws Exception {
    Path config = person.in("repository");
    Files.writeString(
        config, Files.readString(config) + "[credential]\n\thelper = !echo password=hidden\n");
    configure();
    assertThat(person.typed.err)
        .contains("a command in " + config, "sees every token")
        .doesNotContain("hidden");
    // With --local ours comes last.
    configure("--local");
    assertThat(person.typed.err).doesNotContain("sees every token");
  }

  @Test
  void aHelperOfTheRepositoryForOneOrganizationIsNamed() throws Exception {
    Path config = person.in("repository");
    person.git("config", "credential.https://dev.azure.com/contoso.helper", "cache --timeout 5");
    person.git("config", "credential.https://example.com.helper", "store");
    person.git("config", "credential.useHttpPath", "false");
    configure();
    assertThat(person.typed.err)
        .contains("cache in " + config, "useHttpPath in " + config)
        .doesNotContain("store in");
  }

  @Test
  void aHelperThatARepositoryResetsAwayFromOursIsNamed() throws Exception {
    Path config = person.in("repository");
    Files.writeString(
        config, Files.readString(config) + "[credential]\n\thelper =\n\thelper = store\n");
    configure();
    assertThat(person.typed.err).contains("store in " + config);
  }

  @Test
  void includedHelpersAreClearedToo() throws Exception {
    Files.writeString(person.home.resolve("more"), PLAINTEXT);
    Files.writeString(
        person.global,
        """
        [include]
        \tpath = more
        [includeIf "gitdir:~/work/"]
        \tpath = ~/more
        """);
    person.in("work/repository");
    configure();
    assertThat(person.typed.err).doesNotContain("sees every token");
    assertOnlyOurs("https://dev.azure.com/contoso/Web/_git/site");
  }

  @Test
  void aHelperThatTheRepositoryIncludesIsNamed() throws Exception {
    Path more = person.home.resolve("more");
    Files.writeString(more, PLAINTEXT);
    person.in("work/repository");
    person.git("config", "includeIf.gitdir:~/work/.path", more.toString());
    configure();
    assertThat(person.typed.err).contains("store in " + more);
  }

  @Test
  void theSystemsConfigurationComesBeforeThePersons() throws Exception {
    Files.writeString(person.global, PLAINTEXT);
    configure("--system");
    assertThat(person.typed.err).contains("store in " + person.global);
    assertThat(person.global).content().isEqualTo(PLAINTEXT);
    assertThat(person.system).content().contains("useHttpPath = true");
    unconfigure("--system");
    assertThat(person.system).doesNotExist();
  }

  @Test
  void theRepositorysConfigurationIsPutBackToo() throws Exception {
    Path config = person.in("repository");
    byte[] before = Files.readAllBytes(config);
    Files.writeString(person.global, PLAINTEXT);
    configure("--local");
    assertOnlyOurs("https://dev.azure.com/contoso/Web/_git/site");
    unconfigure("--local");
    assertThat(Files.readAllBytes(config)).isEqualTo(before);
  }

  @Test
  void thereIsNoLocalConfigurationOutsideOfARepository() {
    assertThat(run("configure", "--local")).isEqualTo(1);
    assertThat(person.typed.err).contains("not in a git repository");
    assertThat(run("configure", "--local", "--global")).isEqualTo(2);
  }

  @Test
  void theOtherPlaceOfAPersonsConfigurationIsUsedWhereItIsTheirs() throws Exception {
    Path other = person.home.resolve(".config/git/config");
    Files.createDirectories(other.getParent());
    Files.writeString(other, PLAINTEXT);
    configure();
    assertThat(person.global).doesNotExist();
    assertOnlyOurs("https://dev.azure.com/contoso/Web/_git/site");
    // Since then there is a second file, which git prefers from now on.
    Files.writeString(person.global, "[user]\n\tname = Ada\n");
    unconfigure();
    assertThat(other).content().isEqualTo(PLAINTEXT);
    assertThat(person.global).content().isEqualTo("[user]\n\tname = Ada\n");
  }

  @Test
  void aLinkStaysALinkAndPermissionsStay() throws Exception {
    Path real = person.home.resolve("dotfiles-gitconfig");
    Files.writeString(real, PLAINTEXT);
    Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-------"));
    Files.createSymbolicLink(person.global, real);
    configure();
    assertThat(person.global).isSymbolicLink();
    assertThat(real).content().contains("useHttpPath");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(real)))
        .isEqualTo("rw-------");
  }

  @Test
  void whatGitCannotReadIsNotTouched() throws Exception {
    for (String broken : new String[] {"[user\n", "[user]\n\tname = Ada \\", "[user]\n\tx = \"a"}) {
      Files.writeString(person.global, broken);
      assertThat(run("configure")).isEqualTo(1);
      assertThat(person.typed.err).contains("git-credential-pat: ");
      assertThat(person.global).content().isEqualTo(broken);
    }
  }

  /** As on a full disk: a file that the system does not let anybody write. */
  @Test
  void aFileThatCannotBeWrittenIsOneLine() throws Exception {
    Path global = person.home.resolve("x".repeat(255));
    Files.writeString(global, PLAINTEXT);
    person.typed.set("GIT_CONFIG_GLOBAL", global.toString());
    assertThat(run("configure")).isEqualTo(1);
    assertThat(person.typed.err)
        .contains("cannot write " + global, "(File name too long); nothing changed")
        .hasLineCount(1);
    assertThat(global).content().isEqualTo(PLAINTEXT);
  }

  @Test
  void withoutAHomeThereIsNoConfigurationToWrite() throws Exception {
    person.typed.set("HOME", "here").set("XDG_CONFIG_HOME", "");
    for (String command : List.of("configure", "unconfigure")) {
      assertThat(run(command)).isEqualTo(1);
      assertThat(person.typed.err)
          .contains("no home folder: HOME (here) is not an absolute path")
          .hasLineCount(1);
    }
  }

  /** As git has it: the file is there, whatever HOME is. */
  @Test
  void withoutAHomeTheOtherPlaceOfAPersonsConfigurationWillDo() throws Exception {
    Path other = Files.createDirectories(person.home.resolve("settings/git")).resolve("config");
    Files.writeString(other, PLAINTEXT);
    person.typed.set("HOME", "here").set("XDG_CONFIG_HOME", person.home + "/settings");
    configure();
    assertThat(other).content().contains("https://dev.azure.com");
    unconfigure();
    assertThat(other).content().isEqualTo(PLAINTEXT);
  }

  /** A program's arguments can be read by everybody on the machine. */
  @Test
  void noSecretReachesAnArgument() throws Exception {
    person.gitNotes();
    Files.writeString(
        person.global,
        "[credential \"https://alice:hushhush@dev.azure.com/contoso\"]\n\thelper = store\n"
            + "[credential \"https://"
            + "abcdefg234567".repeat(4)
            + "@dev.azure.com/fabrikam\"]\n\thelper = store\n");
    configure("--dry-run");
    configure();
    assertThat(run("doctor", "contoso")).isBetween(0, 1);
    assertThat(person.calls()).contains("alice@dev.azure.com").doesNotContain("hushhush", "abcdef");
    // The helper for that user is seen all the same.
    assertThat(person.global).content().contains("# git-credential-pat");
    unconfigure();
  }

  @Test
  void aFileThatIsBeingWrittenIsLeftAlone() throws Exception {
    Files.writeString(person.global, PLAINTEXT);
    Path lock = Files.createFile(person.home.resolve(".gitconfig.lock"));
    assertThat(run("configure")).isEqualTo(1);
    assertThat(person.typed.err).contains("another program is changing", lock.toString());
    assertThat(lock).exists();
    assertThat(person.global).content().isEqualTo(PLAINTEXT);
  }

  @Test
  void aProgramThatWasNotStartedByItsLauncherSaysSo() {
    System.clearProperty(Launcher.PROPERTY);
    assertThat(run("configure")).isEqualTo(1);
    assertThat(person.typed.err).contains("cannot find the file that started this program");
  }

  @Test
  void aBuildIsCalledByTheLinkThatOutlivesIt() throws Exception {
    Path build = person.launcher("inst/lib/git-credential-pat/build.a1b2/bin/git-credential-pat");
    Path link = person.home.resolve("inst/bin/git-credential-pat");
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, build);
    configure();
    assertThat(person.global).content().contains("inst/bin/").doesNotContain("build.a1b2");
  }

  @Test
  void whatTheInstallerWroteBeforeIsKeptAndThenTakenOut() throws Exception {
    String command = new Launcher(person.home.resolve(LAUNCHER)).command();
    String theirs =
        """
        [user]
        \tname = Ada
        [credential "https://dev.azure.com"]
        \thelper = /somewhere/else
        \tuseHttpPath = false
        """;
    Files.writeString(person.global, theirs);
    for (String url :
        new String[] {
          "https://dev.azure.com",
          "https://*.dev.azure.com",
          "https://*.visualstudio.com",
          "https://*.*.visualstudio.com"
        }) {
      person.git("config", "--global", "--add", "credential." + url + ".helper", "");
      person.git("config", "--global", "--add", "credential." + url + ".helper", command);
    }
    person.git(
        "config",
        "--global",
        "--replace-all",
        "credential.https://dev.azure.com.useHttpPath",
        "true");
    Path note =
        person.home.resolve(LAUNCHER).resolveSibling("../lib/git-credential-pat/git-configuration");
    Files.createDirectories(note.getParent());
    Files.writeString(note, "false");
    String former = Files.readString(person.global);

    configure();
    assertThat(person.global).content().isEqualTo(former);
    configure("--server", "https://ados.corp.local");
    assertOnlyOurs("https://dev.azure.com/contoso/Web/_git/site");
    unconfigure("--dry-run");
    assertThat(person.typed.out).contains("useHttpPath = false");
    unconfigure();
    assertThat(person.global).content().isEqualTo(theirs);
    assertThat(note).doesNotExist();
  }
}
