package io.github.gitcredentialpat.endtoend;

import static io.github.gitcredentialpat.endtoend.Person.done;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import io.github.gitcredentialpat.azure.FakeOrganization;
import io.github.gitcredentialpat.azure.FakeOrganization.Access;
import io.github.gitcredentialpat.azure.FakePats;
import io.github.gitcredentialpat.azure.FakePats.Seen;
import io.github.gitcredentialpat.testing.FaultyDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokens that look after themselves, with real git and the packaged program. */
@Timeout(900)
final class RenewalIT {
  private static final String REPOSITORY = "Web/_git/site";

  @TempDir private Path folder;
  @AutoClose private final FakeAzureDevOps fake = new FakeAzureDevOps();
  private Person alice;
  private String accessToken;
  private String organization;
  private FakeOrganization site;
  private FakePats service;

  @BeforeEach
  void open() throws Exception {
    alice = new Person(GitVersion.ofThisMachine(), "file", folder, Map.of());
    alice.set("GIT_CREDENTIAL_PAT_STORE", "file");
    fake.environment().forEach(alice::set);
    accessToken = new FakePats(fake, "nobody").signIn();
    alice.set("AZURE_DEVOPS_ENTRA_TOKEN", accessToken);
    found("contoso");
  }

  /** From now on this is the organization, and the only one. */
  private void found(String name) {
    organization = name;
    site = fake.organization(name);
    service = new FakePats(fake, name);
    service.accept(accessToken);
    fake.on("vssps.dev.azure.com", service);
    fake.on("dev.azure.com", this::answer);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    site.answer(exchange, path.substring(path.indexOf('/', 1) + 1));
  }

  private List<String> alive() {
    List<String> alive = new ArrayList<>();
    for (Map.Entry<String, Seen> each : service.pats().entrySet()) {
      if (!each.getValue().revoked() && each.getValue().validTo().isAfter(fake.now())) {
        alive.add(each.getKey());
      }
    }
    return alive;
  }

  private String[] place(String... more) {
    List<String> lines = new ArrayList<>();
    lines.add("protocol=https");
    lines.add("host=dev.azure.com");
    lines.add("path=" + organization + "/" + REPOSITORY);
    lines.addAll(List.of(more));
    return lines.toArray(String[]::new);
  }

  private String answered() throws Exception {
    return done(alice.helper("get", place())).out();
  }

  // --- a whole life ---

  @Test
  void aWholeLifeWithoutAHand() throws Exception {
    site.repository(REPOSITORY, Access.ALL);
    Path repositories = Files.createDirectory(folder.resolve("azure"));
    try (GitServer server = new GitServer(repositories, visit -> List.of())) {
      site.serve(server::answer);
      String repository = organization + "/" + REPOSITORY;
      server.repository(repository, "day 0\n");
      service.speakByTheClientsClock();
      Instant start = Instant.now();
      done(alice.pat(alice.home(), "token", "create", organization, "--expires", "40"));
      Path clone = alice.clones("https://dev.azure.com/" + repository, "clone");
      for (int day = 1; day <= 90; day++) {
        fake.setTime(start.plus(Duration.ofDays(day)));
        growOlder(day);
        done(alice.command("renew", "--if-left", "14"));
        if (day % 15 == 0) {
          server.repository(repository, "day " + day + "\n");
        }
        done(alice.git(clone, "fetch", "-q"));
        assertThat(alive()).as("day %s", day).hasSize(1);
      }
      assertThat(done(alice.git(clone, "show", "origin/main:README")).out()).isEqualTo("day 90\n");
      assertThat(service.pats()).as("the first one, and three rotations").hasSize(4);
      assertThat(answered()).contains("password=" + service.secretOf(alive().get(0)));
    }
  }

  /** This machine's clock stays: the end of what is stored comes nearer instead. */
  private void growOlder(int day) throws Exception {
    String id = alive().get(0);
    Instant end = service.pats().get(id).validTo().minus(Duration.ofDays(day));
    done(
        alice.helper(
            "store",
            place(
                "username=pat",
                "password=" + service.secretOf(id),
                "password_expiry_utc=" + end.getEpochSecond())));
  }

  // --- killed, and two at once ---

  /** An organization whose token has ten days left, which is stored here. */
  private void withATokenThatExpiresSoon(String name) throws Exception {
    found(name);
    Instant now = Instant.now();
    fake.setTime(now.minus(Duration.ofDays(20)));
    String id = service.add("laptop", "vso.code_write", now.plus(Duration.ofDays(10)));
    fake.setTime(now);
    List<String> login =
        List.of(
            Helper.launcher().toString(),
            "login",
            organization,
            "--name",
            "laptop",
            "--no-configure");
    done(Programs.run(alice.home(), alice.environment(), service.secretOf(id), login));
  }

