package io.github.gitcredentialpat.platform;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A run of another program that is over: it ended, or was killed with its children when its time
 * was up. What it wrote is wiped but for the copy that {@link #output} returns.
 */
public final class Subprocess {
  /** The time left for killing the child and reporting it. */
  private static final long RESERVE_MILLIS = 300;

  private final boolean killed;
  private final int status;
  private final boolean complete;
  private final byte[] output;
  private final String errors;

  private Subprocess(boolean killed, int status, boolean complete, byte[] output, String errors) {
    this.killed = killed;
    this.status = status;
    this.complete = complete;
    this.output = output;
    this.errors = errors;
  }

  /** Whether it did not end in time. */
  public boolean wasKilled() {
    return killed;
  }

  /**
   * Whether it ended in time and all of its output was read. A child of its own may hold the pipes
   * open; then the output may be cut off anywhere.
   */
  public boolean hasEnded() {
    return complete;
  }

  /** Whether it ended in time with status 0, and all of its output was read. */
  public boolean hasSucceeded() {
    return complete && status == 0;
  }

  /** Its exit status; meaningless when it was killed. */
  public int status() {
    return status;
  }

  /** What it wrote to standard output; the caller wipes it. */
  public byte[] output() {
    return output;
  }

  /** Standard output as text, when it is not a secret. */
  public String out() {
    return new String(output, UTF_8);
  }

  /** What it wrote to standard error. */
  public String errors() {
    return errors;
  }

  /**
   * A program that is not started yet, in this environment.
   *
   * @param command the program by its absolute path, and its arguments
   */
  public static ProcessBuilder prepare(List<String> command, Map<String, String> variables) {
    ProcessBuilder builder = new ProcessBuilder(command);
    // Only what differs is set: Java hands on unchanged what it cannot read in this locale.
    Map<String, String> environment = builder.environment();
    environment.keySet().retainAll(variables.keySet());
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      if (!variable.getValue().equals(environment.get(variable.getKey()))) {
        environment.put(variable.getKey(), variable.getValue());
      }
    }
    return builder;
  }

  /**
   * Runs it and hands it the input.
   *
   * @param millis how long it may take, including the time for killing it
   * @param mostOutput how many bytes each stream may have; of a longer one the end is never seen
   */
  public static Subprocess run(ProcessBuilder builder, byte[] input, long millis, int mostOutput)
      throws IOException {
    long patience = Math.max(0, millis - RESERVE_MILLIS);
    long end = System.nanoTime() + patience * 1_000_000;
    Process process = builder.start();
    Pipe in = new Pipe(null, process.getOutputStream(), input, 0);
    Pipe out = new Pipe(process.getInputStream(), null, input, mostOutput);
    Pipe err = new Pipe(process.getErrorStream(), null, input, mostOutput);
    try {
      in.start();
      out.start();
      err.start();
      boolean hasEnded = process.waitFor(patience, TimeUnit.MILLISECONDS);
      boolean isRead = hasEnded && out.reachesEnd(end);
      boolean complete = hasEnded && err.reachesEnd(end) && isRead;
      int status = hasEnded ? process.exitValue() : 0;
      return new Subprocess(!hasEnded, status, complete, out.bytes(), text(err));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Subprocess(true, 0, false, new byte[0], "");
    } finally {
      if (process.isAlive()) {
        end(process);
      }
      out.wipe();
    }
  }

  private static String text(Pipe pipe) {
    return new String(pipe.bytes(), UTF_8);
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
    private final int most;
    private final Buffer read = new Buffer();
    private volatile boolean ended;

    Pipe(@Nullable InputStream from, @Nullable OutputStream to, byte[] input, int most) {
      super("pipe");
      setDaemon(true);
      this.from = from;
      this.to = to;
      this.input = input;
      this.most = most;
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
          int length = from.read(piece);
          while (length >= 0 && read.size() + length <= most) {
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

  /** A growing buffer that wipes each array it outgrows. */
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
