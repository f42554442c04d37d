package io.github.gitcredentialpat.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.PromptPolicy;
import io.github.gitcredentialpat.platform.Terminal;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreChain;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.choice.StoreChoice;
import io.github.gitcredentialpat.tokens.Invocation;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** What a person types: the options that every command has, and the commands. */
@Command(
    name = Commands.NAME,
    description = {
      "Keeps personal access tokens of Azure DevOps in the operating system's keychain and hands"
          + " them to git.",
      ""
    },
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      Login.class,
      ListTokens.class,
      Check.class,
      Logout.class,
      Token.class,
      Import.class,
      Export.class,
      Remotes.class,
      Configure.class,
      Unconfigure.class,
      Use.class,
      Doctor.class,
      Print.class,
      Exec.class,
      Keyring.class,
      NuGetPlugin.class,
      Stores.class,
      Selftest.class
    },
    versionProvider = Commands.Version.class,
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Operations, which git calls: get, store, erase, capability. Stores: "
          + StoreChoice.NAMES
          + ".",
      "Example: git-credential-pat login contoso"
    })
public final class Commands implements Callable<Integer> {
  static final String NAME = "git-credential-pat";

  /** Where the stores of a run come from. */
  interface Shelf {
    StoreChain chain(@Nullable String names, int timeout, Environment surroundings);

    List<Store> all(Environment surroundings);
  }

