package io.github.gitcredentialpat.store.azkeyvault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.credential.AccessToken;
import com.azure.core.exception.ResourceNotFoundException;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.security.keyvault.secrets.SecretClient;
import com.azure.security.keyvault.secrets.SecretClientBuilder;
import com.azure.security.keyvault.secrets.models.DeletedSecret;
import com.azure.security.keyvault.secrets.models.KeyVaultSecret;
import com.azure.security.keyvault.secrets.models.SecretProperties;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.testing.Certificate;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/**
 * The fake vault judged by Microsoft's own client, and our store beside it: what one writes the
 * other reads.
 */
@Timeout(180)
@Tag("slow")
final class MicrosoftsKeyVaultTest {
  private static final EntryKey CONTOSO =
      new EntryKey(Identity.ofOrganization("contoso"), "alice@example.com");

  static {
    // It warns of each request.
    System.setProperty("org.slf4j.simpleLogger.log.com.azure", "off");
  }

  @TempDir private Path home;
  private VaultHouse house;
  private SecretClient microsofts;
  private String token;

  @BeforeEach
  void open() throws Exception {
    house = new VaultHouse(home);
    token = house.fake.newToken();
    URI proxy = URI.create(house.fake.proxy());
    HttpClient.Builder http =
        HttpClient.newBuilder()
            .proxy(ProxySelector.of(new InetSocketAddress(proxy.getHost(), proxy.getPort())))
            .sslContext(Certificate.trusting(Certificate.ofThisRun().pem()));
    String bearer = UUID.randomUUID().toString();
    house.vault.accept(bearer);
    microsofts =
        new SecretClientBuilder()
            .vaultUrl("https://" + VaultHouse.HOST)
            .credential(
                request ->
                    Mono.just(
                        new AccessToken(bearer, OffsetDateTime.now(ZoneOffset.UTC).plusHours(1))))
            .httpClient(new JdkHttpClientBuilder(http).build())
            .buildClient();
  }

  @AfterEach
  void close() throws Exception {
    house.close();
  }

  private Entry entry(String secret) {
    return new Entry(
        CONTOSO,
        Secret.password(secret.getBytes(UTF_8)),
        new Expiry(1_900_000_000L, Expiry.Source.SERVICE),
        null,
        1_800_000_000L,
        0,
        "build agents",
        "vso.code vso.packaging",
        "0d2c0f9e-7b0a-4a52-9d1e-000000000000");
  }

  @Test
  void theirClientReadsWhatOurStoreWrote() throws Exception {
    house.store().save(entry(token));

    KeyVaultSecret read = microsofts.getSecret(SecretTags.name(CONTOSO));

    assertThat(read.getValue()).isEqualTo(token);
    SecretProperties said = read.getProperties();
    assertThat(said.getExpiresOn().toEpochSecond()).isEqualTo(1_900_000_000L);
    assertThat(said.getRecoveryLevel()).isEqualTo("Recoverable+Purgeable");
    assertThat(said.getContentType()).isEqualTo("token for git (git-credential-pat)");
    assertThat(said.getTags())
        .containsEntry("url", "https://alice%40example.com@dev.azure.com/contoso")
        .containsEntry("name", "build agents")
        .containsEntry("scopes", "vso.code vso.packaging")
        .containsEntry("authorization-id", "0d2c0f9e-7b0a-4a52-9d1e-000000000000")
        .containsEntry("stored-at", "2027-01-15T08:00:00Z")
        .containsEntry("expiry-from", "service")
        .hasSize(6);
  }

  @Test
  void ourStoreReadsTheNextVersionThatTheirClientWrote() throws Exception {
    house.store().save(entry(token));
    String name = SecretTags.name(CONTOSO);
    String next = house.fake.newToken();
    KeyVaultSecret written = new KeyVaultSecret(name, next);
    written.setProperties(
        new SecretProperties()
            .setTags(microsofts.getSecret(name).getProperties().getTags())
            .setExpiresOn(OffsetDateTime.parse("2031-01-01T00:00:00Z")));
    microsofts.setSecret(written);

    Entry found = house.store().find(CONTOSO.identity()).get(0);

    assertThat(found.key()).isEqualTo(CONTOSO);
    assertThat(found.secret().bytes()).isEqualTo(next.getBytes(UTF_8));
    assertThat(found.expiry().at())
        .isEqualTo(OffsetDateTime.parse("2031-01-01T00:00:00Z").toEpochSecond());
    assertThat(microsofts.listPropertiesOfSecretVersions(name)).hasSize(2);
  }

