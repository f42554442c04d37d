package io.github.gitcredentialpat.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gitcredentialpat.azure.Scopes.Kind;
import io.github.gitcredentialpat.azure.Scopes.Parsed;
import io.github.gitcredentialpat.azure.Scopes.Scope;
import io.github.gitcredentialpat.entra.FakeEntra;
import java.time.Instant;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ScopesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "git-read | vso.code",
        "git | vso.code_write",
        "packages | vso.packaging",
        "full-access | app_token",
        "app_token | app_token",
        "code:read | vso.code",
        "code:write | vso.code_write",
        "Code:Manage | vso.code_manage",
        "VSO.CODE_FULL | vso.code_full",
        "work-items:write | vso.work_write",
        "code:write,packaging:read | vso.code_write vso.packaging",
        "vso.work  vso.code | vso.code vso.work",
        "packages, git , packages | vso.code_write vso.packaging",
        "git,full-access | app_token",
        "release:execute | vso.release_execute",
        "secure-files:create | vso.securefiles_write",
        "member-entitlement-management:write | vso.memberentitlementmanagement_write",
        "connected-server | vso.connected_server",
        "extension-data:write | vso.extension.data_write",
        "Agent Pools (Read & manage) | vso.agentpools_manage",
        "code (read and write) | vso.code_write",
        "Code (Read, write & manage),Packaging (Read) | vso.code_manage vso.packaging",
        "git Work Items (Read & write), wiki:read | vso.code_write vso.wiki vso.work_write",
        "Full access | app_token",
        "CONNECTED SERVER, Build (Read) | vso.build vso.connected_server",
        "Code(Status) | vso.code_status"
      })
  void whatAPersonTypesBecomesWhatTheServiceWants(String typed, String scope) {
    Parsed parsed = Scopes.parse(typed);
    assertThat(parsed.scope()).isEqualTo(scope);
    assertThat(parsed.warnings()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "code:wirte | choose from code:read, code:write, code:manage, code:full, code:status",
        "code | choose from code:read",
        "wiki:edit | choose from wiki:read, wiki:write",
        "packging:read | did you mean packaging:read?",
        "anlytics:read | did you mean analytics:read?",
        "xyzzy | git needs code:write",
        "'' | git needs code:write",
        "' , ' | git needs code:write",
        "Code (Wirte) and more | choose from code:read",
        "Wiki (Manage) | choose from wiki:read, wiki:write",
        "Code (Read | choose from code:read",
        "Kode (Read) | git needs code:write"
      })
  void aWordThatIsNoneIsRefusedWithTheNearest(String typed, String says) {
    assertThatThrownBy(() -> Scopes.parse(typed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("; " + says);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "vso.pats",
        "vso.pats_manage",
        "user_impersonation",
        "impersonation",
        "git,vso.pats_manage"
      })
  void whatNoTokenCanHaveIsRefusedWithTheReason(String typed) {
    assertThatThrownBy(() -> Scopes.parse(typed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("for Entra access tokens only");
  }

  @Test
  void microsoftsWordsAreAnOpenList() {
    Parsed parsed = Scopes.parse("vso.quantum_write git");
    assertThat(parsed.scope()).isEqualTo("vso.code_write vso.quantum_write");
    assertThat(parsed.warnings()).singleElement().asString().contains("vso.quantum_write");
    assertThat(Scopes.parse("vso.cod_write").warnings())
        .singleElement()
        .asString()
        .contains("did you mean vso.code_write?");
    assertThatThrownBy(() -> Scopes.parse("vso.code;rm"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Scopes.parse("vso.")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatThePageDoesNotOfferIsWarnedOf() {
    assertThat(Scopes.parse("vso.drop_write").scope()).isEqualTo("vso.drop_write");
    assertThat(Scopes.parse("vso.drop_write").warnings())
        .singleElement()
        .asString()
        .contains("may reject");
  }

  @Test
  void aTokenPastedByMistakeIsNotShown() {
    String secret = FakeEntra.newAccessToken(Instant.now());
    assertThatThrownBy(() -> Scopes.parse(secret))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining(secret.substring(0, 20).toLowerCase(Locale.ROOT));
  }

  @ParameterizedTest
  @CsvSource({
    "vso.code, vso.code, true",
    "vso.code, vso.code_write, false",
    "vso.code_write, vso.code, true",
    "vso.code_full, vso.code_write, true",
    "vso.code_full, vso.code, true",
    "vso.code_full, vso.hooks_write, true",
    "vso.code_status, vso.code, false",
    "vso.work vso.code_write, vso.code, true",
    "vso.work vso.wiki, vso.code, false",
    "app_token, vso.code_write, true",
    "app_token, vso.quantum, true",
    "vso.packaging_manage, vso.packaging, true",
    "vso.packaging, vso.profile, true",
    "vso.environment_manage, vso.agentpools, true",
    "vso.auditstreams_manage, vso.auditlog, true",
    "vso.notification_diagnostics, vso.profile, true",
    "vso.notification_write, vso.notification_diagnostics, false",
    "vso.profile_write, vso.profile, true",
    "vso.profile, vso.profile_write, false",
    "vso.build, vso.hooks_write, true",
    "vso.work_full, vso.hooks, true",
    "vso.dashboards_manage, vso.dashboards, true",
    "vso.test_write, vso.profile, true",
    "vso.gallery_publish, vso.gallery_acquire, false",
    "vso.gallery_publish, vso.gallery, true",
    "vso.quantum, vso.code, false",
    "'', vso.code, false"
  })
  void largerScopesIncludeSmallerOnes(String scope, String wanted, boolean granted) {
    assertThat(Scopes.grants(scope, wanted)).isEqualTo(granted);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "vso.code_write | Code (Read & write)",
        "vso.code vso.packaging | Code (Read), Packaging (Read)",
        "app_token | Full access",
        "vso.quantum vso.wiki | vso.quantum, Wiki (Read)",
        "'' | ''"
      })
  void listsShowTheTitlesOfThePage(String scope, String shown) {
    assertThat(Scopes.describe(scope)).isEqualTo(shown);
  }

  @Test
  void everyTitleOfThePageIsTaken() {
    for (Scope scope : Scopes.all()) {
      if (scope.kind() != Kind.ENTRA_ONLY) {
        assertThat(Scopes.parse(scope.title()).scope())
            .describedAs(scope.title())
            .isEqualTo(scope.name());
        assertThat(
                Scopes.parse("git, " + scope.title().toUpperCase(Locale.ROOT) + " wiki:read")
                    .scope())
            .describedAs(scope.title())
            .contains(scope.name());
      }
    }
  }

  @Test
  void scopesAreTakenAwayByName() {
    assertThat(Scopes.without("vso.work vso.code_write", "Work Items (Read)"))
        .isEqualTo("vso.code_write");
    assertThat(Scopes.without("vso.code vso.quantum vso.wiki", "vso.quantum wiki:read"))
        .isEqualTo("vso.code");
    assertThatThrownBy(() -> Scopes.without("vso.code_write vso.work", "code:read"))
        .hasMessageContaining("as part of Code (Read & write)");
    assertThatThrownBy(() -> Scopes.without("app_token", "code:read"))
        .hasMessageContaining("as part of Full access");
    assertThatThrownBy(() -> Scopes.without("vso.code", "wiki:read"))
        .hasMessageContaining("does not have the scope Wiki (Read)");
    assertThatThrownBy(() -> Scopes.without("vso.code", "git-read"))
        .hasMessageContaining("token revoke");
  }

  @Test
  void everyScopeHasNamesOfItsOwn() {
    assertThat(Scopes.all()).hasSizeGreaterThan(90);
    assertThat(Scopes.all()).extracting(Scope::name).doesNotHaveDuplicates();
    assertThat(Scopes.all())
        .extracting(Scope::typed)
        .doesNotHaveDuplicates()
        .allMatch(typed -> typed.matches("[a-z]+(-[a-z]+)*(:[a-z]+)?"));
    assertThat(Scopes.all()).extracting(Scope::title).doesNotHaveDuplicates();
    for (Scope scope : Scopes.all()) {
      if (scope.kind() != Kind.ENTRA_ONLY) {
        assertThat(Scopes.parse(scope.typed()).scope()).isEqualTo(scope.name());
      }
      assertThat(Scopes.grants(scope.name(), scope.name())).isTrue();
    }
  }

  @Test
  void highPrivilegeIsMicrosoftsOpinion() {
    assertThat(Scopes.all())
        .filteredOn(Scope::privileged)
        .extracting(Scope::name)
        .contains("vso.code_write", "app_token", "vso.packaging_write", "vso.securefiles_read")
        .doesNotContain(
            "vso.code",
            "vso.packaging",
            "vso.wiki_write",
            "vso.work_write",
            "vso.dashboards_manage");
  }
}
