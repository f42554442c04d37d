package io.github.gitcredentialpat.helper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Console;
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
import io.github.gitcredentialpat.tokens.Invocation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

// More than 400 lines: the whole of get, store and erase, as design and protocol have them.
final class CredentialHelperTest {
  private static final long NOW = 1_800_000_000L;
  private static final long DAY = 86_400;
  private static final String CONTOSO =
      "protocol=https\nhost=dev.azure.com\npath=contoso/Web/_git/x\n";
  private static final String SERVICES = "protocol=https\nhost=dev.azure.com\n";
  private static final String HOST = "protocol=https\nhost=example.com\n";
  private static final String TFS =
      "protocol=http\nhost=tfs:8080\npath=tfs/DefaultCollection/Web/_git/x\n";
  private static final String MODERN = "capability[]=authtype\ncapability[]=state\n";
  private static final String AZURE_401 =
      "wwwauth[]=Bearer authorization_uri=https://x\nwwwauth[]=Basic realm=\"https://y/\"\n";
  private static final String TFS_JOINED_401 =
      "wwwauth[]=Bearer, Basic realm=\"https://y/\", Negotiate, NTLM\n";
  private static final String TFS_401 = AZURE_401 + "wwwauth[]=NTLM\nwwwauth[]=Negotiate\n";

  @TempDir Path home;

  private final InMemoryStore first = new InMemoryStore("first");
  private final InMemoryStore second = new InMemoryStore("second");
  private boolean chosen;
  private long now = NOW;
  private String said = "";

  private Invocation run(ByteArrayOutputStream err) {
    return run(err, false);
  }

  private Invocation run(ByteArrayOutputStream err, boolean trace) {
    Map<String, String> environment = new HashMap<>();
    environment.put("HOME", home.toString());
    return new Invocation(
        new StoreChain(List.of(first, second), chosen),
        new Environment(environment, false, new Deadline()),
        new Console(err, trace),
        now);
  }

