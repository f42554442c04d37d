package io.github.gitcredentialpat.command.handoff;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.git.GitCommand;
import io.github.gitcredentialpat.git.GitRepository;
import io.github.gitcredentialpat.identity.HttpUrl;
import io.github.gitcredentialpat.platform.Terminal;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.secret.SecretBuffer;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints a token in the form that another program reads. */
@Command(
    name = "print",
    description = {
      "Print a token for REST calls and package feeds.",
      "Prints the token in the format that the chosen program expects, to a pipe or file but not to"
          + " a terminal.",
      ""
    },
    footer = {
      "",
      "Formats: token (the token alone), header (Authorization: Basic ...), basic (the part after",
      "Basic), curl (for curl --config), npm (for .npmrc), nuget (for the variable",
      "ARTIFACTS_CREDENTIALPROVIDER_EXTERNAL_FEED_ENDPOINTS), pip (for the variable PIP_INDEX_URL),",
      "maven (a server of settings.xml), cargo (for cargo:token-from-stdout), docker (config.json),",
      "env (AZURE_DEVOPS_EXT_PAT=...). npm, nuget, pip, maven and docker need the feed's URL.",
      "",
      "Example: git-credential-pat print --format header contoso | curl -H @- URL"
    })
final class Print implements Callable<Integer> {
  /** What the printed text is for. */
  enum Format {
    TOKEN,
    HEADER,
    BASIC,
    CURL,
    NPM,
    NUGET,
    PIP,
    MAVEN,
    CARGO,
    DOCKER,
    ENV;

    /** The word a person types. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final GlobalOptions global;

  @Option(
      names = "--format",
      required = true,
      paramLabel = "FORMAT",
      description = "One of ${COMPLETION-CANDIDATES}.")
  private Format format;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description = "Use this account's token. Default: the newest.")
  private @Nullable String user;

  @Option(names = "--show", description = "Print it even on a terminal.")
  private boolean show;

  @Parameters(
      arity = "0..1",
      paramLabel = "ORG|URL",
      description = "Organization or URL. Default: this repository's remote.")
  private @Nullable String place;

  Print(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public Integer call() throws UserException, IOException {
    if (!show && Terminal.isTerminal(Terminal.OUTPUT)) {
      throw UserException.couldNot(
          "refusing to print a token on a terminal; pipe it, or use --show");
    }
    CommandContext context = global.context();
    String url =
        place == null ? GitRepository.azureRemote(GitCommand.find(context.environment())) : place;
    try (HandoffToken credential = HandoffToken.find(context, url, user);
        SecretBuffer text = new SecretBuffer()) {
      write(credential, text);
      text.add("\n").writeTo(context.out());
    }
    return 0;
  }

  private void write(HandoffToken credential, SecretBuffer text) throws UserException {
    switch (format) {
      case TOKEN -> text.add(credential.token());
      case BASIC -> text.basic(credential.user(), credential.token());
      case HEADER -> text.add("Authorization: Basic ").basic(credential.user(), credential.token());
      case CURL ->
          text.add("user = \"")
              .quoted(credential.user().getBytes(UTF_8))
              .add(":")
              .quoted(credential.token())
              .add("\"");
      case ENV -> text.add(TokenVariables.DEFAULT + "=").word(credential.token());
      case CARGO -> TokenVariables.cargo(credential, text);
      case NUGET -> TokenVariables.endpoints(credential, text);
      case PIP -> pip(credential, text);
      case NPM -> npm(credential, text);
      case MAVEN -> maven(credential, text);
      case DOCKER -> docker(credential, text);
    }
  }

  /** The index with the token in its user part, as pip takes it from its environment. */
  private static void pip(HandoffToken credential, SecretBuffer text) throws UserException {
    HttpUrl feed = credential.feed("pip", "pypi/simple/");
    text.add(feed.scheme() + "://")
        .encoded(credential.namedUser().getBytes(UTF_8))
        .add(":")
        .encoded(credential.token())
        .add("@" + feed.host() + feed.path());
  }

  /**
   * The lines that Azure Artifacts' own page "Connect to feed" has, for the registry and for the
   * folder above it, where npm finds the archives.
   */
  private static void npm(HandoffToken credential, SecretBuffer text) throws UserException {
    HttpUrl feed = credential.feed("npm", "npm/registry/");
    String registry = feed.path().endsWith("/") ? feed.path() : feed.path() + "/";
    npm(credential, feed.host() + registry, text);
    if (registry.endsWith("/npm/registry/")) {
      String above = registry.substring(0, registry.length() - "registry/".length());
      text.add("\n");
      npm(credential, feed.host() + above, text);
    }
  }

  private static void npm(HandoffToken credential, String where, SecretBuffer text) {
    String key = "//" + where + ":";
    text.add(key + "username=" + credential.namedUser() + "\n");
    text.add(key + "_password=").base64(credential.token()).add("\n");
    text.add(key + "email=npm@example.com");
  }

  private static void maven(HandoffToken credential, SecretBuffer text) throws UserException {
    HttpUrl feed = credential.feed("maven", "maven/v1");
    String id = feed.feed() == null ? feed.host() : feed.feed();
    text.add("<server>\n  <id>")
        .xml(id.getBytes(UTF_8))
        .add("</id>\n  <username>")
        .xml(credential.namedUser().getBytes(UTF_8))
        .add("</username>\n  <password>")
        .xml(credential.token())
        .add("</password>\n</server>");
  }

  private static void docker(HandoffToken credential, SecretBuffer text) throws UserException {
    HttpUrl address = credential.address();
    if (address == null) {
      throw UserException.wrongUsage("docker needs the URL of a registry");
    }
    text.add("{\"auths\":{\"")
        .quoted(address.host().getBytes(UTF_8))
        .add("\":{\"auth\":\"")
        .basic(credential.namedUser(), credential.token())
        .add("\"}}}");
  }
}
