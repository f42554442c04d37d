package io.github.gitcredentialpat.azure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.github.gitcredentialpat.http.Http;
import io.github.gitcredentialpat.http.ServiceException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class FakeAzureDevOpsTest {
  @Test
  void leadsEachNameToItsHandlerAndKeepsWhatWasAsked() throws Exception {
    try (FakeAzureDevOps fake = new FakeAzureDevOps()) {
      fake.on("vssps.dev.azure.com", exchange -> say(exchange, "lifecycle"));
      fake.on("login.microsoftonline.com", exchange -> say(exchange, "sign-in"));
      fake.on("*.visualstudio.com", exchange -> say(exchange, "older"));
      fake.on("tfs.corp.local:8080", exchange -> say(exchange, "server"));
      Http http = new Http(fake.settings());

      assertThat(post(http, "https://vssps.dev.azure.com/contoso/_apis?a=b").body())
          .isEqualTo("lifecycle got body");
      assertThat(post(http, "https://login.microsoftonline.com/t/oauth2").body())
          .isEqualTo("sign-in got body");
      assertThat(post(http, "https://contoso.visualstudio.com/").body())
          .isEqualTo("older got body");
      assertThat(post(http, "http://tfs.corp.local:8080/tfs").body()).isEqualTo("server got body");
      assertThat(post(http, "https://dev.azure.com/").status()).isEqualTo(404);
      assertThat(fake.requests())
          .hasSize(5)
          .startsWith(
              new FakeAzureDevOps.Request(
                  "POST", "vssps.dev.azure.com", "/contoso/_apis?a=b", "Bearer", "body"))
          .contains(
              new FakeAzureDevOps.Request("POST", "tfs.corp.local:8080", "/tfs", "Bearer", "body"));
    }
  }

  private static void say(HttpExchange exchange, String who) throws IOException {
    String got = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    byte[] body = (who + " got " + got).getBytes(UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }

  private static Http.Answer post(Http http, String url) throws ServiceException {
    return http.send(
        "POST",
        URI.create(url),
        Map.of("Authorization", "Bearer something"),
        "body".getBytes(UTF_8),
        Duration.ofSeconds(20));
  }
}
