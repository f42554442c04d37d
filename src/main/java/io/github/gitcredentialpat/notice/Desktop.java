package io.github.gitcredentialpat.notice;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.Subprocess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The desktop, on any system. */
public final class Desktop {
  private static final long MILLIS = 20_000;
  private static final int MOST_OUTPUT = 1 << 16;

  /** Takes the two texts as arguments, which it does not interpret. */
  private static final List<String> SCRIPT_OF_MACOS =
      List.of(
          "/usr/bin/osascript",
          "-e",
          "on run argv",
          "-e",
          "display notification (item 2 of argv) with title (item 1 of argv)",
          "-e",
          "end run");

  /**
   * Reads the two texts as lines of its input, which it does not interpret. A toast needs an
   * application that Windows knows: PowerShell's own.
   */
  private static final String SCRIPT_OF_WINDOWS =
      "$title = [Console]::In.ReadLine(); $text = [Console]::In.ReadLine();"
          + " [void][Windows.UI.Notifications.ToastNotificationManager, Windows.UI.Notifications,"
          + " ContentType = WindowsRuntime];"
          + " $toast = [Windows.UI.Notifications.ToastNotificationManager]::GetTemplateContent("
          + "[Windows.UI.Notifications.ToastTemplateType]::ToastText02);"
          + " $lines = $toast.GetElementsByTagName('text');"
          + " [void]$lines.Item(0).AppendChild($toast.CreateTextNode($title));"
          + " [void]$lines.Item(1).AppendChild($toast.CreateTextNode($text));"
          + " [Windows.UI.Notifications.ToastNotificationManager]::CreateToastNotifier("
          + "'{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\\WindowsPowerShell\\v1.0\\powershell.exe')"
          + ".Show([Windows.UI.Notifications.ToastNotification]::new($toast))";

  private Desktop() {}

  /**
   * Shows a notice.
   *
   * @return whether the desktop took it; false where there is none
   */
  public static boolean show(Notice notice, Environment surroundings) {
    String system = System.getProperty("os.name");
    if (system.startsWith("Windows")) {
      Path windows = Path.of(Environment.windowsFolder(surroundings.environment()));
      return runs(powerShell(windows), lines(notice), surroundings);
    }
    if (system.startsWith("Mac")) {
      return runs(osascript(notice), new byte[0], surroundings);
    }
    String bus = surroundings.sessionBus();
    return bus != null && FreedesktopNotification.send(notice, bus);
  }

  /** What shows a notice on macOS. */
  static List<String> osascript(Notice notice) {
    List<String> command = new ArrayList<>(SCRIPT_OF_MACOS);
    // What begins with a dash would be an option.
    command.add(" " + plain(notice.title()));
    command.add(" " + plain(notice.text()));
    return command;
  }

  /** What shows on Windows what it is told on its input. */
  static List<String> powerShell(Path windows) {
    return List.of(
        windows + "\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
        "-NoProfile",
        "-NonInteractive",
        "-Command",
        SCRIPT_OF_WINDOWS);
  }

  /** The input of {@link #powerShell}. */
  static byte[] lines(Notice notice) {
    String lines = plain(notice.title()) + "\r\n" + plain(notice.text()) + "\r\n";
    return lines.getBytes(US_ASCII);
  }

  /** One line of text: an organization's name may come from anywhere. */
  private static String plain(String text) {
    return text.replaceAll("\\p{Cntrl}", " ").strip();
  }

  private static boolean runs(List<String> command, byte[] input, Environment surroundings) {
    ProcessBuilder builder = Subprocess.prepare(command, surroundings.environment());
    try {
      return Subprocess.run(builder, input, MILLIS, MOST_OUTPUT).hasSucceeded();
    } catch (IOException e) {
      // There is no such program.
      return false;
    }
  }
}
