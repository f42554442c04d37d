package io.github.gitcredentialpat.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import io.github.gitcredentialpat.testing.Certificate;
import io.github.gitcredentialpat.testing.Pty;
import io.github.gitcredentialpat.testing.Requires;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * curl, npm, pip and Cargo fetch from a feed that demands the token; what exec gives its program.
 */
@Timeout(180)
final class FeedsIT {
  private static final String SEARCHED =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  @TempDir Path home;
  private final Map<String, String> environment = new HashMap<>();
  @AutoClose private final FakeAzureDevOps fake = new FakeAzureDevOps();
  private String token;

  @BeforeEach
  void start() throws Exception {
    token = fake.newToken();
    fake.on("pkgs.dev.azure.com", new PackageFeed(token));
    environment.put("PATH", SEARCHED);
    environment.put("HOME", home.toString());
    environment.put("GIT_CONFIG_NOSYSTEM", "1");
    environment.put("GIT_CREDENTIAL_PAT_STORE", "file");
    environment.putAll(fake.environment());
    Person.done(pat(token, "login", "contoso", "--no-check"));
    Person.done(pat(fake.newToken(), "login", "fabrikam", "--no-check"));
  }

  private Programs.Result run(String... command) throws Exception {
    return Programs.run(home, environment, "", List.of(command));
  }

