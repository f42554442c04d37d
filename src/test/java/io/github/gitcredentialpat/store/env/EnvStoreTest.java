package io.github.gitcredentialpat.store.env;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.github.gitcredentialpat.helper.CredentialHelper;
import io.github.gitcredentialpat.helper.GetOperation;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreChain;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.tokens.Invocation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

// More than 400 lines: one test for each variable, file and place.
final class EnvStoreTest {
  private static final String CONTOSO =
      "protocol=https\nhost=dev.azure.com\npath=contoso/Web/_git/x\n";
  private static final String TFS =
      "protocol=http\nhost=tfs:8080\npath=tfs/DefaultCollection/Web/_git/x\n";

  @TempDir Path home;

  private final Map<String, String> environment = new HashMap<>();
  private final InMemoryStore below = new InMemoryStore("below");
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  @BeforeEach
  void setToken() {
    environment.put("HOME", home.toString());
    environment.put("SYSTEM_ACCESSTOKEN", "agents-token");
    environment.put("SYSTEM_COLLECTIONURI", "https://dev.azure.com/contoso/");
  }

  private EnvStore env() {
    return new EnvStore(surroundings());
  }

  private Environment surroundings() {
    return new Environment(environment, false, new Deadline());
  }

  private Invocation run(Store... stores) {
    said.reset();
    return new Invocation(
        new StoreChain(List.of(stores), true), surroundings(), new Console(said, false), 1);
  }