  @Test
  void ourStoreDoesNotAnswerWhatTheirClientDisabledOrPutOff() throws Exception {
    house.store().save(entry(token));
    SecretProperties said = microsofts.getSecret(SecretTags.name(CONTOSO)).getProperties();
    microsofts.updateSecretProperties(said.setEnabled(false));
    assertThat(house.store().find(CONTOSO.identity())).isEmpty();
    assertThat(house.store().list()).isEmpty();
    microsofts.updateSecretProperties(
        said.setEnabled(true).setNotBefore(OffsetDateTime.now(ZoneOffset.UTC).plusHours(1)));
    assertThat(house.store().find(CONTOSO.identity())).isEmpty();
    microsofts.updateSecretProperties(
        said.setNotBefore(OffsetDateTime.now(ZoneOffset.UTC).minusHours(1)));
    assertThat(house.store().find(CONTOSO.identity())).hasSize(1);
    assertThat(house.vault.reads()).hasSize(2);
  }

  @Test
  void whatOurStoreDeletedTheirClientRecoversAndPurges() throws Exception {
    String name = SecretTags.name(CONTOSO);
    house.store().save(entry(token));
    assertThat(house.store().delete(CONTOSO)).isTrue();
    assertThat(microsofts.getDeletedSecret(name).getName()).isEqualTo(name);
    assertThatThrownBy(() -> microsofts.getSecret(name))
        .isInstanceOf(ResourceNotFoundException.class);

    microsofts
        .beginRecoverDeletedSecret(name)
        .setPollInterval(Duration.ofMillis(100))
        .waitForCompletion(Duration.ofSeconds(20));
    assertThat(house.store().find(CONTOSO.identity())).hasSize(1);

    assertThat(house.store().delete(CONTOSO)).isTrue();
    microsofts.purgeDeletedSecret(name);
    assertThat(microsofts.listDeletedSecrets()).isEmpty();
    assertThat(house.store().delete(CONTOSO)).isFalse();
  }

  @Test
  void whatTheirClientDeletedOurStoreRecoversToWriteItsNextVersion() throws Exception {
    String name = SecretTags.name(CONTOSO);
    house.store().save(entry(token));
    DeletedSecret gone =
        microsofts
            .beginDeleteSecret(name)
            .setPollInterval(Duration.ofMillis(100))
            .waitForCompletion(Duration.ofSeconds(20))
            .getValue();
    assertThat(gone.getName()).isEqualTo(name);
    assertThat(house.store().find(CONTOSO.identity())).isEmpty();

    String next = house.fake.newToken();
    house.store().save(entry(next));

    assertThat(microsofts.getSecret(name).getValue()).isEqualTo(next);
    assertThat(microsofts.listPropertiesOfSecretVersions(name)).hasSize(2);
  }

  @Test
  void bothListMoreThanAPage() throws Exception {
    for (int i = 0; i < 60; i++) {
      microsofts.setSecret("somebody-elses-" + i, token);
    }
    house.store().save(entry(token));
    Map<String, String> tags = new HashMap<>();
    for (SecretProperties each : microsofts.listPropertiesOfSecrets()) {
      tags.put(each.getName(), String.valueOf(each.getTags()));
    }
    assertThat(tags).hasSize(61);
    assertThat(house.store().list()).containsExactly(CONTOSO);
    assertThat(house.vault.reads()).isEmpty();
    assertThat(house.store().find(CONTOSO.identity())).hasSize(1);
    assertThat(house.vault.reads()).containsExactly(SecretTags.name(CONTOSO));
  }
}