  private String get(String request) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    GetOperation get = CredentialHelper.get(run(err), stream(request));
    if (get != null) {
      get.writeTo(out);
    }
    said = err.toString(UTF_8);
    return out.toString(UTF_8);
  }

  private boolean store(String request) throws IOException {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    boolean done = CredentialHelper.store(run(err), stream(request));
    said = err.toString(UTF_8);
    return done;
  }

  private List<Entry> erase(String request) throws IOException {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    List<Entry> removed = CredentialHelper.erase(run(err), stream(request)).entries();
    said = err.toString(UTF_8);
    return removed;
  }

  private static ByteArrayInputStream stream(String request) {
    return new ByteArrayInputStream(request.getBytes(UTF_8));
  }

  private static String basic(String user, String password) {
    return Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
  }

  /** The password of a plain answer, null when there is none. */
  private static @Nullable String password(String answer) {
    for (String line : answer.split("\n")) {
      if (line.startsWith("password=")) {
        return line.substring("password=".length());
      }
    }
    return null;
  }

  private static String state(String answer) {
    for (String line : answer.split("\n")) {
      if (line.startsWith("state[]=")) {
        return line + "\n";
      }
    }
    throw new AssertionError("no state in " + answer);
  }

  private static Entry onlyEntry(Store store) throws StoreException {
    List<EntryKey> keys = store.list();
    assertThat(keys).hasSize(1);
    return store.find(keys.get(0).identity()).get(0);
  }

  private static Entry organization(String name, @Nullable String user, String password) {
    return Entry.of(
        new EntryKey(Identity.ofOrganization(name), user),
        Secret.password(password.getBytes(UTF_8)),
        NOW - DAY);
  }

  @Nested
  final class SignIns {
    private static final String TENANT = "1a2b3c4d-0000-4000-8000-00000000000f";

    @BeforeEach
    void signIn() throws Exception {
      for (Identity where :
          List.of(Identity.ofSignIn(TENANT), Identity.ofSignInAmongTokens(TENANT))) {
        first.save(
            Entry.of(
                new EntryKey(where, "client"),
                Secret.password("refresh-token".getBytes(UTF_8)),
                NOW - DAY));
      }
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "protocol=entra\nhost=login.microsoftonline.com\n",
          "protocol=entra\nhost=login.microsoftonline.com\npath=" + TENANT + "\nusername=client\n",
          "protocol=https\nhost=login.microsoftonline.com\n",
          "protocol=https\nhost=login.microsoftonline.com\npath=" + TENANT + "\n",
          "protocol=https\nhost=login.microsoftonline.com\nusername=client\n",
          "protocol=HTTPS\nhost=LOGIN.microsoftonline.com\npath=" + TENANT + "\n" + MODERN,
          "url=https://client@login.microsoftonline.com/" + TENANT + "\n",
          "url=entra://login.microsoftonline.com/" + TENANT + "\n"
        })
    void areNeitherAnsweredNorStoredNorErased(String request) throws Exception {
      String answer = get(request);
      assertThat(answer).doesNotContain("password=", "credential=");
      store(request + "username=client\npassword=other\n");
      erase(request + "username=client\npassword=refresh-token\n");
      erase(request);
      assertThat(first.writes()).isEqualTo(2);
      assertThat(second.writes()).isZero();
    }
  }

  @Nested
  final class Scopes {
    private Entry scoped(@Nullable String user, String secret, @Nullable String scopes) {
      return organization("contoso", user, secret).withScopes(scopes);
    }

    @Test
    void gitIsAnsweredTheTokenThatIsForGit() throws Exception {
      first.save(scoped("alice", "t1", "vso.work vso.code_write"));
      first.save(scoped("packaging", "t2", "vso.packaging_manage"));
      first.save(scoped("agent-pools", "t3", "vso.agentpools_manage vso.code_status"));
      assertThat(password(get(CONTOSO))).isEqualTo("t1");
      assertThat(said).isEmpty();
      assertThat(password(get(CONTOSO + "username=packaging\n"))).isEqualTo("t1");
      assertThat(
              password(get("protocol=https\nhost=pkgs.dev.azure.com\npath=contoso/_packaging/f\n")))
          .isEqualTo("t2");
      assertThat(
              password(
                  get("protocol=https\nhost=contoso.pkgs.visualstudio.com\npath=_packaging/f\n")))
          .isEqualTo("t2");
    }

    @Test
    void gitIsNotAnsweredATokenThatWouldBeRefused() throws Exception {
      first.save(scoped("packaging", "t2", "vso.packaging"));
      assertThat(password(get(CONTOSO))).isNull();
      assertThat(said)
          .contains("scope Code (Read) is missing")
          .contains("\nhint: git-credential-pat token create contoso\n");
      second.save(scoped("alice", "t1", null));
      assertThat(password(get(CONTOSO))).isEqualTo("t1");
      assertThat(
              password(get("protocol=https\nhost=pkgs.dev.azure.com\npath=contoso/_packaging/f\n")))
          .isEqualTo("t2");
    }

    @Test
    void aFeedIsAnsweredWhateverThereIs() throws Exception {
      first.save(scoped("alice", "t1", "vso.code"));
      assertThat(
              password(get("protocol=https\nhost=pkgs.dev.azure.com\npath=contoso/_packaging/f\n")))
          .isEqualTo("t1");
    }

    @Test
    void whatIsTypedForGitDoesNotReplaceATokenForPackages() throws Exception {
      first.save(scoped("packaging", "t2", "vso.packaging"));
      store(CONTOSO + "username=contoso\npassword=t1\n");
      assertThat(first.list()).hasSize(2);
      assertThat(password(get(CONTOSO))).isEqualTo("t1");
    }
  }

  @Nested
  final class Get {
    @Test
    void answersNothingForAnEmptyStore() throws Exception {
      assertThat(get(CONTOSO)).isEmpty();
      assertThat(said).isEmpty();
    }

    @Test
    void oneTokenServesEveryUrlOfItsOrganization() throws Exception {
      store(CONTOSO + "username=contoso\npassword=t1\n");
      for (String url :
          List.of(
              CONTOSO,
              CONTOSO + "username=contoso\n",
              CONTOSO + "username=alice\n",
              SERVICES + "username=contoso\n",
              "protocol=https\nhost=contoso.visualstudio.com\n",
              "protocol=https\nhost=contoso.visualstudio.com\nusername=bob\n",
              "protocol=https\nhost=pkgs.dev.azure.com\npath=contoso/_packaging/f/nuget\n",
              "protocol=https\nhost=contoso.pkgs.visualstudio.com\n")) {
        assertThat(password(get(url))).as(url).isEqualTo("t1");
      }
      assertThat(get("protocol=https\nhost=dev.azure.com\npath=fabrikam/x\n")).isEmpty();
      assertThat(get("protocol=https\nhost=fabrikam.visualstudio.com\n")).isEmpty();
      assertThat(get("protocol=http\nhost=dev.azure.com\npath=contoso/x\n")).isEmpty();
      assertThat(get("protocol=https\nhost=dev.azure.com:8443\npath=contoso/x\n")).isEmpty();
      assertThat(get("protocol=https\nhost=dev.azure.com.evil.example\npath=contoso/x\n"))
          .isEmpty();
    }

    @Test
    void answersTheRequestsUserElseTheStoredOneElsePat() throws Exception {
      store(CONTOSO + "username=alice\npassword=t1\n");
      assertThat(get(CONTOSO)).contains("username=alice\n");
      assertThat(get(CONTOSO + "username=bob\n")).contains("username=bob\n");
      first.save(organization("fabrikam", null, "t2"));
      assertThat(get("protocol=https\nhost=fabrikam.visualstudio.com\n"))
          .isEqualTo("username=pat\npassword=t2\n");
    }

    @Test
    void withoutOrganizationItAnswersNothingAndNamesUseHttpPath() throws Exception {
      store(CONTOSO + "username=contoso\npassword=t1\n");
      assertThat(get(SERVICES)).isEmpty();
      assertThat(said)
          .contains(
              "\nhint: git config --global credential.https://dev.azure.com.useHttpPath true\n")
          .hasLineCount(2);
    }

    @Test
    void thePathWinsOverTheUserPartAndNothingElseIsRead() throws Exception {
      first.save(organization("contoso", null, "t1"));
      first.save(organization("fabrikam", null, "t2"));
      assertThat(password(get(CONTOSO + "username=fabrikam\n"))).isEqualTo("t1");
      assertThat(said).isEmpty();
      assertThat(first.reads()).isEqualTo(1);
      assertThat(second.reads()).isZero();
    }

    @Test
    void tellsPortsProtocolsUsersAndIpv6HostsApartOnOtherHosts() throws Exception {
      store("protocol=https\nhost=example.com:8443\nusername=alice\npassword=p1\n");
      store("protocol=https\nhost=[::1]:8443\nusername=alice\npassword=p2\n");
      assertThat(get("protocol=https\nhost=example.com\n")).isEmpty();
      assertThat(get("protocol=https\nhost=example.com:8444\n")).isEmpty();
      assertThat(get("protocol=http\nhost=example.com:8443\n")).isEmpty();
      assertThat(get("protocol=https\nhost=example.com:8443\nusername=bob\n")).isEmpty();
      assertThat(get("protocol=https\nhost=[::1]\n")).isEmpty();
      assertThat(get("protocol=https\nhost=example.com:8443\n"))
          .isEqualTo("username=alice\npassword=p1\n");
      assertThat(get("protocol=https\nhost=[::1]:8443\nusername=alice\n"))
          .isEqualTo("username=alice\npassword=p2\n");
    }

    @Test
    void onOtherHostsAnEntryWithoutAPathAnswersNoPath() throws Exception {
      store(HOST + "username=alice\npassword=p1\n");
      assertThat(get(HOST + "path=a.git\n")).isEmpty();
      store(HOST + "path=a.git\nusername=alice\npassword=p2\n");
      assertThat(password(get(HOST + "path=a.git\n"))).isEqualTo("p2");
      assertThat(get(HOST + "path=A.git\n")).isEmpty();
    }

    @Test
    void aWholeServersEntryAnswersForItsCollectionsUnlessOneHasItsOwn() throws Exception {
      store("protocol=http\nhost=tfs:8080\nusername=alice\npassword=whole\n");
      assertThat(password(get(TFS))).isEqualTo("whole");
      store(TFS + "username=alice\npassword=own\n");
      now++;
      store("protocol=http\nhost=tfs:8080\nusername=alice\npassword=whole2\n");
      assertThat(password(get(TFS))).isEqualTo("own");
      assertThat(password(get("protocol=http\nhost=tfs:8080\npath=tfs/other/_git/x\n")))
          .isEqualTo("whole2");
      assertThat(get("protocol=http\nhost=tfs\npath=tfs/DefaultCollection/Web/_git/x\n")).isEmpty();
      assertThat(get("protocol=https\nhost=tfs:8080\npath=tfs/DefaultCollection/_git/x\n"))
          .isEmpty();
    }

    @Test
    void collectionsCompareWithoutCase() throws Exception {
      store(TFS + "username=alice\npassword=t1\n");
      assertThat(password(get("protocol=http\nhost=TFS:8080\npath=TFS/defaultcollection/_git/y\n")))
          .isEqualTo("t1");
    }

    @Test
    void ofSeveralTokensTheUserChoosesElseTheNewestIsAnswered() throws Exception {
      store(CONTOSO + "username=alice\npassword=t1\n");
      now += 10;
      store(CONTOSO + "username=bob\npassword=t2\n");
      assertThat(password(get(CONTOSO + "username=alice\n"))).isEqualTo("t1");
      assertThat(said).isEmpty();
      assertThat(password(get(CONTOSO))).isEqualTo("t2");
      assertThat(said).contains("hint: git-credential-pat use contoso bob\n").hasLineCount(2);
      assertThat(password(get(CONTOSO + "username=carol\n"))).isNull();
      assertThat(said).contains("alice, bob").contains("use contoso alice\n").hasLineCount(2);
      now += 10;
      first.save(organization("contoso", null, "t3"));
      assertThat(get(CONTOSO)).isNotEmpty();
      assertThat(said).containsPattern("hint: git-credential-pat use contoso (alice|bob)\n");
      first.save(organization("fabrikam", null, "t1"));
      first.save(organization("fabrikam", "pat", "t2"));
      assertThat(get("protocol=https\nhost=fabrikam.visualstudio.com\n")).isNotEmpty();
      assertThat(said).contains("fabrikam has 2 tokens").hasLineCount(1);
      store(TFS + "username=alice\npassword=t1\n");
      store(TFS + "username=bob\npassword=t2\n");
      assertThat(get(TFS)).isNotEmpty();
      assertThat(said)
          .containsPattern(
              "hint: git config --global credential.http://tfs:8080/tfs/DefaultCollection.username"
                  + " (alice|bob)\n");
    }

    /** Git compares paths with their case: another spelling would choose for other URLs. */
    @Test
    void theAccountIsChosenForTheUrlAsGitHasIt() throws Exception {
      store(CONTOSO + "username=alice\npassword=t1\n");
      now += 10;
      store(CONTOSO + "username=bob\npassword=t2\n");
      assertThat(get("protocol=https\nhost=dev.azure.com\npath=ConToso/p/_git/x\n")).isNotEmpty();
      assertThat(said).contains("hint: git-credential-pat use ConToso bob\n");
      assertThat(get("protocol=https\nhost=contoso.visualstudio.com\npath=CONTOSO/_git/x\n"))
          .isNotEmpty();
      assertThat(said).contains("hint: git-credential-pat use contoso bob\n");
    }

    @Test
    void neverAnswersWhatGitOrTheServiceSaidHasExpired() throws Exception {
      Entry entry = organization("contoso", null, "t1");
      for (Expiry.Source source : List.of(Expiry.Source.GIT, Expiry.Source.SERVICE)) {
        first.save(entry.with(new Expiry(NOW - 1, source), null));
        assertThat(get(CONTOSO)).isEmpty();
        assertThat(said)
            .contains("contoso")
            .contains("expired on 2027-01-15")
            .contains("https://dev.azure.com/contoso/_usersSettings/tokens")
            .endsWith("\nhint: git-credential-pat login contoso\n")
            .hasLineCount(3);
      }
      first.save(entry.with(new Expiry(NOW - 1, Expiry.Source.PERSON), null));
      assertThat(get(CONTOSO)).contains("password=t1").doesNotContain("password_expiry_utc");
      assertThat(said).contains("should have expired").hasLineCount(3);
    }

    @Test
    void expiredAndSetAsideEntriesDropOutBeforeAnythingIsCounted() throws Exception {
      first.save(organization("contoso", "alice", "t1").setAsideAt(NOW - 5));
      first.save(
          organization("contoso", "bob", "t2").with(new Expiry(NOW, Expiry.Source.GIT), null));
      first.save(organization("contoso", "carol", "t3"));
      assertThat(password(get(CONTOSO + "username=alice\n"))).isEqualTo("t3");
      assertThat(said).isEmpty();
    }

    @Test
    void aTokenThatIsSetAsideNamesFirstWhatBringsItBack() throws Exception {
      first.save(organization("contoso", "alice", "t1").setAsideAt(NOW - 5));
      assertThat(get(CONTOSO)).isEmpty();
      assertThat(said.lines())
          .hasSize(4)
          .containsSubsequence(
              "hint: git-credential-pat login --restore contoso",
              "hint: git-credential-pat login contoso");
      assertThat(said).contains("https://dev.azure.com/contoso/_usersSettings/tokens and paste it");
      first.save(
          Entry.of(
                  new EntryKey(new Identity("https", "example.com", null), "alice"),
                  Secret.password("p".getBytes(UTF_8)),
                  NOW - DAY)
              .setAsideAt(NOW - 5));
      assertThat(get(HOST)).isEmpty();
      // As with git's own helpers, which git's own tests hold ours to.
      assertThat(said).isEmpty();
    }

    @Test
    void aTokenThatIsSetAsideIsAnsweredWhenItIsGoodAfterAll() throws Exception {
      first.save(organization("contoso", "alice", "t1").setAsideAt(NOW - 5));
      GetOperation get =
          CredentialHelper.get(run(new ByteArrayOutputStream()), stream(MODERN + CONTOSO));
      assertThat(get.setAside().secret().bytes()).isEqualTo("t1".getBytes(UTF_8));
      get.answerSetAside();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      assertThat(get.writeTo(out)).isTrue();
      assertThat(out.toString(UTF_8)).contains("username=alice\npassword=t1\n", "state[]=");
    }

    @Test
    void nothingIsSetAsideWhereAnotherTokenIsAnsweredOrMayBe() throws Exception {
      first.save(organization("contoso", "alice", "t1").setAsideAt(NOW - 5));
      second.save(organization("contoso", "bob", "t2"));
      assertThat(CredentialHelper.get(run(new ByteArrayOutputStream()), stream(CONTOSO)).setAside())
          .isNull();
      second.failWith(new StoreException(Reason.LOCKED, "locked"));
      assertThat(CredentialHelper.get(run(new ByteArrayOutputStream()), stream(CONTOSO)).setAside())
          .isNull();
      second.failWith(null);
      second.delete(new EntryKey(Identity.ofOrganization("contoso"), "bob"));
      first.save(
          organization("contoso", "alice", "t1").with(new Expiry(NOW, Expiry.Source.GIT), null));
      assertThat(CredentialHelper.get(run(new ByteArrayOutputStream()), stream(CONTOSO)).setAside())
          .isNull();
    }

    @Test
    void ofSeveralThatAreSetAsideTheNewestOfTheWantedUserCounts() throws Exception {
      for (String user : List.of("alice", "bob", "carol")) {
        first.save(
            Entry.of(
                    new EntryKey(Identity.ofOrganization("contoso"), user),
                    Secret.password(user.getBytes(UTF_8)),
                    user.equals("bob") ? NOW - 1 : NOW - DAY)
                .setAsideAt(NOW));
      }
      for (String user : List.of("alice", "bob", "carol")) {
        String request = CONTOSO + "username=" + user + "\n";
        assertThat(
                CredentialHelper.get(run(new ByteArrayOutputStream()), stream(request))
                    .setAside()
                    .key()
                    .user())
            .isEqualTo(user);
      }
      assertThat(
              CredentialHelper.get(run(new ByteArrayOutputStream()), stream(CONTOSO))
                  .setAside()
                  .key()
                  .user())
          .isEqualTo("bob");
    }

    @Test
    void warnsWithinAWeekOfExpiryAtMostOnceADay() throws Exception {
      store(CONTOSO + "username=x\npassword=t1\npassword_expiry_utc=" + (NOW + 8 * DAY) + "\n");
      assertThat(get(CONTOSO)).contains("password_expiry_utc=" + (NOW + 8 * DAY) + "\n");
      assertThat(said).isEmpty();
      now = NOW + 2 * DAY;
      assertThat(get(CONTOSO)).isNotEmpty();
      assertThat(said)
          .contains("warning: the token for contoso expires on")
          .endsWith("\nhint: git-credential-pat login contoso\n")
          .hasLineCount(3);
      now += DAY - 1;
      assertThat(get(CONTOSO)).isNotEmpty();
      assertThat(said).isEmpty();
      now += 2;
      assertThat(get(CONTOSO)).isNotEmpty();
      assertThat(said).contains("expires on");
    }

    @Test
    void answersBasicOnlyToAServerThatOffersNtlmAsWell() throws Exception {
      store(TFS + "username=alice\npassword=t2\n");
      String expected = "authtype=Basic\ncredential=" + basic("alice", "t2") + "\n";
      assertThat(get(MODERN + TFS + TFS_401)).contains(expected).doesNotContain("password=");
      assertThat(get(MODERN + TFS + TFS_JOINED_401)).contains(expected).doesNotContain("password=");
      for (String others :
          List.of(
              TFS + TFS_401,
              MODERN + TFS,
              MODERN + TFS + AZURE_401,
              MODERN + TFS + AZURE_401 + "wwwauth[]=Negotiate\n",
              MODERN + TFS + "wwwauth[]=Basic realm=\"x, NTLM\"\n",
              MODERN + TFS + "wwwauth[]=Negotiate, NTLM\n")) {
        assertThat(get(others)).contains("password=t2").doesNotContain("credential=");
      }
      store(HOST + "username=alice\npassword=p\n");
      assertThat(get(MODERN + HOST + TFS_401)).contains("password=p").doesNotContain("credential=");
    }

    @Test
    void theServiceIsNeverAnsweredWithAnAuthtype() throws Exception {
      store(CONTOSO + "username=alice\npassword=t1\n");
      for (String offered : List.of(AZURE_401, TFS_401, TFS_JOINED_401)) {
        assertThat(get(MODERN + CONTOSO + offered))
            .contains("username=alice\npassword=t1\n")
            .doesNotContain("credential=");
      }
    }

    @Test
    void aUserWithAColonCannotBeSentAsBasic() throws Exception {
      store(TFS + "username=a:b\npassword=t1\n");
      assertThat(get(MODERN + TFS + TFS_401)).contains("username=a:b\npassword=t1\n");
    }

    @Test
    void aBearerIsAnsweredOnlyWhereAuthtypeIsOffered() throws Exception {
      store(MODERN + HOST + "authtype=Bearer\ncredential=b1\n");
      assertThat(get(HOST)).isEmpty();
      assertThat(get("capability[]=authtype\n" + HOST))
          .isEqualTo("capability[]=authtype\nauthtype=Bearer\ncredential=b1\n");
    }

    @Test
    void neverSendsProtocolHostOrPathBack() throws Exception {
      store(CONTOSO + "username=alice\npassword=t1\n");
      assertThat(get(MODERN + CONTOSO + AZURE_401))
          .doesNotContain("protocol=", "host=", "path=", "url=");
    }

    @Test
    void answersTheRefreshToken() throws Exception {
      store(HOST + "username=a\npassword=p\noauth_refresh_token=r\n");
      assertThat(get(HOST)).contains("oauth_refresh_token=r\n");
    }

    @Test
    void asksTheNextStoreWhereOneIsUnavailableInSilence() throws Exception {
      second.save(organization("contoso", null, "t1"));
      first.failWith(new StoreException(Reason.UNAVAILABLE, "not here"));
      assertThat(password(get(CONTOSO))).isEqualTo("t1");
      assertThat(said).isEmpty();
      chosen = true;
      assertThat(password(get(CONTOSO))).isEqualTo("t1");
      assertThat(said).contains("first: not here");
    }

    @Test
    void saysThatTheLastStoreIsUnavailableSinceNothingComesAfterIt() throws Exception {
      second.failWith(new StoreException(Reason.UNAVAILABLE, "its key is lost"));
      assertThat(get(CONTOSO)).isEmpty();
      assertThat(said).contains("second: its key is lost").hasLineCount(1);
    }

    @Test
    void readsOnBelowALockedStoreAndSaysWhatToUnlockWhenThatFindsNothing() throws Exception {
      first.failWith(new StoreException(Reason.LOCKED, "the keyring is locked; unlock it"));
      assertThat(get(CONTOSO)).isEmpty();
      assertThat(said).contains("the keyring is locked; unlock it").hasLineCount(1);
      second.save(organization("contoso", null, "t1"));
      assertThat(password(get(CONTOSO))).isEqualTo("t1");
      assertThat(said).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"", "host=example.com\n", "protocol=https\n", "protocol=https\nhost=\n"})
    void saysNothingWithoutAHost(String request) throws Exception {
      store(HOST + "username=a\npassword=p\n");
      assertThat(get(request)).isEmpty();
      assertThat(said).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"host=a\rb\n", "nonsense\n", "username=\0\n"})
    void refusesABrokenRequestWithOneLine(String line) throws Exception {
      store(HOST + "username=a\npassword=p\n");
      assertThat(get(HOST + line)).isEmpty();
      assertThat(said).startsWith("git-credential-pat: ").hasLineCount(1);
    }
  }

  @Nested
  final class Keep {
    @Test
    void whatWasJustAnsweredReturnsBeforeAnyStoreIsTouched() throws Exception {
      store(CONTOSO + "username=alice\npassword=t1\n");
      store(TFS + "username=alice\npassword=t2\n");
      String state = state(get(MODERN + CONTOSO));
      String stateOfBasic = state(get(MODERN + TFS + TFS_401));
      first.failWith(new StoreException(Reason.FAILED, "touched"));
      second.failWith(new StoreException(Reason.FAILED, "touched"));
      assertThat(store(MODERN + CONTOSO + "username=alice\npassword=t1\n" + state)).isTrue();
      assertThat(
              store(
                  MODERN
                      + TFS
                      + "authtype=Basic\ncredential="
                      + basic("alice", "t2")
                      + "\n"
                      + stateOfBasic))
          .isTrue();
      assertThat(said).isEmpty();
    }

    @Test
    void aStateOfAnotherAnswerHidesNothing() throws Exception {
      store(CONTOSO + "username=alice\npassword=t1\n");
      String state = state(get(MODERN + CONTOSO));
      store(MODERN + CONTOSO + "username=alice\npassword=t2\n" + state);
      assertThat(password(get(CONTOSO))).isEqualTo("t2");
    }

    @Test
    void theSameSecretKeepsWhatGitDidNotSendAndWritesNothing() throws Exception {
      Entry entry =
          new Entry(
              new EntryKey(Identity.ofOrganization("contoso"), "alice"),
              Secret.password("t1".getBytes(UTF_8)),
              new Expiry(NOW + 90 * DAY, Expiry.Source.SERVICE),
              Secret.password("r".getBytes(UTF_8)),
              NOW - 5,
              0,
              "laptop",
              "vso.code",
              "id");
      first.save(entry);
      int writes = first.writes();
      for (String sent :
          List.of(
              "username=alice\npassword=t1\n",
              "username=contoso\npassword=t1\n",
              "username=bob\npassword=t1\n",
              "username=pat\npassword=t1\npassword_expiry_utc=" + (NOW + 90 * DAY) + "\n",
              "username=alice\npassword=t1\noauth_refresh_token=r\n",
              "authtype=basic\ncredential=" + basic("x", "t1") + "\n")) {
        assertThat(store(CONTOSO + sent)).isTrue();
      }
      assertThat(first.writes()).isEqualTo(writes);
      assertThat(second.writes()).isZero();
      store(CONTOSO + "username=alice\npassword=t1\npassword_expiry_utc=" + (NOW + DAY) + "\n");
      assertThat(onlyEntry(first).expiry()).isEqualTo(new Expiry(NOW + DAY, Expiry.Source.GIT));
      assertThat(onlyEntry(first).name()).isEqualTo("laptop");
      assertThat(onlyEntry(first).refreshToken()).isNotNull();
    }

    @Test
    void aNewSecretForgetsWhatBelongedToTheOldOne() throws Exception {
      first.save(
          new Entry(
              new EntryKey(Identity.ofOrganization("contoso"), "alice"),
              Secret.password("t1".getBytes(UTF_8)),
              new Expiry(NOW + 90 * DAY, Expiry.Source.SERVICE),
              Secret.password("r".getBytes(UTF_8)),
              NOW - 5,
              NOW - 1,
              "laptop",
              "vso.code",
              "id"));
      store(CONTOSO + "username=contoso\npassword=t2\n");
      Entry entry = onlyEntry(first);
      assertThat(entry.secret().bytes()).isEqualTo("t2".getBytes(UTF_8));
      assertThat(entry.key().user()).isEqualTo("alice");
      assertThat(entry.storedAt()).isEqualTo(NOW);
      assertThat(entry.expiry()).isNull();
      assertThat(entry.refreshToken()).isNull();
      assertThat(entry.name()).isNull();
      assertThat(entry.scopes()).isNull();
      assertThat(entry.authorizationId()).isNull();
      assertThat(entry.setAsideAt()).isZero();
    }

    @Test
    void afterAnExpiredTokenWasReplacedAtGitsPromptTheNewOneIsAnswered() throws Exception {
      first.save(
          organization("contoso", null, "old").with(new Expiry(NOW - 1, Expiry.Source.GIT), null));
      store(CONTOSO + "username=alice\npassword=new\n");
      assertThat(password(get(CONTOSO))).isEqualTo("new");
      assertThat(password(get(CONTOSO + "username=contoso\n"))).isEqualTo("new");
    }

    @Test
    void theSameSecretStoredAgainBringsARefusedOrExpiredOneBack() throws Exception {
      first.save(organization("contoso", null, "t1").setAsideAt(NOW - 9));
      store(CONTOSO + "username=x\npassword=t1\n");
      assertThat(password(get(CONTOSO))).isEqualTo("t1");
      first.save(
          organization("contoso", null, "t1").with(new Expiry(NOW - 1, Expiry.Source.GIT), null));
      store(CONTOSO + "username=x\npassword=t1\n");
      assertThat(password(get(CONTOSO))).isEqualTo("t1");
    }

    @Test
    void aBasicCredentialNeverMakesASecondEntry() throws Exception {
      store(HOST + "username=alice\npassword=p1\n");
      store(HOST + "authtype=BASIC\ncredential=" + basic("alice", "p2") + "\n");
      assertThat(onlyEntry(first).secret().bytes()).isEqualTo("p2".getBytes(UTF_8));
      assertThat(onlyEntry(first).secret().authtype()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"!!!", "bm9jb2xvbg=="})
    void aBasicCredentialThatCannotBeReadChangesNothing(String credential) throws Exception {
      assertThat(store(HOST + "authtype=Basic\ncredential=" + credential + "\n")).isFalse();
      assertThat(first.list()).isEmpty();
      assertThat(said).hasLineCount(1);
      store(HOST + "username=a\npassword=p\n");
      erase(HOST + "authtype=Basic\ncredential=" + credential + "\n");
      assertThat(first.list()).hasSize(1);
    }

    @Test
    void aTypedUserNameNeverBecomesAnOrganization() throws Exception {
      assertThat(store(SERVICES + "username=alice\npassword=t1\n")).isFalse();
      assertThat(first.list()).isEmpty();
      assertThat(said)
          .contains("useHttpPath")
          .endsWith("\nhint: git-credential-pat login alice\n")
          .hasLineCount(3);
    }

    @Test
    void aUserPartThatWasInTheGetIsTheOrganization() throws Exception {
      String state = state(get(MODERN + SERVICES + "username=contoso\n"));
      store(MODERN + SERVICES + "username=contoso\npassword=t1\n" + state);
      assertThat(password(get(CONTOSO))).isEqualTo("t1");
    }

    @Test
    void withoutStateTheUserPartIsTheOrganizationWhereItIsStoredAlready() throws Exception {
      store(CONTOSO + "username=x\npassword=t1\n");
      store(SERVICES + "username=contoso\npassword=t2\n");
      assertThat(password(get(CONTOSO))).isEqualTo("t2");
    }

    @Test
    void keepsNothingThatIsEphemeralExpiredOrWithoutSecret() throws Exception {
      assertThat(store(HOST + "username=a\npassword=p\nephemeral=1\n")).isTrue();
      assertThat(store(HOST + "username=a\n")).isTrue();
      assertThat(store(HOST + "username=a\npassword=p\npassword_expiry_utc=" + (NOW - 1) + "\n"))
          .isFalse();
      assertThat(first.list()).isEmpty();
    }

    @Test
    void keepsAnEmptyPasswordAndAnEmptyUser() throws Exception {
      store(HOST + "username=\npassword=\n");
      assertThat(get(HOST)).isEqualTo("username=\npassword=\n");
    }

    @Test
    void replacesWhereTheEntryLiesAndRemovesOlderCopiesBelow() throws Exception {
      second.save(organization("contoso", null, "t1"));
      store(CONTOSO + "username=x\npassword=t2\n");
      // Another user's: a new entry goes to the first store.
      assertThat(onlyEntry(first).key().user()).isEqualTo("x");
      first.delete(onlyEntry(first).key());
      store(CONTOSO + "username=contoso\npassword=t3\n");
      assertThat(first.list()).isEmpty();
      assertThat(onlyEntry(second).secret().bytes()).isEqualTo("t3".getBytes(UTF_8));
      first.save(organization("contoso", null, "t4"));
      store(CONTOSO + "username=contoso\npassword=t5\n");
      assertThat(onlyEntry(first).secret().bytes()).isEqualTo("t5".getBytes(UTF_8));
      assertThat(second.list()).isEmpty();
    }

    @Test
    void goesToTheFirstStoreThatCanKeepIt() throws Exception {
      first.failWith(new StoreException(Reason.UNAVAILABLE, "not here"));
      assertThat(store(HOST + "username=a\npassword=p\n")).isTrue();
      assertThat(said).isEmpty();
      first.failWith(new StoreException(Reason.LIMIT, "too long"));
      assertThat(store(HOST + "username=b\npassword=p\n")).isTrue();
      assertThat(second.list()).hasSize(2);
    }

    @Test
    void staysOutBelowALockedStoreUnlessTheEntryLiesThereOrThePersonChose() throws Exception {
      first.failWith(new StoreException(Reason.LOCKED, "locked; unlock it"));
      assertThat(store(HOST + "username=a\npassword=p\n")).isFalse();
      assertThat(said).contains("locked; unlock it").contains("is not stored");
      assertThat(second.list()).isEmpty();
      second.save(organization("contoso", null, "t1"));
      assertThat(store(CONTOSO + "username=contoso\npassword=t2\n")).isTrue();
      assertThat(onlyEntry(second).secret().bytes()).isEqualTo("t2".getBytes(UTF_8));
      chosen = true;
      assertThat(store(HOST + "username=a\npassword=p\n")).isTrue();
      assertThat(second.list()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "host=example.com\nusername=a\npassword=p\n",
          "protocol=https\nusername=a\npassword=p\n",
          "protocol=https\nhost=\nusername=a\npassword=p\n",
          "protocol=https\nhost=example.com\nusername=a\rb\npassword=p\n",
          "protocol=http\nhost=dev.azure.com\npath=contoso\nusername=a\npassword=p\n"
        })
    void refusesWhatNamesNoHostOrABadOne(String request) throws Exception {
      assertThat(store(request)).isFalse();
      assertThat(said).hasLineCount(1);
      assertThat(first.list()).isEmpty();
    }
  }

  @Nested
  final class Erase {
    @Test
    void aPersonsRejectDeletesAndNamesTheToken() throws Exception {
      store(CONTOSO + "username=alice\npassword=t1\n");
      assertThat(erase(CONTOSO)).hasSize(1);
      assertThat(first.list()).isEmpty();
      assertThat(said).contains("the token for contoso (alice) was removed from ").hasLineCount(1);
    }

    @Test
    void aServersRefusalSetsAside() throws Exception {
      store(CONTOSO + "username=alice\npassword=t1\n");
      erase(CONTOSO + "username=alice\npassword=t1\n" + AZURE_401);
      assertThat(onlyEntry(first).setAsideAt()).isEqualTo(NOW);
      assertThat(said).contains("set aside").hasLineCount(1);
      assertThat(get(CONTOSO)).isEmpty();
      assertThat(said).contains("rejected");
    }

    @Test
    void aLateEraseSparesTheNewToken() throws Exception {
      store(CONTOSO + "username=alice\npassword=old\n");
      store(CONTOSO + "username=alice\npassword=new\n");
      for (String tail : List.of("", AZURE_401)) {
        erase(CONTOSO + "username=alice\npassword=old\n" + tail);
        erase(CONTOSO + "authtype=Basic\ncredential=" + basic("alice", "old") + "\n" + tail);
        assertThat(password(get(CONTOSO))).isEqualTo("new");
      }
    }

    @Test
    void comparesTheDecodedCredential() throws Exception {
      store(CONTOSO + "username=alice\npassword=t1\n");
      erase(CONTOSO + "authtype=basic\ncredential=" + basic("pat", "t1") + "\n");
      assertThat(get(CONTOSO)).isEmpty();
      erase(CONTOSO);
      store(HOST + "username=alice\npassword=p1\n");
      erase(HOST + "authtype=Basic\ncredential=" + basic("bob", "p1") + "\nusername=alice\n");
      assertThat(first.list()).hasSize(1);
    }

    @Test
    void comparesTheCredentialOfAnotherScheme() throws Exception {
      store(MODERN + HOST + "authtype=Bearer\ncredential=new\n");
      erase(HOST + "authtype=Bearer\ncredential=old\n");
      erase(HOST + "authtype=Digest\ncredential=new\n");
      erase(HOST + "password=new\n");
      assertThat(first.list()).hasSize(1);
      assertThat(onlyEntry(first).setAsideAt()).isZero();
      erase(HOST + "authtype=bearer\ncredential=new\n");
      assertThat(onlyEntry(first).setAsideAt()).isEqualTo(NOW);
    }

    @Test
    void leavesOtherOrganizationsAlone() throws Exception {
      first.save(organization("contoso", null, "t"));
      first.save(organization("fabrikam", null, "t"));
      erase(CONTOSO + "username=x\npassword=t\n");
      assertThat(get(CONTOSO)).isEmpty();
      assertThat(password(get("protocol=https\nhost=dev.azure.com\npath=fabrikam\n")))
          .isEqualTo("t");
    }

    @Test
    void comparesEachEntryAndRemovesAllThatMatch() throws Exception {
      store(HOST + "username=alice\npassword=p\n");
      store(HOST + "username=bob\npassword=p\n");
      store(HOST + "username=carol\npassword=q\n");
      store(HOST + "path=x\nusername=carol\npassword=p\n");
      assertThat(erase(HOST + "password=p\n")).hasSize(3);
      assertThat(said).isEmpty();
      assertThat(get(HOST + "username=alice\n")).isEmpty();
      assertThat(get(HOST + "username=bob\n")).isEmpty();
      assertThat(get(HOST + "path=x\nusername=carol\n")).isEmpty();
      assertThat(password(get(HOST + "username=carol\n"))).isEqualTo("q");
    }

    @Test
    void everyGivenAttributeMustMatch() throws Exception {
      store(HOST + "username=alice\npassword=p\n");
      store("protocol=https\nhost=example.com:8443\nusername=alice\npassword=p\n");
      erase(HOST + "username=bob\n");
      erase(HOST + "path=x\n");
      erase("protocol=http\nhost=example.com\n");
      assertThat(first.list()).hasSize(2);
      erase(HOST);
      assertThat(first.list()).hasSize(1);
    }

    @Test
    void withoutOrganizationOnlyTheOnlyOneGoes() throws Exception {
      first.save(organization("contoso", null, "t1"));
      first.save(organization("fabrikam", null, "t2"));
      assertThat(erase(SERVICES)).isEmpty();
      assertThat(said).endsWith("\nhint: git-credential-pat logout ORG\n").hasLineCount(2);
      assertThat(erase(SERVICES + "password=t2\n")).hasSize(1);
      assertThat(erase(SERVICES)).hasSize(1);
      assertThat(onlyEntry(first).key().identity().path()).isEqualTo("fabrikam");
    }

    @Test
    void sparesAServersTokenThatGitNeverSent() throws Exception {
      store(TFS + "username=alice\npassword=t1\n");
      assertThat(erase(TFS + "username=alice\npassword=t1\n" + TFS_401)).isEmpty();
      assertThat(said)
          .contains("not erased")
          .endsWith("\nhint: git-credential-pat configure --server http://tfs:8080\n")
          .hasLineCount(2);
      assertThat(onlyEntry(first).setAsideAt()).isZero();
      erase(TFS + "authtype=Basic\ncredential=" + basic("alice", "t1") + "\n" + TFS_401);
      assertThat(onlyEntry(first).setAsideAt()).isEqualTo(NOW);
    }

    @Test
    void aCollectionsRefusalReachesTheWholeServersEntryThatAnsweredIt() throws Exception {
      store("protocol=http\nhost=tfs:8080\nusername=alice\npassword=whole\n");
      erase(TFS);
      assertThat(first.list()).hasSize(1);
      assertThat(onlyEntry(first).setAsideAt()).isZero();
      erase(TFS + "username=alice\npassword=whole\n");
      assertThat(onlyEntry(first).setAsideAt()).isEqualTo(NOW);
    }

    @Test
    void goesToAllStoresAndSaysWhichCouldNotBeReached() throws Exception {
      second.save(organization("contoso", null, "t1"));
      first.failWith(new StoreException(Reason.LOCKED, "locked"));
      assertThat(erase(CONTOSO)).hasSize(1);
      assertThat(said).contains("first: locked").contains("not erased from");
      assertThat(second.list()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "protocol=https\n",
          "host=example.com\n",
          "protocol=https\nhost=\n",
          "",
          "nonsense\n"
        })
    void needsProtocolAndHost(String request) throws Exception {
      store(HOST + "username=a\npassword=p\n");
      assertThat(erase(request)).isEmpty();
      assertThat(first.list()).hasSize(1);
      assertThat(said).hasLineCount(1);
    }
  }

  @Test
  void aTokenThatStandsAsUserNameIsShownNowhere() throws Exception {
    String token = "a2b3".repeat(13);
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    for (String word : List.of(token, "ghp_" + "a2b3".repeat(9))) {
      String request = HOST + "username=" + word + "\n";
      CredentialHelper.store(run(err, true), stream(request + "password=p\n"));
      CredentialHelper.get(run(err, true), stream(request)).writeTo(new ByteArrayOutputStream());
      CredentialHelper.erase(run(err, true), stream(request));
      first.save(organization("contoso", word, "t1"));
      first.save(organization("contoso", "bob", "t2"));
      CredentialHelper.get(run(err, true), stream(CONTOSO)).writeTo(new ByteArrayOutputStream());
      CredentialHelper.erase(run(err, true), stream(CONTOSO));
    }
    assertThat(err.toString(UTF_8)).contains("trace:", "(hidden)").doesNotContain("a2b3");
  }

  @Test
  void noMessageHoldsASecretOrAControlCharacter() throws Exception {
    store("protocol=https\nhost=\u001b[31mx\nusername=alice\npassword=s3cret\n");
    assertThat(said).doesNotContain("\u001b").doesNotContain("s3cret").contains("\\x1b");
  }

  @Test
  void whatClingsToAPastedTokenIsNotStored() throws Exception {
    String token = "abcdefg234567".repeat(4);
    for (String pasted : List.of("\"@\"", "\uFEFF@", "@\u200B", " @\u00A0")) {
      for (String place : List.of(CONTOSO, TFS)) {
        assertThat(store(place + "username=alice\npassword=" + pasted.replace("@", token) + "\n"))
            .isTrue();
        assertThat(get(place)).contains("password=" + token + "\n");
      }
    }
    assertThat(first.list()).hasSize(2);
    assertThat(first.writes()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"secret\"", "secret\u00A0", " secret ", "'abcdefg2'"})
  void aPasswordThatIsNoTokenStaysAsItIs(String password) throws Exception {
    String token = "abcdefg234567".repeat(4);
    assertThat(store(TFS + "username=alice\npassword=" + password + "\n")).isTrue();
    assertThat(get(TFS)).contains("password=" + password + "\n");
    assertThat(store(HOST + "username=alice\npassword='" + token + "'\n")).isTrue();
    assertThat(get(HOST)).contains("password='" + token + "'\n");
  }
}
