package io.github.gitcredentialpat.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.github.gitcredentialpat.network.Certificate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fake's front, asked by the JDK's client alone, so that it does not rest on ours. */
final class FakeAzureDevOpsTest {
  @TempDir Path folder;

  @Test
  void leadsEachNameToItsHandlerAndKeepsWhatWasAsked() throws Exception {
    Certificate certificate = Certificate.make(folder);
    try (FakeAzureDevOps fake = new FakeAzureDevOps(certificate)) {
      fake.on("vssps.dev.azure.com", exchange -> say(exchange, "lifecycle"));
      fake.on("login.microsoftonline.com", exchange -> say(exchange, "sign-in"));
      fake.on("*.visualstudio.com", exchange -> say(exchange, "older"));
      HttpClient client = client(fake.settings());

      assertThat(post(client, "https://vssps.dev.azure.com/contoso/_apis?a=b").body())
          .isEqualTo("lifecycle got body");
      assertThat(post(client, "https://login.microsoftonline.com/t/oauth2").body())
          .isEqualTo("sign-in got body");
      assertThat(post(client, "https://contoso.visualstudio.com/").body())
          .isEqualTo("older got body");
      assertThat(post(client, "https://dev.azure.com/").statusCode()).isEqualTo(404);
      assertThat(fake.requests())
          .hasSize(4)
          .first()
          .isEqualTo(
              new FakeAzureDevOps.Request(
                  "POST", "vssps.dev.azure.com", "/contoso/_apis?a=b", "Bearer", "body"));
    }
  }

  private static void say(HttpExchange exchange, String who) throws IOException {
    String got = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    byte[] body = (who + " got " + got).getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }

  private static HttpClient client(HttpSettings settings) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    try (var in = Files.newInputStream(settings.certificates())) {
      trusted.setCertificateEntry(
          "it", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    URI proxy = settings.proxy();
    return HttpClient.newBuilder()
        .sslContext(context)
        .proxy(ProxySelector.of(new InetSocketAddress(proxy.getHost(), proxy.getPort())))
        .build();
  }

  private static HttpResponse<String> post(HttpClient client, String url) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(url))
            .header("Authorization", "Bearer something")
            .POST(HttpRequest.BodyPublishers.ofString("body"))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
