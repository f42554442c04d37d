package io.github.gitcredentialpat.command.handoff;

import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.secret.SecretBuffer;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The part of the program keyring that package managers call: pip with {@code --keyring-provider
 * subprocess}, uv and twine. They ask for the URL of an index, and then for its host alone, which
 * says nothing of the organization and gets nothing.
 */
@Command(
    name = "keyring",
    hidden = true,
    description = "Give tokens to pip and uv, which call it as keyring.",
    footer = {
      "",
      "Exit status: 0 printed, 1 no token.",
      "Example: git-credential-pat keyring get https://pkgs.dev.azure.com/contoso/... pat"
    })
final class KeyringCommand implements Callable<Integer> {
  private static final int NONE = 1;

  private final GlobalOptions global;

  @Option(
      names = "--mode",
      paramLabel = "password|creds",
      defaultValue = "password",
      description = "creds also prints the user name, on a line before the token.")
  private String mode;

  @Parameters(
      arity = "2..3",
      paramLabel = "get URL [USER]",
      hideParamSyntax = true,
      description = "The URL of a package index, and a user name.")
  private List<String> words;

  KeyringCommand(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public Integer call() throws UserException, IOException {
    if (!words.get(0).equals("get")) {
      throw UserException.couldNot("only get is supported; store a token with login")
          .withHint("git-credential-pat login ORG");
    }
    String url = words.get(1).contains("://") ? words.get(1) : "https://" + words.get(1);
    String user = words.size() < 3 ? null : words.get(2);
    CommandContext context = global.context();
    HandoffToken credential = FeedTokens.find(context, url, user);
    if (credential == null) {
      return NONE;
    }
    try (credential;
        SecretBuffer text = new SecretBuffer()) {
      if (mode.equals("creds")) {
        text.add(user(credential, user) + "\n");
      }
      text.add(credential.token()).add("\n").writeTo(context.out());
    }
    return 0;
  }

  private static String user(HandoffToken credential, @Nullable String given) {
    return credential.whose().user(given) == null ? credential.namedUser() : given;
  }
}
