package io.github.gitcredentialpat.azure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpHandler;
import io.github.gitcredentialpat.azure.PatClient.Filter;
import io.github.gitcredentialpat.http.Http;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.http.ServiceException.Reason;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.TokenFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The life of tokens, as Microsoft's specification knows it: whatever stands between our client and
 * the fake service, these exchanges pass.
 */
abstract class PatClientContract {
  static final Instant NOW = Instant.parse("2026-11-24T12:34:56.789Z");
  static final Instant IN_A_MONTH = NOW.plus(30, ChronoUnit.DAYS);

  @AutoClose final FakeAzureDevOps fake = new FakeAzureDevOps();
  FakePats service;
  PatClient pats;

  @BeforeEach
  void startTheService() throws Exception {
    fake.setTime(NOW);
    service = new FakePats(fake, "contoso");
    fake.on("vssps.dev.azure.com", before(service));
    pats = signedIn(service.signIn());
  }

  /** What stands before the service. */
  abstract HttpHandler before(HttpHandler service) throws Exception;

  final PatClient signedIn(String accessToken) {
    return new PatClient(new Http(fake.settings()), "contoso", accessToken.getBytes(UTF_8));
  }

  /** Whether the organization takes the token, which its other hosts know too. */
  private boolean isGoodForGit(String secret) {
    return new TokenCheck(new Http(fake.settings()))
        .check(Identity.ofOrganization("contoso"), secret.getBytes(UTF_8), Duration.ofSeconds(30))
        .isGood();
  }

