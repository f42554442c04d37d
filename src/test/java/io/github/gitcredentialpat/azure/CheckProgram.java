package io.github.gitcredentialpat.azure;

import io.github.gitcredentialpat.http.Http;
import io.github.gitcredentialpat.http.HttpSettings;
import io.github.gitcredentialpat.identity.Identity;
import java.time.Duration;

/** Checks a token as a command would, in a process of its own. */
final class CheckProgram {
  private CheckProgram() {}

  /**
   * Prints the kind of verdict.
   *
   * @param args an organization; its token comes on standard input
   */
  public static void main(String[] args) throws Exception {
    byte[] token = System.in.readAllBytes();
    HttpSettings settings = HttpSettings.of("https", System.getenv(), key -> null);
    Verdict verdict =
        new TokenCheck(new Http(settings))
            .check(Identity.ofOrganization(args[0]), token, Duration.ofSeconds(30));
    System.out.println(verdict.kind());
    Runtime.getRuntime().halt(0);
  }
}
