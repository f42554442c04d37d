package io.github.gitcredentialpat.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.cli.Failure;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.cli.Screen;
import io.github.gitcredentialpat.cli.StoreSource;
import io.github.gitcredentialpat.cli.TypedCommand;
import io.github.gitcredentialpat.command.agent.Agent;
import io.github.gitcredentialpat.command.auth.AuthCommands;
import io.github.gitcredentialpat.command.doctor.Doctor;
import io.github.gitcredentialpat.command.handoff.HandoffCommands;
import io.github.gitcredentialpat.command.renew.Renew;
import io.github.gitcredentialpat.command.setup.SetupCommands;
import io.github.gitcredentialpat.command.status.Status;
import io.github.gitcredentialpat.command.stores.StoreCommands;
import io.github.gitcredentialpat.command.token.TokenGroup;
import io.github.gitcredentialpat.command.transfer.TransferCommands;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Program;
import io.github.gitcredentialpat.platform.TextWidth;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.choice.StoreChoice;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;

/** The command line that a person types: the options of every command, and the commands. */
@Command(
    name = Program.NAME,
    description = {
      "Stores Azure DevOps personal access tokens (PATs) in the system's keychain and gives them"
          + " to git.",
      ""
    },
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = VersionInfo.class,
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Operations for git: get, store, erase, capability. Stores: " + StoreChoice.NAMES + ".",
      "Example: git-credential-pat login contoso"
    })
public final class RootCommand implements Callable<Integer> {
  private static final String EXAMPLE = "Example: ";

  /** The narrowest width for which picocli lays out help. */
  private static final int NARROWEST_HELP = 55;

  @Option(
      names = "--cargo-plugin",
      hidden = true,
      description = "Run as a credential provider for Cargo.")
  private boolean cargoPlugin;

  @Mixin private final GlobalOptions options;
  private final OutputStream err;
  private final List<Object> commands = new ArrayList<>();
  private final CommandLine line;

  /** The commands for these streams and this environment, with all stores. */
  public RootCommand(
      InputStream in, OutputStream out, OutputStream err, Map<String, String> environment) {
    this(new GlobalOptions(in, out, err, environment), err);
  }

  /** The same with other stores, for tests. */
  public RootCommand(
      InputStream in,
      OutputStream out,
      OutputStream err,
      Map<String, String> environment,
      StoreSource source) {
    this(new GlobalOptions(in, out, err, environment, source), err);
  }

  private RootCommand(GlobalOptions options, OutputStream err) {
    this.options = options;
    this.err = err;
    commands.addAll(AuthCommands.all(options));
    commands.add(new Status(options));
    commands.add(new TokenGroup(options));
    commands.add(new Renew(options));
    commands.addAll(TransferCommands.all(options));
    commands.addAll(SetupCommands.all(options));
    commands.add(new Doctor(options));
    commands.addAll(HandoffCommands.all(options));
    commands.add(new Agent(options));
    commands.addAll(StoreCommands.all(options));
    line = new CommandLine(this);
  }

  /** Tells picocli of the commands that these arguments can mean. */
  private void addCommands(List<String> arguments) {
    TypedCommand typed = TypedCommand.of(commands, arguments);
    for (Object command : typed.commands()) {
      line.addSubcommand(command instanceof TokenGroup group ? group.line(typed.rest()) : command);
    }
    line.setOut(new PrintWriter(options.out(), true, UTF_8));
    line.setErr(new PrintWriter(err, true, UTF_8));
    Screen screen = options.screen();
    line.setColorScheme(Help.defaultColorScheme(screen.colored() ? Ansi.ON : Ansi.OFF));
    line.setUsageHelpWidth(Math.max(NARROWEST_HELP, screen.textWidth()));
    Map<String, IHelpSectionRenderer> sections = new HashMap<>(line.getHelpSectionMap());
    sections.put(UsageMessageSpec.SECTION_KEY_FOOTER, RootCommand::footer);
    line.setHelpSectionMap(sections);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    // An argument such as @file is meant for the program that exec runs.
    line.setExpandAtFiles(false);
    // What stands behind an option is its value, as in git's own call: a vault may be called list.
    line.setAllowSubcommandsAsOptionParameters(true);
    line.setParameterExceptionHandler(this::wrongUsage);
    line.setExecutionExceptionHandler(this::failed);
  }

