package io.github.gitcredentialpat.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A session bus of a test's own, with a home folder of its own, on which nothing is started by
 * itself: no keyring, no prompter. All of it is gone after {@link #close}.
 */
public final class PrivateBus implements AutoCloseable {
  private static final String PASSWORD = "correct horse";

  private static final String CONFIGURATION =
      """
      <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
        "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
      <busconfig>
        <type>session</type>
        <listen>unix:path=%s</listen>
        <policy context="default">
          <allow send_destination="*" eavesdrop="true"/>
          <allow eavesdrop="true"/>
          <allow own="*"/>
        </policy>
      </busconfig>
      """;

  private final Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private final Process daemon;
  private final Deque<Process> providers = new ArrayDeque<>();

  /** Starts the bus. Skips the test where dbus-daemon is missing. */
  public PrivateBus() throws IOException, InterruptedException {
    Requires.present(isInstalled("dbus-daemon"), "dbus-daemon (Debian: dbus-daemon)");
    // GNOME Keyring writes and syncs its whole file with each change: four times quicker in memory.
    // And short, for a socket's path may have 107 bytes.
    Path memory = Path.of("/dev/shm");
    folder =
        Files.isWritable(memory)
            ? Files.createTempDirectory(memory, "bus")
            : Files.createTempDirectory("bus");
    Path runtime = Files.createDirectory(folder.resolve("run"));
    Files.setPosixFilePermissions(runtime, PosixFilePermissions.fromString("rwx------"));
    environment.put("PATH", System.getenv("PATH"));
    environment.put("HOME", folder.toString());
    environment.put("LANG", "C.UTF-8");
    environment.put("XDG_RUNTIME_DIR", runtime.toString());
    environment.put("XDG_DATA_HOME", folder.resolve("data").toString());
    environment.put("XDG_STATE_HOME", folder.resolve("state").toString());
    environment.put("XDG_CONFIG_HOME", folder.resolve("config").toString());
    environment.put("XDG_CACHE_HOME", folder.resolve("cache").toString());
    String address = "unix:path=" + runtime.resolve("bus");
    environment.put("DBUS_SESSION_BUS_ADDRESS", address);
    Path configuration = folder.resolve("bus.conf");
    Files.writeString(configuration, CONFIGURATION.formatted(runtime.resolve("bus")));
    daemon =
        start(
            "bus.log",
            List.of(
                "dbus-daemon", "--config-file=" + configuration, "--nofork", "--print-address=1"));
    readLine(daemon);
  }

  /** The variables that lead a process to this bus and this home folder, and nothing else. */
  public Map<String, String> environment() {
    return Map.copyOf(environment);
  }

  /** The home folder. */
  public Path home() {
    return folder;
  }

  /** Starts GNOME Keyring, or starts it anew, with its login keyring open. */
  public void startKeyring() throws IOException, InterruptedException {
    requireKeyring();
    stopProviders();
    startProvider(
        "keyring.log",
        PASSWORD,
        "gnome-keyring-daemon",
        "--unlock",
        "--foreground",
        "--components=secrets");
  }

  /**
   * Starts GNOME Keyring, or starts it anew, as it is after a login that did not open it: locked,
   * or without any keyring when {@link #startKeyring} never made one. It has nobody to ask.
   */
  public void startLockedKeyring() throws IOException, InterruptedException {
    requireKeyring();
    stopProviders();
    startProvider(
        "keyring.log",
        "",
        "gnome-keyring-daemon",
        "--start",
        "--foreground",
        "--components=secrets");
  }

  /**
   * Starts a Secret Service that behaves as the name says; see {@code secret_service.py}.
   *
   * @return a file that gets a line for each thing that a person would notice
   */
  public Path startScript(String behavior) throws IOException, InterruptedException {
    stopProviders();
    return startPython("secret_service.py", "org.freedesktop.secrets", behavior);
  }

  /**
   * Starts a notification daemon; see {@code notification_daemon.py}.
   *
   * @return a file that gets a line for each notification
   */
  public Path startNotifications(String... behavior) throws IOException, InterruptedException {
    return startPython("notification_daemon.py", "org.freedesktop.Notifications", behavior);
  }

  /** Starts a script beside this class, and waits until it has the name; what it prints. */
  private Path startPython(String name, String owned, String... arguments)
      throws IOException, InterruptedException {
    Requires.present(
        Files.isExecutable(Path.of("/usr/bin/python3"))
            && run("/usr/bin/python3", "-c", "from gi.repository import Gio") == 0,
        "python3 with GObject introspection (Debian: python3-gi)");
    Path said = folder.resolve(name + ".out");
    Path script = folder.resolve(name);
    try (InputStream in = PrivateBus.class.getResourceAsStream(name)) {
      Files.write(script, Objects.requireNonNull(in).readAllBytes());
    }
    List<String> command = new ArrayList<>(List.of("/usr/bin/python3", script.toString()));
    command.addAll(List.of(arguments));
    Process provider =
        builder(command)
            .redirectError(folder.resolve("script.log").toFile())
            .redirectOutput(said.toFile())
            .start();
    awaitProvider(provider, owned);
    return said;
  }

  /**
   * Starts a program that is a Secret Service, and waits until it is one.
   *
   * @param log the name of a file in the home folder for what it says on standard error
   * @param input what it reads on standard input
   */
  public void startProvider(String log, String input, String... command)
      throws IOException, InterruptedException {
    Process provider = start(log, List.of(command));
    try (OutputStream in = provider.getOutputStream()) {
      in.write(input.getBytes(UTF_8));
    }
    awaitProvider(provider, "org.freedesktop.secrets");
  }

  /**
   * Calls a method on the bus with dbus-send(1).
   *
   * @param call the object's path, the method, and arguments as dbus-send writes them
   * @return the answer as dbus-send prints it
   */
  public String call(String destination, String... call) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("dbus-send", "--session", "--print-reply=literal"));
    command.add("--dest=" + destination);
    command.addAll(List.of(call));
    Process process = builder(command).redirectErrorStream(true).start();
    String answer = new String(process.getInputStream().readAllBytes(), UTF_8);
    process.waitFor();
    return answer;
  }

  /** Runs a program on this bus with this input and returns what it says; it must succeed. */
  public String filter(String input, String... command) throws IOException, InterruptedException {
    Process process = builder(List.of(command)).redirectErrorStream(true).start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(UTF_8));
    }
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + said);
    }
    return said;
  }

  /** Ends what {@link #startKeyring} and its kin started; the bus goes on. */
  public void stopProviders() {
    while (!providers.isEmpty()) {
      stop(providers.pop());
    }
  }

  /** What a provider wrote, for messages of tests that fail. */
  public String log(String name) throws IOException {
    return Files.readString(folder.resolve(name));
  }

  /** Runs a program on this bus to its end and returns its exit status; what it says is dropped. */
  public int run(String... command) throws IOException, InterruptedException {
    Process process = builder(List.of(command)).redirectErrorStream(true).start();
    process.getOutputStream().close();
    process.getInputStream().readAllBytes();
    return process.waitFor();
  }

  private static void requireKeyring() {
    Requires.present(
        isInstalled("gnome-keyring-daemon"), "gnome-keyring-daemon (Debian: gnome-keyring)");
  }

  /** Whether a program of that name is on the PATH. */
  public static boolean isInstalled(String program) {
    for (String folder : System.getenv("PATH").split(":")) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }

  private Process start(String log, List<String> command) throws IOException {
    return builder(command).redirectError(folder.resolve(log).toFile()).start();
  }

  private ProcessBuilder builder(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command));
    builder.directory(folder.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder;
  }

  private void awaitProvider(Process provider, String name)
      throws IOException, InterruptedException {
    providers.push(provider);
    for (int i = 0; i < 400; i++) {
      if (!provider.isAlive()) {
        throw new IOException("the provider ended with " + provider.exitValue());
      }
      if (hasOwner(name)) {
        return;
      }
      Thread.sleep(50);
    }
    throw new IOException("the provider did not come up");
  }

  private boolean hasOwner(String name) throws IOException, InterruptedException {
    String method = "org.freedesktop.DBus.NameHasOwner";
    return call("org.freedesktop.DBus", "/", method, "string:" + name).contains("true");
  }

  private static @Nullable String readLine(Process process) throws IOException {
    BufferedReader reader = process.inputReader(UTF_8);
    return reader.readLine();
  }

  private static void stop(Process process) {
    process.destroy();
    process.onExit().completeOnTimeout(process, 5, TimeUnit.SECONDS).join();
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() throws IOException {
    stopProviders();
    stop(daemon);
    Leftovers.delete(folder);
  }
}