  @Option(
      names = "--store",
      paramLabel = "NAME,...",
      scope = ScopeType.INHERIT,
      completionCandidates = StoreNames.class,
      description = "Use these stores, in this order, instead of the platform's own.")
  private @Nullable String stores;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      scope = ScopeType.INHERIT,
      description = "How long keyutils keeps an unused token, as in 30m or 8h (the default).")
  private @Nullable String timeout;

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "Print what is listed as JSON.")
  private boolean json;

  @Option(
      names = "--trace",
      scope = ScopeType.INHERIT,
      description = "Say on standard error what is done; never a secret.")
  private boolean trace;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  @SuppressWarnings("unused") // picocli shows it before a command runs.
  private boolean help;

  @Option(
      names = "--version",
      versionHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show the version.")
  @SuppressWarnings("unused")
  private boolean version;

  @Option(
      names = "--cargo-plugin",
      hidden = true,
      description = "Answer Cargo, which starts it as a credential provider.")
  private boolean cargoPlugin;

  private final InputStream in;
  private final OutputStream out;
  private final OutputStream err;
  private final Map<String, String> environment;
  private final Shelf shelf;
  private final CommandLine line;
  private List<String> arguments = List.of();

  /** The commands on these streams and this environment, with all stores there are. */
  public Commands(
      InputStream in, OutputStream out, OutputStream err, Map<String, String> environment) {
    this(in, out, err, environment, new AllStores());
  }

  Commands(
      InputStream in,
      OutputStream out,
      OutputStream err,
      Map<String, String> environment,
      Shelf shelf) {
    this.in = StandardStreams.input(in);
    this.out = StandardStreams.output(out);
    this.err = err;
    this.environment = environment;
    this.shelf = shelf;
    line = new CommandLine(this);
    line.setOut(new PrintWriter(this.out, true, UTF_8));
    line.setErr(new PrintWriter(err, true, UTF_8));
    line.setColorScheme(
        CommandLine.Help.defaultColorScheme(isColored(environment) ? Ansi.ON : Ansi.OFF));
    line.setUsageHelpWidth(100);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    // An argument such as @file is meant for the program that exec runs.
    line.setExpandAtFiles(false);
    line.setParameterExceptionHandler(this::wrongUsage);
    line.setExecutionExceptionHandler(this::failed);
  }

  /** Whether there is a command of that name. */
  public boolean isCommand(String word) {
    return line.getSubcommands().containsKey(word);
  }

  /**
   * Runs the command that these arguments name.
   *
   * @return the exit status: 0 done, 1 could not, 2 wrong usage; {@code check} has its own
   */
  public int run(String... arguments) {
    this.arguments = List.of(arguments);
    int status;
    try {
      status = line.execute(arguments);
      if (status == 0) {
        // What picocli printed, such as the help: its PrintWriter keeps to itself what went wrong.
        out.flush();
      }
    } catch (IOException e) {
      Failure.report(messages(), e);
      status = 1;
    } catch (Error e) {
      Failure.report(messages(), e);
      List<CommandLine> parsed = line.getParseResult().asCommandLineList();
      status = parsed.get(parsed.size() - 1).getCommandSpec().exitCodeOnExecutionException();
    }
    return status;
  }

  /** The arguments behind the first {@code --}, which picocli does not tell from those before. */
  List<String> behindDashes() {
    int dashes = arguments.indexOf("--");
    return dashes < 0 ? List.of() : arguments.subList(dashes + 1, arguments.size());
  }

  /** No command: Cargo, or nothing, for which git's documentation wants usage and a failure. */
  @Override
  public Integer call() throws CommandException, IOException {
    if (cargoPlugin) {
      return new CargoPlugin(session()).run();
    }
    line.usage(line.getErr());
    return 1;
  }

  /** What the command works with; opens no store yet. */
  Session session() throws CommandException {
    return session(true, stores);
  }

  /** The same, where nobody is to be asked for anything. */
  Session silentSession() throws CommandException {
    return session(false, stores);
  }

  /** The same with these stores, joined by commas, as git's helper is told to use them. */
  Session silentSession(String names) throws CommandException {
    return session(false, names);
  }

  /** The choice of stores as git's configuration has it behind a helper; empty for none. */
  String helperOptions() {
    return (stores == null ? "" : " --store " + stores)
        + (timeout == null ? "" : " --timeout " + timeout);
  }

  private Session session(boolean mayPrompt, @Nullable String chosen) throws CommandException {
    Console messages = messages();
    Environment surroundings =
        new Environment(
            environment,
            mayPrompt && PromptPolicy.isAllowed(environment),
            new Deadline(),
            messages);
    String names = chosen != null ? chosen : surroundings.variable("GIT_CREDENTIAL_PAT_STORE");
    StoreChain chain = names == null ? configured(surroundings, messages) : null;
    try {
      chain =
          chain == null ? shelf.chain(names, StoreChoice.timeout(timeout), surroundings) : chain;
    } catch (IllegalArgumentException e) {
      throw CommandException.wrongUsage(e.getMessage());
    }
    Invocation run =
        new Invocation(chain, surroundings, messages, System.currentTimeMillis() / 1000);
    return new Session(run, shelf.all(surroundings), in, out, json, isColored(environment));
  }

  /**
   * The stores that git's helper is told to use; absent when it is told nothing. They do not count
   * as chosen: what lies in others since before is listed and removed as well.
   */
  private @Nullable StoreChain configured(Environment surroundings, Console messages) {
    ConfiguredStores configured = ConfiguredStores.of(environment, messages);
    if (configured.names() == null) {
      return null;
    }
    try {
      int seconds = StoreChoice.timeout(timeout == null ? configured.timeout() : timeout);
      return new StoreChain(shelf.chain(configured.names(), seconds, surroundings).stores(), false);
    } catch (IllegalArgumentException e) {
      // The doctor says so; here a person may be about to mend it.
      messages.trace(e);
      return null;
    }
  }

  private Console messages() {
    String variable = environment.get("GIT_CREDENTIAL_PAT_TRACE");
    boolean tracing = trace || (variable != null && !variable.isEmpty());
    if (tracing) {
      // Read when the first logger is made, which only commands that ask a service do.
      System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "debug");
    }
    return new Console(err, tracing);
  }

  private int wrongUsage(CommandLine.ParameterException problem, String[] arguments) {
    Console messages = messages();
    String near = "";
    if (problem instanceof CommandLine.UnmatchedArgumentException unmatched) {
      near = String.join(" or ", unmatched.getSuggestions());
    }
    messages.say(problem.getMessage() + (near.isEmpty() ? "" : "; did you mean " + near + "?"));
    messages.say("type: " + problem.getCommandLine().getCommandSpec().qualifiedName() + " --help");
    return 2;
  }

  private int failed(Exception problem, CommandLine command, CommandLine.ParseResult parsed) {
    Console messages = messages();
    if (problem instanceof CommandException expected) {
      messages.trace(problem);
      if (expected.getMessage() != null) {
        messages.say(expected.getMessage());
      }
      if (expected.status() == CommandException.WRONG_USAGE) {
        messages.say("type: " + command.getCommandSpec().qualifiedName() + " --help");
      }
      return expected.status();
    }
    if (problem instanceof ServiceException || problem instanceof StoreException) {
      messages.trace(problem);
      messages.say(problem.getMessage());
    } else {
      Failure.report(messages, problem);
    }
    return command.getCommandSpec().exitCodeOnExecutionException();
  }

  private static boolean isColored(Map<String, String> environment) {
    String terminal = environment.get("TERM");
    String refused = environment.get("NO_COLOR");
    return terminal != null
        && !terminal.equals("dumb")
        && (refused == null || refused.isEmpty())
        && Terminal.isTerminal(Terminal.OUTPUT);
  }

  /** What a shell offers behind --store. */
  static final class StoreNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return List.of(StoreChoice.NAMES.split(", ")).iterator();
    }
  }

  /** The stores that the program has. */
  private static final class AllStores implements Shelf {
    @Override
    public StoreChain chain(@Nullable String names, int timeout, Environment surroundings) {
      return StoreChoice.chain(names, timeout, surroundings);
    }

    @Override
    public List<Store> all(Environment surroundings) {
      return StoreChoice.all(surroundings);
    }
  }

  /** Reads the version and the commit from the jar, and names the Java that runs it. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
      String version = told("version");
      String commit = told("commit");
      return new String[] {
        NAME + " " + (version.isEmpty() ? "unknown" : version),
        // What git said instead, where there was no repository, is of no use here.
        "commit " + (commit.matches("[0-9a-f]+") ? commit : "unknown"),
        System.getProperty("java.vm.name") + " " + Runtime.version(),
        System.getProperty("os.name") + " " + System.getProperty("os.arch")
      };
    }

    /** What the build wrote. (A native image does not keep the jar's manifest.) */
    private static String told(String name) throws IOException {
      try (InputStream in = Commands.class.getResourceAsStream(name)) {
        return in == null ? "" : new String(in.readAllBytes(), UTF_8).strip();
      }
    }
  }
}
