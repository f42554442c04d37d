package io.github.gitcredentialpat.store.wincred;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.testing.CSources;
import java.io.File;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launchers for Windows and the end of its installer, in a folder as install.ps1 makes it, with
 * something else in the place of java.exe.
 */
@Tag("slow")
final class WindowsLaunchersTest {
  private static final List<String> LIBRARIES =
      List.of(
          "jna", "picocli", "jackson-annotations", "jackson-core", "jackson-databind", "slf4j-api");

  @TempDir Path temporary;
  private Path prefix;
  private Path image;
  private Path java;

  @BeforeEach
  void makeAnImage() throws Exception {
    prefix = temporary.resolve("Zo\u00eb M\u00fcller (home)");
    image = prefix.resolve("lib/git-credential-pat/build.1");
    java = image.resolve("runtime/bin/java.exe");
    Files.createDirectories(java.getParent());
    Files.createDirectories(image.resolve("lib"));
    Files.createDirectories(prefix.resolve("bin"));
    Files.copy(Path.of("helper/launcher/jvm.options"), image.resolve("jvm.options"));
  }

  @Test
  void gitsLauncherRunsTheRuntimeBesideItAndNothingElse() throws Exception {
    fillIn("git-credential-pat", "$home/lib/a.jar;$home/lib/b.jar");
    script(
        "printf '%s\\n' \"$@\"; echo \"JAVA_TOOL_OPTIONS ${JAVA_TOOL_OPTIONS-unset}\"; "
            + "echo \"before $GIT_CREDENTIAL_PAT_WAS_JAVA_TOOL_OPTIONS\"; exit 3");
    Result result = run(launcher().toString(), "--store", "wincred, file", "get");
    assertThat(result.output.lines())
        .containsExactly(
            "@" + image + "/jvm.options",
            "-Xshare:auto",
            "-Djna.boot.library.path=" + image + "/lib",
            "-Djna.platform.library.path=" + image + "/lib",
            "-Dgit-credential-pat.launcher=" + launcher(),
            "-cp",
            image + "/lib/a.jar;" + image + "/lib/b.jar",
            "io.github.gitcredentialpat.Main",
            "--store",
            "wincred, file",
            "get",
            "JAVA_TOOL_OPTIONS unset",
            "before -Dx=y");
    assertThat(result.status).isEqualTo(3);
    Files.createFile(image.resolve("app.jsa"));
    assertThat(run(launcher().toString(), "get").output)
        .contains("\n-XX:SharedArchiveFile=" + image + "/app.jsa\n");
    Files.createFile(image.resolve("commands.jsa"));
    assertThat(run(launcher().toString(), "list").output)
        .contains("\n-XX:SharedArchiveFile=" + image + "/commands.jsa\n");
  }

  @Test
  void gitOnTheLinuxOfWslRunsTheRuntimeOfWindows() throws Exception {
    String windows = "C:/Users/Zo\u00eb/lib/git-credential-pat/build.1";
    fillIn("git-credential-pat", "$home/lib/a.jar");
    Files.writeString(launcher(), Files.readString(launcher()).replace(image.toString(), windows));
    script("printf '%s\\n' \"$@\"; echo \"WSLENV $WSLENV\"");
    Files.createFile(image.resolve("app.jsa"));
    // What WSL has.
    Path wslpath = Files.createDirectory(temporary.resolve("bin")).resolve("wslpath");
    Files.writeString(
        wslpath, "#!/bin/sh\n[ \"$1 $2\" = '-u " + windows + "' ] && echo '" + image + "'\n");
    assertThat(wslpath.toFile().setExecutable(true)).isTrue();
    Result result =
        run("env", "PATH=" + wslpath.getParent() + ":/usr/bin:/bin", launcher().toString(), "get");
    assertThat(result.output.lines())
        .contains(
            "@" + windows + "/jvm.options",
            "-XX:SharedArchiveFile=" + windows + "/app.jsa",
            "-Djna.boot.library.path=" + windows + "/lib",
            windows + "/lib/a.jar",
            "get")
        .last()
        .asString()
        .startsWith("WSLENV GIT_TERMINAL_PROMPT:");
    assertThat(result.status).isZero();
  }

  @Tag("all")
  @Test
  void cmdsLauncherRunsTheRuntimeBelowIt() throws Exception {
    Path printCall = CSources.windowsProgram(CSources.source("wine/print_call.c"), "-municode");
    Files.copy(printCall, java);
    fillIn("git-credential-pat.cmd", "%home%\\lib\\a.jar;%home%\\lib\\b.jar");
    Files.createFile(image.resolve("commands.jsa"));
    Wine wine = new Wine();
    try {
      Path folder = prefix.resolve("bin");
      Wine.Result result =
          wine.run(
              folder,
              Map.of("JAVA_TOOL_OPTIONS", "-Dx=\"y & echo z\""),
              List.of("cmd", "/c", "git-credential-pat", "--store", "wincred, file", "list"));
      String home = "Z:" + folder.toString().replace('/', '\\');
      home += "\\..\\lib\\git-credential-pat\\build.1";
      assertThat(result.output().lines().map(String::strip))
          .containsExactly(
              "@" + home + "\\jvm.options",
              "-XX:SharedArchiveFile=" + home + "\\commands.jsa",
              "-Djna.boot.library.path=" + home + "\\lib",
              "-Dgit-credential-pat.launcher="
                  + home.replace("..\\lib\\git-credential-pat\\build.1", "git-credential-pat"),
              "-cp",
              home + "\\lib\\a.jar;" + home + "\\lib\\b.jar",
              "io.github.gitcredentialpat.Main",
              "--store",
              "wincred, file",
              "list",
              "JAVA_TOOL_OPTIONS unset",
              "-Dx=\"y & echo z\"");
      assertThat(result.status()).isEqualTo(3);

      // What pip and NuGet find start it too, from folders of their own.
      isStartedBy(wine, "pip", "keyring.cmd", "keyring");
      isStartedBy(wine, "nuget", "nuget-plugin-git-credential-pat.bat", "nuget-plugin");
    } finally {
      wine.stop();
    }
  }

