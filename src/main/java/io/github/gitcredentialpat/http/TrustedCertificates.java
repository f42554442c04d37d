package io.github.gitcredentialpat.http;

import io.github.gitcredentialpat.http.ServiceException.Reason;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which certificate authorities are trusted: those in a file and no others, as git and curl
 * understand it, or the Java runtime's together with the operating system's, where companies put
 * their own.
 */
final class TrustedCertificates {
  private static final Logger log = LoggerFactory.getLogger(TrustedCertificates.class);

  /**
   * The files with all trusted authorities on various Linux distributions; the first that exists
   * counts.
   */
  private static final List<String> BUNDLES =
      List.of(
          "/etc/ssl/certs/ca-certificates.crt",
          "/etc/pki/tls/certs/ca-bundle.crt",
          "/etc/ssl/ca-bundle.pem",
          "/etc/ssl/cert.pem");

  private TrustedCertificates() {}

  /**
   * TLS with this trust, and with no way around it.
   *
   * @param settings which authorities are trusted
   * @throws ServiceException {@code UNREACHABLE} when their file holds no certificate
   */
  static SSLContext context(HttpSettings settings) throws ServiceException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          null, managers(authorities(settings.certificates(), settings.certificatesFrom())), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new ServiceException(Reason.UNREACHABLE, "cannot read this machine's certificates", e);
    }
  }

  /**
   * The authorities themselves.
   *
   * @param file a file in PEM or a folder of such files; absent for the platform's
   * @param setting what names it, for a person
   */
  static KeyStore authorities(@Nullable Path file, String setting)
      throws ServiceException, IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    if (file == null) {
      addRuntimes(trusted);
      addSystems(trusted);
    } else {
      addAll(trusted, read(file, setting));
    }
    return trusted;
  }

  private static Collection<? extends Certificate> read(Path file, String setting)
      throws ServiceException {
    try {
      Collection<? extends Certificate> certificates =
          Files.isDirectory(file) ? parseAll(file) : parse(file);
      if (!certificates.isEmpty()) {
        return certificates;
      }
    } catch (IOException | GeneralSecurityException e) {
      throw new ServiceException(
          Reason.UNREACHABLE,
          "cannot read the certificate file " + file + "; correct " + setting,
          e);
    }
    throw new ServiceException(
        Reason.UNREACHABLE, file + " contains no certificate; correct " + setting);
  }

  /** Of a folder; a file in it that holds none is passed over, as OpenSSL does. */
  private static Collection<? extends Certificate> parseAll(Path folder) throws IOException {
    List<Certificate> all = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (Files.isRegularFile(file)) {
          try {
            all.addAll(parse(file));
          } catch (IOException | GeneralSecurityException e) {
            log.debug("{} is left out: {}", file, e.toString());
          }
        }
      }
    }
    return all;
  }

  private static Collection<? extends Certificate> parse(Path file)
      throws IOException, GeneralSecurityException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in);
    }
  }

  private static void addRuntimes(KeyStore trusted) throws GeneralSecurityException {
    for (TrustManager manager : managers(null)) {
      if (manager instanceof X509TrustManager x509) {
        addAll(trusted, List.of(x509.getAcceptedIssuers()));
      }
    }
  }

  /** Adds the operating system's authorities, as far as they can be read. */
  private static void addSystems(KeyStore trusted) throws GeneralSecurityException {
    String system = System.getProperty("os.name", "");
    if (system.startsWith("Windows")) {
      addStore(trusted, "Windows-ROOT");
    } else if (system.startsWith("Mac")) {
      addStore(trusted, "KeychainStore-ROOT");
      addStore(trusted, "KeychainStore");
    } else {
      for (String bundle : BUNDLES) {
        Path file = Path.of(bundle);
        if (Files.isReadable(file)) {
          try {
            addAll(trusted, parse(file));
          } catch (IOException | GeneralSecurityException e) {
            log.debug("{} is left out: {}", bundle, e.toString());
          }
          return;
        }
      }
    }
  }

  private static void addStore(KeyStore trusted, String type) throws KeyStoreException {
    try {
      KeyStore store = KeyStore.getInstance(type);
      store.load(null, null);
      for (String alias : Collections.list(store.aliases())) {
        if (store.isCertificateEntry(alias)) {
          addAll(trusted, List.of(store.getCertificate(alias)));
        }
      }
    } catch (IOException | GeneralSecurityException e) {
      log.debug("{} is left out: {}", type, e.toString());
    }
  }

  private static void addAll(KeyStore trusted, Collection<? extends Certificate> certificates)
      throws KeyStoreException {
    int number = trusted.size();
    for (Certificate certificate : certificates) {
      if (certificate instanceof X509Certificate) {
        trusted.setCertificateEntry(Integer.toString(number++), certificate);
      }
    }
  }

  /** The runtime's own check of chains; absent authorities are the runtime's. */
  private static TrustManager[] managers(@Nullable KeyStore authorities)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(authorities);
    return factory.getTrustManagers();
  }
}
