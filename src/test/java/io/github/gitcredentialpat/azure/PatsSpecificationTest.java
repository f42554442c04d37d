package io.github.gitcredentialpat.azure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpHandler;
import io.github.gitcredentialpat.azure.PatClient.Filter;
import io.github.gitcredentialpat.entra.EntraHttp;
import io.github.gitcredentialpat.http.Http;
import io.github.gitcredentialpat.http.ServiceException.Reason;
import io.github.gitcredentialpat.testing.Requires;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The life of tokens once more, with Prism as judge over each exchange, by Microsoft's
 * specification. It is not part of this project: {@code GIT_CREDENTIAL_PAT_SPEC} names the folder
 * it is in, and without that the tag keeps this class from running.
 */
@Tag("specification")
@Tag("slow")
final class PatsSpecificationTest extends PatClientContract {
  private static Prism prism;
  private static final List<String> PASSED = new ArrayList<>();

  private boolean isBreaking;

  @BeforeAll
  static void startPrism(@TempDir Path folder) throws Exception {
    String specification = System.getenv("GIT_CREDENTIAL_PAT_SPEC");
    Requires.present(
        specification != null && !specification.isEmpty(),
        "GIT_CREDENTIAL_PAT_SPEC, the folder of Microsoft's specification");
    String program = System.getenv("GIT_CREDENTIAL_PAT_PRISM");
    Requires.present(
        program != null && Files.isExecutable(Path.of(program)),
        "GIT_CREDENTIAL_PAT_PRISM, the program prism");
    prism = new Prism(Path.of(specification), Path.of(program), folder);
  }

  @AfterAll
  static void stopPrism() throws Exception {
    if (prism != null) {
      prism.close();
      assertThat(PASSED).contains("GET 200", "GET 401", "POST 200", "POST 401", "PUT 200");
      assertThat(PASSED).contains("DELETE 204", "DELETE 401");
    }
  }

  @Override
  HttpHandler before(HttpHandler service) {
    prism.standBefore(service);
    return prism;
  }

  @AfterEach
  void nothingBrokeTheSpecification() {
    if (!isBreaking) {
      assertThat(prism.violations()).isEmpty();
      assertThat(prism.exchanges()).isNotEmpty();
      PASSED.addAll(prism.exchanges());
    }
  }

  private void answer(String body) {
    isBreaking = true;
    service.instead(
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          byte[] bytes = body.getBytes(UTF_8);
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
        });
  }

  @Test
  void anAnswerThatBreaksTheSpecificationWouldBeSeen() throws Exception {
    // A time that is none, an error that is none, and a field that is unknown.
    for (String body :
        List.of(
            "{\"continuationToken\":\"\",\"patTokens\":[{\"authorizationId\":"
                + "\"00000000-0000-4000-8000-000000000001\",\"displayName\":\"x\",\"scope\":\"x\","
                + "\"targetAccounts\":null,\"token\":null,"
                + "\"validFrom\":\"2026-11-24\",\"validTo\":\"2026-11-24T00:00:00Z\"}]}",
            "{\"patTokens\":[]}",
            "{\"continuationToken\":\"\",\"patTokens\":[],\"next\":\"\"}")) {
      answer(body);
      prism.standBefore(service);
      fails(Reason.UNEXPECTED, () -> pats.list(Filter.ALL));
      assertThat(prism.violations()).as(body).singleElement().asString().contains("VIOLATIONS");
    }
    answer("{\"patToken\":null,\"patTokenError\":\"sunSpots\"}");
    prism.standBefore(service);
    fails(Reason.UNEXPECTED, () -> pats.create("laptop", "vso.code", IN_A_MONTH));
    assertThat(prism.violations()).singleElement().asString().contains("patTokenError");
  }

  @Test
  void aRequestThatBreaksTheSpecificationWouldBeSeen() throws Exception {
    isBreaking = true;
    fake.forget();
    fails(Reason.UNEXPECTED, () -> pats.revoke("no-guid"));
    assertThat(prism.violations())
        .singleElement()
        .asString()
        .contains("UNPROCESSABLE_ENTITY")
        .contains("authorizationid");
    prism.standBefore(service);
    Http.Answer answer =
        EntraHttp.send(
            new Http(fake.settings()),
            "POST",
            URI.create(
                "https://vssps.dev.azure.com/contoso/_apis/tokens/pats?api-version=7.1-preview.1"),
            Map.of(
                "Authorization", "Bearer " + service.signIn(), "Content-Type", "application/json"),
            ("{\"displayName\":\"laptop\",\"scope\":\"vso.code\",\"allorgs\":false,"
                    + "\"validTo\":\"2026-12-24T00:00:00Z\"}")
                .getBytes(UTF_8),
            Duration.ofSeconds(30));
    assertThat(answer.status()).isEqualTo(422);
    assertThat(prism.violations()).singleElement().asString().contains("allorgs");
    assertThat(service.pats()).isEmpty();
  }
}
