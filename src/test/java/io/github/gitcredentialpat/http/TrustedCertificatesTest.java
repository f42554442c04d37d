package io.github.gitcredentialpat.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.testing.Certificate;
import io.github.gitcredentialpat.testing.Requires;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
final class TrustedCertificatesTest {
  @TempDir Path folder;

  @Test
  void thePlatformsTrustIsTheRuntimesAndTheSystems() throws Exception {
    Path bundle = Path.of("/etc/ssl/certs/ca-certificates.crt");
    Requires.present(Files.isReadable(bundle), bundle.toString());
    Set<Object> trusted = certificates(TrustedCertificates.authorities(null, "http.sslCAInfo"));

    try (var in = Files.newInputStream(bundle)) {
      assertThat(trusted)
          .containsAll(CertificateFactory.getInstance("X.509").generateCertificates(in));
    }
    TrustManagerFactory runtime =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    runtime.init((KeyStore) null);
    for (TrustManager manager : runtime.getTrustManagers()) {
      assertThat(trusted).contains((Object[]) ((X509TrustManager) manager).getAcceptedIssuers());
    }
  }

  @Test
  void aFileIsTrustedAndNothingElse() throws Exception {
    Path one = Certificate.make(Files.createDirectory(folder.resolve("one"))).pem();
    Path two = Certificate.make(Files.createDirectory(folder.resolve("two"))).pem();
    Path both =
        Files.writeString(
            folder.resolve("both.pem"),
            "# two of them\n" + Files.readString(one) + "\n# and\n" + Files.readString(two));

    assertThat(certificates(TrustedCertificates.authorities(both, "http.sslCAInfo"))).hasSize(2);
    assertThat(certificates(TrustedCertificates.authorities(one, "http.sslCAInfo"))).hasSize(1);
  }

  private static Set<Object> certificates(KeyStore store) throws Exception {
    Set<Object> certificates = new HashSet<>();
    for (String alias : Collections.list(store.aliases())) {
      certificates.add(store.getCertificate(alias));
    }
    return certificates;
  }
}
