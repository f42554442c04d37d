package io.github.gitcredentialpat.command.handoff;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.platform.Executables;
import io.github.gitcredentialpat.platform.UserException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Another program in place of this process: execvp(3). Nothing of Java is left then, so that the
 * program has the process's number, terminal, signals and exit status to itself. Windows has no
 * such call; there it is a child that is waited for.
 *
 * <p>The program gets the environment of this process byte for byte, but for what the launcher
 * changed for Java's sake and hands on in {@code GIT_CREDENTIAL_PAT_WAS_...}. That no core file is
 * written stays: the program's memory holds the token.
 */
final class ProcessReplacement {
  /** Before the name of a variable that the launcher had to change: what it was. */
  private static final String WAS = "GIT_CREDENTIAL_PAT_WAS_";

  private static final List<String> CHANGED =
      List.of(
          "LC_ALL",
          "JAVA_TOOL_OPTIONS",
          "_JAVA_OPTIONS",
          "JDK_JAVA_OPTIONS",
          "MSYS_NO_PATHCONV",
          "MSYS2_ARG_CONV_EXCL");

  private static final int NOT_FOUND = 127;
  private static final int NOT_RUNNABLE = 126;
  private static final int ENOENT = 2;
  private static final int F_SETFD = 2;
  private static final int FD_CLOEXEC = 1;
  private static final int FIRST_OWN = 3;

  /** A sigset_t is smaller everywhere. */
  private static final int SIGNAL_SET = 256;

  private ProcessReplacement() {}

  /**
   * Runs it; does not return where the process is replaced.
   *
   * @param command the program, looked for as a shell would, and its arguments
   * @param variables what its environment has more, by name; not wiped
   * @return the program's exit status, or 127 or 126 when it did not start
   */
  static int run(List<String> command, Map<String, byte[]> variables, CommandContext context)
      throws UserException, IOException {
    return File.separatorChar == '\\'
        ? runChild(command, variables, context)
        : replace(command, variables, context);
  }

  // --- Linux and macOS ---

  private static int replace(
      List<String> command, Map<String, byte[]> variables, CommandContext context) {
    NativeLibrary libc = NativeLibrary.getProcess();
    restore(libc, context.environment());
    variables.forEach((name, value) -> set(libc, name, value));
    unblockSignals(libc);
    closeOwnFiles(libc);
    List<Memory> words = new ArrayList<>();
    for (byte[] word : words(command)) {
      words.add(text(word));
    }
    Memory argv = new Memory((words.size() + 1L) * Native.POINTER_SIZE);
    argv.clear();
    for (int i = 0; i < words.size(); i++) {
      argv.setPointer((long) i * Native.POINTER_SIZE, words.get(i));
    }
    Function execvp = libc.getFunction("execvp");
    execvp.invokeInt(new Object[] {words.get(0), argv});
    int error = Native.getLastError();
    variables.keySet().forEach(name -> unset(libc, name));
    return failed(command.get(0), error == ENOENT, context);
  }

  private static int failed(String program, boolean isMissing, CommandContext context) {
    context.say(
        program
            + (isMissing ? " not found" : " cannot be run")
            + " (shell aliases do not work here)");
    return isMissing ? NOT_FOUND : NOT_RUNNABLE;
  }

  private static void restore(NativeLibrary libc, Map<String, String> environment) {
    for (String name : CHANGED) {
      String before = environment.get(WAS + name);
      if (before != null) {
        if (before.isEmpty()) {
          unset(libc, name);
        } else {
          set(libc, name, before.getBytes(UTF_8));
        }
        unset(libc, WAS + name);
      }
    }
  }

  private static boolean isMac() {
    return System.getProperty("os.name").startsWith("Mac");
  }

  private static void set(NativeLibrary libc, String name, byte[] value) {
    try (Memory key = text(name.getBytes(UTF_8));
        Memory bytes = text(value)) {
      libc.getFunction("setenv").invokeInt(new Object[] {key, bytes, 1});
      bytes.clear();
    }
  }

  private static void unset(NativeLibrary libc, String name) {
    try (Memory key = text(name.getBytes(UTF_8))) {
      libc.getFunction("unsetenv").invokeInt(new Object[] {key});
    }
  }

  /** Java's threads block SIGQUIT, and a blocked signal stays so in the new program. */
  private static void unblockSignals(NativeLibrary libc) {
    int setMask = isMac() ? 3 : 2;
    try (Memory none = new Memory(SIGNAL_SET)) {
      none.clear();
      libc.getFunction("pthread_sigmask").invokeInt(new Object[] {setMask, none, null});
    }
  }

