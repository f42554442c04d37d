package io.github.gitcredentialpat;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import io.github.gitcredentialpat.command.Logout;
import io.github.gitcredentialpat.command.Selftest;
import io.github.gitcredentialpat.command.Stores;
import io.github.gitcredentialpat.helper.Helper;
import io.github.gitcredentialpat.helper.Messages;
import io.github.gitcredentialpat.helper.Prompting;
import io.github.gitcredentialpat.helper.Run;
import io.github.gitcredentialpat.store.Deadline;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreChain;
import io.github.gitcredentialpat.store.Surroundings;
import io.github.gitcredentialpat.store.choice.StoreChoice;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns the command line into an operation or a command. */
public final class GitCredentialPat {
  private static final String USAGE =
      """
      usage: git-credential-pat [--store NAME[,NAME...]] [--timeout 8h] [--trace] <operation>
             git-credential-pat logout ORG | URL | --all [--yes]
             git-credential-pat stores
             git-credential-pat selftest

      operations, which git calls: get, store, erase, capability
      stores: \
      """
          + StoreChoice.NAMES
          + "\n";

  private final InputStream in;
  private final OutputStream out;
  private final OutputStream err;
  private final Map<String, String> environment;

  private GitCredentialPat(
      InputStream in, OutputStream out, OutputStream err, Map<String, String> environment) {
    this.in = in;
    this.out = out;
    this.err = err;
    this.environment = environment;
  }

  /** Runs the program; see the README for the command line. */
  public static void main(String[] args) throws IOException {
    // Unbuffered: a request is read, and an answer written, in one piece.
    int status =
        run(
            args,
            new FileInputStream(FileDescriptor.in),
            new FileOutputStream(FileDescriptor.out),
            new FileOutputStream(FileDescriptor.err),
            System.getenv());
    // Nothing is left to do at exit, and shutdown hooks cost time.
    Runtime.getRuntime().halt(status);
  }

  /**
   * Runs the program on these streams and this environment.
   *
   * @return the exit status: 0 done, 1 could not, 2 wrong usage
   */
  public static int run(
      String[] args,
      InputStream in,
      OutputStream out,
      OutputStream err,
      Map<String, String> environment)
      throws IOException {
    return new GitCredentialPat(in, out, err, environment).run(args);
  }

  private int run(String[] args) throws IOException {
    String stores = variable("GIT_CREDENTIAL_PAT_STORE");
    String timeout = null;
    boolean trace = variable("GIT_CREDENTIAL_PAT_TRACE") != null;
    String word = null;
    List<String> arguments = new ArrayList<>(0);
    for (int i = 0; i < args.length; i++) {
      String arg = args[i];
      if (arg.equals("--store") && i + 1 < args.length) {
        stores = args[++i];
      } else if (arg.startsWith("--store=")) {
        stores = arg.substring("--store=".length());
      } else if (arg.equals("--timeout") && i + 1 < args.length) {
        timeout = args[++i];
      } else if (arg.startsWith("--timeout=")) {
        timeout = arg.substring("--timeout=".length());
      } else if (arg.equals("--trace")) {
        trace = true;
      } else if (word == null) {
        word = arg;
      } else {
        arguments.add(arg);
      }
    }
    if (word == null) {
      return usage(1);
    }
    if (word.equals("--help") || word.equals("-h")) {
      out.write(utf8(USAGE));
      return 0;
    }
    if (word.equals("--version")) {
      String version = GitCredentialPat.class.getPackage().getImplementationVersion();
      out.write(utf8("git-credential-pat " + (version == null ? "unknown" : version) + "\n"));
      return 0;
    }
    if (word.equals("capability")) {
      Helper.capability(out);
      return 0;
    }
    if (!Helper.isOperation(word) && !isCommand(word)) {
      // git may learn operations that this program does not know; a person wants to be told.
      return word.startsWith("-") || isTerminal(0) ? usage(2) : 0;
    }
    Messages messages = new Messages(err, trace);
    int seconds = timeout == null ? StoreChoice.DEFAULT_TIMEOUT : seconds(timeout);
    if (seconds <= 0) {
      messages.say("--timeout takes seconds, minutes or hours, such as 90, 30m or 8h");
      return 2;
    }
    try {
      return run(word, arguments, stores, seconds, messages);
    } catch (RuntimeException | LinkageError e) {
      messages.trace(e);
      messages.say(
          "stopped by a fault of its own ("
              + e.getClass().getSimpleName()
              + "); nothing was answered, repeat with GIT_CREDENTIAL_PAT_TRACE=1 to see more");
      return 1;
    }
  }

  private static boolean isCommand(String word) {
    return word.equals("logout") || word.equals("stores") || word.equals("selftest");
  }

  private int run(
      String word, List<String> arguments, @Nullable String stores, int timeout, Messages messages)
      throws IOException {
    Deadline deadline = new Deadline(new Watchdog(messages));
    // A list of stores must not open one.
    boolean mayPrompt = !word.equals("stores") && Prompting.isAllowed(environment);
    Surroundings surroundings = new Surroundings(environment, mayPrompt, deadline);
    StoreChain chain;
    try {
      chain = StoreChoice.chain(stores, timeout, surroundings);
    } catch (IllegalArgumentException e) {
      messages.say(e.getMessage());
      return 2;
    }
    Run run = new Run(chain, surroundings, messages, System.currentTimeMillis() / 1000);
    return switch (word) {
      case "get" -> Helper.get(run, in, out) ? 0 : 1;
      case "store" -> Helper.store(run, in) ? 0 : 1;
      case "erase" -> {
        for (Entry removed : Helper.erase(run, in)) {
          removed.wipe();
        }
        yield 0;
      }
      case "logout" -> new Logout(run, in).run(arguments);
      case "stores" -> new Stores(run, StoreChoice.all(surroundings), out).run(arguments);
      default -> {
        List<Store> tested = stores == null ? StoreChoice.all(surroundings) : chain.stores();
        StoreChain all = new StoreChain(tested, stores != null);
        yield new Selftest(new Run(all, surroundings, messages, run.now()), out).run(arguments);
      }
    };
  }

  /** Ends a run that took too long, with one line and nothing on standard output. */
  private record Watchdog(Messages messages) implements Deadline.Expired {
    @Override
    public void halt(String underWay) {
      messages.say("no answer in time while " + underWay + "; repeat the command");
      Runtime.getRuntime().halt(1);
    }
  }

  /** Seconds from {@code 90}, {@code 30m} or {@code 8h}; 0 when it is none of these. */
  private static int seconds(String duration) {
    int unit = duration.endsWith("h") ? 3600 : duration.endsWith("m") ? 60 : 1;
    try {
      int number =
          Integer.parseInt(unit == 1 ? duration : duration.substring(0, duration.length() - 1));
      return Math.multiplyExact(number, unit);
    } catch (ArithmeticException | NumberFormatException e) {
      return 0;
    }
  }

  /** isatty(3); System.console() also asks for standard output. */
  private static boolean isTerminal(int descriptor) {
    Function isatty =
        File.separatorChar == '\\'
            ? NativeLibrary.getInstance("msvcrt").getFunction("_isatty")
            : NativeLibrary.getProcess().getFunction("isatty");
    return isatty.invokeInt(new Object[] {descriptor}) != 0;
  }

  private int usage(int status) throws IOException {
    err.write(utf8(USAGE));
    return status;
  }

  private @Nullable String variable(String name) {
    String value = environment.get(name);
    return value == null || value.isEmpty() ? null : value;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }
}
