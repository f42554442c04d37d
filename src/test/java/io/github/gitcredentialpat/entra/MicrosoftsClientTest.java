package io.github.gitcredentialpat.entra;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The fakes that our client is tested with, judged by Microsoft's: it gets its tokens there. */
@Timeout(180)
@Tag("slow")
final class MicrosoftsClientTest {
  @TempDir private Path folder;
  private final List<String> issued = new ArrayList<>();
  @AutoClose private final FakeAzureDevOps fake = new FakeAzureDevOps();
  @AutoClose private final FakeIdentityEndpoint machine = new FakeIdentityEndpoint(issued::add);

  @Test
  void workloadIdentity() throws Exception {
    String tenant = UUID.randomUUID().toString();
    FakeEntra entra = new FakeEntra(tenant, fake::now, issued::add);
    fake.on("login.microsoftonline.com", entra);
    entra.federate("the platform's token");
    Path file = folder.resolve("platform-token");
    Files.writeString(file, "the platform's token");
    String token =
        run(
            "workload",
            Map.of(
                "AZURE_FEDERATED_TOKEN_FILE", file.toString(),
                "AZURE_CLIENT_ID", entra.clientId(),
                "AZURE_TENANT_ID", tenant));
    assertThat(issued).containsExactly(token);
  }

  @Test
  void appService() throws Exception {
    assertThat(run("managed", machine.appService())).isIn(issued);
    assertThat(machine.requests()).containsExactly("/msi/token");
  }

  @Test
  void virtualMachine() throws Exception {
    assertThat(run("managed", machine.virtualMachine())).isIn(issued);
    assertThat(machine.requests()).contains("/metadata/identity/oauth2/token");
  }

  private String run(String word, Map<String, String> environment) throws Exception {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            classPath(),
            MicrosoftsClient.class.getName(),
            word,
            fake.environment().get("https_proxy"),
            fake.environment().get("GIT_SSL_CAINFO"));
    builder.environment().clear();
    builder.environment().put("HOME", folder.toString());
    builder.environment().putAll(environment);
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).describedAs(Files.readString(err)).isZero();
    List<String> lines = Files.readAllLines(out);
    return lines.get(lines.size() - 1);
  }

  /** That of this test, whoever runs it. */
  private static String classPath() throws Exception {
    if (!(MicrosoftsClient.class.getClassLoader() instanceof URLClassLoader loader)) {
      return System.getProperty("java.class.path");
    }
    List<String> files = new ArrayList<>();
    for (URL each : loader.getURLs()) {
      files.add(Path.of(each.toURI()).toString());
    }
    return String.join(File.pathSeparator, files);
  }
}