  private String get(String request, Store... stores) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    GetOperation get = CredentialHelper.get(run(stores), stream(request));
    if (get != null) {
      get.writeTo(out);
    }
    return out.toString(UTF_8);
  }

  private static ByteArrayInputStream stream(String request) {
    return new ByteArrayInputStream(request.getBytes(UTF_8));
  }

  private String said() {
    return said.toString(UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        CONTOSO,
        "protocol=https\nhost=pkgs.dev.azure.com\npath=contoso/_packaging/feed\n",
        "protocol=https\nhost=contoso.visualstudio.com\n",
        "protocol=https\nhost=dev.azure.com\nusername=contoso\n"
      })
  void answersForAnyOrganization(String request) throws Exception {
    environment.remove("SYSTEM_ACCESSTOKEN");
    environment.put("AZURE_DEVOPS_EXT_PAT", "agents-token");
    environment.put("SYSTEM_COLLECTIONURI", "https://dev.azure.com/fabrikam/");
    assertThat(get(request, env())).contains("password=agents-token\n").contains("username=");
    assertThat(said()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "protocol=https\nhost=example.com\n",
        "protocol=https\nhost=evil.example\npath=contoso/Web/_git/x\n",
        "protocol=https\nhost=evil.example\npath=tfs/DefaultCollection/_git/x\n",
        "protocol=https\nhost=dev.azure.com.evil.example\npath=contoso/_git/x\n",
        "protocol=http\nhost=dev.azure.com\npath=contoso/_git/x\n",
        "protocol=https\nhost=dev.azure.com:8443\npath=contoso/_git/x\n",
        "protocol=smtp\nhost=dev.azure.com\npath=contoso\n",
        TFS
      })
  void handsTheTokenToNobodyElse(String request) throws Exception {
    assertThat(get(request, env())).doesNotContain("agents-token").doesNotContain("password");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        TFS,
        "protocol=http\nhost=tfs:8080\n",
      })
  void answersForTheServerThatTheAgentNames(String request) throws Exception {
    environment.put("SYSTEM_COLLECTIONURI", "http://tfs:8080/tfs/DefaultCollection/");
    assertThat(get(request, env())).contains("username=pat\n").contains("password=agents-token\n");
    assertThat(said()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "protocol=https\nhost=tfs:8080\npath=tfs/DefaultCollection/_git/x\n",
        "protocol=http\nhost=tfs\npath=tfs/DefaultCollection/_git/x\n",
        "protocol=http\nhost=tfs:8080.evil.example\npath=tfs/DefaultCollection/_git/x\n"
      })
  void comparesTheAgentsServerExactly(String request) throws Exception {
    environment.put("SYSTEM_COLLECTIONURI", "http://tfs:8080/tfs/DefaultCollection/");
    assertThat(get(request, env())).doesNotContain("agents-token");
  }

  @Test
  void prefersOurOwnVariableAndPassesOverUnexpandedMacros() throws Exception {
    environment.put("AZURE_DEVOPS_EXT_PAT", " cli-token\n");
    assertThat(get(CONTOSO, env())).contains("password=cli-token\n");
    environment.put("GIT_CREDENTIAL_PAT_TOKEN", "own-token");
    assertThat(get(CONTOSO, env())).contains("password=own-token\n");
    for (String macro : List.of("$(System.AccessToken)", " \"$(token)\"", "${{ secrets.PAT }}")) {
      environment.put("GIT_CREDENTIAL_PAT_TOKEN", macro);
      assertThat(get(CONTOSO, env())).contains("password=cli-token\n");
    }
    environment.remove("AZURE_DEVOPS_EXT_PAT");
    environment.put("SYSTEM_ACCESSTOKEN", "$(System.AccessToken)");
    assertThat(get(CONTOSO, env())).isEmpty();
    assertThat(said()).contains("no token in the environment; set GIT_CREDENTIAL_PAT_TOKEN");
  }

  // --- whose a job's token is ---

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://dev.azure.com/contoso/",
        "https://dev.azure.com/contoso",
        "https://contoso.visualstudio.com/",
        "https://contoso.visualstudio.com/DefaultCollection/",
        "https://dev.azure.com/Contoso/"
      })
  void aJobsTokenAnswersOnlyItsOrganization(String uri) throws Exception {
    environment.put("SYSTEM_COLLECTIONURI", uri);
    for (String request :
        List.of(
            CONTOSO,
            "protocol=https\nhost=pkgs.dev.azure.com\npath=contoso/_packaging/feed\n",
            "protocol=https\nhost=contoso.visualstudio.com\n",
            "protocol=https\nhost=dev.azure.com\nusername=contoso\n")) {
      assertThat(get(request, env())).as(request).contains("password=agents-token\n");
    }
    for (String request :
        List.of(
            "protocol=https\nhost=dev.azure.com\npath=fabrikam/Web/_git/x\n",
            "protocol=https\nhost=fabrikam.visualstudio.com\n",
            "protocol=https\nhost=dev.azure.com\nusername=fabrikam\n",
            "protocol=https\nhost=dev.azure.com\npath=contoso2/_git/x\n",
            TFS)) {
      assertThat(get(request, env())).as(request).doesNotContain("password");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://ados.example/DefaultCollection/",
        "https://ados.example/defaultcollection",
        "https://ADOS.example/DefaultCollection/"
      })
  void aJobsTokenAnswersOnlyItsCollection(String uri) throws Exception {
    environment.put("SYSTEM_COLLECTIONURI", uri);
    String server = "protocol=https\nhost=ados.example\n";
    for (String path :
        List.of("path=DefaultCollection/_git/x\n", "", "path=DefaultCollection/x\n")) {
      assertThat(get(server + path, env())).as(path).contains("password=agents-token\n");
    }
    for (String path : List.of("path=Other/_git/x\n", "path=DefaultCollection2/x\n", "path=x\n")) {
      assertThat(get(server + path, env())).as(path).doesNotContain("password");
    }
    assertThat(get(CONTOSO, env())).doesNotContain("password");
    assertThat(get(TFS, env())).doesNotContain("password");
  }

  @Test
  void anotherStoreAnswersForAnotherCollection() throws Exception {
    environment.put("SYSTEM_COLLECTIONURI", "http://tfs:8080/tfs/Other/");
    below.save(
        Entry.of(
            new EntryKey(new Identity("http", "tfs:8080", "tfs/defaultcollection"), null),
            Secret.password("stored".getBytes(UTF_8)),
            1));
    assertThat(get(TFS, env(), below)).contains("password=stored\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "$(System.CollectionUri)", "contoso", "https://dev.azure.com/", "x://"})
  void aJobsTokenAnswersNobodyWhenNobodySaysWhoseItIs(String uri) throws Exception {
    environment.put("SYSTEM_COLLECTIONURI", uri);
    assertThat(get(CONTOSO, env())).isEmpty();
    assertThat(said()).contains("SYSTEM_ACCESSTOKEN").contains("SYSTEM_COLLECTIONURI");
    assertThat(get(TFS, env())).isEmpty();
    assertThat(env().list()).isEmpty();
    assertThat(env().location()).contains("SYSTEM_ACCESSTOKEN is ignored");
  }

  @Test
  void aJobsTokenKnowsTheVariableOfTfs() throws Exception {
    environment.remove("SYSTEM_COLLECTIONURI");
    environment.put("SYSTEM_TEAMFOUNDATIONCOLLECTIONURI", "http://tfs:8080/tfs/DefaultCollection/");
    assertThat(get(TFS, env())).contains("password=agents-token\n");
    assertThat(get(CONTOSO, env())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GIT_CREDENTIAL_PAT_TOKEN", "AZURE_DEVOPS_EXT_PAT"})
  void anOwnTokenAnswersOnlyTheOrganizationThatIsNamed(String variable) throws Exception {
    environment.put(variable, "own-token");
    environment.put("GIT_CREDENTIAL_PAT_ORGANIZATION", "Fabrikam");
    assertThat(get("protocol=https\nhost=dev.azure.com\npath=fabrikam/_git/x\n", env()))
        .contains("password=own-token\n");
    assertThat(get(CONTOSO, env())).contains("password=agents-token\n");
    assertThat(get("protocol=https\nhost=dev.azure.com\npath=other/_git/x\n", env())).isEmpty();
    assertThat(said()).isEmpty();
    assertThat(env().list())
        .extracting(key -> key.identity().display())
        .containsExactly("fabrikam", "contoso");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://tfs:8080/tfs/DefaultCollection", "http://tfs:8080/tfs", "http://tfs:8080"})
  void anOwnTokenMayBeForAServer(String url) throws Exception {
    environment.put("GIT_CREDENTIAL_PAT_TOKEN", "own-token");
    environment.put("GIT_CREDENTIAL_PAT_ORGANIZATION", url);
    assertThat(get(TFS, env())).contains("password=own-token\n");
    assertThat(get(TFS.replace("DefaultCollection", "Other"), env()).isEmpty())
        .isEqualTo(url.endsWith("Collection"));
    assertThat(get(CONTOSO, env())).contains("password=agents-token\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"$(organization)", "a b", "ftp://tfs/x", "https://dev.azure.com"})
  void aNameThatIsNoOrganizationIsSaidAndAnswersNobody(String name) throws Exception {
    environment.clear();
    environment.put("GIT_CREDENTIAL_PAT_TOKEN", "own-token");
    environment.put("GIT_CREDENTIAL_PAT_ORGANIZATION", name);
    assertThat(get(CONTOSO, env())).isEmpty();
    assertThat(said()).contains("GIT_CREDENTIAL_PAT_ORGANIZATION").doesNotContain("own-token");
  }

  // --- what clings to a token ---

  @ParameterizedTest
  @ValueSource(strings = {"@\n", "@\r\n", " @\t"})
  void lineEndsAroundATokenAreTakenOffInSilence(String value) throws Exception {
    environment.put("AZURE_DEVOPS_EXT_PAT", value.replace("@", "cli-token"));
    assertThat(get(CONTOSO, env())).contains("password=cli-token\n");
    assertThat(said()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"one\ntwo", "one\rtwo", "one\u0001two", "one\u007Ftwo"})
  void whatHasAControlCharacterInsideIsPassedOver(String value) throws Exception {
    environment.put("GIT_CREDENTIAL_PAT_TOKEN", value);
    environment.put("AZURE_DEVOPS_EXT_PAT", "cli-token");
    assertThat(get(CONTOSO, env())).contains("password=cli-token\n");
    assertThat(said()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"@\"", "'@'\n", "\uFEFF@", "@\u200B", "\u00A0@", "\u2060\"@\""})
  void quotesAndInvisibleCharactersAreTakenOffWithALine(String value) throws Exception {
    environment.put("AZURE_DEVOPS_EXT_PAT", value.replace("@", "cli-token"));
    assertThat(get(CONTOSO, env())).contains("password=cli-token\n");
    assertThat(said()).containsOnlyOnce("\n").contains("AZURE_DEVOPS_EXT_PAT");
    environment.put("AZURE_DEVOPS_EXT_PAT", "cli-token");
    assertThat(get(CONTOSO, env())).contains("password=cli-token\n");
    assertThat(said()).isEmpty();
  }

  // --- a file ---

  private Path file(String content) throws IOException {
    Path file = home.resolve("token");
    Files.writeString(file, content);
    environment.clear();
    environment.put("GIT_CREDENTIAL_PAT_TOKEN_FILE", file.toString());
    return file;
  }

  @Test
  void aFilesTokenIsReadAgainEachTime() throws Exception {
    Path file = file("first-token\n");
    EnvStore store = env();
    assertThat(get(CONTOSO, store)).contains("password=first-token\n");
    Files.writeString(file, "second-token");
    assertThat(get(CONTOSO, store)).contains("password=second-token\n");
    assertThat(said()).isEmpty();
    environment.put("GIT_CREDENTIAL_PAT_ORGANIZATION", "contoso");
    assertThat(get(CONTOSO, store)).contains("password=second-token\n");
    assertThat(get(CONTOSO.replace("contoso", "fabrikam"), store)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"@", "@\r\n", "\n# a comment\n\n@\n", "\uFEFF@\n", "\uFEFF# x\n'@'"})
  void aFileMayHoldOneToken(String content) throws Exception {
    file(content.replace("@", "own-token"));
    assertThat(get(CONTOSO, env())).contains("password=own-token\n");
    file("");
    Files.write(home.resolve("token"), ("\uFEFF" + "own-token\r\n").getBytes(UTF_16LE));
    assertThat(get(CONTOSO, env())).contains("password=own-token\n");
  }

  @Test
  void aFileMayHoldTheTokensOfSeveral() throws Exception {
    file(
        "\uFEFFcontoso=old\n\n# b\r\n Fabrikam = \"two\" \r\n"
            + "http://tfs:8080/tfs/DefaultCollection=three\ncontoso=one");
    assertThat(get(CONTOSO, env())).contains("password=one\n");
    assertThat(said()).isEmpty();
    assertThat(get(CONTOSO.replace("contoso", "fabrikam"), env())).contains("password=two\n");
    assertThat(said()).contains("GIT_CREDENTIAL_PAT_TOKEN_FILE");
    assertThat(get(TFS, env())).contains("password=three\n");
    assertThat(get(CONTOSO.replace("contoso", "other"), env())).isEmpty();
    assertThat(said()).isEmpty();
    assertThat(env().list())
        .extracting(key -> key.identity().display())
        .containsExactly("fabrikam", "http://tfs:8080/tfs/defaultcollection", "contoso");
    assertThat(env().location()).contains(home.resolve("token").toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "# only a comment\n",
        "own-token\nown-token2\n",
        "own-token\nfabrikam=own-token",
        "contoso=\n",
        "contoso=$(pat)\n",
        "$(pat)",
        "a b=own-token\n",
        "=own-token"
      })
  void aBadFileIsSaidAndAnswersNobody(String content) throws Exception {
    file(content);
    assertThat(get(CONTOSO, env(), below)).isEmpty();
    assertThat(said())
        .contains("GIT_CREDENTIAL_PAT_TOKEN_FILE")
        .contains(home.resolve("token").toString())
        .doesNotContain("own-token");
    assertThat(
            CredentialHelper.store(run(env(), below), stream(CONTOSO + "username=a\npassword=b\n")))
        .isFalse();
    assertThat(below.writes()).isZero();
  }

  @Test
  void oneBadLineSparesTheOthers() throws Exception {
    file("contoso=own-token\nfabrikam=\n");
    assertThat(get(CONTOSO, env())).contains("password=own-token\n");
    assertThat(said()).isEmpty();
    assertThat(env().damaged()).isEqualTo(1);
    assertThat(get(CONTOSO.replace("contoso", "fabrikam"), env())).isEmpty();
    assertThat(said()).contains("no token for fabrikam on line 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/nowhere/token", "token", "~/token", "/", "large"})
  void aFileThatCannotBeReadIsNoFileWithoutToken(String path) throws Exception {
    file("x".repeat(70_000));
    if (!path.equals("large")) {
      environment.put("GIT_CREDENTIAL_PAT_TOKEN_FILE", path);
    }
    assertThat(get(CONTOSO, env(), below)).isEmpty();
    assertThat(said()).contains("cannot read").contains("GIT_CREDENTIAL_PAT_TOKEN_FILE");
    assertThatThrownBy(() -> env().list())
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.FAILED));
    assertThat(
            CredentialHelper.store(run(env(), below), stream(CONTOSO + "username=a\npassword=b\n")))
        .isFalse();
    assertThat(below.writes()).isZero();
  }

  /** Git runs helpers in work trees, where anybody may have put such a file. */
  @Test
  void aFileOfTheWorkTreeIsNotMeant() throws Exception {
    Path here = Path.of("").toAbsolutePath();
    Path file = Files.createTempFile(here.resolve("target"), "token", null);
    try {
      Files.writeString(file, "planted-token");
      environment.remove("SYSTEM_ACCESSTOKEN");
      environment.put("GIT_CREDENTIAL_PAT_TOKEN_FILE", here.relativize(file).toString());
      assertThat(get(CONTOSO, env(), below)).isEmpty();
      assertThat(said()).contains("not an absolute path");
    } finally {
      Files.delete(file);
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aPipeIsNotWaitedFor() throws Exception {
    Path pipe = home.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    environment.remove("SYSTEM_ACCESSTOKEN");
    environment.put("GIT_CREDENTIAL_PAT_TOKEN_FILE", pipe.toString());
    assertTimeoutPreemptively(
        Duration.ofSeconds(10), () -> assertThat(get(CONTOSO, env(), below)).isEmpty());
    assertThat(said()).contains("not a file");
  }

  @Test
  void eraseAndStoreNameTheFilesVariable() throws Exception {
    file("contoso=own-token\n");
    String request = CONTOSO + "username=pat\npassword=own-token\n";
    assertThat(CredentialHelper.erase(run(env(), below), stream(request)).entries()).isEmpty();
    assertThat(said()).contains("GIT_CREDENTIAL_PAT_TOKEN_FILE");
    assertThat(
            CredentialHelper.store(run(env(), below), stream(CONTOSO + "username=a\npassword=b\n")))
        .isFalse();
    assertThat(said()).contains("GIT_CREDENTIAL_PAT_TOKEN_FILE");
    assertThat(below.writes()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        CONTOSO,
        "protocol=https\nhost=dev.azure.com\nusername=contoso\n",
        TFS,
        "protocol=http\nhost=tfs:8080\n"
      })
  void storeOfWhatItAnsweredIsSilent(String request) throws Exception {
    boolean isOfServer = request.contains("tfs:8080");
    storeOfWhatItAnsweredIsSilent(request, "GIT_CREDENTIAL_PAT_TOKEN");
    if (isOfServer) {
      storeOfWhatItAnsweredIsSilent(request, "SYSTEM_ACCESSTOKEN");
    }
  }

  private void storeOfWhatItAnsweredIsSilent(String request, String variable) throws Exception {
    environment.clear();
    environment.put("HOME", home.toString());
    environment.put(variable, "agents-token");
    environment.put("SYSTEM_COLLECTIONURI", "http://tfs:8080/tfs/DefaultCollection/");
    for (String capabilities : List.of("", "capability[]=state\n", "capability[]=authtype\n")) {
      String answer = get(request + capabilities, env(), below);
      // Git sends the request and the answer back, each attribute once.
      String store =
          answer.contains("username=")
              ? request.replaceFirst("username=.*\n", "") + answer
              : request + answer;
      assertThat(store).contains("agents-token");
      Invocation run = run(env(), below);
      assertThat(CredentialHelper.store(run, stream(store))).isTrue();
      assertThat(said()).isEmpty();
      assertThat(below.writes()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"username=alice\n", "username=contoso\n", "username=pat\n"})
  void storeOfAnotherTokenNamesTheVariableAndFallsToNoOtherStore(String user) throws Exception {
    String request = CONTOSO + user + "password=typed\n";
    assertThat(CredentialHelper.store(run(env(), below), stream(request))).isFalse();
    assertThat(said()).contains("unset SYSTEM_ACCESSTOKEN").doesNotContain("typed");
    assertThat(below.writes()).isZero();
  }

  @Test
  void otherHostsPasswordsGoToTheNextStore() throws Exception {
    String request = "protocol=https\nhost=example.com\nusername=alice\npassword=typed\n";
    assertThat(CredentialHelper.store(run(env(), below), stream(request))).isTrue();
    assertThat(below.writes()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        CONTOSO,
        CONTOSO + "username=pat\npassword=agents-token\n",
        CONTOSO + "username=pat\npassword=agents-token\nwwwauth[]=Basic realm=\"https://x\"\n"
      })
  void eraseNamesTheVariable(String request) throws Exception {
    assertThat(CredentialHelper.erase(run(env(), below), stream(request)).entries()).isEmpty();
    assertThat(said()).contains("unset SYSTEM_ACCESSTOKEN");
    assertThat(get(CONTOSO, env())).contains("agents-token");
  }

  @Test
  void lateEraseOfAnotherTokenSaysNothing() throws Exception {
    String request = CONTOSO + "username=pat\npassword=old\n";
    assertThat(CredentialHelper.erase(run(env(), below), stream(request)).entries()).isEmpty();
    assertThat(said()).isEmpty();
  }

  @Test
  void aTypedUserNameStaysNoOrganization() throws Exception {
    String request = "protocol=https\nhost=dev.azure.com\nusername=alice\npassword=typed\n";
    assertThat(CredentialHelper.store(run(below, env()), stream(request))).isFalse();
    assertThat(said()).contains("useHttpPath");
    assertThat(below.writes()).isZero();
  }

  @Test
  void aUserNameInTheUrlIsNotTakenForAnOrganizationThatItKnows() throws Exception {
    assertThat(get(CONTOSO + "username=build\n", env())).contains("agents-token");
    assertThat(said()).isEmpty();
  }

  @Test
  void listsWhereTheTokenGoes() throws Exception {
    environment.put("SYSTEM_COLLECTIONURI", "https://ados.corp.example/DefaultCollection/");
    assertThat(env().list())
        .extracting(key -> key.identity().display())
        .containsExactly("https://ados.corp.example/defaultcollection");
    environment.put("AZURE_DEVOPS_EXT_PAT", "cli-token");
    List<EntryKey> keys = env().list();
    assertThat(keys)
        .extracting(key -> key.identity().display())
        .containsExactly("https://dev.azure.com", "https://ados.corp.example");
    for (EntryKey key : keys) {
      assertThat(env().find(key.identity())).extracting(Entry::key).containsExactly(key);
    }
    environment.clear();
    assertThat(env().list()).isEmpty();
  }

  @Test
  void isReadOnly() {
    EntryKey contoso = new EntryKey(Identity.ofOrganization("contoso"), null);
    Entry entry = Entry.of(contoso, Secret.password("x".getBytes(UTF_8)), 1);
    assertThat(env().capacity().writable()).isFalse();
    assertThatThrownBy(() -> env().save(entry))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.READ_ONLY));
    assertThatThrownBy(() -> env().delete(contoso))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.READ_ONLY));
  }
}