  private void isStartedBy(Wine wine, String folder, String file, String command) throws Exception {
    Path place = Files.createDirectory(prefix.resolve("lib/git-credential-pat").resolve(folder));
    Files.copy(Path.of("helper/frontends/windows", file), place.resolve(file));
    String name = file.substring(0, file.lastIndexOf('.'));
    Wine.Result result =
        wine.run(
            place,
            Map.of(),
            List.of("cmd", "/c", name, "get", "https://pkgs.dev.azure.com/x/a b", "-Plugin"));
    assertThat(result.output().lines().map(String::strip))
        .containsSubsequence(
            "io.github.gitcredentialpat.Main",
            command,
            "get",
            "https://pkgs.dev.azure.com/x/a b",
            "-Plugin",
            "JAVA_TOOL_OPTIONS unset",
            "no JAVA_TOOL_OPTIONS before");
    assertThat(result.status()).isEqualTo(3);
    assertThat(Files.readString(Path.of("install/install.ps1")))
        .contains("'frontends\\windows\\" + file + "'");
  }

  @Test
  void theInstallersEndConfiguresGitAndProvesThatItWorks() throws Exception {
    StringBuilder classPath = new StringBuilder("$home/lib/git-credential-pat.jar");
    for (String library : LIBRARIES) {
      classPath.append(";$home/lib/").append(library).append(".jar");
    }
    fillIn("git-credential-pat", classPath.toString());
    PrintStream nowhere = new PrintStream(PrintStream.nullOutputStream(), false, UTF_8);
    ToolProvider jar = ToolProvider.findFirst("jar").orElseThrow();
    String ours = image.resolve("lib/git-credential-pat.jar").toString();
    jar.run(nowhere, nowhere, "--create", "--file", ours, "-C", "target/classes", ".");
    for (String library : LIBRARIES) {
      Files.copy(jar(library), image.resolve("lib/" + library + ".jar"));
    }
    // A Java of this machine wants colons where Windows' wants semicolons, and another native
    // part of JNA, which it may unpack.
    script(
        """
        for word; do
          shift
          case $word in
            */git-credential-pat.jar\\;*) word=$(printf %%s "$word" | tr ';' :) ;;
            -Djna.boot.*) word=-Djna.nounpack=false ;;
            -Djna.platform.*) word=-Djna.noclasspath=false ;;
          esac
          set -- "$@" "$word"
        done
        exec "%s/bin/java" "$@"
        """
            .formatted(System.getProperty("java.home")));
    Result result = finish("azure");
    assertThat(result.output).contains("git-credential-pat is installed").doesNotContain("archive");
    assertThat(result.status).isZero();
    assertThat(image.resolve("app.jsa")).isNotEmptyFile();
    assertThat(image.resolve("commands.jsa")).isNotEmptyFile();
    String configured = run("git", "config", "--global", "--list").output;
    assertThat(configured)
        .contains("credential.https://dev.azure.com.usehttppath=true")
        .contains("credential.https://dev.azure.com.helper=\n");
    assertThat(finish("azure").status).isZero();
    assertThat(run("git", "config", "--global", "--list").output).isEqualTo(configured);

    // What it would say if the program did not work.
    script("exit 1");
    Result broken = finish("none");
    assertThat(broken.output).contains("it is installed, but a throw-away entry");
    assertThat(broken.status).isEqualTo(1);
  }

  private Result finish(String configure) throws Exception {
    String script = Path.of("install/finish-windows.sh").toAbsolutePath().toString();
    return run(
        "git",
        "-c",
        "alias.run=!sh",
        "run",
        script,
        prefix.toString(),
        image.toString(),
        configure);
  }

  private static Path jar(String name) {
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (entry.matches(".*/" + name + "-[0-9.]+\\.jar")) {
        return Path.of(entry);
      }
    }
    throw new AssertionError("no " + name + " on the class path");
  }

  private Path launcher() {
    return prefix.resolve("bin/git-credential-pat");
  }

  private void fillIn(String name, String classPath) throws Exception {
    String text = Files.readString(Path.of("helper/launcher/windows", name));
    Path launcher = prefix.resolve("bin").resolve(name);
    Files.writeString(
        launcher,
        text.replace("@HOME@", image.toString())
            .replace("@CLASSPATH@", classPath)
            .replace("@BUILD@", "build.1"));
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
  }

  private void script(String body) throws Exception {
    Files.writeString(java, "#!/bin/sh\n" + body + "\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
  }

  private record Result(int status, String output) {}

  /** Runs a command of this machine in a home of its own, without a desktop's keyring. */
  private Result run(String... command) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(new ArrayList<>(List.of(command)))
            .directory(temporary.toFile())
            .redirectErrorStream(true);
    Map<String, String> environment = new HashMap<>();
    environment.put("PATH", System.getenv("PATH"));
    environment.put("HOME", temporary.toString());
    environment.put("LC_ALL", "C.UTF-8");
    environment.put("JAVA_TOOL_OPTIONS", "-Dx=y");
    environment.put("GIT_CREDENTIAL_PAT_STORE", "no-such-store");
    environment.put("DBUS_SESSION_BUS_ADDRESS", "unix:path=" + temporary.resolve("no-bus"));
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Result(process.waitFor(), output);
  }
}
