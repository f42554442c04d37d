package io.github.gitcredentialpat.azure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpHandler;
import io.github.gitcredentialpat.azure.PatClient.Filter;
import io.github.gitcredentialpat.entra.EntraHttp;
import io.github.gitcredentialpat.entra.FakeEntra;
import io.github.gitcredentialpat.http.Http;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.http.ServiceException.Reason;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

// More than 400 lines: one test for each answer of the API.
/** The rest of it: what no specification tells. */
@Tag("slow")
final class PatClientTest extends PatClientContract {
  private static final String PAGE = "https://dev.azure.com/contoso/_usersSettings/tokens";
  private static final String UNKNOWN = "00000000-0000-4000-8000-000000000001";

  @Override
  HttpHandler before(HttpHandler service) {
    return service;
  }

  private void nextAnswer(int status, String type, String body, String... headers) {
    service.instead(
        exchange -> {
          for (int i = 0; i < headers.length; i += 2) {
            exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
          }
          exchange.getResponseHeaders().set("Content-Type", type);
          byte[] bytes = body.getBytes(UTF_8);
          exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
          if (bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
          }
        });
  }

  private ServiceException failsToCreate(Reason reason) {
    return fails(reason, () -> pats.create("laptop", "vso.code", IN_A_MONTH));
  }

  // Refusals.

  @ParameterizedTest
  @CsvSource({
    "displayNameRequired, choose another name",
    "invalidDisplayName, choose another name",
    "duplicateDisplayName, choose another name",
    "invalidScope, scopes",
    "invalidValidTo, between tomorrow and",
    "accessDenied, _usersSettings/tokens",
    "globalPatPolicyViolation, token create contoso",
    "globalPATCreationBlocked, token create contoso",
    "fullScopePatPolicyViolation, code:write",
    "patLifespanPolicyViolation, earlier expiry",
    "disablePatCreationPolicyViolation, administrator",
    "expiredPatCannotBeExtended, token create contoso",
    "failedToReadTenantPolicy, try again later",
    "invalidUserType, as a person",
    "tokenNotFound, token list contoso"
  })
  void eachRefusalSaysWhatToDo(String code, String says) {
    service.refuse(code);
    ServiceException error = failsToCreate(Reason.REFUSED);
    assertThat(error.code()).isEqualTo(code);
    assertThat(error.inOneLine()).contains(says);
    assertThat(error.getMessage()).doesNotContain(code);
  }

  @Test
  void aRefusalThatIsNotKnownHereIsShownAsItIsButOnOneLine() {
    service.refuse("sunSpots\u001b[2J\nTooMany");
    ServiceException error = failsToCreate(Reason.REFUSED);
    assertThat(error).hasMessageContaining("(sunSpots?[2J TooMany)").hasMessageContaining(PAGE);
    assertThat(error.code()).isEqualTo("sunSpots?[2J TooMany");
  }

  @Test
  void theTextOfNewerVersionsIsShownButNothingLikeAToken() {
    String secret = service.secretOf(service.add("other", "vso.code", IN_A_MONTH));
    service.refuse("patLifespanPolicyViolation", "Not longer than\n30 days. " + secret);
    assertThat(failsToCreate(Reason.REFUSED))
        .hasMessageContaining("(Not longer than 30 days. (left out)) for contoso")
        .hasMessageNotContaining(secret);
  }

  @Test
  void policiesOfVersionsAfterThatOfTheSpecification() throws Exception {
    Pat token = pats.create("laptop", "vso.code", NOW.plusSeconds(60));
    fake.setTime(NOW.plusSeconds(61));
    ServiceException error =
        fails(Reason.REFUSED, () -> pats.update(token.authorizationId(), null, null, IN_A_MONTH));
    assertThat(error.code()).isEqualTo("expiredPatCannotBeExtended");
    service.forbidCreation();
    assertThat(failsToCreate(Reason.REFUSED).code()).isEqualTo("disablePatCreationPolicyViolation");
  }

  // Answers that are no answers.

