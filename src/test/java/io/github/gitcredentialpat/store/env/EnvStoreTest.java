package io.github.gitcredentialpat.store.env;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gitcredentialpat.helper.Helper;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Messages;
import io.github.gitcredentialpat.store.Deadline;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.Secret;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreChain;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.store.Surroundings;
import io.github.gitcredentialpat.tokens.Invocation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  }

  private EnvStore env() {
    return new EnvStore(surroundings());
  }

  private Surroundings surroundings() {
    return new Surroundings(environment, false, new Deadline());
  }

  private Invocation run(Store... stores) {
    said.reset();
    return new Invocation(
        new StoreChain(List.of(stores), true), surroundings(), new Messages(said, false), 1);
  }

  private String get(String request, Store... stores) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Helper.get(run(stores), stream(request), out);
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
  void answersForAnyOrganisation(String request) throws Exception {
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
    environment.clear();
    environment.put("SYSTEM_ACCESSTOKEN", "$(System.AccessToken)");
    assertThat(get(CONTOSO, env())).isEmpty();
    assertThat(said()).contains("no token is in the environment; set GIT_CREDENTIAL_PAT_TOKEN");
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
      assertThat(Helper.store(run, stream(store))).isTrue();
      assertThat(said()).isEmpty();
      assertThat(below.writes()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"username=alice\n", "username=contoso\n", "username=pat\n"})
  void storeOfAnotherTokenNamesTheVariableAndFallsToNoOtherStore(String user) throws Exception {
    String request = CONTOSO + user + "password=typed\n";
    assertThat(Helper.store(run(env(), below), stream(request))).isFalse();
    assertThat(said()).contains("unset SYSTEM_ACCESSTOKEN").doesNotContain("typed");
    assertThat(below.writes()).isZero();
  }

  @Test
  void otherHostsPasswordsGoToTheNextStore() throws Exception {
    String request = "protocol=https\nhost=example.com\nusername=alice\npassword=typed\n";
    assertThat(Helper.store(run(env(), below), stream(request))).isTrue();
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
    assertThat(Helper.erase(run(env(), below), stream(request)).entries()).isEmpty();
    assertThat(said()).contains("unset SYSTEM_ACCESSTOKEN");
    assertThat(get(CONTOSO, env())).contains("agents-token");
  }

  @Test
  void lateEraseOfAnotherTokenSaysNothing() throws Exception {
    String request = CONTOSO + "username=pat\npassword=old\n";
    assertThat(Helper.erase(run(env(), below), stream(request)).entries()).isEmpty();
    assertThat(said()).isEmpty();
  }

  @Test
  void aTypedUserNameStaysNoOrganisation() throws Exception {
    String request = "protocol=https\nhost=dev.azure.com\nusername=alice\npassword=typed\n";
    assertThat(Helper.store(run(below, env()), stream(request))).isFalse();
    assertThat(said()).contains("useHttpPath");
    assertThat(below.writes()).isZero();
  }

  @Test
  void aUserNameInTheUrlIsNotTakenForAnOrganisationThatItKnows() throws Exception {
    assertThat(get(CONTOSO + "username=build\n", env())).contains("agents-token");
    assertThat(said()).isEmpty();
  }

  @Test
  void listsWhereTheTokenGoes() throws Exception {
    environment.put("SYSTEM_COLLECTIONURI", "https://ados.corp.example/DefaultCollection/");
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
