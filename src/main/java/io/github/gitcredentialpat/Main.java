package io.github.gitcredentialpat;

import io.github.gitcredentialpat.cli.Failure;
import io.github.gitcredentialpat.command.RootCommand;
import io.github.gitcredentialpat.helper.CredentialHelper;
import io.github.gitcredentialpat.helper.Erased;
import io.github.gitcredentialpat.helper.GetOperation;
import io.github.gitcredentialpat.online.RefusalExplanation;
import io.github.gitcredentialpat.online.TokenOnDemand;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.PromptPolicy;
import io.github.gitcredentialpat.platform.SignalHandling;
import io.github.gitcredentialpat.platform.Terminal;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.StoreChain;
import io.github.gitcredentialpat.store.choice.StoreChoice;
import io.github.gitcredentialpat.tokens.Invocation;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns the command line into an operation, which git calls, or a command, which a person types.
 */
public final class Main implements Thread.UncaughtExceptionHandler {
  private final InputStream in;
  private final OutputStream out;
  private final OutputStream err;
  private final Map<String, String> environment;
  private volatile Console messages;

  private Main(
      InputStream in, OutputStream out, OutputStream err, Map<String, String> environment) {
    this.in = in;
    this.out = out;
    this.err = err;
    this.environment = environment;
    messages = new Console(err, variable("GIT_CREDENTIAL_PAT_TRACE") != null);
  }

  /** Runs the program; see the README for the command line. */
  public static void main(String[] args) {
    // Unbuffered: a request is read, and an answer written, in one piece.
    Main program =
        new Main(
            new FileInputStream(FileDescriptor.in),
            new FileOutputStream(FileDescriptor.out),
            new FileOutputStream(FileDescriptor.err),
            System.getenv());
    Thread.setDefaultUncaughtExceptionHandler(program);
    int status = program.run(args);
    // Nothing is left to do at exit, and shutdown hooks cost time.
    Runtime.getRuntime().halt(status);
  }

  /** Reports what ended another thread; whoever waits for that thread sees the rest. */
  @Override
  public void uncaughtException(Thread thread, Throwable problem) {
    Failure.report(messages, problem);
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
      Map<String, String> environment) {
    return new Main(in, out, err, environment).run(args);
  }

  private int run(String[] args) {
    try {
      return parsed(args);
    } catch (IOException e) {
      Failure.reportOfRequest(messages, e);
    } catch (Throwable e) {
      Failure.report(messages, e);
    }
    return 1;
  }

  private int parsed(String[] args) throws IOException {
    String stores = variable("GIT_CREDENTIAL_PAT_STORE");
    String timeout = null;
    boolean trace = variable("GIT_CREDENTIAL_PAT_TRACE") != null;
    Map<String, String> variables = environment;
    String word = null;
    for (int i = 0; i < args.length; i++) {
      String arg = args[i];
      int equals = arg.startsWith("--") ? arg.indexOf('=') : -1;
      String option = equals < 0 ? arg : arg.substring(0, equals);
      String variable = option.startsWith("--") ? Environment.variableOf(option) : null;
      if ((variable != null || option.equals("--store") || option.equals("--timeout"))
          && (equals >= 0 || i + 1 < args.length)) {
        String value = equals >= 0 ? arg.substring(equals + 1) : args[++i];
        if (variable != null) {
          variables = Environment.with(variables, variable, value);
        } else if (option.equals("--store")) {
          stores = value;
        } else {
          timeout = value;
        }
      } else if (arg.equals("--trace")) {
        trace = true;
      } else if (word == null && !arg.startsWith("-")) {
        word = arg;
      }
    }
    messages = new Console(err, trace);
    if (word == null || !CredentialHelper.isOperation(word)) {
      Integer answered = RootCommand.answerShell(args, in, out, err, environment);
      if (answered != null) {
        return answered;
      }
      RootCommand commands = new RootCommand(in, out, err, environment);
      // git may learn operations that this program does not know; everybody else wants to be told.
      if (word != null && !commands.isCommand(word) && isCalledByGit()) {
        return 0;
      }
      SignalHandling.start();
      Terminal.silenceQuit();
      return commands.run(args);
    }
    return operation(word, stores, timeout, variables);
  }

  private int operation(
      String word, @Nullable String stores, @Nullable String timeout, Map<String, String> variables)
      throws IOException {
    if (word.equals("capability")) {
      CredentialHelper.capability(out);
      return 0;
    }
    Deadline deadline = new Deadline(new Watchdog(messages));
    Environment surroundings =
        new Environment(variables, PromptPolicy.isAllowed(variables), deadline, messages);
    StoreChain chain;
    try {
      chain = StoreChoice.chain(stores, StoreChoice.timeout(timeout), surroundings);
    } catch (IllegalArgumentException e) {
      messages.say(e.getMessage());
      return 2;
    }
    Invocation run =
        new Invocation(chain, surroundings, messages, System.currentTimeMillis() / 1000);
    return switch (word) {
      case "get" -> {
        GetOperation get = CredentialHelper.get(run, in);
        if (get == null) {
          yield 1;
        }
        if (get.setAside() != null) {
          RefusalExplanation.reconsider(run, get);
        }
        if (get.missed() != null) {
          TokenOnDemand.supply(run, get);
        }
        yield get.writeTo(out) ? 0 : 1;
      }
      case "store" -> CredentialHelper.store(run, in) ? 0 : 1;
      default -> {
        Erased erased = CredentialHelper.erase(run, in);
        if (!erased.entries().isEmpty()) {
          RefusalExplanation.give(run, erased);
        }
        for (Entry removed : erased.entries()) {
          removed.wipe();
        }
        yield erased.failed() ? 1 : 0;
      }
    };
  }

  /** Ends a run that took too long, with one line and nothing on standard output. */
  private record Watchdog(Console messages) implements Deadline.Expired {
    @Override
    public void halt(String underWay) {
      messages.say("no answer in time while " + underWay + "; repeat the command");
      Runtime.getRuntime().halt(1);
    }
  }

  /** Whether git started this: it puts the folder of its own programs on the PATH. */
  private boolean isCalledByGit() {
    String path = variable("PATH");
    String named = variable("GIT_EXEC_PATH");
    for (String folder : path == null ? new String[0] : path.split(File.pathSeparator)) {
      if (folder.equals(named) || isGitCore(folder)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isGitCore(String folder) {
    String name = folder.replace('\\', '/');
    return name.endsWith("/git-core") || name.endsWith("/git-core/");
  }

  private @Nullable String variable(String name) {
    String value = environment.get(name);
    return value == null || value.isEmpty() ? null : value;
  }
}
