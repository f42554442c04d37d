package io.github.gitcredentialpat.azure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A check with the packaged runtime's options, small heap and few modules. */
@Timeout(120)
@Tag("slow")
final class CheckProgramTest {
  @TempDir Path folder;
  @AutoClose private final FakeAzureDevOps fake = new FakeAzureDevOps("carol:proxy-secret");
  private String token;

  @BeforeEach
  void start() throws Exception {
    token = fake.organization("contoso").grant("vso.code");
  }

  @Test
  void aCheckNeedsNoMoreThanThePackagedRuntimeAndSaysNothingUnasked() throws Exception {
    assertThat(run(List.of())).isEqualTo("GOOD\n");
  }

  @Test
  void aTraceTellsRequestsAndNoSecret() throws Exception {
    String output = run(List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=debug"));

    assertThat(output)
        .contains("GOOD\n")
        .containsPattern("GET dev\\.azure\\.com/contoso/_apis/connectionData 200 \\d+ ms")
        .doesNotContain(token)
        .doesNotContain(Base64.getEncoder().encodeToString((":" + token).getBytes(UTF_8)))
        .doesNotContain("proxy-secret")
        .doesNotContain("Alice");
  }

  private String run(List<String> options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@helper/launcher/jvm.options");
    command.add("-Djava.security.properties=helper/launcher/security.properties");
    command.add("--limit-modules=" + modules());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(CheckProgram.class.getName(), "contoso"));
    Path output = folder.resolve("output");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(fake.environment());
    Process process = builder.redirectOutput(output.toFile()).start();
    try (var in = process.getOutputStream()) {
      in.write(token.getBytes(UTF_8));
    }
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    return Files.readString(output);
  }

  /** The modules of the packaged runtime. */
  private static String modules() throws Exception {
    List<String> modules = new ArrayList<>(Files.readAllLines(Path.of("helper/image/modules")));
    modules.removeIf(line -> line.startsWith("#"));
    return String.join(",", modules);
  }
}