  private Programs.Result pat(String input, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(Helper.launcher().toString()));
    command.addAll(List.of(arguments));
    return Programs.run(home, environment, input, command);
  }

  /** A program of this machine, from the tests' own PATH. */
  private static Path program(String name) {
    for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
      Path program = Path.of(folder, name);
      if (Files.isExecutable(program)) {
        return program;
      }
    }
    Requires.present(false, name);
    throw new IllegalStateException();
  }

  @Test
  void curlIsLetInByItsConfiguration() throws Exception {
    String url = PackageFeed.URL + "npm/registry/greeting";
    String curl = "curl -sf --cacert " + Certificate.ofThisRun().pem() + " ";
    String print = Helper.launcher() + " print --format ";
    assertThat(run("bash", "-c", curl + url).exit()).isEqualTo(22);
    Programs.Result result =
        run("bash", "-c", curl + "--config <(" + print + "curl contoso) " + url);
    assertThat(Person.done(result).out()).contains("greeting-1.0.0.tgz");
    result = run("bash", "-c", print + "header " + url + " | " + curl + "-H @- " + url);
    assertThat(Person.done(result).out()).contains("greeting-1.0.0.tgz");
    result = run("bash", "-c", curl + "--config <(" + print + "curl fabrikam) " + url);
    assertThat(result.exit()).isEqualTo(22);
  }

  @Test
  @Tag("all")
  void npmFetchesAPackage() throws Exception {
    String npm = program("npm").toString();
    environment.put("PATH", program("node").getParent() + ":" + SEARCHED);
    environment.put("npm_config_cafile", Certificate.ofThisRun().pem().toString());
    environment.put("npm_config_update_notifier", "false");
    Path project = Files.createDirectory(home.resolve("project"));
    Files.writeString(project.resolve("package.json"), "{\"private\":true}");
    Files.writeString(project.resolve(".npmrc"), "registry=" + PackageFeed.URL + "npm/registry/\n");
    List<String> install =
        List.of(npm, "install", "--no-audit", "--no-fund", "--fetch-retries=0", "greeting");
    Programs.Result without = Programs.run(project, environment, "", install);
    assertThat(without.exit()).isNotZero();
    assertThat(without.err()).contains("E401");
    Programs.Result printed =
        Person.done(pat("", "print", "--format", "npm", PackageFeed.URL + "npm/registry/"));
    Files.writeString(home.resolve(".npmrc"), printed.out());
    Person.done(Programs.run(project, environment, "", install));
    assertThat(project.resolve("node_modules/greeting/index.js")).content().contains("from npm");
  }

  @Test
  void pipFetchesAPackageThroughKeyring() throws Exception {
    List<String> pip = pip("https://VssSessionToken@");
    assertThat(Programs.run(home, environment, "", pip).exit()).isNotZero();
    environment.put("PATH", Helper.image().resolve("pip") + ":" + environment.get("PATH"));
    Person.done(Programs.run(home, environment, "", pip));
    assertThat(home.resolve("got/greeting-1.0.0-py3-none-any.whl")).isRegularFile();
  }

  @Test
  void pipFetchesAPackageWithThePrintedIndex() throws Exception {
    List<String> pip = pip("https://");
    assertThat(Programs.run(home, environment, "", pip).exit()).isNotZero();
    int option = pip.indexOf("--index-url");
    pip.subList(option, option + 2).clear();
    String index =
        Person.done(pat("", "print", "--format", "pip", PackageFeed.URL + "pypi/simple/")).out();
    environment.put("PIP_INDEX_URL", index.strip());
    Person.done(Programs.run(home, environment, "", pip));
    assertThat(home.resolve("got/greeting-1.0.0-py3-none-any.whl")).isRegularFile();
  }

  /** Before pip 23.1 there was no option: it imported keyring, or called it. */
  private List<String> pip(String scheme) throws Exception {
    Path python = program("python3");
    environment.put("PIP_CERT", Certificate.ofThisRun().pem().toString());
    environment.put("PIP_DISABLE_PIP_VERSION_CHECK", "1");
    environment.put("PIP_CONFIG_FILE", "/dev/null");
    environment.put("PYENV_ROOT", String.valueOf(System.getenv("PYENV_ROOT")));
    environment.put("PATH", System.getenv("PATH"));
    Files.createDirectory(home.resolve("no-keyring"));
    Files.writeString(home.resolve("no-keyring/keyring.py"), "raise ImportError\n");
    environment.put("PYTHONPATH", home.resolve("no-keyring").toString());
    Programs.Result help = run(python.toString(), "-m", "pip", "download", "--help");
    Requires.present(help.exit() == 0, "pip for " + python + " (Debian: python3-pip)");
    List<String> command =
        new ArrayList<>(List.of(python.toString(), "-m", "pip", "download", "--no-input"));
    if (help.out().contains("--keyring-provider")) {
      command.addAll(List.of("--keyring-provider", "subprocess"));
    } else {
      command.remove("--no-input");
    }
    command.addAll(
        List.of(
            "--index-url",
            scheme + PackageFeed.URL.substring("https://".length()) + "pypi/simple/",
            "--no-cache-dir",
            "--no-deps",
            "--dest",
            home.resolve("got").toString(),
            "greeting"));
    return command;
  }

  @Test
  @Tag("all")
  void cargoFetchesACrate() throws Exception {
    Path cargo = program("cargo");
    environment.put("PATH", System.getenv("PATH"));
    environment.put("CARGO_HOME", home.resolve("cargo").toString());
    String rustup = System.getenv().getOrDefault("RUSTUP_HOME", System.getenv("HOME") + "/.rustup");
    environment.put("RUSTUP_HOME", rustup);
    environment.put("CARGO_HTTP_CAINFO", Certificate.ofThisRun().pem().toString());
    Path project = Files.createDirectories(home.resolve("project/src")).getParent();
    Files.writeString(project.resolve("src/lib.rs"), "");
    Files.writeString(
        project.resolve("Cargo.toml"),
        """
        [package]
        name = "user"
        version = "0.1.0"
        edition = "2021"
        [dependencies]
        greeting = { version = "1", registry = "contoso" }
        """);
    Path configuration = Files.createDirectory(project.resolve(".cargo")).resolve("config.toml");
    String registry =
        "[registries.contoso]\nindex = \"sparse+" + PackageFeed.URL + "Cargo/index/\"\n";
    List<String> fetch = List.of(cargo.toString(), "fetch");
    Files.writeString(configuration, registry + "credential-provider = [\"cargo:token\"]\n");
    assertThat(Programs.run(project, environment, "", fetch).exit()).isNotZero();
    String launcher = "\"" + Helper.launcher() + "\"";
    for (String provider :
        List.of(
            launcher,
            "\"cargo:token-from-stdout\", "
                + launcher
                + ", \"print\", \"--format\", \"cargo\", \"contoso\"")) {
      environment.put("CARGO_HOME", Files.createTempDirectory(home, "cargo").toString());
      Files.writeString(configuration, registry + "credential-provider = [" + provider + "]\n");
      Person.done(Programs.run(project, environment, "", fetch));
      try (var files = Files.walk(Path.of(environment.get("CARGO_HOME")))) {
        assertThat(files.anyMatch(file -> file.endsWith("greeting-1.0.0.crate"))).isTrue();
      }
    }
  }

  @Test
  void aTerminalShowsNoTokenUnasked() throws Exception {
    String print = Helper.launcher() + " print --format token contoso";
    try (Pty pty = new Pty(print, environment)) {
      assertThat(pty.finish()).contains("use --show").doesNotContain(token);
    }
    try (Pty pty = new Pty(print + " --show", environment)) {
      assertThat(pty.finish()).contains(token);
    }
  }

  @Test
  void whatExecRunsHasThePersonsOwnSettings() throws Exception {
    String show =
        "echo \"$LC_ALL|$JAVA_TOOL_OPTIONS|$_JAVA_OPTIONS|$(ulimit -S -n)|$AZURE_DEVOPS_EXT_PAT\"";
    String limit = "ulimit -S -n 300; ";
    String exec = "exec " + Helper.launcher() + " exec contoso -- sh -c '" + show + "'";
    environment.put("LC_ALL", "POSIX");
    environment.put("JAVA_TOOL_OPTIONS", "-Dof=the-person");
    assertThat(Person.done(run("sh", "-c", limit + exec)).out())
        .isEqualTo("POSIX|-Dof=the-person||300|" + token + "\n");
    environment.remove("LC_ALL");
    Programs.Result all = Person.done(pat("", "exec", "contoso", "--", "env"));
    assertThat(all.out().lines())
        .noneMatch(line -> line.startsWith("LC_ALL") || line.contains("_WAS_"));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void namesThatAreNotUtf8ReachTheProgram() throws Exception {
    String script =
        Helper.launcher() + " exec contoso -- printf %s \"$(printf 'a\\344b')\" | od -An -tx1";
    environment.put("LC_ALL", "POSIX");
    assertThat(Person.done(run("sh", "-c", script)).out().strip()).isEqualTo("61 e4 62");
  }

  @Test
  void controlCEndsWhatExecRuns() throws Exception {
    String command =
        "trap : INT; " + Helper.launcher() + " exec contoso -- sh -c 'echo up; exec cat'; echo $?";
    try (Pty pty = new Pty(command, environment)) {
      pty.waitFor("up", 1);
      pty.type("\u0003");
      assertThat(pty.finish()).contains("130");
    }
  }
}
