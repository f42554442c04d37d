package io.github.gitcredentialpat.git;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.gitcredentialpat.platform.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The Windows side of WSL. If this helper is installed there as well, git on the Linux side can ask
 * it through WSL's interoperability, so that both sides share the Windows Credential Manager.
 */
public final class Wsl {
  /** Below it install.ps1 installs; WSL puts folders in it on the PATH. */
  private static final String LOCAL = "/AppData/Local/";

  private static final String USUAL = "Programs/git-credential-pat/bin";

  private final Map<String, String> environment;
  private final Path proc;

  /** Uses this environment and {@code /proc}. */
  public Wsl(Map<String, String> environment) {
    this(environment, Path.of("/proc"));
  }

  /**
   * The same with another kernel's view.
   *
   * @param proc the folder to use as {@code /proc}
   */
  public Wsl(Map<String, String> environment, Path proc) {
    this.environment = environment;
    this.proc = proc;
  }

  /**
   * Whether this is WSL. A container on it has the same kernel and no way to Windows: it is not.
   */
  public boolean isHere() {
    return environment.containsKey("WSL_DISTRO_NAME")
        || (kernel().contains("microsoft")
            && Files.exists(proc.resolve("sys/fs/binfmt_misc/WSLInterop")));
  }

  private String kernel() {
    try {
      return Files.readString(proc.resolve("sys/kernel/osrelease"), US_ASCII)
          .toLowerCase(Locale.ROOT);
    } catch (IOException e) {
      return "";
    }
  }

  /** Whether a helper is a Windows program, which cannot use the stores of the Linux side. */
  public boolean isOfWindows(CredentialSettings.Setting helper) {
    return isHere() && Files.isRegularFile(Path.of(helper.program() + ".cmd"));
  }

  /** The Windows helper; absent outside WSL, or when there is none or it does not run. */
  public @Nullable Launcher windowsHelper() {
    if (!isHere()) {
      return null;
    }
    for (Path folder : folders()) {
      // The file for cmd beside it tells that it is of Windows.
      Path helper = folder.resolve(Program.NAME);
      if (Files.isRegularFile(helper)
          && Files.isRegularFile(folder.resolve(Program.NAME + ".cmd"))) {
        Launcher launcher = new Launcher(helper);
        return launcher.answers() ? launcher : null;
      }
    }
    return null;
  }

  private List<Path> folders() {
    List<Path> folders = new ArrayList<>();
    for (String entry : environment.getOrDefault("PATH", "").split(":")) {
      try {
        int local = entry.indexOf(LOCAL);
        if (entry.startsWith("/")) {
          folders.add(Path.of(entry));
        }
        if (entry.startsWith("/") && local >= 0) {
          folders.add(Path.of(entry.substring(0, local + LOCAL.length()), USUAL));
        }
      } catch (InvalidPathException e) {
        // No folder has such a name.
      }
    }
    return folders;
  }
}
