package io.github.gitcredentialpat.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.identity.Resolution.Kind;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

// More than 400 lines: a table of URLs.
final class ResolutionTest {
  private static final String NEW_FORM = "a".repeat(76) + "AZDO" + "b".repeat(4);
  private static final String OLD_FORM = "abcdefg234567".repeat(4);

  /** As git takes a URL apart: user part, host, and the decoded path without its leading slash. */
  private static Resolution of(String url) {
    int authority = url.indexOf("://") + 3;
    int end = authority;
    while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
      end++;
    }
    String before = url.substring(authority, end);
    int at = before.lastIndexOf('@');
    int start = url.startsWith("/", end) ? end + 1 : end;
    String path =
        end == url.length()
            ? null
            : URLDecoder.decode(url.substring(start).replace("+", "%2B"), StandardCharsets.UTF_8);
    return Resolution.resolve(
        url.substring(0, authority - 3),
        before.substring(at + 1),
        path,
        at < 0 ? null : before.substring(0, at));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://dev.azure.com/contoso/Web/_git/site",
        "https://contoso@dev.azure.com/contoso/Web/_git/site",
        "https://contoso@dev.azure.com",
        "https://Contoso@DEV.azure.com",
        "https://dev.azure.com:443/contoso",
        "https://dev.azure.com/contoso/_git/site",
        "https://dev.azure.com/contoso/My%20Project/_git/My%20Repo",
        "https://dev.azure.com/Contoso/Web/_git/site/info/lfs",
        "https://dev.azure.com//contoso/Web/_git/site",
        "https://contoso.visualstudio.com",
        "https://contoso.visualstudio.com/DefaultCollection/Web/_git/site",
        "https://alice@contoso.visualstudio.com/Web/_git/site",
        "https://pkgs.dev.azure.com/contoso/Web/_packaging/feed1/npm/registry/",
        "https://contoso@pkgs.dev.azure.com",
        "https://vssps.dev.azure.com/contoso/_apis/tokens/pats",
        "https://vstmr.dev.azure.com/contoso/Web/_apis/testresults/runs",
        "https://vsblob.dev.azure.com/contoso/_apis/blob",
        "https://status.dev.azure.com/contoso/x",
        "https://mcp.dev.azure.com/contoso",
        "https://governance.dev.azure.com/contoso/_apis/x",
        "https://contoso.vstmr.visualstudio.com/Web/_apis/x",
        "https://dev.azure.com/contoso?go-get=1",
        "https://dev.azure.com/contoso/Web?go-get=1",
        "https://dev.azure.com/contoso#top",
        "https://contoso.visualstudio.com?view=projects",
        "https://contoso@dev.azure.com?go-get=1",
        "https://contoso.pkgs.visualstudio.com/_packaging/feed1/nuget/v3/index.json",
        "https://fabrikam@dev.azure.com/contoso/Web/_git/site"
      })
  void oneOrganizationWhateverTheUrlLooksLike(String url) {
    Resolution whose = of(url);
    assertThat(whose.kind()).isEqualTo(Kind.ORGANIZATION);
    assertThat(whose.identity()).isEqualTo(Identity.ofOrganization("contoso"));
    assertThat(whose.identity().display()).isEqualTo("contoso");
    assertThat(TokenPage.of(whose))
        .isEqualTo("https://dev.azure.com/contoso/_usersSettings/tokens");
  }

  @Test
  void theUserPartIsTheOrganizationOnlyWithoutAPath() {
    assertThat(of("https://contoso@dev.azure.com").fromUser()).isTrue();
    assertThat(of("https://contoso@dev.azure.com/contoso/_git/x").fromUser()).isFalse();
    assertThat(of("https://alice@contoso.visualstudio.com").fromUser()).isFalse();
  }

  @Test
  void aTokenTypedAsUserNameIsNeverAnOrganization() {
    for (String token : new String[] {NEW_FORM, OLD_FORM}) {
      assertThat(of("https://" + token + "@dev.azure.com").kind())
          .isEqualTo(Kind.UNKNOWN_ORGANIZATION);
      assertThat(of("https://" + token + "@dev.azure.com/contoso/_git/x").identity())
          .isEqualTo(Identity.ofOrganization("contoso"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://dev.azure.com",
        "https://pkgs.dev.azure.com",
        "https://a%20b@dev.azure.com",
        "https://VssSessionToken@pkgs.dev.azure.com",
        "https://PersonalAccessToken@dev.azure.com",
        "https://www@dev.azure.com",
        "https://dev.azure.com?x=contoso",
        "https://@dev.azure.com"
      })
  void withNeitherPathNorUserTheOrganizationIsUnknown(String url) {
    assertThat(of(url).kind()).isEqualTo(Kind.UNKNOWN_ORGANIZATION);
    assertThat(of(url).identity()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "http://tfs.corp.local:8080/tfs/DefaultCollection/Web/_git/site, http, tfs.corp.local:8080, tfs/defaultcollection",
    "http://TFS.corp.local:8080/TFS/DefaultCollection, http, tfs.corp.local:8080, tfs/defaultcollection",
    "https://tfs.corp.local/tfs/_apis/connectionData, https, tfs.corp.local, tfs",
    "https://tfs.corp.local/tfs, https, tfs.corp.local, tfs",
    "https://ados.corp.local/DefaultCollection/Web/_git/site, https, ados.corp.local, defaultcollection",
    "https://ados.corp.local/DefaultCollection/_packaging/feed/npm/registry, https, ados.corp.local, defaultcollection",
    "https://ados.corp.local/devops/DefaultCollection/Web/_git/site, https, ados.corp.local, devops",
    "https://ados.corp.local/_git/site, https, ados.corp.local,",
    "https://tfs.corp.local/tfs/My%20Collection/Web/_git/site?go-get=1, https, tfs.corp.local, tfs/my collection",
    "https://tfs.corp.local/tfs/DefaultCollection?go-get=1, https, tfs.corp.local, tfs/defaultcollection",
    "https://ados.corp.local/_git?go-get=1, https, ados.corp.local,",
    "https://[::1]:8443/tfs/One/_git/x, https, [::1]:8443, tfs/one"
  })
  void aServersPathIsKnownByItsForm(String url, String protocol, String host, String path) {
    Resolution whose = of(url);
    assertThat(whose.kind()).isEqualTo(Kind.COLLECTION);
    assertThat(whose.identity()).isEqualTo(new Identity(protocol, host, path));
  }

  @ParameterizedTest
  @CsvSource({
    "https://github.com, https, github.com,",
    "https://github.com/, https, github.com,",
    "https://GitHub.com/Owner/Repo.git, https, github.com, Owner/Repo.git",
    "https://example.com:8443/a, https, example.com:8443, a",
    "https://example.com/gitfs/a, https, example.com, gitfs/a",
    "https://dev.azure.com.evil.example/contoso/Web, https, dev.azure.com.evil.example, contoso/Web",
    "https://notvisualstudio.com/Web, https, notvisualstudio.com, Web",
    "https://evil-dev.azure.com.example/contoso, https, evil-dev.azure.com.example, contoso",
    "https://[::1]/x, https, [::1], x",
    "imap://mail.example.com:993/tfs/_git, imap, mail.example.com:993, tfs/_git"
  })
  void anyOtherHostKeepsItsPathWhole(String url, String protocol, String host, String path) {
    Resolution whose = of(url);
    assertThat(whose.kind()).isEqualTo(Kind.HOST);
    assertThat(whose.identity()).isEqualTo(new Identity(protocol, host, path));
    assertThat(TokenPage.of(whose)).isNull();
  }

  @Test
  void aForeignHostWithAnAzurePathIsNoOrganization() {
    Resolution whose = of("https://dev.azure.com.evil.example/contoso/Web/_git/site");
    assertThat(whose.identity().isOrganization()).isFalse();
    assertThat(whose.identity().host()).isEqualTo("dev.azure.com.evil.example");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://dev.azure.com/contoso/Web/_git/site",
        "http://contoso.visualstudio.com/Web/_git/site",
        "https://dev.azure.com:8443/contoso",
        "https://ssh.dev.azure.com/contoso",
        "https://a.b.dev.azure.com/contoso",
        "https://pkgs.contoso.visualstudio.com/",
        "https://a.b.c.visualstudio.com/",
        "https://visualstudio.com/contoso",
        "https://unknown.dev.azure.com/contoso",
        "https://app.visualstudio.com",
        "https://www.visualstudio.com",
        "https://vs-ssh.visualstudio.com",
        "https://marketplace.visualstudio.com",
        "https://e.visualstudio.com",
        "https://artprodcus3.visualstudio.com",
        "https://vsrmprodweu1.visualstudio.com",
        "https://dev.azure.com/tfsprodweu1/x",
        "https://dev.azure.com/app",
        "https://vssps.dev.azure.com/e/contoso/_apis/graph",
        "https://dev.azure.com/con_toso/x",
        "https://dev.azure.com/contoso-/x",
        "https://dev.azure.com/-contoso/x",
        "https://a.b.vstmr.visualstudio.com/",
        "https://tfsprodweu1.visualstudio.com",
        "https://spsprodcus2.visualstudio.com",
        "https://pkgsprodeus1.visualstudio.com",
        "https://app.vssps.visualstudio.com",
        "https://dev.azure.com./contoso",
        "https://contoso.visualstudio.com./",
        "https://dev.azure.com/_apis/x",
        "https://dev.azure.com/a%20b/x",
        "https://ｄev.azure.com/contoso",
        "https://dev\u3002azure.com/contoso",
        "https://a@b@dev.azure.com/contoso",
        "https://dev.azure.com\\@evil.example/contoso"
      })
  void refusesWhatNoTokenMayBeGivenTo(String url) {
    // Two @ and backslashes reach a helper only in the host.
    int at = url.indexOf('@');
    Resolution whose =
        at < 0
            ? of(url)
            : Resolution.resolve("https", url.substring(8, url.lastIndexOf('/')), null, null);
    assertThat(whose.kind()).isEqualTo(Kind.REFUSED);
    assertThat(whose.identity()).isNull();
    assertThat(whose.refusal()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\u0001b", "a%41", "a b", "a\u007f"})
  void refusesHostsThatAreNone(String host) {
    assertThat(Resolution.resolve("https", host, null, null).kind()).isEqualTo(Kind.REFUSED);
  }

  @Test
  void onAzureHostsSomeUserPartsSayNothing() {
    Resolution organization = of("https://dev.azure.com/contoso/_git/x");
    assertThat(organization.user("")).isNull();
    assertThat(organization.user("Contoso")).isNull();
    assertThat(organization.user(NEW_FORM)).isNull();
    assertThat(organization.user("VssSessionToken")).isNull();
    assertThat(organization.user("vsssessiontoken")).isNull();
    assertThat(organization.user("PersonalAccessToken")).isNull();
    assertThat(organization.user("PAT")).isNull();
    assertThat(organization.user("alice")).isEqualTo("alice");
    assertThat(organization.user("alice%40contoso.com")).isEqualTo("alice@contoso.com");
    Resolution collection = of("http://tfs:8080/tfs/DefaultCollection/_git/x");
    assertThat(collection.user("DefaultCollection")).isNull();
    assertThat(collection.user("CORP\\alice")).isEqualTo("CORP\\alice");
    Resolution host = of("https://github.com/x");
    assertThat(host.user("")).isEmpty();
    assertThat(host.user("VssSessionToken")).isEqualTo("VssSessionToken");
    assertThat(host.user("a%40b")).isEqualTo("a%40b");
    assertThat(host.user(NEW_FORM)).isEqualTo(NEW_FORM);
  }

  @Test
  void onAzureHostsAccountsAreTheSameInAnyCase() {
    Resolution organization = of("https://dev.azure.com/contoso/_git/x");
    assertThat(organization.isSameUser("Alice@Contoso.com", "alice@contoso.COM")).isTrue();
    assertThat(organization.isSameUser("alice", "bob")).isFalse();
    assertThat(organization.isSameUser("alice", null)).isFalse();
    assertThat(organization.isSameUser("VssSessionToken", null)).isTrue();
    Resolution host = of("https://github.com/x");
    assertThat(host.isSameUser("Alice", "alice")).isFalse();
    assertThat(host.isSameUser("alice", "alice")).isTrue();
    assertThat(host.isSameUser(null, null)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "7",
        "contoso-2-b",
        "01234567890123456789012345678901234567890123456789",
        "application"
      })
  void namesByMicrosoftsRuleAreOrganizations(String name) {
    assertThat(of("https://dev.azure.com/" + name + "/x").identity())
        .isEqualTo(Identity.ofOrganization(name));
    assertThat(of("https://" + name + ".visualstudio.com/x").identity())
        .isEqualTo(Identity.ofOrganization(name));
  }

  @Test
  void aLongerNameIsNone() {
    String name = "a".repeat(51);
    assertThat(of("https://dev.azure.com/" + name + "/x").kind()).isEqualTo(Kind.REFUSED);
    assertThat(of("https://" + name + ".visualstudio.com").kind()).isEqualTo(Kind.REFUSED);
    assertThat(of("https://" + name + "@dev.azure.com").kind())
        .isEqualTo(Kind.UNKNOWN_ORGANIZATION);
  }

  /** Cargo's requests, whose path has not been decoded. */
  @Test
  void aPathThatIsStillEncodedNamesTheSame() {
    assertThat(
            Resolution.resolve("https", "dev.azure.com", "contoso/My%20Web/_git/site", null)
                .identity())
        .isEqualTo(Identity.ofOrganization("contoso"));
    assertThat(Resolution.resolve("https", "tfs.corp", "tfs/My%20Main/_git/a%20b", null).identity())
        .isEqualTo(
            Resolution.resolve("https", "tfs.corp", "tfs/My Main/_git/a b", null).identity());
    assertThat(Resolution.resolve("https", "ados.corp", "My%20Main/Web/_git/x", null).identity())
        .isEqualTo(Resolution.resolve("https", "ados.corp", "My Main/Web/_git/x", null).identity());
    assertThat(Resolution.resolve("https", "tfs.corp", "tfs/a%0ab/_git/x", null).kind())
        .isEqualTo(Kind.REFUSED);
    assertThat(Resolution.resolve("https", "tfs.corp", "tfs/100%/_git/x", null).identity())
        .isEqualTo(new Identity("https", "tfs.corp", "tfs/100%"));
  }

  private static final String[] HOSTED = {
    "pkgs", "vssps", "vsrm", "almsearch", "feeds", "vsaex", "auditservice", "analytics",
    "artifacts", "extmgmt", "advsec", "vstmr", "vsblob", "status", "mcp", "governance"
  };

  /** A name by Microsoft's rule, which some letter begins that none of the reserved ones has. */
  private static String anyName(Random random) {
    String inside = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
    StringBuilder name = new StringBuilder("q");
    int length = random.nextInt(48);
    for (int i = 0; i < length; i++) {
      name.append(inside.charAt(random.nextInt(inside.length())));
    }
    return name.append(random.nextInt(10)).toString();
  }

  @RepeatedTest(20)
  void allSpellingsOfOneOrganizationAgree(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    for (int i = 0; i < 200; i++) {
      String name = anyName(random);
      String service = HOSTED[random.nextInt(HOSTED.length)];
      String path =
          new String[] {"", "/", "/Web/_git/site", "/My%20Web/_git/a", "?go-get=1"}
              [random.nextInt(5)];
      String port = random.nextBoolean() ? ":443" : "";
      String user =
          new String[] {"", name + "@", "alice@", "VssSessionToken@", OLD_FORM + "@"}
              [random.nextInt(5)];
      String inAnyCase = random.nextBoolean() ? name.toUpperCase(Locale.ROOT) : name;
      Identity expected = Identity.ofOrganization(name.toLowerCase(Locale.ROOT));
      for (String rest :
          List.of(
              user + "dev.azure.com" + port + "/" + inAnyCase + path,
              user + service + ".dev.azure.com" + port + "/" + inAnyCase + path,
              user + inAnyCase + ".visualstudio.com" + port + path,
              user + inAnyCase + "." + service + ".VisualStudio.com" + port + path)) {
        assertThat(of("https://" + rest).identity()).describedAs(rest).isEqualTo(expected);
        assertThat(Resolution.parse("https://" + rest).identity())
            .describedAs("typed " + rest)
            .isEqualTo(expected);
        if (port.isEmpty()) {
          assertThat(Resolution.parse(rest).identity()).describedAs(rest).isEqualTo(expected);
        }
      }
      for (String ssh :
          List.of(
              "git@ssh.dev.azure.com:v3/" + inAnyCase + "/Web/site",
              "ssh://git@ssh.dev.azure.com/v3/" + inAnyCase + "/Web/site",
              "ssh://git@ssh.dev.azure.com:22/v3/" + inAnyCase + "/Web/site",
              inAnyCase + "@vs-ssh.visualstudio.com:v3/" + inAnyCase + "/Web/site",
              "ssh://" + inAnyCase + "@vs-ssh.visualstudio.com/v3/" + inAnyCase + "/Web/site",
              "ssh://" + inAnyCase + "@vs-ssh.visualstudio.com:22/DefaultCollection/Web/_ssh/a",
              "ssh://alice@" + inAnyCase + ".visualstudio.com:22/Web/_git/site",
              inAnyCase + "@" + inAnyCase + ".visualstudio.com:22/_git/site")) {
        assertThat(Resolution.parse(ssh).identity()).describedAs(ssh).isEqualTo(expected);
      }
      assertThat(Resolution.parse(inAnyCase).identity()).isEqualTo(expected);
    }
  }

  @RepeatedTest(20)
  void noLookalikeIsAnOrganization(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    for (int i = 0; i < 200; i++) {
      String name = anyName(random);
      String label = anyName(random);
      for (String host :
          List.of(
              "dev.azure.com." + label + ".example",
              label + "dev.azure.com",
              "dev-azure.com",
              "dev.azure.co",
              "azure.com",
              label + ".azure.com",
              name + ".visualstudio.com." + label,
              name + "visualstudio.com",
              name + ".visualstudio.co",
              name + ".visual-studio.com",
              label + ".dev.azure.com",
              "pkgs." + label + ".dev.azure.com",
              label + ".pkgs.dev.azure.com",
              name + "." + label + ".visualstudio.com",
              name + ".pkgs." + label + ".visualstudio.com",
              "ssh.dev.azure.com",
              "dev.azure.com:" + (444 + random.nextInt(60_000)),
              "dev.azure.com.",
              "d\u0435v.azure.com")) {
        String url = "https://" + host + "/" + name + "/Web/_git/site";
        assertThat(of(url).kind()).describedAs(url).isNotEqualTo(Kind.ORGANIZATION);
        assertThat(Resolution.parse(url).kind()).describedAs(url).isNotEqualTo(Kind.ORGANIZATION);
      }
      for (String ssh :
          List.of(
              "git@ssh.dev.azure.com." + label + ":v3/" + name + "/Web/site",
              "git@" + label + ".dev.azure.com:v3/" + name + "/Web/site",
              "ssh://git@ssh.dev.azure.com:2222/v3/" + name + "/Web/site",
              "git@ssh.dev.azure.com:v2/" + name + "/Web/site",
              "git@github.com:" + name + "/site")) {
        assertThat(Resolution.parse(ssh).kind()).describedAs(ssh).isEqualTo(Kind.REFUSED);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "contoso",
        "Contoso",
        " contoso\n",
        "contoso/",
        "contoso?view=projects",
        "contoso.visualstudio.com",
        "contoso.visualstudio.com/Web",
        "contoso@dev.azure.com",
        "dev.azure.com/contoso?view=projects",
        "https://dev.azure.com/contoso?view=projects",
        "git@ssh.dev.azure.com:v3/contoso/Web/site",
        "contoso@contoso.visualstudio.com:22/_git/site",
        "https://alice:secret@dev.azure.com/contoso",
        "dev.azure.com/contoso",
        "https://dev.azure.com/contoso/My%20Project/_git/My%20Repo",
        "https://alice@dev.azure.com/contoso",
        "https://contoso.visualstudio.com/"
      })
  void understandsWhatAPersonTypes(String typed) {
    assertThat(Resolution.parse(typed).identity()).isEqualTo(Identity.ofOrganization("contoso"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a b",
        "https://",
        "https://x@",
        "https://example.com/%zz",
        "--all",
        "con_toso",
        "e",
        "dev.azure.com",
        "git@ssh.dev.azure.com:v3/",
        "git@github.com:contoso/site",
        "ssh://"
      })
  void refusesWhatNamesNobody(String typed) {
    assertThat(Resolution.parse(typed).identity()).isNull();
  }

  @Test
  void decodesATypedPathOnce() {
    assertThat(Resolution.parse("https://example.com/a%2520b+c").identity())
        .isEqualTo(new Identity("https", "example.com", "a%20b+c"));
  }

  @Test
  void aServersTokenPageLiesInItsCollection() {
    assertThat(TokenPage.of(of("https://ados.corp.local/DefaultCollection/_git/x")))
        .isEqualTo("https://ados.corp.local/defaultcollection/_usersSettings/tokens");
  }

  @Test
  void whereAServerMayBeTfsItsOlderPageIsNamedToo() {
    Identity tfs = of("http://tfs.corp:8080/tfs/Main/_git/x").identity();
    assertThat(TokenPage.inMessage(tfs))
        .contains("http://tfs.corp:8080/tfs/main/_usersSettings/tokens")
        .contains("http://tfs.corp:8080/tfs/_details/security/tokens");
    assertThat(TokenPage.inMessage(of("https://ados.corp/Main/_git/x").identity()))
        .isEqualTo("https://ados.corp/main/_usersSettings/tokens");
    assertThat(TokenPage.inMessage(Identity.ofOrganization("tfs"))).doesNotContain("_details");
  }

  @Test
  void knowsTheFormsOfTokens() {
    assertThat(TokenFormat.isLike(NEW_FORM)).isTrue();
    assertThat(TokenFormat.isLike(OLD_FORM)).isTrue();
    assertThat(TokenFormat.isLike("eyJ" + "a".repeat(100) + ".b.c")).isTrue();
    assertThat(TokenFormat.isLike("a".repeat(75) + "AZDO" + "b".repeat(5))).isFalse();
    assertThat(TokenFormat.isLike("a".repeat(84))).isFalse();
    assertThat(TokenFormat.isLike(OLD_FORM + "a")).isFalse();
    assertThat(TokenFormat.isLike("1".repeat(52))).isFalse();
    assertThat(TokenFormat.isLike("contoso")).isFalse();
    assertThat(TokenFormat.isLike("")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "entra://login.microsoftonline.com/1a2b3c4d-0000-4000-8000-00000000000f",
        "ENTRA://login.microsoftonline.com",
        "entra://dev.azure.com/contoso",
        "entra://example.com",
        "https://login.microsoftonline.com/1a2b3c4d-0000-4000-8000-00000000000f",
        "https://client@Login.MicrosoftOnline.com:443/common",
        "http://login.microsoftonline.com/x/_git/y"
      })
  void aSignInIsNobodysToken(String url) {
    Resolution whose = Resolution.parse(url);
    assertThat(whose.kind()).isEqualTo(Kind.REFUSED);
    assertThat(whose.identity()).isNull();
  }
}
