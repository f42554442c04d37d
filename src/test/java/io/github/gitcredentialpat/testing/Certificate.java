package io.github.gitcredentialpat.testing;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate made for this run, under the names of Azure DevOps and of the servers in the tests.
 *
 * @param context what a server speaks TLS with
 * @param pem what a client is told to trust
 */
public record Certificate(SSLContext context, Path pem) {
  private static final String NAMES =
      "san=dns:dev.azure.com,dns:*.dev.azure.com,dns:*.visualstudio.com"
          + ",dns:*.pkgs.visualstudio.com,dns:login.microsoftonline.com,dns:login.microsoftonline.us,dns:*.corp.local"
          + ",dns:git.example.com,dns:*.vault.azure.net,dns:*.vault.azure.cn,ip:127.0.0.1";

  /** Made when it is first asked for: that takes a second. */
  private static final class OfThisRun {
    static final Certificate CERTIFICATE = make();

    private static Certificate make() {
      try {
        Path folder = Files.createTempDirectory("certificate");
        // Last in, first out.
        folder.toFile().deleteOnExit();
        Certificate certificate = Certificate.make(folder);
        try (Stream<Path> files = Files.list(folder)) {
          files.forEach(file -> file.toFile().deleteOnExit());
        }
        return certificate;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** The one that all tests of this JVM share. */
  public static Certificate ofThisRun() {
    return OfThisRun.CERTIFICATE;
  }

  /** What a client of another's trusts the authorities in a file with. */
  public static SSLContext trusting(Path pem) throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream in = Files.newInputStream(pem)) {
      int number = 0;
      for (var each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        trusted.setCertificateEntry(Integer.toString(number++), each);
      }
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }

  /** Makes one in this folder with the JDK's keytool. */
  public static Certificate make(Path folder) throws Exception {
    Path store = folder.resolve("server.p12");
    String password = "only-for-this-run";
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                password,
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                "2",
                "-dname",
                "CN=test of git-credential-pat",
                "-ext",
                NAMES,
                "-ext",
                "bc:critical=ca:true")
            .inheritIO()
            .start();
    if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
      keytool.destroyForcibly();
      throw new IllegalStateException("keytool made no certificate");
    }
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, password.toCharArray());
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, password.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    Path pem = folder.resolve("server.pem");
    String body =
        Base64.getMimeEncoder().encodeToString(keys.getCertificate("server").getEncoded());
    Files.writeString(
        pem, "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n");
    return new Certificate(context, pem);
  }
}
