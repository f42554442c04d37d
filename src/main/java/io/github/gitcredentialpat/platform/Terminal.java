package io.github.gitcredentialpat.platform;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.io.File;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The terminal that this process was started from, whatever its standard streams are, to ask for a
 * passphrase without echo. Linux only: constants and offsets are those of its termios(3).
 *
 * <p>Echo comes back when the terminal is closed, and on Ctrl-C, SIGTERM and SIGHUP by a shutdown
 * hook. The watchdog's halt runs no hook, so {@link #ask} stops waiting before the deadline.
 */
public final class Terminal implements AutoCloseable {
  /** Standard input, for {@link #isTerminal}. */
  public static final int INPUT = 0;

  /** Standard output. */
  public static final int OUTPUT = 1;

  /** Standard error. */
  public static final int ERROR = 2;

  private static final int O_RDWR = 2;
  private static final int TCSANOW = 0;
  private static final int TCSAFLUSH = 2;
  private static final int LOCAL_FLAGS = 12;
  private static final int ECHO = 8;
  private static final short POLLIN = 1;
  private static final int EINTR = 4;
  private static final int SIGQUIT = 3;
  private static final long TIOCGWINSZ_LINUX = 0x5413;
  private static final long TIOCGWINSZ_MACOS = 0x40087468;
  // Of ioctl(2) two arguments are fixed; Apple's processors take the others from elsewhere.
  private static final int IOCTL = 2 << 7;
  // struct winsize: rows and columns, in two bytes each, and pixels.
  private static final int WINSIZE = 8;
  private static final int COLUMNS = 2;
  private static final int STD_INPUT_HANDLE = -10;
  // CONSOLE_SCREEN_BUFFER_INFO, and in it the left and right edge of the window.
  private static final int SCREEN_BUFFER_INFO = 22;
  private static final int LEFT = 10;
  private static final int RIGHT = 14;
  // struct termios has 60 bytes; room for a libc with a larger one.
  private static final int TERMIOS = 256;
  private static final int LONGEST_LINE = 4096;

  private final NativeLibrary libc;
  private final int fd;
  private final Memory before = new Memory(TERMIOS);
  private final Thread hook =
      new Thread("terminal") {
        @Override
        public void run() {
          call("tcsetattr", fd, TCSANOW, before);
        }
      };

  private Terminal(NativeLibrary libc, int fd) {
    this.libc = libc;
    this.fd = fd;
  }

  /**
   * Whether a standard stream of this process is a terminal: isatty(3). System.console() asks for
   * two of them at once.
   */
  public static boolean isTerminal(int descriptor) {
    try {
      Function isatty =
          File.separatorChar == '\\'
              ? NativeLibrary.getInstance("msvcrt").getFunction("_isatty")
              : NativeLibrary.getProcess().getFunction("isatty");
      return isatty.invokeInt(new Object[] {descriptor}) != 0;
    } catch (LinkageError e) {
      // What went wrong is said without native calls as well.
      return false;
    }
  }

  /**
   * How many columns the terminal behind a standard stream of this process has; 0 when there is
   * none, or when it does not tell.
   */
  public static int columns(int descriptor) {
    try {
      return File.separatorChar == '\\' ? columnsOfWindow(descriptor) : columnsOfTty(descriptor);
    } catch (LinkageError e) {
      return 0;
    }
  }

  private static int columnsOfTty(int descriptor) {
    boolean isMac = System.getProperty("os.name").startsWith("Mac");
    NativeLong request = new NativeLong(isMac ? TIOCGWINSZ_MACOS : TIOCGWINSZ_LINUX);
    Function ioctl = NativeLibrary.getProcess().getFunction("ioctl", IOCTL);
    try (Memory size = new Memory(WINSIZE)) {
      boolean isKnown = ioctl.invokeInt(new Object[] {descriptor, request, size}) == 0;
      return isKnown ? Short.toUnsignedInt(size.getShort(COLUMNS)) : 0;
    }
  }

  private static int columnsOfWindow(int descriptor) {
    NativeLibrary kernel = NativeLibrary.getInstance("kernel32");
    Pointer handle =
        kernel
            .getFunction("GetStdHandle")
            .invokePointer(new Object[] {STD_INPUT_HANDLE - descriptor});
    try (Memory info = new Memory(SCREEN_BUFFER_INFO)) {
      boolean isKnown =
          kernel.getFunction("GetConsoleScreenBufferInfo").invokeInt(new Object[] {handle, info})
              != 0;
      return isKnown ? info.getShort(RIGHT) - info.getShort(LEFT) + 1 : 0;
    }
  }

  /**
   * Makes Ctrl-\ do nothing from now on; Java would print a list of its threads. The handler is a
   * function that only returns: a signal that is ignored would be ignored by every program we start
   * as well, and the default action dumps core.
   */
  public static void silenceQuit() {
    if (File.separatorChar == '\\') {
      return;
    }
    try {
      NativeLibrary libc = NativeLibrary.getProcess();
      libc.getFunction("signal").invokePointer(new Object[] {SIGQUIT, libc.getFunction("abs")});
    } catch (LinkageError e) {
      // Without native calls there is no prompt without echo either.
    }
  }

