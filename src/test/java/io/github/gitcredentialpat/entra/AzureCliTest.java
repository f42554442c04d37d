package io.github.gitcredentialpat.entra;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.http.ServiceException.Reason;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** With a script in the place of the Azure CLI. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the stand-in is a script for sh")
@Tag("slow")
final class AzureCliTest {
  @TempDir Path folder;

  private final String token = FakeEntra.newAccessToken(Instant.now().plusSeconds(3600));
  private final Map<String, String> environment = new HashMap<>(System.getenv());

  @BeforeEach
  void findNoRealOne() {
    environment.put("PATH", folder.toString());
  }

  /** A script that can use what lies in /bin. */
  private Path az(Path folder, String script) throws Exception {
    Path az = folder.resolve("az");
    Files.writeString(az, "#!/bin/sh\nPATH=/usr/bin:/bin\n" + script + "\n");
    Files.setPosixFilePermissions(az, PosixFilePermissions.fromString("rwxr-xr-x"));
    return az;
  }

  private byte[] ask(String tenant) throws ServiceException {
    return new AzureCli(environment).accessToken(tenant);
  }

  private ServiceException fails(Reason reason, Duration limit) {
    try {
      byte[] given = new AzureCli(environment, limit).accessToken(null);
      throw new AssertionError("it gave " + (given == null ? "none" : "a token"));
    } catch (ServiceException e) {
      assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason);
      assertThat(e.inOneLine()).contains("; ").doesNotContain("\n");
      return e;
    }
  }

  @Test
  void itIsAskedForAzureDevOpsAlone() throws Exception {
    Path log = folder.resolve("log");
    az(folder, "echo \"$*\" >'" + log + "'; pwd >>'" + log + "'; printf '" + token + "\\r\\n'");
    assertThat(ask(null)).isEqualTo(token.getBytes(UTF_8));
    assertThat(Files.readAllLines(log))
        .containsExactly(
            "account get-access-token --resource 499b84ac-1321-427f-aa17-267ca6975798"
                + " --query accessToken --output tsv",
            folder.toRealPath().toString());
    ask("1a2b3c4d-0000-4000-8000-00000000000f");
    assertThat(Files.readAllLines(log).get(0))
        .endsWith(" --tenant 1a2b3c4d-0000-4000-8000-00000000000f");
    assertThatThrownBy(() -> ask("--help")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void itSeesThePersonsEnvironment() throws Exception {
    environment.put("AZURE_CONFIG_DIR", "/somewhere/else");
    environment.remove("HOME");
    Path log = folder.resolve("log");
    az(folder, "echo \"$AZURE_CONFIG_DIR ${HOME-none}\" >'" + log + "'; printf '" + token + "\\n'");
    ask(null);
    assertThat(Files.readString(log)).isEqualTo("/somewhere/else none\n");
  }

  @Test
  void whereThereIsNoneThereIsNone() throws Exception {
    assertThat(ask(null)).isNull();
    environment.remove("PATH");
    assertThat(ask(null)).isNull();
  }

  @Test
  void theCurrentFolderAndWhatOthersMayWriteAreNoPlaceForIt() throws Exception {
    Path here = Path.of("").toAbsolutePath();
    Path inHere = Files.createTempDirectory(here.resolve("target"), "az");
    try {
      az(inHere, "printf '" + token + "\\n'");
      String relative = here.relativize(inHere).toString();
      environment.put("PATH", relative + File.pathSeparator + "." + File.pathSeparator + "");
      assertThat(ask(null)).isNull();
      environment.put("PATH", inHere.toString());
      assertThat(ask(null)).isNull();
    } finally {
      Files.delete(inHere.resolve("az"));
      Files.delete(inHere);
    }
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    az(elsewhere, "printf '" + token + "\\n'");
    environment.put("PATH", elsewhere.toString());
    assertThat(ask(null)).isEqualTo(token.getBytes(UTF_8));
    Files.setPosixFilePermissions(elsewhere, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThat(ask(null)).isNull();
    Path az = az(folder, "printf '" + token + "\\n'");
    environment.put("PATH", folder.toString());
    Files.setPosixFilePermissions(az, PosixFilePermissions.fromString("rwxr-xrwx"));
    assertThat(ask(null)).isNull();
    Files.setPosixFilePermissions(az, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(ask(null)).isNull();
  }

  @Test
  void whereNobodyIsSignedInItSaysHow() throws Exception {
    az(folder, "echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1");
    assertThat(fails(Reason.UNAUTHORIZED, Duration.ofSeconds(30)).hint()).isEqualTo("az login");
    az(folder, "echo 'ERROR: AADSTS50076: Due to a change you must use MFA.' >&2; exit 1");
    fails(Reason.UNAUTHORIZED, Duration.ofSeconds(30));
    assertThatThrownBy(() -> ask("fabrikam.example"))
        .extracting("hint")
        .isEqualTo("az login --tenant fabrikam.example");
  }

  @Test
  void whatElseItSaysIsSummarizedWithoutSecrets() throws Exception {
    az(
        folder,
        "echo 'WARNING: x' >&2; printf 'ERROR: no\\033[2Jway %s\\n' "
            + token
            + " >&2; echo 'WARNING: update' >&2; exit 3");
    assertThat(fails(Reason.UNEXPECTED, Duration.ofSeconds(30)))
        .hasMessageContaining("(ERROR: no?[2Jway (left out))")
        .hasMessageNotContaining(token);
    az(folder, "exit 3");
    assertThat(fails(Reason.UNEXPECTED, Duration.ofSeconds(30))).hasMessageContaining("status 3");
  }

  @Test
  void whatIsNoTokenIsNotTakenForOne() throws Exception {
    az(folder, "echo 'two words and more than twenty letters'");
    fails(Reason.UNEXPECTED, Duration.ofSeconds(30));
    az(folder, "exit 0");
    fails(Reason.UNEXPECTED, Duration.ofSeconds(30));
    az(folder, "head -c 1000000 /dev/zero; echo; exit 0");
    fails(Reason.UNEXPECTED, Duration.ofSeconds(30));
    Files.writeString(folder.resolve("az"), "#!/nonexistent/interpreter\n");
    fails(Reason.UNEXPECTED, Duration.ofSeconds(30));
  }

  @Test
  void oneThatHangsIsEndedWithItsChildren() throws Exception {
    Path log = folder.resolve("log");
    az(folder, "sleep 300 & echo $! >'" + log + "'; wait");
    long start = System.nanoTime();
    assertThat(fails(Reason.TIMEOUT, Duration.ofSeconds(2))).hasMessageContaining("2 seconds");
    assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start)).isLessThan(20);
    long child = Long.parseLong(Files.readString(log).trim());
    ProcessHandle.of(child)
        .ifPresent(handle -> handle.onExit().orTimeout(20, TimeUnit.SECONDS).join());
    assertThat(ProcessHandle.of(child).filter(ProcessHandle::isAlive)).isEmpty();
  }

  @Test
  void aChildOfItsThatHoldsThePipeDelaysNoLongerThanTheLimit() throws Exception {
    az(folder, "printf '" + token + "\\n'; sleep 5 &");
    long start = System.nanoTime();
    assertThat(new AzureCli(environment, Duration.ofSeconds(2)).accessToken(null))
        .isEqualTo(token.getBytes(UTF_8));
    assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start)).isLessThan(20);
  }

  @Test
  void aTokenWhoseEndWasNotSeenIsNoToken() throws Exception {
    az(folder, "printf '%s' '" + token.substring(0, 40) + "'; sleep 8 & sleep 1");
    fails(Reason.TIMEOUT, Duration.ofSeconds(3));
    az(folder, "head -c 65536 /dev/zero | tr '\\0' a; printf '" + token + "\n'");
    fails(Reason.UNEXPECTED, Duration.ofSeconds(30));
  }

  @Test
  void oneThatNobodyWaitsForAnyMoreIsEnded() throws Exception {
    az(folder, "sleep 300");
    Thread.currentThread().interrupt();
    ServiceException error = fails(Reason.TIMEOUT, Duration.ofSeconds(30));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(error).hasMessageContaining("was interrupted");
  }
}
