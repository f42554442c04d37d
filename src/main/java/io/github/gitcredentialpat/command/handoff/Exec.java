package io.github.gitcredentialpat.command.handoff;

import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.git.GitCommand;
import io.github.gitcredentialpat.git.GitRepository;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.secret.SecretBuffer;
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

/** Runs another program with a token in its environment. */
@Command(
    name = "exec",
    customSynopsis =
        "git-credential-pat exec [--env NAME[,NAME...]] [--user NAME] [ORG|URL] -- COMMAND...",
    description = {
      "Run a program with a token in its environment.",
      "Replaces this process, so input, output, signals and exit status are the program's.",
      ""
    },
    footer = {
      "",
      "Exit status: the program's; 127 if it is not found, 126 if it cannot be run.",
      "Example: git-credential-pat exec contoso -- az devops project list"
    })
final class Exec implements Callable<Integer> {
  private final GlobalOptions global;

  @Option(
      names = "--env",
      split = ",",
      paramLabel = "NAME",
      defaultValue = TokenVariables.DEFAULT,
      completionCandidates = TokenVariables.Names.class,
      description = {
        "Variables to set (default: ${DEFAULT-VALUE}). NuGet's ..._FEED_ENDPOINTS (with the feed's"
            + " URL) and Cargo's CARGO_REGISTRIES_..._TOKEN get the form they expect, all others"
            + " the token itself."
      })
  private List<String> names;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description = "Use this account's token. Default: the newest.")
  private @Nullable String user;

  @Parameters(
      arity = "1..*",
      paramLabel = "ORG|URL -- COMMAND",
      description =
          "Organization or URL (default: this repository's remote), then the program and its"
              + " arguments.")
  private List<String> words;

  Exec(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public Integer call() throws UserException, IOException {
    List<String> command = global.argumentsAfterDoubleDash();
    int places = words.size() - command.size();
    if (command.isEmpty() || places > 1) {
      throw UserException.wrongUsage("put the program after --: exec contoso -- PROGRAM");
    }
    for (String name : names) {
      if (!isVariable(name)) {
        throw UserException.wrongUsage(name + " is not a variable name");
      }
    }
    CommandContext context = global.context();
    String url =
        places == 0
            ? GitRepository.azureRemote(GitCommand.find(context.environment()))
            : words.get(0);
    Map<String, byte[]> variables = new LinkedHashMap<>();
    try (HandoffToken credential = HandoffToken.find(context, url, user)) {
      for (String name : names) {
        try (SecretBuffer text = new SecretBuffer()) {
          TokenVariables.write(name, credential, text);
          variables.put(name, text.bytes());
        }
      }
    }
    try {
      return ProcessReplacement.run(command, variables, context);
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
