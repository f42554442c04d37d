package io.github.gitcredentialpat.azure;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.http.ServiceException.Reason;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.StringTokenizer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The Azure CLI ({@code az}), where a person has signed in with it already. */
public final class AzureCli {
  private static final boolean IS_WINDOWS = File.separatorChar == '\\';
  private static final String PROGRAM = IS_WINDOWS ? "az.cmd" : "az";

  /** It is written in Python, and its first start on a cold machine takes its time. */
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** An access token has some kilobytes. */
  private static final int MOST_OUTPUT = 1 << 16;

  private final Map<String, String> environment;
  private final Duration limit;

  /** In this environment, whose {@code PATH} says where it is. */
  public AzureCli(Map<String, String> environment) {
    this(environment, LIMIT);
  }

  AzureCli(Map<String, String> environment, Duration limit) {
    this.environment = environment;
    this.limit = limit;
  }

  /**
   * An access token for Azure DevOps of whoever is signed in, which the caller wipes; absent when
   * there is no Azure CLI. How long it is good says {@link EntraClient#expiryOf}.
   *
   * @param tenant the id of the tenant; absent for the one that the Azure CLI is set to
   * @throws ServiceException {@code UNAUTHORIZED} when nobody is signed in, {@code TIMEOUT}, or
   *     {@code UNEXPECTED}
   */
  public byte @Nullable [] accessToken(@Nullable String tenant) throws ServiceException {
    Path program = find();
    if (program == null) {
      return null;
    }
    List<String> command = new ArrayList<>();
    command.add(program.toString());
    command.addAll(List.of("account", "get-access-token"));
    command.addAll(List.of("--resource", EntraClient.AZURE_DEVOPS));
    command.addAll(List.of("--query", "accessToken", "--output", "tsv"));
    if (tenant != null) {
      command.addAll(List.of("--tenant", EntraClient.requireTenant(tenant)));
    }
    ProcessBuilder builder = new ProcessBuilder(command);
    setEnvironment(builder.environment());
    // Python would load modules from the current folder, which may be anybody's work tree.
    builder.directory(program.getParent().toFile());
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new ServiceException(
          Reason.UNEXPECTED, program + " does not start; try it: az account show", e);
    }
    return output(process, tenant);
  }

  private byte[] output(Process process, @Nullable String tenant) throws ServiceException {
    Reader out = new Reader(process.getInputStream());
    Reader err = new Reader(process.getErrorStream());
    try {
      process.getOutputStream().close();
      long end = System.nanoTime() + limit.toNanos();
      out.start();
      err.start();
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw timeout("gave no access token in " + limit.toSeconds() + " seconds");
      }
      // A child of its own may hold the pipes open: a line with its end is whole all the same.
      if (!out.readsLine(end)) {
        throw timeout("did not finish what it wrote");
      }
      err.readsLine(end);
      byte[] token = out.line();
      if (process.exitValue() != 0 || !isToken(token)) {
        Arrays.fill(token, (byte) 0);
        throw failed(process.exitValue(), new String(err.line(), UTF_8), tenant);
      }
      return token;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw timeout("was not waited for");
    } catch (IOException e) {
      throw new ServiceException(
          Reason.UNEXPECTED, "the Azure CLI cannot be talked to; try it: az account show", e);
    } finally {
      end(process);
      out.wipe();
    }
  }

  private static void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private static ServiceException timeout(String what) {
    return new ServiceException(
        Reason.TIMEOUT, "the Azure CLI " + what + " and was ended; try it: az account show");
  }

  /** It tells in words only, on standard error. */
  private static ServiceException failed(int status, String errors, @Nullable String tenant) {
    String login = "az login" + (tenant == null ? "" : " --tenant " + tenant);
    String last = "status " + status;
    StringTokenizer lines = new StringTokenizer(errors, "\r\n");
    while (lines.hasMoreTokens()) {
      String line = lines.nextToken();
      if (!line.isBlank() && !line.startsWith("WARNING:")) {
        last = line;
      }
    }
    // Entra's numbers begin with AADSTS: it wants to see the person.
    if (errors.contains("az login") || errors.contains("AADSTS")) {
      return new ServiceException(
          Reason.UNAUTHORIZED, "nobody is signed in with the Azure CLI; type: " + login);
    }
    return new ServiceException(
        Reason.UNEXPECTED,
        "the Azure CLI gave no access token ("
            + ServiceText.oneLine(last)
            + "); try it: az account show");
  }

  private static boolean isToken(byte[] bytes) {
    boolean plain = bytes.length > 20;
    for (byte b : bytes) {
      plain &= b > ' ' && b < 0x7f;
    }
    return plain;
  }

  /** Only what differs is set: Java hands on unchanged what it cannot read in this locale. */
  private void setEnvironment(Map<String, String> child) {
    child.keySet().retainAll(environment.keySet());
    environment.forEach(
        (name, value) -> {
          if (!value.equals(child.get(name))) {
            child.put(name, value);
          }
        });
  }

  /**
   * Where it lies, by the {@code PATH} alone. The current folder, relative entries and what others
   * may write are passed over: one may stand in anybody's work tree.
   */
  private @Nullable Path find() {
    Path here = Path.of("").toAbsolutePath();
    StringTokenizer folders = new StringTokenizer(path(), File.pathSeparator);
    while (folders.hasMoreTokens()) {
      try {
        Path folder = Path.of(folders.nextToken());
        Path program = folder.resolve(PROGRAM);
        if (folder.isAbsolute()
            && Files.isRegularFile(program)
            && Files.isExecutable(program)
            && !Files.isSameFile(folder, here)
            && !mayAnybodyWrite(folder)
            && !mayAnybodyWrite(program)) {
          return program;
        }
      } catch (IOException | InvalidPathException e) {
        // Not there, then.
      }
    }
    return null;
  }

  private String path() {
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      // Windows spells it Path.
      if (IS_WINDOWS
          ? variable.getKey().equalsIgnoreCase("PATH")
          : variable.getKey().equals("PATH")) {
        return variable.getValue();
      }
    }
    return "";
  }

  private static boolean mayAnybodyWrite(Path path) throws IOException {
    return !IS_WINDOWS
        && Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_WRITE);
  }

  /** Reads a pipe to its end, so that the child never waits for us. */
  private static final class Reader extends Thread {
    private final InputStream from;
    private final byte[] bytes = new byte[MOST_OUTPUT];
    private int size;
    private boolean ended;
    private boolean overflows;

    Reader(InputStream from) {
      super("az");
      setDaemon(true);
      this.from = from;
    }

    @Override
    public void run() {
      byte[] piece = new byte[4096];
      try (from) {
        for (int length = 0; length >= 0; length = from.read(piece)) {
          add(piece, length);
        }
        end();
      } catch (IOException e) {
        // It was killed: its status tells.
      } finally {
        Arrays.fill(piece, (byte) 0);
      }
    }

    private synchronized void add(byte[] piece, int length) {
      int fits = Math.min(length, bytes.length - size);
      System.arraycopy(piece, 0, bytes, size, fits);
      size += fits;
      overflows |= fits < length;
    }

    private synchronized void end() {
      ended = true;
    }

    /**
     * Waits for the end of what is written, at the longest until this time. Returns whether it
     * came, or that of a line.
     */
    boolean readsLine(long nanoTime) throws InterruptedException {
      join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanoTime - System.nanoTime())));
      synchronized (this) {
        return ended || (size > 0 && bytes[size - 1] == '\n');
      }
    }

    /** A copy without the white space around it; empty when it is longer than any token. */
    synchronized byte[] line() {
      int start = 0;
      int end = overflows ? 0 : size;
      while (end > 0 && bytes[end - 1] <= ' ' && bytes[end - 1] >= 0) {
        end--;
      }
      while (start < end && bytes[start] <= ' ' && bytes[start] >= 0) {
        start++;
      }
      return Arrays.copyOfRange(bytes, start, end);
    }

    synchronized void wipe() {
      Arrays.fill(bytes, (byte) 0);
    }
  }
}