  static ServiceException fails(Reason reason, ThrowingCallable call) {
    List<ServiceException> failure = new ArrayList<>();
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ServiceException.class,
            e -> {
              failure.add(e);
              assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason);
              assertThat(e.getMessage()).contains("contoso").doesNotContain("\n");
              assertThat(e.inOneLine()).contains("; ");
            });
    return failure.get(0);
  }

  @Test
  void aNewTokenComesWithItsSecretAndTheExpiryThatTheServiceKeeps() throws Exception {
    Pat token = pats.create("laptop", "vso.code_write", IN_A_MONTH);
    String secret = new String(token.secret(), UTF_8);
    assertThat(TokenFormat.isLike(secret)).isTrue();
    assertThat(service.scopeOf(secret)).isEqualTo("vso.code_write");
    assertThat(isGoodForGit(secret)).isTrue();
    assertThat(token.displayName()).isEqualTo("laptop");
    assertThat(token.scope()).isEqualTo("vso.code_write");
    assertThat(token.validFrom()).isEqualTo(FakePats.stored(NOW)).isNotEqualTo(NOW);
    assertThat(token.validTo()).isEqualTo(FakePats.stored(IN_A_MONTH));
    assertThat(token.global()).isFalse();
    assertThat(service.pats()).containsOnlyKeys(token.authorizationId());
    assertThat(service.pats().get(token.authorizationId()).global()).isFalse();
    assertThat(token.toString()).doesNotContain(secret).contains(token.authorizationId());
  }

  @Test
  void namesOfAnyLanguageStayAsTheyAre() throws Exception {
    String name = "Bäume & \"Äpfel\" \\ 日本 + 100 %";
    String id = pats.create(name, "vso.code vso.packaging", IN_A_MONTH).authorizationId();
    assertThat(pats.get(id).displayName()).isEqualTo(name);
    assertThat(pats.get(id).scope()).isEqualTo("vso.code vso.packaging");
  }

  @Test
  void aTokenIsShownWithoutItsSecret() throws Exception {
    String id = service.add("laptop", "vso.code", IN_A_MONTH);
    Pat token = pats.get(id);
    assertThat(token.authorizationId()).isEqualTo(id);
    assertThat(token.secret()).isNull();
  }

  @Test
  void anUnknownTokenIsNone() throws Exception {
    assertThat(pats.get("00000000-0000-4000-8000-000000000001")).isNull();
  }

  @Test
  void whatIsChangedChangesAndTheRestStays() throws Exception {
    String id = service.add("laptop", "vso.code", IN_A_MONTH);
    String secret = service.secretOf(id);
    Pat renamed = pats.update(id, "desk", null, null);
    assertThat(renamed.displayName()).isEqualTo("desk");
    assertThat(renamed.scope()).isEqualTo("vso.code");
    assertThat(renamed.validTo()).isEqualTo(FakePats.stored(IN_A_MONTH));
    assertThat(pats.update(id, null, "vso.code_write", null).scope()).isEqualTo("vso.code_write");
    Instant later = IN_A_MONTH.plus(30, ChronoUnit.DAYS);
    Pat extended = pats.update(id, null, null, later);
    assertThat(extended.validTo()).isEqualTo(FakePats.stored(later));
    assertThat(extended.displayName()).isEqualTo("desk");
    assertThat(extended.secret()).isNull();
    assertThat(service.scopeOf(secret)).isEqualTo("vso.code_write");
  }

  @Test
  void aGlobalTokenIsKnownAsSuchAndAChangeDoesNotTouchThat() throws Exception {
    String id = service.addGlobal("everywhere", "app_token", IN_A_MONTH);
    assertThat(pats.get(id).global()).isTrue();
    assertThat(pats.list(Filter.ACTIVE)).singleElement().matches(Pat::global);
    assertThat(pats.update(id, "still everywhere", null, null).global()).isTrue();
  }

  @Test
  void aRevokedTokenIsDead() throws Exception {
    String id = service.add("laptop", "vso.code", IN_A_MONTH);
    assertThat(pats.revoke(id)).isTrue();
    assertThat(service.scopeOf(service.secretOf(id))).isNull();
    assertThat(isGoodForGit(service.secretOf(id))).isFalse();
    assertThat(pats.list(Filter.ACTIVE)).isEmpty();
    assertThat(pats.list(Filter.REVOKED)).extracting(Pat::authorizationId).containsExactly(id);
    assertThat(fails(Reason.REFUSED, () -> pats.update(id, "again", null, null)).code())
        .isEqualTo("authorizationNotFound");
  }

  @Test
  void eachListShowsItsOwn() throws Exception {
    String works = service.add("works", "vso.code", IN_A_MONTH);
    String dies = service.add("dies", "vso.code", NOW.plusSeconds(60));
    String revoked = service.add("revoked", "vso.code", IN_A_MONTH);
    pats.revoke(revoked);
    fake.setTime(NOW.plusSeconds(61));
    assertThat(ids(Filter.ACTIVE)).containsExactly(works);
    assertThat(ids(Filter.EXPIRED)).containsExactly(dies);
    assertThat(ids(Filter.REVOKED)).containsExactly(revoked);
    assertThat(ids(Filter.ALL)).containsExactly(works, dies, revoked);
  }

  private List<String> ids(Filter filter) throws ServiceException {
    return pats.list(filter).stream().map(Pat::authorizationId).toList();
  }

  @Test
  void aListIsReadPageByPageToItsEnd() throws Exception {
    assertThat(pats.list(Filter.ALL)).isEmpty();
    for (int i = 0; i < 107; i++) {
      service.add("token " + i, "vso.code", IN_A_MONTH);
    }
    assertThat(ids(Filter.ALL)).hasSize(107).containsExactlyElementsOf(service.pats().keySet());
    service.limitPages(36);
    fake.forget();
    assertThat(ids(Filter.ACTIVE)).containsExactlyElementsOf(service.pats().keySet());
    assertThat(fake.requests())
        .hasSize(3)
        .allMatch(request -> request.path().contains("displayFilterOption=active"))
        .allMatch(request -> request.path().contains("$top=100"));
  }

  @Test
  void aPolicyPullsTheExpiryIn() throws Exception {
    service.limitLife(Duration.ofDays(7));
    Pat token = pats.create("laptop", "vso.code", IN_A_MONTH);
    assertThat(token.validTo()).isEqualTo(FakePats.stored(NOW.plus(7, ChronoUnit.DAYS)));
    fake.setTime(NOW.plus(3, ChronoUnit.DAYS));
    assertThat(pats.update(token.authorizationId(), null, null, IN_A_MONTH).validTo())
        .isEqualTo(FakePats.stored(NOW.plus(7, ChronoUnit.DAYS)));
  }

  @Test
  void aRefusalIsToldInWordsAndByItsName() throws Exception {
    ServiceException error = fails(Reason.REFUSED, () -> pats.create("laptop", "code", IN_A_MONTH));
    assertThat(error.code()).isEqualTo("invalidScope");
    assertThat(error).hasMessageContaining("scopes");
    error = fails(Reason.REFUSED, () -> pats.create("laptop", "vso.code", NOW));
    assertThat(error.code()).isEqualTo("invalidValidTo");
    error = fails(Reason.REFUSED, () -> pats.create(" ", "vso.code", IN_A_MONTH));
    assertThat(error.code()).isEqualTo("invalidDisplayName");
    service.forbidFullScope();
    error = fails(Reason.REFUSED, () -> pats.create("laptop", "app_token", IN_A_MONTH));
    assertThat(error.code()).isEqualTo("fullScopePatPolicyViolation");
    assertThat(error).hasMessageContaining("policy").hasMessageContaining("code:write");
    service.refuse("patLifespanPolicyViolation");
    error = fails(Reason.REFUSED, () -> pats.create("laptop", "vso.code", IN_A_MONTH));
    assertThat(error.code()).isEqualTo("patLifespanPolicyViolation");
    assertThat(service.pats()).isEmpty();
  }

  @Test
  void withoutBothScopesNothingIsChanged() throws Exception {
    String id = service.add("laptop", "vso.code", IN_A_MONTH);
    PatClient reader = signedIn(service.signIn("vso.pats"));
    assertThat(reader.list(Filter.ALL)).hasSize(1);
    assertThat(fails(Reason.UNAUTHORIZED, () -> reader.create("other", "vso.code", IN_A_MONTH)))
        .hasMessageContaining("vso.pats_manage")
        .hasMessageContaining("TF400813");
    fails(Reason.UNAUTHORIZED, () -> reader.revoke(id));
    PatClient manager = signedIn(service.signIn("vso.pats_manage"));
    fails(Reason.UNAUTHORIZED, () -> manager.create("other", "vso.code", IN_A_MONTH));
    assertThat(service.pats()).containsOnlyKeys(id);
    assertThat(service.pats().get(id).revoked()).isFalse();
  }

  @Test
  void anAccessTokenThatIsNotGoodIsSaidToBe() {
    service.signOutEverybody();
    fails(Reason.UNAUTHORIZED, () -> pats.list(Filter.ALL));
    fails(Reason.UNAUTHORIZED, () -> pats.get("00000000-0000-4000-8000-000000000001"));
    fails(Reason.UNAUTHORIZED, () -> pats.create("laptop", "vso.code", IN_A_MONTH));
  }
}
