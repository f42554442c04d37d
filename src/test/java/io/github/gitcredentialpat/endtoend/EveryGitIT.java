package io.github.gitcredentialpat.endtoend;

import static io.github.gitcredentialpat.endtoend.Person.done;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What loses a good token in one version of git and not in another: a push that is larger than
 * {@code http.postBuffer}, the long list of what a partial clone lacks, submodules, and what else a
 * server offers beside Basic.
 */
@ParameterizedClass(name = "{0}")
@MethodSource("io.github.gitcredentialpat.endtoend.Setting#gits")
final class EveryGitIT {
  /** In bytes; from more than 1 MiB on git first sends a probe. */
  private static final int LARGE = 3 << 20;

  private static final String SITE = "https://dev.azure.com/contoso/Web/_git/site";
  private static final String COLLECTION = "tfs/DefaultCollection";
  private static final String REPOSITORY = COLLECTION + "/Web/_git/site";
  private static final String BASIC = "Basic realm=\"http://tfs.corp.local/tfs\"";

  /** What a Server says to somebody without a token. */
  enum Offer {
    NTLM("Bearer\n" + BASIC + "\nNTLM\nNegotiate"),
    NTLM_IN_ONE_HEADER("Bearer, " + BASIC + ", Negotiate, NTLM"),
    NEGOTIATE("Bearer\n" + BASIC + "\nNegotiate"),
    NEGOTIATE_IN_ONE_HEADER("Negotiate, " + BASIC),
    BASIC_ALONE(BASIC);

    /** Each header on a line. */
    private final String challenges;

    Offer(String challenges) {
      this.challenges = challenges;
    }

    boolean hasNtlm() {
      return this == NTLM || this == NTLM_IN_ONE_HEADER;
    }
  }

  @Parameter private Setting setting;
  @TempDir private Path folder;

  private final String token = AzureSite.newToken();
  @AutoClose private Keychain keychain;
  @AutoClose private GitServer server;
  private Person alice;

  @BeforeEach
  void open() throws Exception {
    keychain = setting.keychain(folder);
    alice = new Person(setting.git(), setting.store(), folder, keychain.environment());
  }

  @Test
  void pushesOfAnySizePartialClonesAndSubmodulesKeepTheToken() throws Exception {
    openContoso();
    Path clone = alice.clones(SITE, "clone");

    push(clone, "small", 10);
    push(clone, "large", LARGE);
    isStillAnswered("https", "dev.azure.com", "contoso/Web/_git/site");

    done(alice.git(clone, "submodule", "--quiet", "add", SITE, "library"));
    done(alice.git(clone, "commit", "-qm", "with a library"));
    done(alice.git(clone, "push", "-q", "origin", "HEAD:refs/heads/main"));
    done(alice.git(alice.home(), "clone", "-q", "--recurse-submodules", SITE, "with-library"));
    assertThat(alice.home().resolve("with-library/library/README")).exists();

    if (alice.git().atLeast(GitVersion.TAKES_AUTHTYPE)) {
      alice.configure("http.https://dev.azure.com/contoso.proactiveAuth", "basic");
      server.forget();
      push(clone, "large, without being asked", LARGE);
      assertThat(server.requests()).noneMatch(request -> request.status() == 401);
    }
    isStillAnswered("https", "dev.azure.com", "contoso/Web/_git/site");
  }

  @Test
  void aPartialCloneMayLackThousandsOfFiles() throws Exception {
    openContoso();
    Path clone = alice.clones(SITE, "clone");
    Path many = Files.createDirectory(clone.resolve("many"));
    for (int i = 0; i < 2_000; i++) {
      Files.writeString(many.resolve("file" + i), "number " + i);
    }
    done(alice.git(clone, "add", "many"));
    done(alice.git(clone, "commit", "-qm", "many"));
    done(alice.git(clone, "push", "-q"));
    // The list of what is wanted has 100 KB; git would take more than 1 MiB for a lot.
    alice.configure("http.postBuffer", "65536");

    done(alice.git(alice.home(), "clone", "-q", "--filter=blob:none", SITE, "partial"));

    assertThat(alice.home().resolve("partial/many/file1999")).hasContent("number 1999");
    isStillAnswered("https", "dev.azure.com", "contoso/Web/_git/site");
  }

  @ParameterizedTest
  @EnumSource
  void aServerTakesTheTokenWhateverElseItOffers(Offer offer) throws Exception {
    server =
        new GitServer(
            Files.createDirectory(folder.resolve("server")),
            PasswordSite.offering(token, offer.challenges.split("\n")));
    server.repository(REPOSITORY, "the site\n");
    String host = "127.0.0.1:" + server.port();
    String url = "http://" + host + "/" + REPOSITORY;
    alice.configure("credential.http://" + host + ".useHttpPath", "true");
    approve("http", host, REPOSITORY);
    boolean newer = alice.git().atLeast(GitVersion.TAKES_AUTHTYPE);

    if (newer && offer.hasNtlm()) {
      Path clone = alice.clones(url, "clone");
      push(clone, "small", 10);
      isStillAnswered("http", host, REPOSITORY);
    }
    if (newer && offer == Offer.NTLM) {
      // As configure --server does it.
      alice.configure("http.http://" + host + ".proactiveAuth", "basic");
    }
    if (offer == Offer.NTLM_IN_ONE_HEADER || (!newer && offer.hasNtlm())) {
      return; // Only with NTLM apart does a setting make the rest work, and only a newer git has
      // it.
    }
    Path clone = alice.clones(url, "any-size");
    push(clone, "small", 10);
    push(clone, "large", LARGE);
    isStillAnswered("http", host, REPOSITORY);
  }

  private void openContoso() throws Exception {
    AzureSite azure = new AzureSite();
    azure.grant("contoso", token, AzureSite.Scope.WRITE);
    server = GitServer.ofAzure(folder, azure);
    alice.meets(server);
    server.repository("contoso/Web/_git/site", "contoso's site\n");
    approve("https", "dev.azure.com", "contoso/Web/_git/site");
  }

  private void approve(String protocol, String host, String path) throws Exception {
    done(
        alice.credential(
            "approve",
            "protocol=" + protocol,
            "host=" + host,
            "path=" + path,
            "username=pat",
            "password=" + token));
  }

  private void isStillAnswered(String protocol, String host, String path) throws Exception {
    Programs.Result get =
        done(alice.helper("get", "protocol=" + protocol, "host=" + host, "path=" + path));
    assertThat(get.out()).contains("password=" + token);
    assertThat(get.err()).isEmpty();
  }

  private void push(Path clone, String name, int size) throws Exception {
    Files.write(clone.resolve("README"), random(size));
    done(alice.git(clone, "commit", "-qam", name));
    Programs.Result push = done(alice.git(clone, "push", "-q", "origin", "HEAD:refs/heads/main"));
    assertThat(push.err()).isEmpty();
  }

  /** What no compression makes smaller. */
  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random().nextBytes(bytes);
    return bytes;
  }
}