  /** The terminal; absent when there is none, or when another job has it. */
  public static @Nullable Terminal open() {
    if (!System.getProperty("os.name").equals("Linux")) {
      return null;
    }
    try {
      NativeLibrary libc = NativeLibrary.getProcess();
      int fd;
      try (Memory path = new Memory(16)) {
        path.setString(0, "/dev/tty", "US-ASCII");
        fd = libc.getFunction("open").invokeInt(new Object[] {path, O_RDWR});
      }
      if (fd < 0) {
        return null;
      }
      Terminal terminal = new Terminal(libc, fd);
      // A background job that turned echo off would be stopped by the kernel, and git would hang.
      if (terminal.call("tcgetpgrp", fd) != terminal.call("getpgrp")
          || terminal.call("tcgetattr", fd, terminal.before) != 0) {
        terminal.call("close", fd);
        return null;
      }
      silenceQuit();
      terminal.silence();
      return terminal;
    } catch (LinkageError e) {
      return null;
    }
  }

  private void silence() {
    SignalHandling.start();
    Runtime.getRuntime().addShutdownHook(hook);
    try (Memory silent = new Memory(TERMIOS)) {
      silent.write(0, before.getByteArray(0, TERMIOS), 0, TERMIOS);
      silent.setInt(LOCAL_FLAGS, silent.getInt(LOCAL_FLAGS) & ~ECHO);
      call("tcsetattr", fd, TCSAFLUSH, silent);
    }
  }

  /** Shows a line, with control characters made harmless. */
  public void say(String text) {
    write(text);
    write("\n");
  }

  /**
   * Asks for one line. The caller wipes it after use.
   *
   * @return the line; absent when it is empty, too long, ended by Ctrl-D, or not there in time
   */
  public char @Nullable [] ask(String prompt, long millis) {
    write(prompt);
    long end = System.nanoTime() / 1_000_000 + millis;
    byte[] line = new byte[LONGEST_LINE];
    int length = 0;
    try (Memory piece = new Memory(LONGEST_LINE)) {
      while (length < LONGEST_LINE && (length == 0 || line[length - 1] != '\n')) {
        if (!waitForInput(end - System.nanoTime() / 1_000_000)) {
          length = 0;
          break;
        }
        int read = call("read", fd, piece, (long) LONGEST_LINE - length);
        if (read < 0 && Native.getLastError() == EINTR) {
          continue;
        }
        if (read <= 0) {
          length = 0;
          break;
        }
        piece.read(0, line, length, read);
        length += read;
      }
      piece.clear();
    }
    write("\n");
    char[] typed = length > 1 && line[length - 1] == '\n' ? decode(line, length - 1) : null;
    Arrays.fill(line, (byte) 0);
    return typed;
  }

  private boolean waitForInput(long millis) {
    try (Memory poll = new Memory(8)) {
      poll.setInt(0, fd);
      poll.setShort(4, POLLIN);
      poll.setShort(6, (short) 0);
      int ready = call("poll", poll, 1L, (int) Math.max(0, millis));
      return ready > 0 || (ready < 0 && millis > 0 && Native.getLastError() == EINTR);
    }
  }

  private void write(String text) {
    char[] harmless = text.toCharArray();
    for (int i = 0; i < harmless.length; i++) {
      if (Character.isISOControl(harmless[i]) && !text.equals("\n")) {
        harmless[i] = '?';
      }
    }
    byte[] bytes = new String(harmless).getBytes(StandardCharsets.UTF_8);
    try (Memory memory = new Memory(bytes.length)) {
      memory.write(0, bytes, 0, bytes.length);
      call("write", fd, memory, (long) bytes.length);
    }
  }

  // size_t, ssize_t and nfds_t are passed as long; on a 32-bit machine JNA would need int for them.
  private int call(String name, Object... arguments) {
    Object[] passed = arguments;
    if (Native.LONG_SIZE == 4) {
      passed = arguments.clone();
      for (int i = 0; i < passed.length; i++) {
        if (passed[i] instanceof Long) {
          passed[i] = ((Long) passed[i]).intValue();
        }
      }
    }
    return libc.getFunction(name).invokeInt(passed);
  }

  /** The text; in bytes that are not UTF-8 each wrong one counts as U+FFFD. */
  public static char[] decode(byte[] utf8, int length) {
    CharBuffer decoded = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(utf8, 0, length));
    char[] text = new char[decoded.remaining()];
    decoded.get(text);
    Arrays.fill(decoded.array(), '\0');
    return text;
  }

  @Override
  public void close() {
    call("tcsetattr", fd, TCSANOW, before);
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The hook is running: it does what was just done, and the process ends.
      return;
    }
    call("close", fd);
  }
}
