package io.github.gitcredentialpat.cli;

import io.github.gitcredentialpat.git.ConfiguredStores;
import io.github.gitcredentialpat.git.ShellWords;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.platform.PromptPolicy;
import io.github.gitcredentialpat.platform.Terminal;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreChain;
import io.github.gitcredentialpat.store.choice.StoreChoice;
import io.github.gitcredentialpat.tokens.Invocation;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options that every command has, and what a command works with because of them. */
public final class GlobalOptions {
  @Option(
      names = "--store",
      paramLabel = "NAME,...",
      scope = ScopeType.INHERIT,
      completionCandidates = StoreNames.class,
      description = "Use these stores in this order. Default: the platform's own.")
  private @Nullable String store;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      scope = ScopeType.INHERIT,
      description = "keyutils only: forget unused tokens after this time (default 8h).")
  private @Nullable String timeout;

  @Option(
      names = "--vault",
      paramLabel = "NAME",
      scope = ScopeType.INHERIT,
      description = "Shared stores only: the vault, or the folder in it.")
  private @Nullable String vault;

  @Option(
      names = "--cache",
      paramLabel = "TIME",
      scope = ScopeType.INHERIT,
      description = "Shared stores only: ask the vault again after this time (default 15m).")
  private @Nullable String cache;

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      scope = ScopeType.INHERIT,
      description = "The agent's socket, for the agent and for the store agent.")
  private @Nullable String socket;

  @Option(names = "--json", scope = ScopeType.INHERIT, description = "Print JSON.")
  private boolean json;

  @Option(
      names = "--trace",
      scope = ScopeType.INHERIT,
      description = "Log what happens to stderr (never secrets).")
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
      description = "Show version information.")
  @SuppressWarnings("unused")
  private boolean version;

  private final InputStream in;
  private final OutputStream out;
  private final OutputStream err;
  private final Map<String, String> environment;
  private final StoreSource source;
  private List<String> arguments = List.of();

  /** Uses these streams and this environment, and every store. */
  public GlobalOptions(
      InputStream in, OutputStream out, OutputStream err, Map<String, String> environment) {
    this(in, out, err, environment, new AllStores());
  }

  /** The same with other stores, for tests. */
  public GlobalOptions(
      InputStream in,
      OutputStream out,
      OutputStream err,
      Map<String, String> environment,
      StoreSource source) {
    this.in = StandardStreams.input(in);
    this.out = StandardStreams.output(out);
    this.err = err;
    this.environment = environment;
    this.source = source;
  }

  /** Standard output. */
  public OutputStream out() {
    return out;
  }

  /** Standard error, for what is no message. */
  public OutputStream err() {
    return err;
  }

  /** How long the kernel's keyring keeps an entry, as it was typed; absent for the default. */
  public @Nullable String timeout() {
    return timeout;
  }

  /** Sets the words of the command line. */
  public void setArguments(List<String> words) {
    arguments = words;
  }

  /** The arguments behind the first {@code --}, which picocli does not tell from those before. */
  public List<String> argumentsAfterDoubleDash() {
    int dashes = arguments.indexOf("--");
    return dashes < 0 ? List.of() : arguments.subList(dashes + 1, arguments.size());
  }

  /** The command's context; opens no store yet. */
  public CommandContext context() throws UserException {
    return context(true);
  }

  /** A context in which nobody is asked for anything. */
  public CommandContext silentContext() throws UserException {
    return context(false);
  }

  /** A silent context with the stores that git's configuration gives a helper. */
  public CommandContext silentContext(ConfiguredStores stores) throws UserException {
    Console messages = messages();
    Environment surroundings = surroundings(environment(stores.variables()), false, messages);
    try {
      return context(
          source.chain(stores.names(), seconds(stores), surroundings), surroundings, messages);
    } catch (IllegalArgumentException e) {
      throw UserException.wrongUsage(e.getMessage());
    }
  }

  /**
   * What an answer to a shell's prompt works with, as little of it as a get: it asks nobody, says
   * nothing, and does not look at the terminal, for which native code would have to be loaded.
   *
   * @param names stores joined by commas; absent for those that git's helper is told to use
   */
  public Invocation promptInvocation(@Nullable String names) {
    Console silence = new Console(OutputStream.nullOutputStream(), false);
    String chosen = names != null ? names : chosenByVariable();
    ConfiguredStores configured =
        chosen == null ? ConfiguredStores.of(environment, silence) : ConfiguredStores.NONE;
    Environment surroundings = surroundings(environment(configured.variables()), false, silence);
    StoreChain chain = configured(configured, surroundings, silence);
    if (chain == null) {
      chain = source.chain(chosen, StoreChoice.timeout(null), surroundings);
    }
    return new Invocation(chain, surroundings, silence, System.currentTimeMillis() / 1000);
  }

  /** The choice of stores as git's configuration has it behind a helper; empty for none. */
  public String helperOptions() {
    return helperOption("--store", store)
        + helperOption("--timeout", timeout)
        + helperOption("--vault", vault)
        + helperOption("--cache", cache)
        + helperOption("--socket", socket);
  }

  private static String helperOption(String name, @Nullable String value) {
    return value == null ? "" : " " + name + " " + ShellWords.quote(value);
  }

  private CommandContext context(boolean mayPrompt) throws UserException {
    Console messages = messages();
    String chosen = store != null ? store : chosenByVariable();
    // Whoever names a store of a team's means the vault that git is told to use.
    ConfiguredStores configured =
        chosen == null || StoreChoice.hasShared(chosen)
            ? ConfiguredStores.of(environment, messages)
            : ConfiguredStores.NONE;
    boolean isConfigured = chosen == null || configured.hasOneOf(chosen);
    Map<String, String> variables = environment(isConfigured ? configured.variables() : Map.of());
    Environment surroundings = surroundings(variables, mayPrompt, messages);
    try {
      StoreChain chain = chosen == null ? configured(configured, surroundings, messages) : null;
      if (chain == null) {
        int seconds = StoreChoice.timeout(timeout);
        chain =
            store == null
                ? source.chain(chosen, seconds, surroundings)
                : source.typed(store, seconds, surroundings);
      }
      return context(chain, surroundings, messages);
    } catch (IllegalArgumentException e) {
      throw UserException.wrongUsage(e.getMessage());
    }
  }

  private CommandContext context(StoreChain chain, Environment surroundings, Console messages) {
    Invocation run =
        new Invocation(chain, surroundings, messages, System.currentTimeMillis() / 1000);
    return new CommandContext(run, source.all(surroundings), in, out, json, screen());
  }

  private @Nullable String chosenByVariable() {
    String names = environment.get("GIT_CREDENTIAL_PAT_STORE");
    return names == null || names.isEmpty() ? null : names;
  }

  private static Environment surroundings(
      Map<String, String> variables, boolean mayPrompt, Console messages) {
    return new Environment(
        variables, mayPrompt && PromptPolicy.isAllowed(variables), new Deadline(), messages);
  }

  /** The environment with what a helper's options and then what this command line's override. */
  private Map<String, String> environment(Map<String, String> configured) {
    Map<String, String> variables = environment;
    for (Map.Entry<String, String> each : configured.entrySet()) {
      variables = Environment.with(variables, each.getKey(), each.getValue());
    }
    variables = overridden(variables, "--vault", vault);
    variables = overridden(variables, "--cache", cache);
    return overridden(variables, "--socket", socket);
  }

  private static Map<String, String> overridden(
      Map<String, String> variables, String option, @Nullable String value) {
    String variable = Environment.variableOf(option);
    return value == null || variable == null
        ? variables
        : Environment.with(variables, variable, value);
  }

  /**
   * The stores that git's helper is configured to use; absent if none are. They do not count as
   * chosen: tokens left in other stores are listed and removed as well.
   */
  private @Nullable StoreChain configured(
      ConfiguredStores configured, Environment surroundings, Console messages) {
    if (configured.names() == null) {
      return null;
    }
    try {
      return new StoreChain(
          source.chain(configured.names(), seconds(configured), surroundings).stores(), false);
    } catch (IllegalArgumentException e) {
      // The doctor says so; here a person may be about to mend it.
      messages.trace(e);
      return null;
    }
  }

  private int seconds(ConfiguredStores configured) {
    return StoreChoice.timeout(timeout == null ? configured.timeout() : timeout);
  }

  /** The console for messages to the person. */
  public Console messages() {
    String variable = environment.get("GIT_CREDENTIAL_PAT_TRACE");
    boolean tracing = trace || (variable != null && !variable.isEmpty());
    if (tracing) {
      // Read when the first logger is made, which only commands that ask a service do.
      System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "debug");
    }
    return new Console(err, tracing, Screen.of(Terminal.ERROR, environment).width());
  }

  /** What standard output is shown on. */
  public Screen screen() {
    return Screen.of(Terminal.OUTPUT, environment);
  }

  /** The names that a shell completes after {@code --store}. */
  static final class StoreNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return List.of(StoreChoice.NAMES.split(", ")).iterator();
    }
  }

  /** The stores that the program has. */
  private static final class AllStores implements StoreSource {
    @Override
    public StoreChain chain(@Nullable String names, int timeout, Environment surroundings) {
      return StoreChoice.chain(names, timeout, surroundings);
    }

    @Override
    public StoreChain typed(String names, int timeout, Environment surroundings) {
      return StoreChoice.writable(names, timeout, surroundings);
    }

    @Override
    public List<Store> all(Environment surroundings) {
      return StoreChoice.all(surroundings);
    }
  }
}
