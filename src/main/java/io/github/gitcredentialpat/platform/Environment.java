package io.github.gitcredentialpat.platform;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a store may know of the process around it: the environment, whether a person can be asked,
 * and the time that is left.
 *
 * @param environment the environment's variables
 * @param mayPrompt whether a person is there and wants to be asked
 * @param deadline the time that is left
 * @param messages where warnings go; absent where nobody listens
 */
public record Environment(
    Map<String, String> environment,
    boolean mayPrompt,
    Deadline deadline,
    @Nullable Console messages) {

  /** A path through a file, so that no system call ever succeeds below it. */
  private static final String NOWHERE =
      File.separatorChar == '/' ? "/dev/null/home" : "C:\\NUL\\home";

  /** An environment in which warnings go nowhere. */
  public Environment(Map<String, String> environment, boolean mayPrompt, Deadline deadline) {
    this(environment, mayPrompt, deadline, null);
  }

  /** Warns the person of a problem that did not stop what was asked for. */
  public void warn(String line) {
    if (messages != null) {
      messages.say(line);
    }
  }

  /** A variable of the environment; absent when it is not set or empty. */
  public @Nullable String variable(String name) {
    String value = environment.get(name);
    return value == null || value.isEmpty() ? null : value;
  }

  /**
   * The variable that an option with a value overrides; absent for any other word.
   *
   * @param option without its value, such as {@code --vault}
   */
  public static @Nullable String variableOf(String option) {
    return switch (option) {
      case "--vault" -> "GIT_CREDENTIAL_PAT_VAULT";
      case "--cache" -> "GIT_CREDENTIAL_PAT_CACHE";
      case "--socket" -> "GIT_CREDENTIAL_PAT_SOCKET";
      default -> null;
    };
  }

  /** A copy of these variables in which one has another value. */
  public static Map<String, String> with(
      Map<String, String> environment, String variable, String value) {
    // Windows finds a variable whatever the case of its name.
    Map<String, String> copy =
        File.separatorChar == '\\' ? new TreeMap<>(String.CASE_INSENSITIVE_ORDER) : new HashMap<>();
    copy.putAll(environment);
    copy.put(variable, value);
    return copy;
  }

  /** Where entries are kept: {@code $XDG_DATA_HOME/git-credential-pat}. */
  public Path dataFolder() {
    return folder("XDG_DATA_HOME", ".local/share");
  }

  /** Where the key file, the lock and the record of warnings are kept. */
  public Path stateFolder() {
    return folder("XDG_STATE_HOME", ".local/state");
  }

  /** What lasts as long as the login session; absent where the system has no place for it. */
  public @Nullable Path runtimeFolder() {
    String base = variable("XDG_RUNTIME_DIR");
    return base == null || !new File(base).isAbsolute() || !new File(base).isDirectory()
        ? null
        : Path.of(base, "git-credential-pat");
  }

  /**
   * Where the session bus is, as sd_bus_open_user(3) finds it; absent where there is none. No
   * native library is asked, so that a miss on a machine without a bus is quick.
   */
  public @Nullable String sessionBus() {
    String address = variable("DBUS_SESSION_BUS_ADDRESS");
    if (address != null) {
      return address;
    }
    String folder = variable("XDG_RUNTIME_DIR");
    return folder == null || !new File(folder, "bus").exists()
        ? null
        : "unix:path=" + escape(folder) + "/bus";
  }

  /** Escapes what an address must not hold as it is (D-Bus specification, server addresses). */
  private static String escape(String path) {
    StringBuilder escaped = new StringBuilder(path.length() + 16);
    for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
      boolean plain =
          (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '-' && b <= '9') || b == '_';
      if (plain) {
        escaped.append((char) b);
      } else {
        escaped.append('%');
        escaped.append(Character.forDigit((b >> 4) & 15, 16));
        escaped.append(Character.forDigit(b & 15, 16));
      }
    }
    return escaped.toString();
  }

  /** XDG's rule: a relative path in the variable counts as unset. */
  private Path folder(String variable, String underHome) {
    String base = variable(variable);
    if (base == null || (isReadable(base) && !Path.of(base).isAbsolute())) {
      base = home() + File.separator + underHome;
    }
    return Path.of(isReadable(base) ? base : NOWHERE, "git-credential-pat");
  }

  /**
   * Whether this runs in a container, which may share the kernel's keyring of its user with the
   * host: by the marks of Docker, of Podman, of systemd-nspawn and LXC, and of Kubernetes.
   *
   * @param root the folder in which to look for the marks of container runtimes: the root folder
   */
  public boolean isInContainer(Path root) {
    return Files.exists(root.resolve(".dockerenv"))
        || Files.exists(root.resolve("run/.containerenv"))
        || variable("container") != null
        || variable("KUBERNETES_SERVICE_HOST") != null;
  }

  /** The person's home folder, or one below {@link #isNowhere nowhere}. */
  public String home() {
    return home(environment);
  }

  /**
   * The home folder that an environment names, else that of the password database; {@link
   * #isNowhere nowhere} when that is no absolute path. Git runs helpers in work trees, which may be
   * anybody's: a missing home must not make us write to one, or believe what is in it.
   */
  // user.home comes from the password database and ignores $HOME, which containers and tests set.
  public static String home(Map<String, String> environment) {
    String home = environment.get("HOME");
    if (home == null || home.isEmpty()) {
      home = System.getProperty("user.home");
    }
    return home != null && isReadable(home) && Path.of(home).isAbsolute() ? home : NOWHERE;
  }

  /** Whether a folder is below a home folder that does not exist. */
  public static boolean isNowhere(Path folder) {
    return folder.startsWith(NOWHERE);
  }

  /** The message for a missing home folder: which variable is to blame, and its value. */
  public String whyNowhere() {
    for (String name : new String[] {"XDG_DATA_HOME", "XDG_STATE_HOME"}) {
      String folder = variable(name);
      if (folder != null && !isReadable(folder)) {
        return name + " (" + folder + ") is not a path in UTF-8";
      }
    }
    return whyNoHome(environment);
  }

  /** The message for an environment that names no home folder. */
  public static String whyNoHome(Map<String, String> environment) {
    String home = environment.get("HOME");
    return "no home folder: HOME "
        + (home == null || home.isEmpty()
            ? "is not set"
            : "(" + home + ") is not an absolute path in UTF-8");
  }

  /** Whether Java could decode all of a path; otherwise it would name another file. */
  public static boolean isReadable(String path) {
    if (path.indexOf('\uFFFD') >= 0) {
      return false;
    }
    try {
      return !Path.of(path).toString().isEmpty();
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** Where Windows lies. */
  public static String windowsFolder(Map<String, String> environment) {
    String folder = environment.get("SystemRoot");
    return folder == null || folder.isEmpty() ? "C:\\Windows" : folder;
  }
}
