package io.github.gitcredentialpat.store.pass;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The name of this process's terminal, such as {@code /dev/pts/3}: the agent, which asks for the
 * passphrase, is no child of ours and cannot see it by itself. Linux only; elsewhere gpg is left
 * with what the person's shell put into {@code GPG_TTY}.
 */
final class TtyName {
  // The major numbers of consoles and of pseudo-terminals (Documentation/admin-guide/devices.txt).
  private static final int CONSOLE = 4;
  private static final int FIRST_PSEUDO = 136;
  private static final int LAST_PSEUDO = 143;

  private TtyName() {}

  static @Nullable String name() {
    // Standard error first: git makes the other two pipes.
    String name = link("/proc/self/fd/2");
    if (name == null) {
      name = link("/proc/self/fd/0");
    }
    return name == null ? controlling() : name;
  }

  private static @Nullable String link(String descriptor) {
    try {
      String target = Files.readSymbolicLink(Path.of(descriptor)).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") ? target : null;
    } catch (IOException | UnsupportedOperationException e) {
      return null;
    }
  }

  /** The seventh field of proc_pid_stat(5), after the name in parentheses. */
  private static @Nullable String controlling() {
    try {
      String stat = Files.readString(Path.of("/proc/self/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 6);
      int device = Integer.parseInt(fields[4]);
      int major = device >> 8 & 0xfff;
      int minor = (device & 0xff) | (device >> 12 & 0xfff00);
      if (major == CONSOLE) {
        return "/dev/tty" + minor;
      }
      return major >= FIRST_PSEUDO && major <= LAST_PSEUDO
          ? "/dev/pts/" + ((major - FIRST_PSEUDO) * 256 + minor)
          : null;
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }
}
