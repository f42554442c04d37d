package io.github.gitcredentialpat.command.agent;

import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.git.ConfiguredStores;
import io.github.gitcredentialpat.git.Launcher;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.TypedPlace;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.agent.AgentSocket;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Answers git's requests from containers and other machines. */
@Command(
    name = "agent",
    description = {
      "Answer git in containers and on other machines over a Unix socket, so that no token is copied"
          + " there.",
      "Runs until it is stopped. It answers only you, only for the organizations that you name, and"
          + " changes nothing. There, git uses the store agent, or the script of --client.",
      ""
    },
    footer = {
      "",
      "Example: git-credential-pat agent --for contoso",
      "         git-credential-pat agent --for contoso --allow-user root",
      "         git-credential-pat agent --client"
    })
public final class Agent implements Callable<Integer> {
  private static final String PRIVATE = "rw-------";

  /** For others than root, whom no rights keep out; who asks is looked at for each request. */
  private static final String OPEN = "rw-rw-rw-";

  private final GlobalOptions global;

  @Option(
      names = "--for",
      split = ",",
      paramLabel = "ORG|URL",
      description = "Answer for this organization, collection or host. Can be repeated.")
  private List<String> places = new ArrayList<>();

  @Option(
      names = "--writable",
      description = "Also store new tokens and set rejected ones aside, as git says.")
  private boolean writable;

  @Option(
      names = "--allow-user",
      split = ",",
      paramLabel = "NAME|UID",
      description = "Also answer this user, such as root in a container. Can be repeated.")
  private List<String> users = new ArrayList<>();

  @Option(
      names = "--log",
      paramLabel = "FILE",
      description = "Append a line for each answer to this file. Default: stderr.")
  private @Nullable String log;

  @Option(
      names = "--client",
      description = "Print a helper for git in sh, for machines without this program.")
  private boolean client;

  /** A command with these options. */
  public Agent(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public Integer call() throws UserException, IOException {
    CommandContext context = global.silentContext();
    if (client) {
      context.print(ShellClient.script(writable));
      return 0;
    }
    if (File.separatorChar != '/') {
      throw UserException.couldNot(
          "Windows does not say who uses a Unix socket; start the agent inside WSL");
    }
    if (places.isEmpty()) {
      throw UserException.wrongUsage("--for is missing: which organizations to answer for");
    }
    List<Identity> whose = new ArrayList<>();
    for (String place : places) {
      whose.add(TypedPlace.resolve(place).identity());
    }
    List<UserPrincipal> allowed = allowed();
    Helper helper = helper(context);
    Path path = AgentSocket.of(context.run().surroundings());
    try (OutputStream lines = log();
        ListeningSocket socket = ListeningSocket.open(path, rights(allowed))) {
      allowed.add(socket.owner());
      Grant grant = new Grant(whose, writable, allowed);
      return serve(context, path, socket, grant, helper, lines);
    }
  }

  private static Integer serve(
      CommandContext context,
      Path path,
      ListeningSocket socket,
      Grant grant,
      Helper helper,
      OutputStream lines)
      throws IOException {
    Console messages = context.messages();
    AgentLog log = new AgentLog(lines, messages);
    try (AgentServer server = new AgentServer(socket.channel(), grant, helper, log, messages)) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(socket, messages), "end"));
      context.say(
          "listening at "
              + path
              + " for "
              + grant.describe()
              + (grant.writable() ? "" : " (read only)"));
      server.serve();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return 0;
  }

  /** Ends in order: without its socket, and without the runs that it started. */
  private static void end(ListeningSocket socket, Console messages) {
    try {
      socket.close();
    } catch (IOException e) {
      messages.trace(e);
    }
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroy);
    Runtime.getRuntime().halt(0);
  }

  private List<UserPrincipal> allowed() throws UserException, IOException {
    List<UserPrincipal> allowed = new ArrayList<>();
    for (String user : users) {
      try {
        allowed.add(
            FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(user));
      } catch (UserPrincipalNotFoundException e) {
        throw UserException.wrongUsage("--allow-user: no such user: " + user);
      }
    }
    return allowed;
  }

  private static String rights(List<UserPrincipal> allowed) throws IOException {
    UserPrincipal root =
        FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName("0");
    return allowed.stream().allMatch(root::equals) ? PRIVATE : OPEN;
  }

  /** Where the lines of the log go. */
  private OutputStream log() throws IOException {
    if (log == null || log.equals("stderr")) {
      return global.err();
    }
    Path file = Path.of(log);
    if (!Files.exists(file)) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PRIVATE)));
    }
    return Files.newOutputStream(file, StandardOpenOption.APPEND);
  }

  /** This program with the stores of this command line, else those of git's configuration. */
  private Helper helper(CommandContext context) throws UserException, IOException {
    List<String> names = context.run().chain().stores().stream().map(Store::name).toList();
    if (names.contains("agent")) {
      throw UserException.wrongUsage("an agent cannot use the store agent; name another --store");
    }
    List<String> command = new ArrayList<>();
    command.add(Launcher.find().program().toString());
    ConfiguredStores configured = ConfiguredStores.of(context.environment(), context.messages());
    boolean isChosen = context.run().chain().chosen();
    // Without a choice it is for each run to say nothing of a store that is not here.
    if (isChosen || configured.names() != null) {
      command.add("--store");
      command.add(String.join(",", names));
    }
    String timeout =
        global.timeout() == null && !isChosen ? configured.timeout() : global.timeout();
    if (timeout != null) {
      command.add("--timeout");
      command.add(timeout);
    }
    int atOnce = 2 + 2 * Runtime.getRuntime().availableProcessors();
    return new Turns(new HelperProcess(command, context.environment(), writable), atOnce);
  }
}
