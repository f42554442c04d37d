package io.github.gitcredentialpat.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import io.github.gitcredentialpat.azure.FakeOrganization;
import io.github.gitcredentialpat.azure.FakeOrganization.Access;
import io.github.gitcredentialpat.azure.FakeOrganization.Trait;
import io.github.gitcredentialpat.azure.FakePats;
import io.github.gitcredentialpat.entra.FakeEntra;
import io.github.gitcredentialpat.testing.Certificate;
import io.github.gitcredentialpat.testing.Pty;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

// More than 400 lines: one packaged program, on which all commands are tried.
/** What a person types, with the packaged program, on a terminal and without one. */
@Timeout(180)
final class CommandsIT {
  private static final String PROMPT = "Token for contoso: ";

  @TempDir Path home;
  private final Map<String, String> environment = new HashMap<>();
  @AutoClose private final FakeAzureDevOps fake = new FakeAzureDevOps();
  private FakeOrganization contoso;

  @BeforeEach
  void start() throws Exception {
    contoso = fake.organization("contoso");
    contoso.repository("Web/_git/site", Access.ALL);
    environment.put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    environment.put("HOME", home.toString());
    environment.put("XDG_DATA_HOME", "");
    environment.put("XDG_STATE_HOME", "");
    environment.put("GIT_CONFIG_NOSYSTEM", "1");
    environment.put("GIT_CREDENTIAL_PAT_STORE", "file");
    environment.put("DISPLAY", "");
    environment.put("WAYLAND_DISPLAY", "");
    environment.putAll(fake.environment());
  }

  private Programs.Result run(String input, String... arguments) throws Exception {
    return runIn(home, input, arguments);
  }

