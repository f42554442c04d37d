package io.github.gitcredentialpat.command.doctor;

import io.github.gitcredentialpat.git.CredentialSettings;
import io.github.gitcredentialpat.git.Launcher;
import io.github.gitcredentialpat.git.Wsl;
import org.jspecify.annotations.Nullable;

/** What {@code doctor} says inside WSL. */
final class WslCheckup {
  private WslCheckup() {}

  /**
   * Says how this helper and that of Windows stand to each other.
   *
   * @param helper as git's configuration has it; absent when git does not ask it
   */
  static void report(Wsl wsl, CredentialSettings.@Nullable Setting helper, Report findings) {
    if (!wsl.isHere()) {
      return;
    }
    Launcher windows = wsl.windowsHelper();
    if (windows == null) {
      findings.add(Diagnosis.WSL_LINUX);
    } else if (helper != null && wsl.isOfWindows(helper)) {
      findings.add(Diagnosis.WSL_WINDOWS);
    } else {
      findings.add(Diagnosis.WSL_WINDOWS_UNUSED);
    }
  }
}
