package io.github.gitcredentialpat.entra;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import io.github.gitcredentialpat.http.Http;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.http.ServiceException.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

// More than 400 lines: one test for each answer of Entra.
@Tag("slow")
final class EntraClientTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  private final List<String> issued = new ArrayList<>();
  private final List<Long> pauses = new ArrayList<>();
  @AutoClose private final FakeAzureDevOps fake = new FakeAzureDevOps();
  private FakeEntra service;
  private EntraClient entra;
  private final String tenant = UUID.randomUUID().toString();
  private int waits;

  @BeforeEach
  void startTheService() throws Exception {
    fake.setTime(NOW);
    service = new FakeEntra(tenant, fake::now, issued::add);
    fake.on("login.microsoftonline.com", service);
    entra = new EntraClient(new Http(fake.settings()), new ServiceClock(), this::pause);
  }

  /** Time passes for both sides at once. */
  private void pause(Duration duration) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    pauses.add(duration.toSeconds());
    fake.setTime(fake.now().plus(duration));
  }

  private final class ServiceClock extends Clock {
    @Override
    public Instant instant() {
      return fake.now();
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private DeviceCode begin() throws ServiceException {
    return entra.begin(tenant, service.clientId());
  }

  private EntraTokens signIn() throws Exception {
    return entra.await(tenant, service.clientId(), begin(), () -> waits++);
  }

  private ServiceException fails(Reason reason, ThrowingCallable call) {
    List<ServiceException> failure = new ArrayList<>();
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ServiceException.class,
            e -> {
              failure.add(e);
              assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason);
              assertThat(e.getMessage()).contains("; ").doesNotContain("\n");
            });
    return failure.get(0);
  }

  // Device code.

  @Test
  void aPersonIsToldWhereToEnterWhat() throws Exception {
    DeviceCode code = begin();
    assertThat(code.userCode()).isEqualTo("A1B2C3D4E");
    assertThat(code.verificationUri()).isEqualTo("https://microsoft.com/devicelogin");
    assertThat(code.interval()).isEqualTo(Duration.ofSeconds(5));
    assertThat(code.expiresAt()).isEqualTo(NOW.plusSeconds(900));
    assertThat(code.message()).contains("enter the code");
    assertThat(code.toString()).doesNotContain(new String(code.deviceCode(), UTF_8));
    code.wipe();
    assertThat(code.deviceCode()).containsOnly(0);
  }

  @Test
  void aSignInIsWaitedForAtTheServicesPace() throws Exception {
    service.answerPolls("authorization_pending", "authorization_pending");
    EntraTokens tokens = signIn();
    assertThat(pauses).containsExactly(5L, 5L, 5L);
    assertThat(waits).isEqualTo(2);
    assertThat(issued).containsExactly(new String(tokens.accessToken(), UTF_8));
    assertThat(tokens.expiresAt()).isEqualTo(fake.now().plusSeconds(3600));
    assertThat(AccessToken.expiryOf(tokens.accessToken()))
        .isEqualTo(tokens.expiresAt().truncatedTo(ChronoUnit.SECONDS));
    assertThat(tokens.toString())
        .doesNotContain(issued.get(0))
        .doesNotContain(new String(tokens.refreshToken(), UTF_8));
    tokens.wipe();
    assertThat(tokens.accessToken()).containsOnly(0);
    assertThat(tokens.refreshToken()).containsOnly(0);
  }

  @Test
  void askedToSlowDownItStaysSlow() throws Exception {
    service.answerPolls("authorization_pending", "slow_down", "authorization_pending", "slow_down");
    signIn();
    assertThat(pauses).containsExactly(5L, 5L, 10L, 10L, 15L);
  }

  @Test
  void aNetworkThatFailsMeanwhileDoesNotEndTheSignIn() throws Exception {
    DeviceCode code = begin();
    fake.on("login.microsoftonline.com", exchange -> exchange.close());
    EntraTokens tokens =
        entra.await(
            tenant,
            service.clientId(),
            code,
            () -> {
              waits++;
              fake.on("login.microsoftonline.com", service);
            });
    assertThat(issued).containsExactly(new String(tokens.accessToken(), UTF_8));
    assertThat(waits).isEqualTo(1);
    assertThat(pauses).containsExactly(5L, 10L);
  }

  @Test
  void aNetworkThatStaysAwayIsTheReasonGiven() throws Exception {
    service.pace(100, 250);
    DeviceCode code = begin();
    fake.on("login.microsoftonline.com", exchange -> exchange.close());
    fails(Reason.UNREACHABLE, () -> entra.await(tenant, service.clientId(), code, () -> waits++));
  }

  @ParameterizedTest
  @CsvSource({
    "authorization_declined, UNAUTHORIZED, declined",
    "access_denied, UNAUTHORIZED, declined",
    "expired_token, UNAUTHORIZED, not entered in time",
    "bad_verification_code, UNEXPECTED, no longer knows",
    "sun_spots, REFUSED, sun_spots"
  })
  void aSignInThatFailsSaysWhy(String error, Reason reason, String says) {
    service.answerPolls("authorization_pending", error);
    ServiceException failure = fails(reason, this::signIn);
    assertThat(failure).hasMessageContaining(says).hasMessageNotContaining("Trace ID");
    assertThat(failure.code()).isEqualTo(error);
  }

  @Test
  void aCodeThatNobodyEntersIsWaitedForUntilItExpires() {
    service.pace(30, 100);
    service.answerPolls(
        "authorization_pending",
        "authorization_pending",
        "authorization_pending",
        "authorization_pending",
        "authorization_pending");
    ServiceException failure = fails(Reason.UNAUTHORIZED, this::signIn);
    assertThat(failure.code()).isEqualTo("expired_token");
    assertThat(pauses).containsExactly(30L, 30L, 30L, 30L);
  }

  @Test
  void aPersonWhoInterruptsIsNotKeptWaiting() throws Exception {
    service.answerPolls("authorization_pending", "authorization_pending");
    DeviceCode code = begin();
    assertThatThrownBy(
            () ->
                entra.await(
                    tenant, service.clientId(), code, () -> Thread.currentThread().interrupt()))
        .isInstanceOf(InterruptedException.class);
    assertThat(issued).isEmpty();
  }

  @Test
  void anUnknownApplicationIsNamed() {
    String other = UUID.randomUUID().toString();
    ServiceException failure = fails(Reason.REFUSED, () -> entra.begin(tenant, other));
    assertThat(failure).hasMessageContaining(other).hasMessageContaining("AADSTS700016");
    assertThat(failure.code()).isEqualTo("unauthorized_client");
  }

  @Test
  void anApplicationThatMayNotDoThisIsSaidHowToMend() {
    service.makeConfidential();
    assertThat(fails(Reason.REFUSED, this::signIn)).hasMessageContaining("public client flows");
  }

  @Test
  void anUnknownTenantIsSaidToBe() {
    assertThat(fails(Reason.REFUSED, () -> entra.begin("fabrikam.example", service.clientId())))
        .hasMessageContaining("fabrikam.example")
        .hasMessageContaining("AADSTS90002");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b", "../common", "a b", "x?y", "-x", "\u00e4.example"})
  void whatIsNoTenantIsNotAsked(String tenant) {
    assertThatThrownBy(() -> entra.begin(tenant, service.clientId()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(fake.requests()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nothing",
        "[]",
        "{}",
        "{\"user_code\":\"A\",\"device_code\":\"B\",\"verification_uri\":\"http://x/\"}",
        "{\"user_code\":\"A\",\"device_code\":\"B\",\"verification_uri\":\"file:///x\"}"
      })
  void anAnswerThatIsNotUnderstoodIsSaidToBe(String body) {
    fake.on("login.microsoftonline.com", exchange -> answer(exchange, 200, body));
    fails(Reason.UNEXPECTED, this::begin);
    fake.on("login.microsoftonline.com", exchange -> answer(exchange, 502, "<html></html>"));
    assertThat(fails(Reason.UNEXPECTED, this::begin)).hasMessageContaining("HTTP 502");
  }

  @Test
  void anAbsurdPaceIsNotKept() throws Exception {
    fake.on(
        "login.microsoftonline.com",
        exchange ->
            answer(
                exchange,
                200,
                "{\"user_code\":\"A\",\"device_code\":\"B\",\"interval\":9223372036854775807,"
                    + "\"expires_in\":-5,\"verification_uri\":\"https://microsoft.com/x\"}"));
    DeviceCode code = begin();
    assertThat(code.interval()).isBetween(Duration.ofSeconds(1), Duration.ofMinutes(10));
    assertThat(code.expiresAt()).isBetween(NOW, NOW.plusSeconds(86400));
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  // Refresh.

  @Test
  void aRefreshTokenGivesTheNextAccessTokenOnce() throws Exception {
    EntraTokens first = signIn();
    EntraTokens second = entra.refresh(tenant, service.clientId(), first.refreshToken());
    assertThat(issued).hasSize(2).contains(new String(second.accessToken(), UTF_8));
    assertThat(second.refreshToken()).isNotNull().isNotEqualTo(first.refreshToken());
    assertThat(entra.refresh(tenant, service.clientId(), first.refreshToken())).isNull();
    service.revokeRefreshTokens();
    assertThat(entra.refresh(tenant, service.clientId(), second.refreshToken())).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "AADSTS65001: The user or administrator has not consented | consent_required | consent",
        "AADSTS65001: The user or administrator has not consented | | consent",
        "AADSTS50076: You must use multi-factor authentication | basic_action | AADSTS50076",
        "AADSTS53003: Access has been blocked by Conditional Access policies | message_only | 53003",
        "AADSTS700082: It is said here and meant otherwise | additional_action | sign in again",
        "AADSTS999999: Something of tomorrow | | AADSTS999999"
      })
  void aRefreshTokenThatOnlyWantsThePersonIsNotDead(
      String description, @Nullable String suberror, String says) {
    String refreshToken = service.newRefreshToken();
    service.wantPerson(description, suberror);
    assertThat(
            fails(
                Reason.UNAUTHORIZED,
                () -> entra.refresh(tenant, service.clientId(), refreshToken.getBytes(UTF_8))))
        .hasMessageContaining(says);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "AADSTS50173: The provided grant has expired due to it being revoked. |",
        "AADSTS70008: The refresh token has expired due to inactivity. |",
        "AADSTS999999: Something of tomorrow. | bad_token",
        "AADSTS999999: Something of tomorrow. | token_expired"
      })
  void aRefreshTokenThatIsDeadIsToldFromThat(String description, @Nullable String suberror)
      throws Exception {
    service.wantPerson(description, suberror);
    assertThat(entra.refresh(tenant, service.clientId(), "x".getBytes(UTF_8))).isNull();
  }

  @ParameterizedTest
  @CsvSource({"503, 20, in 20 seconds", "429, 7, in 7 seconds", "500, '', later", "429, x, later"})
  void aBadDayOfEntraIsNoRefusal(int status, String retryAfter, String says) {
    fake.on(
        "login.microsoftonline.com",
        exchange -> {
          exchange.getResponseHeaders().set("Retry-After", retryAfter);
          answer(exchange, status, "{\"error\":\"temporarily_unavailable\"}");
        });
    assertThat(
            fails(
                Reason.UNEXPECTED,
                () -> entra.refresh(tenant, service.clientId(), "x".getBytes(UTF_8))))
        .hasMessageContaining("HTTP " + status)
        .hasMessageEndingWith("try again " + says);
  }

  @Test
  void aBadDayOfEntraDoesNotEndASignIn() throws Exception {
    DeviceCode code = begin();
    fake.on(
        "login.microsoftonline.com",
        exchange -> answer(exchange, 503, "{\"error\":\"temporarily_unavailable\"}"));
    EntraTokens tokens =
        entra.await(
            tenant, service.clientId(), code, () -> fake.on("login.microsoftonline.com", service));
    assertThat(issued).containsExactly(new String(tokens.accessToken(), UTF_8));
  }

  @Test
  void secretsGoToEntraAloneAndNeverIntoAnAddress() throws Exception {
    EntraTokens tokens = signIn();
    entra.refresh(tenant, service.clientId(), tokens.refreshToken());
    assertThat(fake.requests())
        .hasSize(3)
        .allMatch(request -> request.host().equals("login.microsoftonline.com"))
        .allMatch(request -> request.path().startsWith("/" + tenant + "/oauth2/v2.0/"))
        .noneMatch(request -> request.path().contains("?"));
  }

  @Test
  void aRedirectIsNotFollowedWithASecret() throws Exception {
    fake.on("evil.dev.azure.com", exchange -> exchange.sendResponseHeaders(204, -1));
    fake.on(
        "login.microsoftonline.com",
        exchange -> {
          exchange.getResponseHeaders().set("Location", "https://evil.dev.azure.com/");
          exchange.sendResponseHeaders(307, -1);
        });
    fails(Reason.UNEXPECTED, () -> entra.refresh(tenant, service.clientId(), "x".getBytes(UTF_8)));
    assertThat(fake.requests()).hasSize(1);
  }

  // The tenant of an organization.

  private static final String TENANT = "1a2b3c4d-0000-4000-8000-00000000000F";

  private void onDevAzureCom(int status, String... headers) {
    fake.on(
        "dev.azure.com",
        exchange -> {
          for (int i = 0; i < headers.length; i += 2) {
            exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
          }
          exchange.sendResponseHeaders(status, -1);
        });
  }

  @Test
  void theTenantIsWhatAHeaderSays() throws Exception {
    onDevAzureCom(200, "X-VSS-ResourceTenant", TENANT);
    assertThat(entra.tenantOf("contoso")).isEqualTo("1a2b3c4d-0000-4000-8000-00000000000f");
    assertThat(fake.requests())
        .singleElement()
        .matches(request -> request.scheme().equals("none") && request.path().equals("/contoso"));
  }

  @Test
  void elseItIsInTheChallenge() throws Exception {
    onDevAzureCom(
        401,
        "WWW-Authenticate",
        "Basic realm=\"https://tfsprodweu1.visualstudio.com/\"",
        "WWW-Authenticate",
        "Bearer authorization_uri=https://login.microsoftonline.com/" + TENANT,
        "WWW-Authenticate",
        "TFS-Federated");
    assertThat(entra.tenantOf("contoso")).isEqualToIgnoringCase(TENANT);
  }

  @Test
  void challengesMayShareAHeader() throws Exception {
    onDevAzureCom(
        401,
        "WWW-Authenticate",
        "Basic realm=\"https://x.visualstudio.com/\", TFS-Federated, Bearer"
            + " authorization_uri=https://login.microsoftonline.com/"
            + TENANT
            + ", NTLM");
    assertThat(entra.tenantOf("contoso")).isEqualToIgnoringCase(TENANT);
  }

  @Test
  void theTenantIsKnownHoweverLongTheAnswerIs() throws Exception {
    fake.on(
        "dev.azure.com",
        exchange -> {
          exchange.getResponseHeaders().set("X-VSS-ResourceTenant", TENANT);
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream out = exchange.getResponseBody()) {
            for (int i = 0; i < 5000; i++) {
              out.write(new byte[1024]);
            }
          } catch (IOException e) {
            // Nobody reads all of it.
          }
        });
    assertThat(entra.tenantOf("contoso")).isEqualToIgnoringCase(TENANT);
  }

  @Test
  void ofAChallengeNothingButTheTenantIsTaken() throws Exception {
    onDevAzureCom(
        401,
        "WWW-Authenticate",
        "Bearer authorization_uri=\"https://evil.example/" + TENANT + "\"");
    assertThat(entra.tenantOf("contoso")).isEqualToIgnoringCase(TENANT);
    assertThat(fake.requests()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Bearer",
        "Bearer authorization_uri=",
        "Bearer authorization_uri=https://login.microsoftonline.com/common",
        "Bearer authorization_uri=https://login.microsoftonline.com/../../../../../../../../../../x",
        "Bearer authorization_uri=1a2b3c4d-0000-4000-8000-00000000000f"
      })
  void elseAnyTenantWillDo(String challenge) throws Exception {
    onDevAzureCom(302, "WWW-Authenticate", challenge, "X-VSS-ResourceTenant", "nonsense");
    assertThat(entra.tenantOf("contoso")).isEqualTo(EntraClient.ANY_TENANT);
  }

  @ParameterizedTest
  @CsvSource({
    "X-VSS-ResourceTenant, 00000000-0000-0000-0000-000000000000",
    "WWW-Authenticate, Bearer authorization_uri=https://login.microsoftonline.com/"
        + "00000000-0000-0000-0000-000000000000"
  })
  void personalAccountsHaveNone(String header, String value) {
    onDevAzureCom(200, header, value);
    assertThat(fails(Reason.UNSUPPORTED, () -> entra.tenantOf("contoso")))
        .hasMessageContaining("https://dev.azure.com/contoso/_usersSettings/tokens");
  }

  // What an access token says itself.

  @Test
  void anAccessTokenSaysWhenItDies() {
    assertThat(AccessToken.expiryOf(FakeEntra.newAccessToken(NOW).getBytes(UTF_8))).isEqualTo(NOW);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "a.b",
        "a.!.c",
        "a.e30.c",
        "a.W10.c",
        "a.bm90aGluZw.c",
        "a.eyJleHAiOiJzb29uIn0.c",
        "a.eyJleHAiOi0xfQ.c",
        "a.eyJleHAiOjk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5fQ.c"
      })
  void whatIsNoneSaysNothing(String token) {
    assertThat(AccessToken.expiryOf(token.getBytes(UTF_8))).isNull();
  }
}