  private Programs.Result runIn(Path folder, String input, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(Helper.launcher().toString()));
    command.addAll(List.of(arguments));
    return Programs.run(folder, environment, input, command);
  }

  private String kept() throws Exception {
    return run("protocol=https\nhost=dev.azure.com\npath=contoso/Web/_git/site\n", "get").out();
  }

  @Test
  void aTokenIsTypedOnATerminalWithoutEcho() throws Exception {
    String token = contoso.grant("vso.code_write");
    try (Pty pty = new Pty(Helper.launcher() + " login contoso", environment)) {
      pty.waitFor(PROMPT, 1);
      pty.type(token + "\n");
      pty.waitFor("when does it expire?", 1);
      pty.type("soon\n");
      pty.waitFor("when does it expire?", 2);
      pty.type("90\n");
      assertThat(pty.finish())
          .contains("https://dev.azure.com/contoso/_usersSettings/tokens")
          .contains("contoso: valid", "you will be warned from ")
          .doesNotContain(token);
    }
    assertThat(kept()).contains("password=" + token);
  }

  @Test
  void controlCLeavesNothingAndBringsTheEchoBack() throws Exception {
    String command =
        "trap : INT; " + Helper.launcher() + " login contoso; echo ended $?; stty -a </dev/tty";
    try (Pty pty = new Pty(command, environment)) {
      pty.waitFor(PROMPT, 1);
      pty.type("half a token");
      pty.type("\u0003");
      assertThat(pty.finish())
          .contains("ended 130")
          .contains(" echo ")
          .doesNotContain("-echo ")
          .doesNotContain("half");
    }
    assertThat(kept()).isEmpty();
    assertThat(fake.requests()).isEmpty();
  }

  @Test
  void withoutATerminalNobodyIsAsked() throws Exception {
    Programs.Result login = run("", "login", "contoso");
    assertThat(login.exit()).isEqualTo(1);
    assertThat(login.err()).contains("no token on standard input");
    run(contoso.grant("vso.code"), "login", "contoso");
    run(contoso.grant("vso.code"), "login", "contoso", "--user", "bob");
    Programs.Result logout = run("", "logout", "contoso");
    assertThat(logout.exit()).isEqualTo(1);
    assertThat(logout.err()).contains("use --yes");
    assertThat(kept()).isNotEmpty();
  }

  @Test
  void theRemoteOfTheRepositorySaysWhichOrganization() throws Exception {
    Path clone = Files.createDirectory(home.resolve("clone"));
    run(contoso.grant("vso.code"), "login", "contoso");
    Programs.Result nowhere = runIn(clone, "", "check");
    assertThat(nowhere.exit()).describedAs("%s", nowhere).isEqualTo(2);
    for (List<String> git :
        List.of(
            List.of("git", "init", "-q"),
            List.of(
                "git",
                "remote",
                "add",
                "origin",
                "https://contoso@dev.azure.com/contoso/Web/_git/site"))) {
      Person.done(Programs.run(clone, environment, "", git));
    }
    Programs.Result check = runIn(clone, "", "check");
    assertThat(check.exit()).isZero();
    assertThat(check.out()).contains("scope Code (Read & write) is missing");
  }

  @Test
  void gitsOwnProxyAndCertificatesAreUsedAndNothingElseIsTrusted() throws Exception {
    String token = contoso.grant("vso.code_write");
    run(token, "login", "contoso");
    for (String variable : fake.environment().keySet()) {
      environment.remove(variable);
    }
    Path settings = home.resolve(".gitconfig");
    Files.writeString(settings, "[http]\n\tproxy = " + fake.proxy() + "\n");
    fake.forget();
    Programs.Result untrusted = run("", "check", "contoso");
    assertThat(untrusted.exit()).describedAs("%s", untrusted).isEqualTo(3);
    assertThat(untrusted.out()).contains("certificate", "http.sslCAInfo");
    assertThat(fake.requests()).isEmpty();
    Path copy = Files.copy(Certificate.ofThisRun().pem(), home.resolve("company.pem"));
    Files.writeString(
        settings,
        Files.readString(settings)
            + "[http \"https://dev.azure.com\"]\n\tsslCAInfo = ~/company.pem\n");
    Programs.Result trusted = run("", "check", "contoso");
    assertThat(trusted.exit()).describedAs("%s %s", trusted, copy).isZero();
    environment.put("GIT_SSL_CAINFO", home.resolve("missing.pem").toString());
    Programs.Result missing = run("", "check", "contoso");
    assertThat(missing.exit()).isEqualTo(3);
    assertThat(missing.out()).contains("missing.pem", "GIT_SSL_CAINFO");
  }

  @Test
  void nothingShowsASecret() throws Exception {
    String token = contoso.grant("vso.code_write");
    StringBuilder seen = new StringBuilder();
    for (String command :
        List.of(
            "login contoso",
            "list",
            "list --json",
            "list --check",
            "check contoso",
            "stores",
            "check https://dev.azure.com/contoso/Web/_git/site",
            "logout contoso")) {
      List<String> words = new ArrayList<>(List.of(command.split(" ")));
      words.add("--trace");
      Programs.Result result = run(token, words.toArray(String[]::new));
      assertThat(result.exit()).describedAs("%s: %s", command, result).isZero();
      seen.append(result.out()).append(result.err());
    }
    String basic =
        java.util.Base64.getEncoder()
            .encodeToString((":" + token).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertThat(seen).contains("trace").doesNotContain(token).doesNotContain(basic);
  }

  @Test
  void aPersonSignsInWithACode() throws Exception {
    FakePats service = new FakePats(fake, "contoso");
    FakeEntra entra = new FakeEntra(contoso.tenant(), fake::now, service::accept);
    entra.pace(1, 900);
    entra.answerPolls("authorization_pending", "authorization_pending");
    fake.on("vssps.dev.azure.com", service);
    fake.on("login.microsoftonline.com", entra);
    environment.put("GIT_CREDENTIAL_PAT_CLIENT_ID", entra.clientId());
    Programs.Result nobody = run("", "token", "create", "contoso");
    assertThat(nobody.exit()).isEqualTo(1);
    assertThat(nobody.err()).contains("run this in a terminal");
    try (Pty pty = new Pty(Helper.launcher() + " token create contoso", environment)) {
      assertThat(pty.finish())
          .contains(
              "and enter the code ", "waiting for the sign-in", "created \"git-credential-pat on");
    }
    String secret = service.secretOf(service.pats().keySet().iterator().next());
    assertThat(kept()).contains("password=" + secret);
    Programs.Result rotated = run("", "token", "rotate", "contoso", "--trace");
    assertThat(rotated.exit()).describedAs("%s", rotated).isZero();
    assertThat(service.pats()).hasSize(2);
    for (String id : service.pats().keySet()) {
      assertThat(rotated.err()).doesNotContain(service.secretOf(id));
    }
    assertThat(kept()).doesNotContain("password=" + secret);
  }

  @Test
  void rotationsAtOnceAndCutOffNeverLeaveADeadToken() throws Exception {
    FakePats service = new FakePats(fake, "contoso");
    fake.on("vssps.dev.azure.com", service);
    environment.put("AZURE_DEVOPS_ENTRA_TOKEN", service.signIn());
    assertThat(run("", "token", "create", "contoso").exit()).isZero();
    for (int round = 0; round < 4; round++) {
      List<Process> processes = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        ProcessBuilder builder =
            new ProcessBuilder(Helper.launcher().toString(), "token", "rotate", "contoso");
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        processes.add(builder.start());
      }
      // At another moment each time.
      Thread.sleep(400L + 500L * round);
      processes.get(round % 2).destroyForcibly();
      for (Process process : processes) {
        process.waitFor();
      }
      String password = kept().replaceAll("(?s).*password=([^\n]*).*", "$1");
      assertThat(service.scopeOf(password)).describedAs("round %d", round).isNotNull();
    }
  }

  @Test
  void tokensMoveToAnotherMachineInOneEncryptedFile() throws Exception {
    String token = contoso.grant("vso.code_write");
    run(token, "login", "contoso", "--expires", "90", "--name", "laptop");
    Path file = home.resolve("tokens");
    String passphrase = "open sesame " + token.substring(0, 8);
    String export = Helper.launcher() + " export --encrypted " + file;
    try (Pty pty = new Pty(export, environment)) {
      pty.waitFor("New passphrase for " + file + ": ", 1);
      pty.type(passphrase + "\n");
      pty.waitFor("Repeat the passphrase: ", 1);
      pty.type("open sesam\n");
      pty.waitFor("New passphrase for " + file + ": ", 2);
      pty.type(passphrase + "\n");
      pty.waitFor("Repeat the passphrase: ", 2);
      pty.type(passphrase + "\n");
      assertThat(pty.finish())
          .contains("exported 1 token to " + file)
          .doesNotContain("sesam", token);
    }
    String list = run("", "list", "--json").out();

    environment.put("HOME", Files.createDirectory(home.resolve("new")).toString());
    assertThat(kept()).isEmpty();
    try (Pty pty = new Pty(Helper.launcher() + " import --encrypted " + file, environment)) {
      pty.waitFor("Passphrase for " + file + ": ", 1);
      pty.type("open sesam\n");
      pty.waitFor("wrong passphrase; try again", 1);
      pty.waitFor("Passphrase for " + file + ": ", 2);
      pty.type(passphrase + "\n");
      assertThat(pty.finish()).contains("imported (file)", "hint: rm " + file);
    }
    assertThat(kept()).contains("password=" + token);
    assertThat(run("", "list", "--json").out()).isEqualTo(list).contains("laptop", "expiresAt");

    long start = System.nanoTime();
    assertThat(run(passphrase, "import", "--encrypted", file.toString()).out())
        .contains("already stored");
    // Under the launcher's options a key takes two seconds, and half a minute without a compiler.
    assertThat((System.nanoTime() - start) / 1_000_000).isLessThan(15_000);
  }

  // --- streams that are closed, full or odd ---

  private Programs.Result shell(String script) throws Exception {
    // In a session of its own, so that there is no terminal to ask at.
    String run = "setsid -w " + Helper.launcher();
    return Programs.run(
        home, environment, "", List.of("bash", "-o", "pipefail", "-c", script.replace("PAT", run)));
  }

  @Test
  void withoutStandardInputNothingIsExportedUnderAKnownPassphrase() throws Exception {
    run(contoso.grant("vso.code_write"), "login", "contoso");
    for (String closed : List.of("<&-", "<&- >&-", "<&- >&- 2>&-", "</dev/null")) {
      Programs.Result export = shell("PAT export --encrypted tokens " + closed);
      assertThat(export.exit()).describedAs("%s: %s", closed, export).isEqualTo(1);
      assertThat(home.resolve("tokens")).doesNotExist();
    }
    for (String operation : List.of("get", "erase")) {
      assertThat(shell("PAT " + operation + " <&-").err()).doesNotContain("larger than");
    }
    assertThat(shell("PAT login contoso <&-").err()).contains("no token on standard input");
    assertThat(kept()).isNotEmpty();
  }

  @Test
  void aTokenFromAPipeOrAFileIsTaken() throws Exception {
    String token = contoso.grant("vso.code_write");
    Path file = Files.writeString(home.resolve("token"), token + "\n");
    for (String login : List.of("cat token | PAT login contoso", "PAT login contoso <token")) {
      assertThat(shell(login).exit()).isZero();
      assertThat(kept()).contains("password=" + token);
      assertThat(shell("PAT logout contoso --yes").exit()).isZero();
    }
    Files.delete(file);
  }

  @Test
  void aFullOrClosedOutputAndAFolderAsInputShowNoStack() throws Exception {
    run(contoso.grant("vso.code_write"), "login", "contoso");
    String request = "printf 'protocol=https\\nhost=dev.azure.com\\npath=contoso/x\\n' | ";
    for (String words : List.of("get", "list", "list --json", "capability", "--help", "stores")) {
      Programs.Result full = shell(request + "PAT " + words + " >/dev/full");
      assertThat(full.exit()).describedAs("%s: %s", words, full).isEqualTo(1);
      assertThat(full.err()).contains("the disk is full").hasLineCount(1);
      // Written once nobody reads any more.
      Programs.Result closed = shell(request + "{ sleep 0.3; PAT " + words + "; } | true");
      assertThat(closed.exit()).describedAs("%s: %s", words, closed).isEqualTo(1);
      assertThat(closed.err()).describedAs(words).isEmpty();
    }
    for (String words : List.of("get", "store", "erase", "login contoso")) {
      Programs.Result folder = shell("PAT " + words + " </");
      assertThat(folder.exit()).describedAs("%s: %s", words, folder).isEqualTo(1);
      assertThat(folder.err()).contains("it is a folder").hasLineCount(1);
    }
    assertThat(kept()).isNotEmpty();
  }

  @Test
  void controlBackslashShowsNothingAndEndsNothing() throws Exception {
    String token = contoso.grant("vso.code_write");
    try (Pty pty = new Pty("trap : QUIT; " + Helper.launcher() + " login contoso", environment)) {
      pty.waitFor(PROMPT, 1);
      pty.type("\u001c");
      pty.type(token + "\n");
      pty.waitFor("when does it expire?", 1);
      pty.type("\n");
      assertThat(pty.finish()).contains("contoso: valid").doesNotContain("Thread", "java");
    }
    assertThat(kept()).contains("password=" + token);
    // What is started has its own ways with it.
    Programs.Result started = shell("PAT exec contoso -- sh -c 'kill -QUIT $$; echo alive'");
    assertThat(started.out()).describedAs("%s", started).doesNotContain("alive");
  }

  // --- why git was refused ---

  private String erase(String token, String path, boolean refusedByServer) throws Exception {
    Path request = home.resolve("request");
    Files.writeString(
        request,
        "protocol=https\nhost=dev.azure.com\npath="
            + path
            + "\nusername=pat\npassword="
            + token
            + "\n"
            + (refusedByServer ? "wwwauth[]=Bearer\nwwwauth[]=Basic realm=\"https://x/\"\n" : ""));
    try (Pty pty = new Pty("exec " + Helper.launcher() + " erase <" + request, environment)) {
      return pty.finish();
    }
  }

  @Test
  void aDeadTokenStaysSetAsideAndThePersonIsToldWhy() throws Exception {
    contoso.become(Trait.SAYS_WHY);
    String token = contoso.grant("vso.code");
    run(token, "login", "contoso");
    fake.setTime(fake.now().plusSeconds(100 * 86_400L));
    String said = erase(token, "contoso/Web/_git/site", true);
    assertThat(said)
        .contains("is set aside")
        .contains("contoso (" + contoso.account() + "): expired")
        .doesNotContain(token);
    assertThat(kept()).isEmpty();
  }

  @Test
  void aTokenThatIsOnlyReadOnlyIsBroughtBack() throws Exception {
    String token = contoso.grant("vso.code");
    run(token, "login", "contoso");
    assertThat(erase(token, "contoso/Web/_git/site", true))
        .contains("restored contoso", "scope Code (Read & write) is missing");
    assertThat(kept()).contains("password=" + token);
  }

  @Test
  void aPersonsOwnEraseIsNeverUndone() throws Exception {
    String token = contoso.grant("vso.code_write");
    run(token, "login", "contoso");
    // Who presents no secret was refused none.
    Path request = home.resolve("request");
    Files.writeString(request, "protocol=https\nhost=dev.azure.com\npath=contoso/Web/_git/site\n");
    try (Pty pty = new Pty("exec " + Helper.launcher() + " erase <" + request, environment)) {
      assertThat(pty.finish()).contains("was removed from file").doesNotContain("restored");
    }
    assertThat(kept()).isEmpty();
  }

  @Test
  void theExplanationCanBeTurnedOffAndNeedsAPerson() throws Exception {
    String token = contoso.grant("vso.code");
    run(token, "login", "contoso");
    fake.forget();
    environment.put("GIT_CREDENTIAL_PAT_EXPLAIN", "0");
    assertThat(erase(token, "contoso/Web/_git/site", true)).contains("is set aside");
    environment.remove("GIT_CREDENTIAL_PAT_EXPLAIN");
    run(token, "login", "contoso", "--no-check");
    run(
        "protocol=https\nhost=dev.azure.com\npath=contoso/x\nusername=pat\npassword="
            + token
            + "\nwwwauth[]=Basic realm=\"https://x/\"\n",
        "erase");
    assertThat(fake.requests()).isEmpty();
    assertThat(kept()).isEmpty();
  }

  /** A get whose messages a person can read. */
  private String getAtATerminal() throws Exception {
    Path request = home.resolve("request");
    Files.writeString(request, "protocol=https\nhost=dev.azure.com\npath=contoso/Web/_git/site\n");
    try (Pty pty = new Pty("exec " + Helper.launcher() + " get <" + request, environment)) {
      return pty.finish();
    }
  }

  private void isRefusedWhileNobodyReadsAlong(String token) throws Exception {
    run(token, "login", "contoso", "--no-check");
    run(
        "protocol=https\nhost=dev.azure.com\npath=contoso/Web/_git/site\nusername=pat\npassword="
            + token
            + "\nwwwauth[]=Basic realm=\"https://x/\"\n",
        "erase");
    assertThat(kept()).isEmpty();
    fake.forget();
  }

  @Test
  void aTokenThatIsGoodAfterAllIsAnsweredByTheNextGetThatAPersonReads() throws Exception {
    String token = contoso.grant("vso.code_write");
    isRefusedWhileNobodyReadsAlong(token);

    assertThat(getAtATerminal())
        .contains("restored contoso", ": valid")
        .contains("password=" + token);
    assertThat(kept()).contains("password=" + token);
  }

  @Test
  void aGetAsksOnlyOnceAboutATokenThatIsSetAside() throws Exception {
    contoso.become(Trait.SAYS_WHY);
    String token = contoso.grant("vso.code");
    fake.setTime(fake.now().plusSeconds(100 * 86_400L));
    isRefusedWhileNobodyReadsAlong(token);
    environment.put("GIT_CREDENTIAL_PAT_EXPLAIN", "0");
    assertThat(getAtATerminal()).contains("login --restore contoso");
    environment.remove("GIT_CREDENTIAL_PAT_EXPLAIN");
    assertThat(fake.requests()).isEmpty();

    assertThat(getAtATerminal())
        .contains("contoso: expired; create a new token")
        .doesNotContain(token);
    assertThat(fake.requests()).isNotEmpty();
    fake.forget();
    assertThat(getAtATerminal()).contains("login --restore contoso").doesNotContain(token);
    assertThat(fake.requests()).isEmpty();

    // What a person read at the refusal is not asked again either.
    run(token, "login", "contoso", "--no-check");
    assertThat(erase(token, "contoso/Web/_git/site", true)).contains("contoso: expired");
    fake.forget();
    assertThat(getAtATerminal()).contains("login --restore contoso");
    assertThat(fake.requests()).isEmpty();
  }

  @Test
  void aServiceThatDoesNotAnswerCostsTwoSeconds() throws Exception {
    String token = contoso.grant("vso.code");
    run(token, "login", "contoso");
    fake.on(
        "dev.azure.com",
        exchange -> {
          try {
            Thread.sleep(30_000);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    long start = System.nanoTime();
    String said = erase(token, "contoso/Web/_git/site", true);
    assertThat(said).contains("is set aside");
    assertThat((System.nanoTime() - start) / 1_000_000).isLessThan(20_000);
  }

  @Test
  void gitItselfIsExplained() throws Exception {
    contoso.become(Trait.SAYS_WHY);
    String token = contoso.grant("vso.code");
    run(token, "login", "contoso");
    fake.setTime(fake.now().plusSeconds(100 * 86_400L));
    for (List<String> setting :
        List.of(
            List.of("credential.helper", Helper.launcher().toString()),
            List.of("credential.https://dev.azure.com.useHttpPath", "true"))) {
      List<String> git = new ArrayList<>(List.of("git", "config", "--global"));
      git.addAll(setting);
      Person.done(Programs.run(home, environment, "", git));
    }
    environment.put("GIT_TERMINAL_PROMPT", "0");
    String command = "git ls-remote https://dev.azure.com/contoso/Web/_git/site";
    String said;
    try (Pty pty = new Pty(command, environment)) {
      said = pty.finish();
    }
    assertThat(said).contains(": expired; create a new token at ").doesNotContain(token);
    assertThat(kept()).isEmpty();
  }
}