  private Process renew(Map<String, String> more) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(Helper.launcher().toString(), "renew", organization);
    builder.environment().clear();
    builder.environment().putAll(alice.environment());
    builder.environment().putAll(more);
    builder.directory(alice.home().toFile()).redirectErrorStream(true);
    Process process = builder.start();
    process.getOutputStream().close();
    return process;
  }

  /** Whatever came before, what is stored works. */
  private void assertWorks() throws Exception {
    String answer = answered();
    assertThat(alive()).map(service::secretOf).anyMatch(secret -> answer.contains(secret));
  }

  /** One more run, and all is as if nothing had happened. */
  private void assertTheNextRunMendsIt() throws Exception {
    assertWorks();
    done(alice.command("renew", organization));
    assertThat(alive()).hasSize(1);
    assertWorks();
    assertThat(service.pats().get(alive().get(0)).displayName()).startsWith("laptop rotated ");
    try (var left = Files.list(alice.home().resolve(".local/state/git-credential-pat/rotations"))) {
      assertThat(left.filter(file -> !file.getFileName().toString().startsWith("."))).isEmpty();
    }
  }

  /** Holds the n-th request until a process is gone. */
  private final class Hold {
    private final int which;
    private final boolean isDone;
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch gone = new CountDownLatch(1);
    private int count;

    /**
     * Holds a request.
     *
     * @param isDone whether the service does what is asked, and only its answer is held
     */
    Hold(int which, boolean isDone) {
      this.which = which;
      this.isDone = isDone;
      fake.on("vssps.dev.azure.com", exchange -> pass(exchange, service));
      fake.on("dev.azure.com", exchange -> pass(exchange, RenewalIT.this::answer));
    }

    private void pass(HttpExchange exchange, HttpHandler handler) throws IOException {
      boolean isHeld;
      synchronized (this) {
        isHeld = count++ == which;
      }
      if (isHeld && !isDone) {
        await();
        return;
      }
      if (isHeld && exchange.getRequestMethod().equals("POST")) {
        JsonNode body = new ObjectMapper().readTree(exchange.getRequestBody());
        service.add(
            body.get("displayName").textValue(),
            body.get("scope").textValue(),
            Instant.parse(body.get("validTo").textValue()));
        await();
        return;
      }
      handler.handle(exchange);
      if (isHeld) {
        await();
      }
    }

    private void await() {
      reached.countDown();
      try {
        gone.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void killedAtAnyRequestItLosesNothing() throws Exception {
    int requests = 0;
    for (boolean isDone : new boolean[] {false, true}) {
      int which = 0;
      for (boolean isReached = true; isReached; which++) {
        withATokenThatExpiresSoon("killed" + (isDone ? "after" : "before") + which);
        Hold hold = new Hold(which, isDone);
        Process process = renew(Map.of());
        isReached = false;
        while (!isReached && process.isAlive()) {
          isReached = hold.reached.await(20, TimeUnit.MILLISECONDS);
        }
        process.destroyForcibly().waitFor();
        hold.gone.countDown();
        fake.on("vssps.dev.azure.com", service);
        fake.on("dev.azure.com", this::answer);
        assertTheNextRunMendsIt();
      }
      requests = which - 1;
    }
    assertThat(requests).as("list, create, test, revoke").isGreaterThanOrEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource({
    "open, */rotations/*",
    "write, */rotations/*",
    "fsync, */rotations/*",
    "rename, */rotations/*",
    "unlink, */rotations/*",
    "open, */share/git-credential-pat/*",
    "write, */share/git-credential-pat/*",
    "fsync, */share/git-credential-pat/*",
    "rename, */share/git-credential-pat/*",
    "open, */renewal",
    "rename, */state/git-credential-pat/*"
  })
  void killedAtASystemCallItLosesNothing(String call, String path) throws Exception {
    withATokenThatExpiresSoon("faulty");
    Process process = renew(new FaultyDisk(call, FaultyDisk.KILL, path).environment());
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isIn(0, 128 + 9);
    if (!path.equals("*/renewal")) {
      assertThat(process.exitValue()).as("killed; it said: %s", said).isEqualTo(128 + 9);
    }
    assertTheNextRunMendsIt();
  }

  @Test
  void twoAtOnceReplaceATokenOnce() throws Exception {
    withATokenThatExpiresSoon("twice");
    Map<String, Process> both = new HashMap<>();
    both.put("one", renew(Map.of()));
    both.put("two", renew(Map.of()));
    List<String> said = new ArrayList<>();
    for (Process each : both.values()) {
      said.add(new String(each.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
      assertThat(each.waitFor()).as("%s", said).isZero();
    }
    assertThat(said).containsOnlyOnce("");
    assertThat(service.pats()).hasSize(2);
    assertThat(alive()).hasSize(1);
    assertWorks();
  }
}
