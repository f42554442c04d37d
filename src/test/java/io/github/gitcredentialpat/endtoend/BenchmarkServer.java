package io.github.gitcredentialpat.endtoend;

import io.github.gitcredentialpat.testing.Certificate;
import java.nio.file.Path;
import java.time.Duration;

/** The server of the end-to-end tests for src/bench/benchmark.py. */
public final class BenchmarkServer {
  private BenchmarkServer() {}

  /**
   * Serves one repository until standard input ends, and prints the proxy's address, the
   * certificate to trust, the organization, a token and the repository's URL, a line each.
   *
   * @param args an empty folder, and the milliseconds that every answer takes longer
   */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    AzureSite azure = new AzureSite();
    String token = AzureSite.newToken();
    azure.grant("contoso", token, AzureSite.Scope.WRITE);
    try (GitServer server = GitServer.ofAzure(folder, azure)) {
      server.repository("contoso/Web/_git/site", "contoso's site\n");
      server.delay(Duration.ofMillis(Integer.parseInt(args[1])));
      System.out.println(server.proxy().address());
      System.out.println(Certificate.ofThisRun().pem());
      System.out.println("contoso");
      System.out.println(token);
      System.out.println("https://dev.azure.com/contoso/Web/_git/site");
      while (System.in.read() >= 0) {
        // Until the benchmark is over.
      }
    }
  }
}
