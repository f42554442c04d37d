package io.github.gitcredentialpat.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.identity.Whose.Kind;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WhoseTest {
  private static final String NEW_FORM = "a".repeat(76) + "AZDO" + "b".repeat(4);
  private static final String OLD_FORM = "abcdefg234567".repeat(4);

  /** As git takes a URL apart: user part, host, and the decoded path without its leading slash. */
  private static Whose of(String url) {
    int authority = url.indexOf("://") + 3;
    int slash = url.indexOf('/', authority);
    String before = slash < 0 ? url.substring(authority) : url.substring(authority, slash);
    int at = before.lastIndexOf('@');
    String path =
        slash < 0
            ? null
            : URLDecoder.decode(
                url.substring(slash + 1).replace("+", "%2B"), StandardCharsets.UTF_8);
    return Whose.token(
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
        "https://contoso.pkgs.visualstudio.com/_packaging/feed1/nuget/v3/index.json",
        "https://fabrikam@dev.azure.com/contoso/Web/_git/site"
      })
  void oneOrganisationWhateverTheUrlLooksLike(String url) {
    Whose whose = of(url);
    assertThat(whose.kind()).isEqualTo(Kind.ORGANIZATION);
    assertThat(whose.identity()).isEqualTo(Identity.ofOrganization("contoso"));
    assertThat(whose.identity().display()).isEqualTo("contoso");
    assertThat(whose.tokenPage()).isEqualTo("https://dev.azure.com/contoso/_usersSettings/tokens");
  }

  @Test
  void theUserPartIsTheOrganisationOnlyWithoutAPath() {
    assertThat(of("https://contoso@dev.azure.com").fromUser()).isTrue();
    assertThat(of("https://contoso@dev.azure.com/contoso/_git/x").fromUser()).isFalse();
    assertThat(of("https://alice@contoso.visualstudio.com").fromUser()).isFalse();
  }

  @Test
  void aTokenTypedAsUserNameIsNeverAnOrganisation() {
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
        "https://@dev.azure.com"
      })
  void withNeitherPathNorUserTheOrganisationIsUnknown(String url) {
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
    "https://[::1]:8443/tfs/One/_git/x, https, [::1]:8443, tfs/one"
  })
  void aServersPathIsKnownByItsForm(String url, String protocol, String host, String path) {
    Whose whose = of(url);
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
    Whose whose = of(url);
    assertThat(whose.kind()).isEqualTo(Kind.HOST);
    assertThat(whose.identity()).isEqualTo(new Identity(protocol, host, path));
    assertThat(whose.tokenPage()).isNull();
  }

  @Test
  void aForeignHostWithAnAzurePathIsNoOrganisation() {
    Whose whose = of("https://dev.azure.com.evil.example/contoso/Web/_git/site");
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
    Whose whose =
        at < 0 ? of(url) : Whose.token("https", url.substring(8, url.lastIndexOf('/')), null, null);
    assertThat(whose.kind()).isEqualTo(Kind.REFUSED);
    assertThat(whose.identity()).isNull();
    assertThat(whose.refusal()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\u0001b", "a%41", "a b", "a\u007f"})
  void refusesHostsThatAreNone(String host) {
    assertThat(Whose.token("https", host, null, null).kind()).isEqualTo(Kind.REFUSED);
  }

  @Test
  void onAzureHostsSomeUserPartsSayNothing() {
    Whose organization = of("https://dev.azure.com/contoso/_git/x");
    assertThat(organization.user("")).isNull();
    assertThat(organization.user("Contoso")).isNull();
    assertThat(organization.user(NEW_FORM)).isNull();
    assertThat(organization.user("alice")).isEqualTo("alice");
    Whose collection = of("http://tfs:8080/tfs/DefaultCollection/_git/x");
    assertThat(collection.user("DefaultCollection")).isNull();
    assertThat(collection.user("CORP\\alice")).isEqualTo("CORP\\alice");
    Whose host = of("https://github.com/x");
    assertThat(host.user("")).isEmpty();
    assertThat(host.user(NEW_FORM)).isEqualTo(NEW_FORM);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "contoso",
        "Contoso",
        "dev.azure.com/contoso",
        "https://dev.azure.com/contoso/My%20Project/_git/My%20Repo",
        "https://alice@dev.azure.com/contoso",
        "https://contoso.visualstudio.com/"
      })
  void understandsWhatAPersonTypes(String typed) {
    assertThat(Whose.tokenOf(typed).identity()).isEqualTo(Identity.ofOrganization("contoso"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "https://", "https://x@", "https://example.com/%zz", "--all"})
  void refusesWhatNamesNobody(String typed) {
    assertThat(Whose.tokenOf(typed).identity()).isNull();
  }

  @Test
  void decodesATypedPathOnce() {
    assertThat(Whose.tokenOf("https://example.com/a%2520b+c").identity())
        .isEqualTo(new Identity("https", "example.com", "a%20b+c"));
  }

  @Test
  void aServersTokenPageLiesInItsCollection() {
    assertThat(of("https://ados.corp.local/DefaultCollection/_git/x").tokenPage())
        .isEqualTo("https://ados.corp.local/defaultcollection/_usersSettings/tokens");
  }

  @Test
  void knowsTheFormsOfTokens() {
    assertThat(PersonalAccessToken.isLike(NEW_FORM)).isTrue();
    assertThat(PersonalAccessToken.isLike(OLD_FORM)).isTrue();
    assertThat(PersonalAccessToken.isLike("eyJ" + "a".repeat(100) + ".b.c")).isTrue();
    assertThat(PersonalAccessToken.isLike("a".repeat(75) + "AZDO" + "b".repeat(5))).isFalse();
    assertThat(PersonalAccessToken.isLike("a".repeat(84))).isFalse();
    assertThat(PersonalAccessToken.isLike(OLD_FORM + "a")).isFalse();
    assertThat(PersonalAccessToken.isLike("1".repeat(52))).isFalse();
    assertThat(PersonalAccessToken.isLike("contoso")).isFalse();
    assertThat(PersonalAccessToken.isLike("")).isFalse();
  }
}