  @Test
  void anOrganizationOfPersonalAccountsPointsToThePage() {
    service.belongToPersonalAccounts();
    assertThat(failsToCreate(Reason.UNSUPPORTED)).hasMessageContaining(PAGE);
    assertThat(fails(Reason.UNSUPPORTED, () -> pats.list(Filter.ALL))).hasMessageContaining(PAGE);
    assertThat(fails(Reason.UNSUPPORTED, () -> pats.revoke(UNKNOWN))).hasMessageContaining(PAGE);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 203})
  void aSignInPagePointsToThePage(int status) {
    nextAnswer(status, "text/html; charset=utf-8", "<html>Sign in</html>");
    assertThat(fails(Reason.UNSUPPORTED, () -> pats.list(Filter.ALL))).hasMessageContaining(PAGE);
  }

  @Test
  void anAccessTokenThatHasExpiredIsSaidToHave() {
    String stale = FakeEntra.newAccessToken(Instant.now().minusSeconds(60));
    ServiceException error = fails(Reason.UNAUTHORIZED, () -> signedIn(stale).list(Filter.ALL));
    assertThat(error).hasMessageContaining("has expired").hasMessageNotContaining(stale);
  }

  @Test
  void whatIsNoAccessTokenIsNotSentAndNotShown() {
    fake.forget();
    for (String odd : new String[] {"", "two words", "line\nend", "eyJ\u00e4"}) {
      assertThatThrownBy(() -> signedIn(odd).list(Filter.ALL))
          .isInstanceOfSatisfying(
              ServiceException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAUTHORIZED))
          .hasMessageNotContaining("words")
          .hasMessageNotContaining("end");
    }
    assertThat(fake.requests()).isEmpty();
  }

  @Test
  void conditionalAccessIsNotAnUnknownAnswer() {
    nextAnswer(
        403,
        "application/json",
        "{\"message\":\"VS403463: The conditional access policy defined by your administrator\"}");
    assertThat(failsToCreate(Reason.UNAUTHORIZED)).hasMessageContaining("VS403463");
  }

  @Test
  void anOrganizationThatIsNotThereIsNoMissingToken() throws Exception {
    PatClient elsewhere =
        new PatClient(new Http(fake.settings()), "contosso", service.signIn().getBytes(UTF_8));
    for (ThrowingCallable call :
        new ThrowingCallable[] {
          () -> elsewhere.revoke(UNKNOWN),
          () -> elsewhere.get(UNKNOWN),
          () -> elsewhere.list(Filter.ALL)
        }) {
      assertThatThrownBy(call)
          .isInstanceOfSatisfying(
              ServiceException.class, e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED))
          .hasMessageContaining("for contosso; check the organization's name");
    }
  }

  @Test
  void aTokenThatIsGoneNeedNotBeRevoked() throws Exception {
    assertThat(pats.revoke(UNKNOWN)).isFalse();
    service.refuse("authorizationNotFound");
    assertThat(pats.revoke(UNKNOWN)).isFalse();
    nextAnswer(404, "application/json", "{}");
    assertThat(pats.get(UNKNOWN)).isNull();
  }

  @Test
  void aRevocationAnswered200IsOneToo() throws Exception {
    nextAnswer(200, "application/json", "");
    assertThat(pats.revoke(UNKNOWN)).isTrue();
    nextAnswer(200, "application/json", "{\"patTokenError\":\"accessDenied\",\"patToken\":null}");
    fails(Reason.REFUSED, () -> pats.revoke(UNKNOWN));
  }

  @Test
  void aBusyServiceSaysWhenToComeBack() {
    nextAnswer(429, "application/json", "", "Retry-After", "17");
    assertThat(failsToCreate(Reason.UNEXPECTED)).hasMessageEndingWith("try again in 17 seconds");
    nextAnswer(429, "application/json", "", "Retry-After", "Thu, 01 Jan");
    assertThat(failsToCreate(Reason.UNEXPECTED)).hasMessageEndingWith("try again later");
  }

  // What may or may not have been done.

  @Test
  void aFailingGatewayLeavesAChangeOpenAndSaysSo() {
    nextAnswer(502, "text/html", "<html>Bad gateway</html>");
    assertThat(failsToCreate(Reason.UNEXPECTED))
        .hasMessageContaining("HTTP 502")
        .hasMessageContaining("may or may not have been created")
        .extracting("hint")
        .isEqualTo("git-credential-pat token list contoso");
    nextAnswer(503, "text/html", "");
    assertThat(fails(Reason.UNEXPECTED, () -> pats.revoke(UNKNOWN)))
        .hasMessageContaining("may or may not have been revoked");
    nextAnswer(500, "text/html", "");
    assertThat(fails(Reason.UNEXPECTED, () -> pats.list(Filter.ALL)))
        .hasMessageNotContaining("may or may not");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{\"patToken\":",
        "nothing",
        "",
        "{}",
        "{\"patTokenError\":\"none\",\"patToken\":null}",
        "{\"patTokenError\":\"none\",\"patToken\":{\"authorizationId\":\"1\",\"validTo\":\"soon\"}}"
      })
  void anAnswerThatIsNotUnderstoodLeavesAChangeOpen(String body) {
    nextAnswer(200, "application/json", body);
    assertThat(failsToCreate(Reason.UNEXPECTED))
        .hasMessageContaining("may or may not have been created");
    nextAnswer(200, "application/json", body);
    assertThat(fails(Reason.UNEXPECTED, () -> pats.list(Filter.ALL)))
        .hasMessageNotContaining("may or may not");
  }

  @Test
  void aCreatedTokenWithoutItsSecretIsToBeRevoked() {
    nextAnswer(
        200,
        "application/json",
        "{\"patTokenError\":\"none\",\"patToken\":{\"authorizationId\":\"1\",\"token\":null,"
            + "\"validFrom\":\"2026-11-24T00:00:00Z\",\"validTo\":\"2026-12-24T00:00:00Z\"}}");
    assertThat(failsToCreate(Reason.UNEXPECTED)).hasMessageContaining("revoke it");
  }

  @Test
  void aSlowChangeIsOpenASlowListIsNot() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    HttpHandler slow =
        exchange -> {
          try {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    PatClient hasty =
        new PatClient(
            new Http(fake.settings()),
            "contoso",
            service.signIn().getBytes(UTF_8),
            Duration.ofSeconds(1));
    try {
      service.instead(slow);
      assertThat(fails(Reason.TIMEOUT, () -> hasty.create("laptop", "vso.code", IN_A_MONTH)))
          .hasMessageContaining("may or may not have been created")
          .extracting("hint")
          .isEqualTo("git-credential-pat token list contoso");
      service.instead(slow);
      assertThat(fails(Reason.TIMEOUT, () -> hasty.update(UNKNOWN, "name", null, null)))
          .hasMessageContaining("may or may not have been changed");
      service.instead(slow);
      assertThatThrownBy(() -> hasty.list(Filter.ALL))
          .isInstanceOfSatisfying(
              ServiceException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TIMEOUT))
          .hasMessageNotContaining("may or may not");
    } finally {
      over.countDown();
    }
  }

  @Test
  void aConnectionThatBreaksLeavesAChangeOpen() {
    service.instead(exchange -> exchange.close());
    assertThat(fails(Reason.UNREACHABLE, () -> pats.revoke(UNKNOWN)))
        .hasMessageContaining("may or may not have been revoked");
  }

  @Test
  void whereNothingWasSentNothingIsOpen() throws Exception {
    fake.close();
    assertThatThrownBy(() -> pats.create("laptop", "vso.code", IN_A_MONTH))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE))
        .hasMessageNotContaining("may or may not");
  }

  // Lists.

  @Test
  void aListThatTurnsInCirclesEnds() {
    String page = "{\"continuationToken\":\"again\",\"patTokens\":[]}";
    for (int i = 0; i < 3; i++) {
      nextAnswer(200, "application/json", page);
    }
    fake.forget();
    assertThat(fails(Reason.UNEXPECTED, () -> pats.list(Filter.ALL)))
        .hasMessageContaining("does not end");
    assertThat(fake.requests()).hasSize(2);
  }

  @Test
  void aListWithoutEndEnds() {
    for (int i = 0; i < 120; i++) {
      nextAnswer(200, "application/json", "{\"continuationToken\":\"" + i + "\",\"patTokens\":[]}");
    }
    fake.forget();
    fails(Reason.UNEXPECTED, () -> pats.list(Filter.ALL));
    assertThat(fake.requests()).hasSize(100);
  }

  @Test
  void pagesThatAllTakeTheirTimeEnd() {
    int[] pages = {0};
    fake.on(
        "vssps.dev.azure.com",
        exchange -> {
          byte[] page =
              ("{\"continuationToken\":\"" + pages[0]++ + "\",\"patTokens\":[]}").getBytes(UTF_8);
          try {
            Thread.sleep(400);
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          exchange.sendResponseHeaders(200, page.length);
          exchange.getResponseBody().write(page);
        });
    PatClient slow =
        new PatClient(
            new Http(fake.settings()),
            "contoso",
            service.signIn().getBytes(UTF_8),
            Duration.ofMillis(1_500));
    assertThat(fails(Reason.UNEXPECTED, () -> slow.list(PatClient.Filter.ALL)))
        .hasMessageContaining("does not end");
    assertThat(pages[0]).isBetween(2, 20);
  }

  @Test
  void jsonOfAnyDepthAndLengthIsAnAnswerThatIsNotUnderstood() {
    for (String body :
        List.of(
            "[".repeat(100_000),
            "{\"patTokens\":".repeat(50_000),
            "{\"patTokens\":" + "[".repeat(3_000) + "]".repeat(3_000) + "}",
            "{\"patTokens\":[{\"validTo\":1" + "0".repeat(100_000) + "}]}",
            "{\"patTokens\":[{\"authorizationId\":\"x\",\"validFrom\":\"2026-01-01T00:00:00Z\","
                + "\"validTo\":\"+9999999999-01-01T00:00:00Z\"}]}")) {
      nextAnswer(200, "application/json", body);
      fails(Reason.UNEXPECTED, () -> pats.list(PatClient.Filter.ALL));
    }
  }

  @Test
  void aTokenOnTwoPagesIsOne() throws Exception {
    for (int i = 0; i < 2; i++) {
      nextAnswer(
          200,
          "application/json",
          "{\"continuationToken\":\""
              + (i == 0 ? "next" : "")
              + "\",\"patTokens\":[{\"authorizationId\":\"1\",\"validFrom\":\"2026-11-24T00:00:00Z\","
              + "\"validTo\":\"2026-12-24T00:00:00.12Z\"}]}");
    }
    assertThat(pats.list(Filter.ALL)).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-12-01T23:46:23.32Z, 2026-12-01T23:46:23.320Z",
    "2026-12-01T23:46:23.5233333Z, 2026-12-01T23:46:23.523333300Z",
    "2026-12-01T23:46:23Z, 2026-12-01T23:46:23Z",
    "2026-12-01T23:46:23+01:00, 2026-12-01T22:46:23Z",
    "0001-01-01T00:00:00, 0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.9999999Z, 9999-12-31T23:59:59.999999900Z"
  })
  void timesAreReadAsTheServiceWritesThem(String written, String meant) throws Exception {
    nextAnswer(
        200,
        "application/json",
        "{\"patTokenError\":\"none\",\"patToken\":{\"authorizationId\":\"1\",\"validFrom\":\""
            + "2026-11-24T00:00:00Z\",\"validTo\":\""
            + written
            + "\"}}");
    assertThat(pats.get("1").validTo()).isEqualTo(Instant.parse(meant));
  }

  // Where the access token goes.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://vssps.dev.azure.com/contoso",
        "https://vssps.dev.azure.com:8443/contoso",
        "https://vssps.dev.azure.com.evil.example/contoso",
        "https://vssps.dev.azure.com@evil.example/contoso",
        "https://somebody@vssps.dev.azure.com/contoso",
        "https://evil.example/vssps.dev.azure.com",
        "https://dev.azure.com/contoso",
        "https://contoso.visualstudio.com/",
        "https://login.microsoftonline.com.evil.example/",
        "https://login.windows.net/"
      })
  void secretsOfEntraGoToTwoHostsOnly(String address) {
    fake.forget();
    assertThatThrownBy(
            () ->
                EntraHttp.send(
                    new Http(fake.settings()),
                    "GET",
                    URI.create(address),
                    Map.of("Authorization", "Bearer x"),
                    null,
                    Duration.ofSeconds(5)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(fake.requests()).isEmpty();
    assertThat(EntraHttp.mayHave(URI.create("https://vssps.dev.azure.com:443/contoso"))).isTrue();
    assertThat(EntraHttp.mayHave(URI.create("https://login.microsoftonline.com/x"))).isTrue();
  }

  @Test
  void aHeaderThatNamesAnotherHostLeadsNowhere() {
    String[] headers = {
      "Location",
      "https://evil.dev.azure.com/collect",
      "WWW-Authenticate",
      "Bearer authorization_uri=https://evil.dev.azure.com/collect",
      "X-VSS-AuthorizationEndpoint",
      "https://evil.dev.azure.com/"
    };
    fake.on("evil.dev.azure.com", exchange -> exchange.sendResponseHeaders(204, -1));
    fake.forget();
    for (int status : new int[] {301, 302, 307, 308, 401}) {
      nextAnswer(status, "application/json", "{}", headers);
      assertThatThrownBy(() -> pats.list(Filter.ALL)).isInstanceOf(ServiceException.class);
      nextAnswer(status, "application/json", "{}", headers);
      assertThatThrownBy(() -> pats.create("laptop", "vso.code", IN_A_MONTH))
          .isInstanceOf(ServiceException.class);
    }
    assertThat(fake.requests())
        .hasSize(10)
        .allMatch(request -> request.host().equals("vssps.dev.azure.com"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b", "a?b", "../x", "a b", "a#b", "a%2fb", "m\u00fcnchen", "a.b"})
  void whatIsNoOrganizationGetsNoClient(String name) {
    assertThatThrownBy(() -> new PatClient(new Http(fake.settings()), name, new byte[] {'x'}))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
