package io.github.gitcredentialpat.azure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.github.gitcredentialpat.azure.FakeOrganization.Access;
import io.github.gitcredentialpat.azure.FakeOrganization.Grant;
import io.github.gitcredentialpat.azure.FakeOrganization.Trait;
import io.github.gitcredentialpat.azure.Verdict.Kind;
import io.github.gitcredentialpat.http.Http;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

// More than 400 lines: one test for each answer of the service.
/** Each answer of the service that was published, through TLS and a proxy. */
@Timeout(60)
@Tag("slow")
final class TokenCheckTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Identity CONTOSO = Identity.ofOrganization("contoso");
  private static final URI SITE = URI.create("https://dev.azure.com/contoso/Web/_git/site");
  private static final String TFS = "http://tfs.corp.local:8080/tfs/DefaultCollection";

  @AutoClose private final FakeAzureDevOps fake = new FakeAzureDevOps();
  private FakeOrganization contoso;

  @BeforeEach
  void start() throws Exception {
    contoso = fake.organization("contoso");
    contoso.repository("Web/_git/site", Access.ALL);
  }

  @Test
  void aGoodTokenNamesItsOwnerAndTheTenant() {
    Verdict verdict = check(contoso.grant("vso.code"));

    assertThat(verdict)
        .isEqualTo(
            new Verdict(
                Kind.GOOD,
                new Verdict.Owner(contoso.owner(), contoso.account(), contoso.ownerId()),
                contoso.tenant(),
                false,
                "",
                null));
    assertThat(verdict.isGood()).isTrue();
    assertThat(verdict.isBad()).isFalse();
    assertThat(verdict.isOfPersonalAccounts()).isFalse();
  }

  @Test
  void theQuestionIsTheOneThatIsDocumented() {
    String token = contoso.grant("vso.code");
    List<Map<String, List<String>>> headers = new java.util.ArrayList<>();
    fake.on(
        "dev.azure.com",
        exchange -> {
          headers.add(Map.copyOf(exchange.getRequestHeaders()));
          contoso.answer(exchange, exchange.getRequestURI().getPath().substring(9));
        });

    check(token);

    assertThat(fake.requests().get(0))
        .isEqualTo(
            new FakeAzureDevOps.Request(
                "GET", "dev.azure.com", "/contoso/_apis/connectionData", "Basic", ""));
    String basic = Base64.getEncoder().encodeToString((":" + token).getBytes(UTF_8));
    assertThat(headers.get(0))
        .containsEntry("Authorization", List.of("Basic " + basic))
        .containsEntry("Accept", List.of("application/json"))
        .containsEntry("X-tfs-fedauthredirect", List.of("Suppress"))
        .doesNotContainKey("Cookie");
  }

  @Test
  void anOrganizationOfPersonalAccountsIsKnownByItsTenant() {
    contoso.belongToPersonalAccounts();

    assertThat(check(contoso.grant("vso.code")).isOfPersonalAccounts()).isTrue();
  }

  @Test
  void anUnknownTokenIsBad() {
    Verdict verdict = check(fake.newToken());

    assertThat(verdict.kind()).isEqualTo(Kind.REJECTED);
    assertThat(verdict.isBad()).isTrue();
    assertThat(verdict.owner()).isNull();
    assertThat(verdict.tenant()).isEqualTo(contoso.tenant());
    assertThat(verdict.said()).isEmpty();
  }

  @Test
  void aTokenOfAnotherOrganizationIsBad() {
    String other = fake.organization("fabrikam").grant("vso.code");

    assertThat(check(other).kind()).isEqualTo(Kind.REJECTED);
  }

  @Test
  void aRevokedTokenIsBad() {
    String token = contoso.grant("vso.code");
    contoso.revoke(token);

    assertThat(check(token).kind()).isEqualTo(Kind.REJECTED);
  }

  @Test
  void whoTheServiceCallsAnonymousIsNoMemberWithoutRights() {
    contoso.become(Trait.SAYS_WHY);

    Verdict verdict = check(fake.newToken());

    assertThat(verdict.kind()).isEqualTo(Kind.REJECTED);
    assertThat(verdict.said()).startsWith("TF400813: ");
  }

  @Test
  void anExpiredTokenIsBadAndOnlyCalledExpiredWhereTheServiceSaysSo() {
    String token = contoso.grant("vso.code");
    fake.setTime(Instant.now().plus(Duration.ofDays(31)));

    assertThat(check(token).kind()).isEqualTo(Kind.REJECTED);
    contoso.become(Trait.SAYS_WHY);
    Verdict verdict = check(token);
    assertThat(verdict.kind()).isEqualTo(Kind.EXPIRED);
    assertThat(verdict.isBad()).isTrue();
    assertThat(verdict.said())
        .isEqualTo("Access Denied: The Personal Access Token used has expired.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"$id\":\"1\",\"message\":\"Access Denied: The Personal Access Token used has expired.\"}",
        "<html><head><title>Access Denied: The Personal Access Token used has expired."
            + "</title></head><body>%20</body></html>"
      })
  void expiredIsReadFromJsonAndFromAPage(String body) {
    answers(401, body.startsWith("{") ? "application/json" : "text/html", body);

    assertThat(check(fake.newToken()).kind()).isEqualTo(Kind.EXPIRED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"<title", "<title>", "<title ", "</title", "<TITLE><title>"})
  void aPageFullOfTitlesIsReadAtOnce(String part) {
    answers(401, "text/html", part.repeat((1 << 20) / part.length()));

    long start = System.nanoTime();
    assertThat(check(fake.newToken()).kind()).isEqualTo(Kind.REJECTED);
    assertThat((System.nanoTime() - start) / 1_000_000).isLessThan(20_000);
  }

  @Test
  void aGlobalTokenIsGoodUntilItsDayAndBarredFromThenOn() {
    String token = fake.newToken();
    Instant end = FakeOrganization.GLOBAL_TOKENS_END;
    contoso.grant(token, new Grant(Set.of("vso.code"), end.plus(Duration.ofDays(90)), true));

    fake.setTime(end.minusSeconds(1));
    assertThat(check(token).kind()).isEqualTo(Kind.GOOD);
    fake.setTime(end);
    Verdict verdict = check(token);
    assertThat(verdict.kind()).isEqualTo(Kind.GLOBAL_BARRED);
    assertThat(verdict.isBad()).isTrue();
    assertThat(verdict.said()).contains("global Personal Access Token");
  }

  @Test
  void somebodyWhoIsNoMemberNeedsAnotherToken() {
    String token = fake.newToken();
    contoso.grantToStranger(token);

    Verdict verdict = check(token);

    assertThat(verdict.kind()).isEqualTo(Kind.NOT_A_MEMBER);
    assertThat(verdict.isBad()).isTrue();
    assertThat(verdict.said()).contains("'bob@example.com'");
  }

  @Test
  void somebodyWhoNeverSignedInHasAGoodToken() {
    String token = fake.newToken();
    contoso.grantToNewcomer(token);

    Verdict verdict = check(token);

    assertThat(verdict.kind()).isEqualTo(Kind.NEVER_SIGNED_IN);
    assertThat(verdict.isBad()).isFalse();
    assertThat(verdict.said()).contains(contoso.tenant() + "\\carol@example.com");
  }

  @ParameterizedTest
  @EnumSource(names = {"CONDITIONAL_ACCESS", "CONDITIONAL_ACCESS_PAGE"})
  void conditionalAccessSaysNothingAgainstTheToken(Trait trait) {
    String token = contoso.grant("vso.code");
    contoso.become(trait);

    assertThat(check(token).kind()).isEqualTo(Kind.CONDITIONAL_ACCESS);
    assertThat(checkSite(token).kind()).isEqualTo(Kind.CONDITIONAL_ACCESS);
    assertThat(check(token).isBad()).isFalse();
    assertThat(check(token).isGood()).isFalse();
  }

  @Test
  void whereAnybodyIsLetInATokenIsNotGoodForIt() {
    contoso.become(Trait.PUBLIC_PROJECTS);
    contoso.repository("Web/_git/open", Access.PUBLIC);
    String dead = fake.newToken();

    Verdict verdict = check(dead);
    assertThat(verdict.kind()).isEqualTo(Kind.REJECTED);
    assertThat(verdict.publicProjects()).isTrue();
    assertThat(
            checker()
                .checkRepository(
                    CONTOSO,
                    URI.create("https://dev.azure.com/contoso/Web/_git/open"),
                    bytes(dead),
                    LIMIT)
                .kind())
        .isEqualTo(Kind.REJECTED);
    assertThat(check(contoso.grant("vso.code")).kind()).isEqualTo(Kind.GOOD);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSignInPageIsWhatAnUnknownTokenGets(boolean with203) {
    contoso.become(Trait.SIGN_IN_ALWAYS);
    if (with203) {
      contoso.become(Trait.SIGN_IN_WITH_203);
    }

    assertThat(check(fake.newToken()).kind()).isEqualTo(Kind.REJECTED);

    assertThat(fake.requests()).allMatch(request -> request.host().equals("dev.azure.com"));
  }

  @Test
  void aRedirectToElsewhereIsNotFollowedAndSaysNothing() {
    fake.on(
        "dev.azure.com",
        exchange -> {
          exchange.getResponseHeaders().set("Location", "https://portal.corp.local/_signin");
          exchange.sendResponseHeaders(302, -1);
        });

    assertThat(checkOpen(fake.newToken())).contains("HTTP 302");
    assertThat(fake.requests()).allMatch(request -> request.host().equals("dev.azure.com"));
  }

  @Test
  void aTokenWithoutCodeIsNotTakenForDead() {
    String token = contoso.grant("vso.packaging");

    Verdict verdict = check(token);

    assertThat(verdict.kind()).isEqualTo(Kind.LACKS_CODE_READ);
    assertThat(verdict.isBad()).isFalse();
    assertThat(verdict.isAlive()).isTrue();
    assertThat(verdict.owner()).isNotNull();
    contoso.become(Trait.SAYS_WHY);
    assertThat(check(token).kind()).isEqualTo(Kind.LACKS_CODE_READ);
    assertThat(checkSite(token).kind()).isEqualTo(Kind.LACKS_CODE_READ);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aTokenThatOnlyReadsCodeIsGoodWhereConnectionDataIsGuarded(boolean saysWhy) {
    contoso.become(Trait.GUARDS_CONNECTION_DATA);
    if (saysWhy) {
      contoso.become(Trait.SAYS_WHY);
    }
    String token = contoso.grant("vso.code_write");

    Verdict verdict = check(token);
    assertThat(verdict.kind()).isEqualTo(Kind.GOOD);
    assertThat(verdict.owner()).isNull();
    assertThat(checkSite(token).kind()).isEqualTo(Kind.GOOD);
    assertThat(checkSite(contoso.grant("vso.code")).kind()).isEqualTo(Kind.LACKS_CODE_WRITE);
    assertThat(check(fake.newToken()).isBad()).isTrue();
    assertThat(checkSite(fake.newToken()).isBad()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 429, 500, 503})
  void whetherItReadsCodeMayStayOpen(int status) {
    String token = contoso.grant("vso.code");
    fake.on(
        "dev.azure.com",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          if (path.endsWith("connectionData")) {
            contoso.answer(exchange, "_apis/connectionData");
          } else {
            exchange.sendResponseHeaders(status, -1);
          }
        });

    Verdict verdict = check(token);
    assertThat(verdict.isGood()).isTrue();
    assertThat(verdict.unknown()).contains("read access").contains("HTTP " + status);
    if (status != 404) {
      assertThat(checkSite(token).isGood()).isTrue();
      assertThat(checkSite(token).unknown()).contains("HTTP " + status);
    }
  }

  @Test
  void aRepositoryTellsWhatATokenMayDo() {
    Verdict writer = checkSite(contoso.grant("vso.code_write"));
    assertThat(writer.kind()).isEqualTo(Kind.GOOD);
    assertThat(writer.unknown()).isNull();
    assertThat(writer.owner().name()).isEqualTo(contoso.owner());
    assertThat(checkSite(contoso.grant("app_token")).kind()).isEqualTo(Kind.GOOD);
    Verdict reader = checkSite(contoso.grant("vso.code"));
    assertThat(reader.kind()).isEqualTo(Kind.LACKS_CODE_WRITE);
    assertThat(reader.isAlive()).isTrue();
    assertThat(reader.isBad()).isFalse();
    assertThat(checkSite(contoso.grant("vso.packaging")).kind()).isEqualTo(Kind.LACKS_CODE_READ);
    assertThat(checkSite(fake.newToken()).kind()).isEqualTo(Kind.REJECTED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://dev.azure.com/contoso/Web/_git/site/",
        "https://contoso@dev.azure.com/contoso/Web/_git/site",
        "https://contoso.visualstudio.com/Web/_git/site",
        "https://contoso.visualstudio.com/DefaultCollection/Web/_git/site"
      })
  void aRepositoryIsAskedAtItsOwnAddress(String url) {
    Verdict verdict =
        checker()
            .checkRepository(
                CONTOSO, URI.create(url), bytes(contoso.grant("vso.code_write")), LIMIT);

    assertThat(verdict.kind()).isEqualTo(Kind.GOOD);
    assertThat(fake.requests().get(1).path()).endsWith("site/info/refs?service=git-upload-pack");
  }

  @Test
  void aNameWithBlanksIsAskedForAsGitDoes() {
    contoso.repository("My Project/_git/My Repo", Access.ALL);

    assertThat(
            checker()
                .checkRepository(
                    CONTOSO,
                    URI.create("https://dev.azure.com/contoso/My%20Project/_git/My%20Repo"),
                    bytes(contoso.grant("vso.code_write")),
                    LIMIT)
                .kind())
        .isEqualTo(Kind.GOOD);
  }

  @Test
  void aRepositoryThatIsNotSeenOrPushedToSaysNothingAgainstTheToken() {
    String token = contoso.grant("vso.code_write");
    contoso.repository("Web/_git/site", Access.HIDDEN);
    Verdict hidden = checkSite(token);
    assertThat(hidden.kind()).isEqualTo(Kind.REPOSITORY_NOT_VISIBLE);
    assertThat(hidden.said()).startsWith("TF401019: ");
    assertThat(hidden.isBad()).isFalse();
    assertThat(hidden.isAlive()).isTrue();

    contoso.repository("Web/_git/site", Access.BRANCH_POLICY);
    assertThat(checkSite(token).kind()).isEqualTo(Kind.PUSH_NOT_PERMITTED);
    assertThat(checkSite(token).said()).startsWith("TF402455: ");
    contoso.repository("Web/_git/site", Access.NO_CONTRIBUTE);
    assertThat(checkSite(token).kind()).isEqualTo(Kind.PUSH_NOT_PERMITTED);
    assertThat(checkSite(token).isBad()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://dev.azure.com/fabrikam/Web/_git/site",
        "https://dev.azure.com.evil.example/contoso/Web/_git/site",
        "http://dev.azure.com/contoso/Web/_git/site"
      })
  void aTokenGoesToNoOtherPlace(String url) {
    byte[] token = bytes(fake.newToken());

    assertThatThrownBy(() -> checker().checkRepository(CONTOSO, URI.create(url), token, LIMIT))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(fake.requests()).isEmpty();
  }

  @Test
  void aServerIsAskedAtItsCollection() {
    FakeOrganization server = fake.collection(TFS);
    Identity place = Resolution.parse(TFS).identity();

    Verdict good = checker().check(place, bytes(server.grant("vso.code")), LIMIT);
    assertThat(good.kind()).isEqualTo(Kind.GOOD);
    assertThat(good.owner().name()).isEqualTo(server.owner());
    assertThat(good.tenant()).isNull();
    assertThat(fake.requests().get(0).path())
        .isEqualTo("/tfs/defaultcollection/_apis/connectionData");
    assertThat(checker().check(place, bytes(fake.newToken()), LIMIT).kind())
        .isEqualTo(Kind.REJECTED);
  }

  @Test
  void aServerInItsOwnRootIsKnownByItsAnswer() {
    FakeOrganization server =
        fake.collection("https://ados.corp.local/Default Collection".replace(" ", "%20"));
    Identity place = new Identity("https", "ados.corp.local", "default collection");

    assertThat(checker().check(place, bytes(server.grant("vso.code")), LIMIT).kind())
        .isEqualTo(Kind.GOOD);
    assertThat(fake.requests().get(0).scheme()).isEqualTo("none");
    assertThat(fake.requests().get(1).path())
        .isEqualTo("/default%20collection/_apis/connectionData");
    assertThat(checker().check(place, bytes(fake.newToken()), LIMIT).kind())
        .isEqualTo(Kind.REJECTED);
  }

  @Test
  void aServersRepositoryTellsWhatATokenMayDo() {
    FakeOrganization server = fake.collection(TFS);
    server.repository("Web/_git/site", Access.ALL);
    URI repository = URI.create(TFS + "/Web/_git/site");
    Identity place = Resolution.parse(TFS).identity();

    assertThat(
            checker()
                .checkRepository(place, repository, bytes(server.grant("vso.code")), LIMIT)
                .kind())
        .isEqualTo(Kind.LACKS_CODE_WRITE);
  }

  @Test
  void iisThatAsksForPasswordsItselfIsNamed() {
    FakeOrganization server = fake.collection(TFS);
    server.become(Trait.IIS_BASIC);

    Verdict verdict =
        checker().check(Resolution.parse(TFS).identity(), bytes(server.grant("vso.code")), LIMIT);

    assertThat(verdict.kind()).isEqualTo(Kind.IIS_BASIC);
    assertThat(verdict.isBad()).isFalse();
  }

  @Test
  void aServerThatTakesNoBasicSaysNothingAboutTheToken() {
    fake.on(
        "tfs.corp.local:8080",
        exchange -> {
          exchange.getResponseHeaders().put("WWW-Authenticate", List.of("Negotiate", "NTLM"));
          exchange.sendResponseHeaders(401, -1);
        });

    Verdict verdict =
        checker().check(Resolution.parse(TFS).identity(), bytes(fake.newToken()), LIMIT);

    assertThat(verdict.kind()).isEqualTo(Kind.COULD_NOT_TELL);
    assertThat(verdict.unknown()).contains("tfs.corp.local:8080");
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 302, 401, 404})
  void anotherHostIsNotCheckableAndNeverGetsTheToken(int status) {
    fake.on(
        "git.example.com",
        exchange -> {
          exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"git\"");
          say(exchange, status, "text/html", "<title>Welcome</title>");
        });

    for (String path : new String[] {null, "alice/project.git"}) {
      Verdict verdict =
          checker()
              .check(new Identity("https", "git.example.com", path), bytes(fake.newToken()), LIMIT);
      assertThat(verdict.kind()).isEqualTo(Kind.NOT_CHECKABLE);
    }
    String repository = "https://git.example.com/alice/project.git";
    assertThat(
            checker()
                .checkRepository(
                    Resolution.parse(repository).identity(),
                    URI.create(repository),
                    bytes(fake.newToken()),
                    LIMIT)
                .kind())
        .isEqualTo(Kind.NOT_CHECKABLE);
    assertThat(fake.requests()).hasSize(3).allMatch(request -> request.scheme().equals("none"));
  }

  @Test
  void whatIsNoWebHostIsNotAsked() {
    byte[] token = bytes(fake.newToken());

    assertThat(checker().check(new Identity("imap", "mail.example.com", null), token, LIMIT).kind())
        .isEqualTo(Kind.NOT_CHECKABLE);
    assertThat(checker().check(new Identity("https", "dev.azure.com", null), token, LIMIT).kind())
        .isEqualTo(Kind.NOT_CHECKABLE);
    assertThat(fake.requests()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 403, 404, 407, 429, 500, 502, 503})
  void otherStatusesSayNothingAboutTheToken(int status) {
    answers(status, "text/plain", "");

    checkOpen(fake.newToken());
  }

  @Test
  void anOrganizationThatIsNotThereSaysNothingAboutTheToken() {
    Verdict verdict =
        checker().check(Identity.ofOrganization("adventure"), bytes(fake.newToken()), LIMIT);

    assertThat(verdict.kind()).isEqualTo(Kind.COULD_NOT_TELL);
    assertThat(verdict.unknown()).contains("HTTP 404").contains("Azure DevOps Services | 404");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html><body>Accept the terms of this hotel</body></html>",
        "{\"authenticatedUser\":{\"id\":\"8",
        "{}",
        "[]",
        "null",
        "{\"authenticatedUser\":\"\"}",
        "{\"authenticatedUser\":{\"id\":{}}}"
      })
  void a200ThatIsNotItsAnswerSaysNothingAboutTheToken(String body) {
    answers(200, "text/html", body);

    checkOpen(fake.newToken());
  }

  @Test
  void aDeepOrHugeAnswerSaysNothingAboutTheToken() {
    answers(200, "application/json", "[".repeat(100_000));
    checkOpen(fake.newToken());

    fake.on(
        "dev.azure.com",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] block = "{\"authenticatedUser\":{\"x\":".repeat(3000).getBytes(UTF_8);
          for (int i = 0; i < 1000; i++) {
            exchange.getResponseBody().write(block);
          }
        });
    checkOpen(fake.newToken());
  }

  @Test
  void aLongListOfBranchesIsNotReadToItsEnd() {
    String token = contoso.grant("vso.code_write");
    fake.on(
        "dev.azure.com",
        exchange -> {
          if (!exchange.getRequestURI().getPath().endsWith("/info/refs")) {
            contoso.answer(exchange, "_apis/connectionData");
            return;
          }
          String service = exchange.getRequestURI().getQuery().substring("service=".length());
          exchange
              .getResponseHeaders()
              .set("Content-Type", "application/x-" + service + "-advertisement");
          exchange.sendResponseHeaders(200, 0);
          byte[] block = new byte[1 << 16];
          for (int i = 0; i < 1000; i++) {
            exchange.getResponseBody().write(block);
          }
        });

    Verdict verdict = checkSite(token);
    assertThat(verdict.kind()).isEqualTo(Kind.GOOD);
    assertThat(verdict.unknown()).isNull();
  }

  @Test
  void noConnectionSaysNothingAboutTheToken() throws Exception {
    String token = contoso.grant("vso.code");
    fake.close();

    assertThat(checkOpen(token)).contains("refused the connection");
  }

  @Test
  void theLimitHoldsForAllRequestsTogether() {
    String token = contoso.grant("vso.code_write");
    // Java's own first time with TLS and JSON is no matter of this test.
    checkSite(token);
    fake.on(
        "dev.azure.com",
        exchange -> {
          try {
            Thread.sleep(2000);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          contoso.answer(exchange, exchange.getRequestURI().getPath().substring(9));
        });
    long start = System.nanoTime();

    Verdict verdict = checker().checkRepository(CONTOSO, SITE, bytes(token), Duration.ofSeconds(3));

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(5900));
    assertThat(verdict.isGood()).isTrue();
    assertThat(verdict.unknown()).contains("did not answer completely");
  }

  @Test
  void aTokenThatIsSentBackIsNotShown() {
    String token = fake.newToken();
    HttpHandler echo =
        exchange -> {
          String header = exchange.getRequestHeaders().getFirst("Authorization");
          exchange.getResponseHeaders().set("X-TFS-ServiceError", "who is " + header);
          say(exchange, 403, "application/json", "{\"message\":\"who is " + token + "\"}");
        };
    fake.on("dev.azure.com", echo);

    assertThat(check(token).toString())
        .doesNotContain(token)
        .doesNotContain(Base64.getEncoder().encodeToString((":" + token).getBytes(UTF_8)));
  }

  @Test
  void theServicesWordsAreOneShortLine() {
    answers(
        401, "application/json", "{\"message\":\"a\\r\\n\\u001b[31m" + "x".repeat(9000) + "\"}");

    assertThat(check(fake.newToken()).said()).startsWith("a [31mx").hasSizeLessThan(400);
  }

  private TokenCheck checker() {
    return new TokenCheck(new Http(fake.settings()));
  }

  private Verdict check(String token) {
    return checker().check(CONTOSO, bytes(token), LIMIT);
  }

  private Verdict checkSite(String token) {
    return checker().checkRepository(CONTOSO, SITE, bytes(token), LIMIT);
  }

  /** Why it could not be told, neither with nor without a repository. */
  private String checkOpen(String token) {
    for (Verdict verdict : List.of(check(token), checkSite(token))) {
      assertThat(verdict.kind()).isEqualTo(Kind.COULD_NOT_TELL);
      assertThat(verdict.isBad()).isFalse();
      assertThat(verdict.isGood()).isFalse();
      assertThat(verdict.isAlive()).isFalse();
      assertThat(verdict.unknown()).isNotBlank().doesNotContain(token);
    }
    return check(token).unknown();
  }

  private void answers(int status, String type, String body) {
    fake.on("dev.azure.com", exchange -> say(exchange, status, type, body));
  }

  private static void say(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
