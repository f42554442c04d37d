package io.github.gitcredentialpat.cli;

import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.Executables;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The person's web browser. */
public final class Browser {
  private Browser() {}

  /**
   * Opens a page, if there is a desktop to open it on; does not wait.
   *
   * @return whether a program was started that opens it
   */
  public static boolean open(String url, Map<String, String> environment) {
    String[] command = command(url, environment);
    if (command == null) {
      return false;
    }
    try {
      new ProcessBuilder(command)
          .redirectInput(
              ProcessBuilder.Redirect.from(
                  new File(File.separatorChar == '\\' ? "NUL" : "/dev/null")))
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  // Each by an absolute path: a program of that name in the working directory may be anybody's.
  private static String @Nullable [] command(String url, Map<String, String> environment) {
    String system = System.getProperty("os.name");
    if (system.startsWith("Windows")) {
      String windows = Environment.windowsFolder(environment);
      return new String[] {
        windows + "\\System32\\rundll32.exe", "url.dll,FileProtocolHandler", url
      };
    }
    if (system.startsWith("Mac")) {
      return new String[] {"/usr/bin/open", url};
    }
    boolean desktop =
        !environment.getOrDefault("DISPLAY", "").isEmpty()
            || !environment.getOrDefault("WAYLAND_DISPLAY", "").isEmpty();
    Path opener = desktop ? Executables.find("xdg-open", environment) : null;
    return opener == null ? null : new String[] {opener.toString(), url};
  }
}