  /**
   * Java's own files are no business of the new program; what the person's shell opened for it, as
   * in {@code --config <(...)}, is.
   */
  private static void closeOwnFiles(NativeLibrary libc) {
    String[] open = new File("/proc/self/fd").list();
    if (open == null) {
      return;
    }
    String jars = File.pathSeparator + System.getProperty("java.class.path") + File.pathSeparator;
    // A native image has no runtime, but has its own file open, which its memory is read from.
    String runtime = System.getProperty("java.home");
    Path program = target("exe");
    Function fcntl = libc.getFunction("fcntl");
    for (String name : open) {
      try {
        int descriptor = Integer.parseInt(name);
        Path file = target("fd/" + name);
        boolean own =
            file.equals(program)
                || (runtime != null && file.startsWith(runtime))
                || jars.contains(File.pathSeparator + file + File.pathSeparator)
                || isRandomness(file);
        if (descriptor >= FIRST_OWN && own) {
          fcntl.invokeInt(new Object[] {descriptor, F_SETFD, FD_CLOEXEC});
        }
      } catch (NumberFormatException e) {
        // Nothing else is in there.
      }
    }
  }

  /** What a link in /proc of this process leads to; an empty path where there is none. */
  private static Path target(String link) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self", link));
    } catch (IOException e) {
      // As of the folder that was just read, which is closed already.
      return Path.of("");
    }
  }

  private static boolean isRandomness(Path file) {
    return file.equals(Path.of("/dev/random")) || file.equals(Path.of("/dev/urandom"));
  }

  /** The words as bytes: as this process got them, for not all names of files are UTF-8. */
  private static List<byte[]> words(List<String> command) {
    List<byte[]> words = new ArrayList<>();
    try {
      byte[] all = Files.readAllBytes(Path.of("/proc/self/cmdline"));
      int start = 0;
      for (int i = 0; i < all.length; i++) {
        if (all[i] == 0) {
          words.add(Arrays.copyOfRange(all, start, i));
          start = i + 1;
        }
      }
      words = words.subList(Math.max(0, words.size() - command.size()), words.size());
    } catch (IOException e) {
      words.clear();
    }
    boolean same = words.size() == command.size();
    for (int i = 0; same && i < command.size(); i++) {
      same = new String(words.get(i), UTF_8).equals(command.get(i));
    }
    return same ? words : command.stream().map(word -> word.getBytes(UTF_8)).toList();
  }

  private static Memory text(byte[] bytes) {
    Memory memory = new Memory(bytes.length + 1L);
    memory.write(0, bytes, 0, bytes.length);
    memory.setByte(bytes.length, (byte) 0);
    return memory;
  }

  // --- Windows ---

  /** Gives back what the launcher changed; an empty value is none. */
  static void restore(Map<String, String> environment) {
    for (String name : CHANGED) {
      String before = environment.remove(WAS + name);
      if (before != null && before.isEmpty()) {
        environment.remove(name);
      } else if (before != null) {
        environment.put(name, before);
      }
    }
  }

  /** Runs it as a child, looked for as Windows' own shells do, but not in the working folder. */
  static int runChild(List<String> command, Map<String, byte[]> variables, CommandContext context)
      throws UserException {
    Path program = Executables.findOnWindows(command.get(0), context.environment());
    if (program == null) {
      return failed(command.get(0), true, context);
    }
    List<String> words = new ArrayList<>(command);
    words.set(0, program.toString());
    ProcessBuilder builder = new ProcessBuilder(words).inheritIO();
    restore(builder.environment());
    variables.forEach((name, value) -> builder.environment().put(name, new String(value, UTF_8)));
    // What means something to cmd is put in quotes then, where a batch file is run.
    System.setProperty("jdk.lang.Process.allowAmbiguousCommands", "false");
    Process process;
    try {
      process = builder.start();
    } catch (IOException | IllegalArgumentException e) {
      context.messages().trace(e);
      return failed(command.get(0), false, context);
    }
    builder.environment().clear();
    // Ctrl-C goes to both; this one waits for the other to make of it what it will.
    Thread wait = new Thread(() -> process.onExit().join());
    Runtime.getRuntime().addShutdownHook(wait);
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroy();
      throw UserException.couldNot("interrupted while running " + command.get(0));
    }
  }
}
