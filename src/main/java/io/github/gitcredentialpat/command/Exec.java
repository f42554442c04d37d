package io.github.gitcredentialpat.command;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Runs another program with a token in its environment. */
@Command(
    name = "exec",
    customSynopsis =
        "git-credential-pat exec [--env NAME[,NAME...]] [--user NAME] [ORG|URL] -- COMMAND...",
    description = {
      "Run a program with a token in its environment, and never on a command line.",
      "It takes this program's place: its input, output, signals and exit status are its own.",
      ""
    },
    footer = {
      "",
      "Exit status: the program's; 127 when there is none of that name, 126 when it cannot be run.",
      "Example: git-credential-pat exec contoso -- az devops project list"
    })
final class Exec implements Callable<Integer> {
  @ParentCommand private Commands commands;

  @Option(
      names = "--env",
      split = ",",
      paramLabel = "NAME",
      defaultValue = Variables.DEFAULT,
      completionCandidates = Variables.Names.class,
      description = {
        "The variables; ${DEFAULT-VALUE} unless you say others. NuGet's ..._FEED_ENDPOINTS (with"
            + " the feed's URL) and Cargo's CARGO_REGISTRIES_..._TOKEN get the form that they"
            + " want, all others the token itself."
      })
  private List<String> names;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description = "The user name that chooses among several tokens; else the newest.")
  private @Nullable String user;

  @Parameters(
      arity = "1..*",
      paramLabel = "ORG|URL -- COMMAND",
      description =
          "The organisation or URL, else that of this repository's remote; then the program and"
              + " its arguments.")
  private List<String> words;

  @Override
  public Integer call() throws CommandException, IOException {
    List<String> command = commands.behindDashes();
    int places = words.size() - command.size();
    if (command.isEmpty() || places > 1) {
      throw CommandException.wrongUsage("exec wants the program to run behind --");
    }
    for (String name : names) {
      if (!isVariable(name)) {
        throw CommandException.wrongUsage(name + " is not the name of a variable");
      }
    }
    Session session = commands.session();
    String url = places == 0 ? session.remote() : words.get(0);
    Map<String, byte[]> variables = new LinkedHashMap<>();
    try (Credential credential = Credential.find(session, url, user)) {
      for (String name : names) {
        try (SecretText text = new SecretText()) {
          Variables.write(name, credential, text);
          variables.put(name, text.bytes());
        }
      }
    }
    try {
      return Replacement.run(command, variables, session);
    } finally {
      variables.values().forEach(value -> Arrays.fill(value, (byte) 0));
    }
  }

  private static boolean isVariable(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
      if (!letter && (i == 0 || c < '0' || c > '9')) {
        return false;
      }
    }
    return !name.isEmpty();
  }
}
