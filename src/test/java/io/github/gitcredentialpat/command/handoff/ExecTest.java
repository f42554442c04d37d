package io.github.gitcredentialpat.command.handoff;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.Main;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.testing.Typed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code exec}, in processes of its own: a success leaves nothing of this one. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
@Tag("slow")
final class ExecTest {
  private static final String FEED =
      "https://pkgs.dev.azure.com/contoso/_packaging/feed1/nuget/v3/index.json";

  @TempDir Path home;
  private final Map<String, String> environment = new HashMap<>();
  private final String token = UUID.randomUUID().toString().replace("-", "");

  private record Result(int exit, String out, String err) {}

  @BeforeEach
  void keepOne() throws Exception {
    environment.put("PATH", System.getenv("PATH"));
    environment.put("HOME", home.toString());
    environment.put("GIT_CREDENTIAL_PAT_STORE", "file");
    environment.put("LC_ALL", "C.UTF-8");
    Result stored =
        run(
            "protocol=https\nhost=dev.azure.com\npath=contoso/x\nusername=pat\npassword="
                + token
                + "\n",
            "store");
    assertThat(stored.exit()).describedAs(stored.err()).isZero();
  }

  private Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // As in the packaged runtime: newer ones print a warning otherwise.
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-cp");
    command.add(
        String.join(
            java.io.File.pathSeparator,
            place(Main.class),
            place(com.sun.jna.Native.class),
            place(picocli.CommandLine.class),
            place(com.fasterxml.jackson.databind.ObjectMapper.class),
            place(com.fasterxml.jackson.core.JsonFactory.class),
            place(com.fasterxml.jackson.annotation.JsonProperty.class)));
    command.add(Main.class.getName());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.redirectOutput(home.resolve("out").toFile());
    builder.redirectError(home.resolve("err").toFile());
    return builder.start();
  }

  private static String place(Class<?> type) {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath()).toString();
  }

  private Result run(String input, String... arguments) throws Exception {
    return end(start(arguments), input);
  }

  private Result end(Process process, String input) throws Exception {
    try (var in = process.getOutputStream()) {
      in.write(input.getBytes(UTF_8));
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Result(
        process.exitValue(),
        Files.readString(home.resolve("out")),
        Files.readString(home.resolve("err")));
  }

  @Test
  void theProgramFindsTheTokenInItsEnvironmentAndNowhereElse() throws Exception {
    Result result =
        run(
            "typed",
            "exec",
            "contoso",
            "--",
            "sh",
            "-c",
            "cat; echo; echo \"$AZURE_DEVOPS_EXT_PAT\"; tr '\\0' ' ' </proc/$$/cmdline >args");
    assertThat(result.out()).isEqualTo("typed\n" + token + "\n");
    assertThat(result.err()).isEmpty();
    assertThat(result.exit()).isZero();
    assertThat(Files.readString(home.resolve("args"))).doesNotContain(token);
  }

  @Test
  void everyVariableGetsTheFormThatItWants() throws Exception {
    Result result =
        run(
            "",
            "exec",
            "--env",
            "SYSTEM_ACCESSTOKEN,ARTIFACTS_CREDENTIALPROVIDER_EXTERNAL_FEED_ENDPOINTS,"
                + "CARGO_REGISTRIES_CONTOSO_TOKEN",
            FEED,
            "--",
            "env");
    assertThat(result.out().lines())
        .contains(
            "SYSTEM_ACCESSTOKEN=" + token,
            "ARTIFACTS_CREDENTIALPROVIDER_EXTERNAL_FEED_ENDPOINTS={\"endpointCredentials\":"
                + "[{\"endpoint\":\""
                + FEED
                + "\",\"username\":\"pat\",\"password\":\""
                + token
                + "\"}]}",
            "CARGO_REGISTRIES_CONTOSO_TOKEN=Basic "
                + Base64.getEncoder().encodeToString(("PAT:" + token).getBytes(UTF_8)))
        .noneMatch(line -> line.startsWith("AZURE_DEVOPS_EXT_PAT"));
  }

  @Test
  void argumentsPassAsTheyAre() throws Exception {
    Result result =
        run("", "exec", "contoso", "--", "printf", "%s|", "@file", "--", "--help", "", "a b", "é");
    assertThat(result.out()).isEqualTo("@file|--|--help||a b|é|");
  }

  @Test
  void theExitStatusIsTheProgramsOwn() throws Exception {
    assertThat(run("", "exec", "contoso", "--", "sh", "-c", "exit 42").exit()).isEqualTo(42);
    Result missing = run("", "exec", "contoso", "--", "no-such-program");
    assertThat(missing.exit()).isEqualTo(127);
    assertThat(missing.err()).contains("no-such-program not found");
    Files.writeString(home.resolve("plain"), "text");
    assertThat(run("", "exec", "contoso", "--", "./plain").exit()).isEqualTo(126);
  }

  @Test
  void aSignalMeetsTheProgramItself() throws Exception {
    for (String signal : List.of("INT", "TERM", "HUP", "QUIT")) {
      Path ready = home.resolve("ready-" + signal);
      Process process =
          start(
              "exec",
              "contoso",
              "--",
              // A shell cannot trap what was ignored before it, as INT is in the background.
              "perl",
              "-e",
              "$SIG{" + signal + "} = 'DEFAULT'; exec @ARGV",
              "sh",
              "-c",
              "trap 'echo caught; exit 7' " + signal + "; echo $$ >" + ready + "; cat");
      while (!Files.exists(ready) || Files.size(ready) == 0) {
        Thread.sleep(20);
      }
      // The very process that was started: no parent of Java is left to pass anything on.
      assertThat(Files.readString(ready).strip()).isEqualTo(Long.toString(process.pid()));
      new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
      Result result = end(process, "");
      assertThat(result.out()).describedAs(signal).isEqualTo("caught\n");
      assertThat(result.exit()).isEqualTo(7);
    }
  }

  @Test
  void whatTheLauncherChangedIsAsItWas() throws Exception {
    environment.put("GIT_CREDENTIAL_PAT_WAS_LC_ALL", "POSIX");
    environment.put("GIT_CREDENTIAL_PAT_WAS_JDK_JAVA_OPTIONS", "-Dof=the-person");
    environment.put("GIT_CREDENTIAL_PAT_WAS__JAVA_OPTIONS", "");
    List<String> lines = run("", "exec", "contoso", "--", "env").out().lines().toList();
    assertThat(lines)
        .contains("LC_ALL=POSIX", "JDK_JAVA_OPTIONS=-Dof=the-person")
        .noneMatch(line -> line.contains("_WAS_") || line.startsWith("_JAVA_OPTIONS"));
    environment.put("GIT_CREDENTIAL_PAT_WAS_LC_ALL", "");
    assertThat(run("", "exec", "contoso", "--", "env").out()).doesNotContain("LC_ALL");
  }

  @Test
  void nothingOfJavasIsLeftOpenOrBlocked() throws Exception {
    Result result =
        run(
            "",
            "exec",
            "contoso",
            "--",
            "sh",
            "-c",
            "grep SigBlk /proc/self/status; readlink /proc/self/fd/*");
    assertThat(result.out())
        .contains("SigBlk:\t0000000000000000\n")
        .doesNotContain(".jar", "modules");
  }

  @Test
  void withoutATokenNothingRuns() throws Exception {
    Result result = run("", "exec", "fabrikam", "--", "touch", "ran");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err()).contains("no usable token for fabrikam");
    assertThat(home.resolve("ran")).doesNotExist();
  }

  @Test
  void wrongUsageRunsNothing() {
    Typed person = Typed.on(new InMemoryStore("memory"));
    for (String words :
        List.of(
            "exec contoso env",
            "exec contoso --",
            "exec contoso web -- env",
            "exec --env A-B contoso -- env",
            "exec --env A=B contoso -- env",
            "exec")) {
      assertThat(person.run(words.split(" "))).describedAs(words).isEqualTo(2);
    }
  }
}