  /** picocli's layout, except that an example stays on one line, so that it can be copied. */
  private static String footer(Help help) {
    UsageMessageSpec usage = help.commandSpec().usageMessage();
    StringBuilder text = new StringBuilder();
    for (String line : usage.footer()) {
      boolean isFirst = line.startsWith(EXAMPLE);
      boolean isExample = isFirst || line.startsWith(" ".repeat(EXAMPLE.length()));
      if (isExample && TextWidth.of(line) > usage.width()) {
        text.append(isFirst ? EXAMPLE.strip() + "\n" : "");
        text.append("  ").append(line.substring(EXAMPLE.length()));
      } else {
        text.append(TextWidth.wrap(line, usage.width(), ""));
      }
      text.append('\n');
    }
    return text.toString();
  }

  /**
   * Answers a shell at a key press or a prompt, if that is what these arguments ask for. Picocli
   * has the same commands, but takes longer to start than all the rest.
   *
   * @return the exit status; absent for all other commands
   */
  public static @Nullable Integer answerShell(
      String[] arguments,
      InputStream in,
      OutputStream out,
      OutputStream err,
      Map<String, String> environment)
      throws IOException {
    boolean completes =
        arguments.length > 1 && arguments[0].equals("complete") && !arguments[1].startsWith("-");
    if (!completes && !List.of(arguments).contains("status")) {
      return null;
    }
    GlobalOptions global = new GlobalOptions(in, out, err, environment);
    try {
      if (completes) {
        return AuthCommands.complete(global, List.of(arguments));
      }
      return Status.printShort(global, arguments);
    } catch (UserException | IllegalArgumentException e) {
      // A shell shows nothing then.
      return 1;
    }
  }

  /** All commands as picocli has them, for what describes them. */
  public CommandLine line() {
    addCommands(List.of());
    return line;
  }

  /** Whether there is a command of that name. */
  public boolean isCommand(String word) {
    for (Object command : commands) {
      if (TypedCommand.name(command).equals(word)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Runs the command that these arguments name.
   *
   * @return the exit status: 0 done, 1 could not, 2 wrong usage; {@code check} has its own
   */
  public int run(String... arguments) {
    List<String> words = List.of(arguments);
    options.setArguments(words);
    addCommands(words);
    int status;
    try {
      status = line.execute(arguments);
      if (status == 0) {
        // What picocli printed, such as the help: its PrintWriter keeps to itself what went wrong.
        options.out().flush();
      }
    } catch (IOException e) {
      Failure.report(options.messages(), e);
      status = 1;
    } catch (Error e) {
      Failure.report(options.messages(), e);
      List<CommandLine> parsed = line.getParseResult().asCommandLineList();
      status = parsed.get(parsed.size() - 1).getCommandSpec().exitCodeOnExecutionException();
    }
    return status;
  }

  /** No command: Cargo, or nothing, for which git's documentation wants usage and a failure. */
  @Override
  public Integer call() throws UserException, IOException {
    if (cargoPlugin) {
      return HandoffCommands.answerCargo(options.context());
    }
    line.usage(line.getErr());
    return 1;
  }

  private int wrongUsage(CommandLine.ParameterException problem, String[] arguments) {
    Console messages = options.messages();
    String near = "";
    if (problem instanceof CommandLine.UnmatchedArgumentException unmatched) {
      near = String.join(" or ", unmatched.getSuggestions());
    }
    String said = problem.getMessage() + (near.isEmpty() ? "" : "; did you mean " + near + "?");
    messages.say("error: " + said, help(problem.getCommandLine()));
    return 2;
  }

  private static String help(CommandLine command) {
    return command.getCommandSpec().qualifiedName() + " --help";
  }

  private int failed(Exception problem, CommandLine command, CommandLine.ParseResult parsed) {
    Console messages = options.messages();
    if (problem instanceof UserException expected) {
      messages.trace(problem);
      if (expected.getMessage() != null) {
        boolean isUsage = expected.status() == UserException.WRONG_USAGE;
        messages.say(
            "error: " + expected.getMessage(),
            expected.hint() == null && isUsage ? help(command) : expected.hint());
      }
      return expected.status();
    }
    if (problem instanceof ServiceException service) {
      messages.trace(problem);
      messages.say("error: " + problem.getMessage(), service.hint());
    } else if (problem instanceof StoreException store) {
      messages.trace(problem);
      messages.say("error: " + problem.getMessage(), store.hint());
    } else {
      Failure.report(messages, problem);
    }
    return command.getCommandSpec().exitCodeOnExecutionException();
  }
}
