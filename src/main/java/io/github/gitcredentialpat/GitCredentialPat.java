package io.github.gitcredentialpat;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import io.github.gitcredentialpat.command.Logout;
import io.github.gitcredentialpat.helper.Helper;
import io.github.gitcredentialpat.helper.Messages;
import io.github.gitcredentialpat.helper.Prompting;
import io.github.gitcredentialpat.helper.Run;
import io.github.gitcredentialpat.store.Deadline;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.StoreChain;
import io.github.gitcredentialpat.store.Surroundings;
import io.github.gitcredentialpat.store.choice.StoreChoice;
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
      usage: git-credential-pat [--store NAME[,NAME...]] [--trace] <operation>

             git-credential-pat logout ORG | URL | --all [--yes]

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
    boolean trace = variable("GIT_CREDENTIAL_PAT_TRACE") != null;
    String word = null;
    List<String> arguments = new ArrayList<>(0);
    for (int i = 0; i < args.length; i++) {
      String arg = args[i];
      if (arg.equals("--store") && i + 1 < args.length) {
        stores = args[++i];
      } else if (arg.startsWith("--store=")) {
        stores = arg.substring("--store=".length());
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
    if (!Helper.isOperation(word) && !word.equals("logout")) {
      // git may learn operations that this program does not know; a person wants to be told.
      return word.startsWith("-") || isTerminal(0) ? usage(2) : 0;
    }
    return run(word, arguments, stores, new Messages(err, trace));
  }

  private int run(String word, List<String> arguments, @Nullable String stores, Messages messages)
      throws IOException {
    Deadline deadline = new Deadline(new Watchdog(messages));
    Surroundings surroundings =
        new Surroundings(environment, Prompting.isAllowed(environment), deadline);
    StoreChain chain;
    try {
      chain = StoreChoice.chain(stores, surroundings);
    } catch (IllegalArgumentException e) {
      messages.say(e.getMessage());
      return 2;
    }
    Run run = new Run(chain, surroundings, messages, System.currentTimeMillis() / 1000);
    try {
      if (word.equals("get")) {
        return Helper.get(run, in, out) ? 0 : 1;
      }
      if (word.equals("logout")) {
        return new Logout(run, in).run(arguments);
      }
      if (word.equals("store")) {
        return Helper.store(run, in) ? 0 : 1;
      }
      for (Entry removed : Helper.erase(run, in)) {
        removed.wipe();
      }
      return 0;
    } catch (RuntimeException | LinkageError e) {
      messages.trace(e);
      messages.say(
          "stopped by a fault of its own ("
              + e.getClass().getSimpleName()
              + "); nothing was answered, repeat with GIT_CREDENTIAL_PAT_TRACE=1 to see more");
      return 1;
    }
  }

  /** Ends a run that took too long, with one line and nothing on standard output. */
  private record Watchdog(Messages messages) implements Deadline.Expired {
    @Override
    public void halt(String underWay) {
      messages.say("no answer in time while " + underWay + "; repeat the command");
      Runtime.getRuntime().halt(1);
    }
  }

  /** isatty(3); System.console() also asks for standard output. */
  private static boolean isTerminal(int descriptor) {
    Function isatty = NativeLibrary.getProcess().getFunction("isatty");
    return isatty.invokeInt(new Object[] {descriptor}) == 1;
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
