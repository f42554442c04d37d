package io.github.gitcredentialpat.git;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.testing.GitHome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WslTest {
  @TempDir Path folder;

  @AfterEach
  void forgetTheLauncher() {
    System.clearProperty(Launcher.PROPERTY);
  }

  private Path kernel(String release, boolean leadsToWindows) throws Exception {
    Path proc = Files.createTempDirectory(folder, "proc");
    Files.createDirectories(proc.resolve("sys/kernel"));
    Files.writeString(proc.resolve("sys/kernel/osrelease"), release + "\n");
    if (leadsToWindows) {
      Files.createDirectories(proc.resolve("sys/fs/binfmt_misc"));
      Files.createFile(proc.resolve("sys/fs/binfmt_misc/WSLInterop"));
    }
    return proc;
  }

  @Test
  void isKnownByItsKernelAndItsWayToWindows() throws Exception {
    Map<String, String> none = Map.of();
    assertThat(new Wsl(none, kernel("5.15.153.1-microsoft-standard-WSL2", true)).isHere()).isTrue();
    assertThat(new Wsl(none, kernel("4.4.0-19041-Microsoft", true)).isHere()).isTrue();
    // A container on it.
    assertThat(new Wsl(none, kernel("5.15.153.1-microsoft-standard-WSL2", false)).isHere())
        .isFalse();
    assertThat(new Wsl(none, kernel("6.1.0-31-amd64", true)).isHere()).isFalse();
    assertThat(new Wsl(none, folder.resolve("no-proc")).isHere()).isFalse();
    assertThat(new Wsl(Map.of("WSL_DISTRO_NAME", "Debian"), folder).isHere()).isTrue();
  }

  @Test
  void gitIsSetUpToAskTheHelperOfWindows() throws Exception {
    GitHome person = new GitHome(folder).gitSays("2.47.0");
    Path windows =
        person.launcher(
            "c/Users/Ada L/AppData/Local/Programs/git-credential-pat/bin/git-credential-pat");
    Path ours = person.launcher("bin/git-credential-pat");
    // As WSL sets the PATH.
    person
        .typed
        .set("WSL_DISTRO_NAME", "Debian")
        .set(
            "PATH",
            person.typed.environment().get("PATH")
                + ":"
                + person.home.resolve("c/Users/Ada L/AppData/Local/Microsoft/WindowsApps"));
    assertThat(person.typed.run("doctor")).isEqualTo(1);
    assertThat(person.typed.out).contains("Windows does not have this helper");

    Files.createFile(windows.resolveSibling("git-credential-pat.cmd"));
    assertThat(person.typed.run("doctor")).isEqualTo(1);
    assertThat(person.typed.out).contains("Windows has this helper too");
    assertThat(person.typed.run("configure")).isZero();
    assertThat(person.typed.err).contains("WSL: git uses the helper on Windows");
    assertThat(person.gitReading("url=https://dev.azure.com/contoso/x\n\n", "credential", "fill"))
        .contains("password=secret");
    assertThat(person.typed.run("doctor", "contoso")).isZero();
    assertThat(person.typed.out)
        .contains("WSL: git uses the helper on Windows")
        // What lies there cannot be seen from here.
        .doesNotContain("no token");

    assertThat(person.typed.run("configure", "--store", "file")).isZero();
    assertThat(person.git("config", "--global", "credential.https://dev.azure.com.helper"))
        .contains(ours.toString());
  }

  @Test
  void aHelperOfWindowsThatDoesNotRunIsLeftOut() throws Exception {
    GitHome person = new GitHome(folder);
    Path windows = person.launcher("w/git-credential-pat");
    Files.createFile(windows.resolveSibling("git-credential-pat.cmd"));
    Path ours = person.launcher("bin/git-credential-pat");
    Files.writeString(windows, "#!/bin/sh\nexit 1\n");
    person
        .typed
        .set("WSL_DISTRO_NAME", "Debian")
        .set("PATH", person.typed.environment().get("PATH") + ":" + windows.getParent());
    assertThat(person.typed.run("configure")).isZero();
    assertThat(person.git("config", "--global", "credential.https://dev.azure.com.helper"))
        .contains(ours.toString());
  }
}
