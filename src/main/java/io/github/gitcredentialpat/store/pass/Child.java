package io.github.gitcredentialpat.store.pass;

import io.github.gitcredentialpat.platform.Environment;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A child process that ended, or was killed with its own children because the time was over. */
final class Child {
  /** More than git can send in all attributes together. */
  private static final int MOST_OUTPUT = 1 << 20;

  /** Left of the run's time for killing the child and saying so. */
  private static final long RESERVE_MILLIS = 300;

  /** Where programs lie when the PATH names no place that can be trusted. */
  private static final String[] FOLDERS = {
    "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", "/opt/local/bin", "/usr/local/MacGPG2/bin"
  };

  private final int status;
  private final byte[] output;
  private final String errors;

  private Child(int status, byte[] output, String errors) {
    this.status = status;
    this.output = output;
    this.errors = errors;
  }

  boolean wasKilled() {
    return status < 0;
  }

  /** Its exit status. */
  int status() {
    return status;
  }

  /** What it wrote to standard output; the caller wipes it. */
  byte[] output() {
    return output;
  }

  /** What it wrote to standard error. */
  String errors() {
    return errors;
  }

  /**
   * A program's absolute path: git runs helpers in the top folder of a work tree that may be
   * anybody's, so what lies there, relative entries of the PATH, and what others may write are
   * passed over. Absent when there is none.
   */
  static @Nullable String find(String name, Environment surroundings) {
    String path = surroundings.variable("PATH");
    String here = System.getProperty("user.dir");
    if (path != null) {
      for (int start = 0; start <= path.length(); ) {
        int colon = path.indexOf(File.pathSeparatorChar, start);
        int end = colon < 0 ? path.length() : colon;
        String folder = path.substring(start, end);
        boolean isHere =
            folder.equals(here) || (here.length() > 1 && folder.startsWith(here + "/"));
        if (folder.startsWith("/") && !isHere && isTrusted(folder, name)) {
          return folder + "/" + name;
        }
        start = end + 1;
      }
    }
    for (String folder : FOLDERS) {
      if (isTrusted(folder, name)) {
        return folder + "/" + name;
      }
    }
    return null;
  }

  private static boolean isTrusted(String folder, String name) {
    Path program = Path.of(folder, name);
    if (!Files.isExecutable(program) || !Files.isRegularFile(program)) {
      return false;
    }
    try {
      return !mayAnybodyWrite(program) && !mayAnybodyWrite(Path.of(folder));
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  private static boolean mayAnybodyWrite(Path path) throws IOException {
    return Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_WRITE);
  }

  /**
   * A child that is not started yet, in the person's environment.
   *
   * @param command the program by its absolute path, and its arguments
   */
  static ProcessBuilder prepare(List<String> command, Environment surroundings) {
    ProcessBuilder builder = new ProcessBuilder(command);
    // Only what differs is set: Java hands on unchanged what it cannot read in this locale.
    Map<String, String> environment = builder.environment();
    environment.keySet().retainAll(surroundings.environment().keySet());
    for (Map.Entry<String, String> variable : surroundings.environment().entrySet()) {
      if (!variable.getValue().equals(environment.get(variable.getKey()))) {
        environment.put(variable.getKey(), variable.getValue());
      }
    }
    return builder;
  }

  /** Runs it, hands it the input, and waits as long as the run's time allows. */
  static Child run(ProcessBuilder builder, byte[] input, Environment surroundings)
      throws IOException {
    long millis = surroundings.deadline().remainingMillis() - RESERVE_MILLIS;
    long end = System.nanoTime() + millis * 1_000_000;
    Process process = builder.start();
    Pipe in = new Pipe(null, process.getOutputStream(), input);
    Pipe out = new Pipe(process.getInputStream(), null, input);
    Pipe err = new Pipe(process.getErrorStream(), null, input);
    try {
      in.start();
      out.start();
      err.start();
      if (!process.waitFor(Math.max(0, millis), TimeUnit.MILLISECONDS)) {
        return new Child(-1, new byte[0], text(err));
      }
      if (!out.reachesEnd(end) || !err.reachesEnd(end)) {
        // What was read so far may be cut off anywhere, so it is as good as nothing.
        return new Child(-1, new byte[0], text(err));
      }
      return new Child(process.exitValue(), out.bytes(), text(err));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Child(-1, new byte[0], "");
    } finally {
      if (process.isAlive()) {
        end(process);
      }
      out.wipe();
    }
  }

  private static String text(Pipe pipe) {
    return new String(pipe.bytes(), StandardCharsets.UTF_8);
  }

  private static void end(Process process) {
    List<ProcessHandle> all = new ArrayList<>();
    all.add(process.toHandle());
    process.descendants().forEach(all::add);
    // Politely first: git removes its lock files then.
    for (ProcessHandle one : all) {
      one.destroy();
    }
    try {
      process.waitFor(RESERVE_MILLIS / 3, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (ProcessHandle one : all) {
      one.destroyForcibly();
    }
  }

  /** Moves bytes between us and the child, so that neither waits for the other. */
  private static final class Pipe extends Thread {
    private final @Nullable InputStream from;
    private final @Nullable OutputStream to;
    private final byte[] input;
    private final Buffer read = new Buffer();
    private volatile boolean ended;

    Pipe(@Nullable InputStream from, @Nullable OutputStream to, byte[] input) {
      super("pipe");
      setDaemon(true);
      this.from = from;
      this.to = to;
      this.input = input;
    }

    @Override
    public void run() {
      try {
        if (to != null) {
          to.write(input);
          to.close();
        }
        if (from != null) {
          byte[] piece = new byte[8192];
          int length = 0;
          while (length >= 0 && read.size() < MOST_OUTPUT) {
            read.add(piece, length);
            length = from.read(piece);
          }
          Arrays.fill(piece, (byte) 0);
          ended = length < 0;
          from.close();
        }
      } catch (IOException e) {
        // The child ended or was killed: its status tells.
      }
    }

    /**
     * Waits until all was read, at the longest until this time. A child of the child may hold the
     * pipe open, and a busy machine may be late.
     */
    boolean reachesEnd(long nanoTime) throws InterruptedException {
      join(Math.max(1, (nanoTime - System.nanoTime()) / 1_000_000));
      return ended;
    }

    byte[] bytes() {
      return read.bytes();
    }

    void wipe() {
      read.wipe();
    }
  }

  /** Bytes that are wiped, also when they outgrow their array. */
  private static final class Buffer {
    private byte[] bytes = new byte[8192];
    private int size;

    synchronized int size() {
      return size;
    }

    synchronized void add(byte[] piece, int length) {
      if (size + length > bytes.length) {
        byte[] larger = Arrays.copyOf(bytes, 2 * (size + length));
        Arrays.fill(bytes, (byte) 0);
        bytes = larger;
      }
      System.arraycopy(piece, 0, bytes, size, length);
      size += length;
    }

    synchronized byte[] bytes() {
      return Arrays.copyOf(bytes, size);
    }

    synchronized void wipe() {
      Arrays.fill(bytes, (byte) 0);
    }
  }
}
