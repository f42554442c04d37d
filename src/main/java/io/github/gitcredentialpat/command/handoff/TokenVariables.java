package io.github.gitcredentialpat.command.handoff;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.identity.HttpUrl;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.secret.SecretBuffer;
import java.util.Iterator;
import java.util.List;

/** Variables of the environment by which other programs take a token, and the form each wants. */
final class TokenVariables {
  /** What the Azure DevOps CLI reads, and much else. */
  static final String DEFAULT = "AZURE_DEVOPS_EXT_PAT";

  /** What a shell offers behind --env; any other name will do. */
  static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return List.of(
              DEFAULT,
              "SYSTEM_ACCESSTOKEN",
              "ARTIFACTS_CREDENTIALPROVIDER_EXTERNAL_FEED_ENDPOINTS",
              "VSS_NUGET_EXTERNAL_FEED_ENDPOINTS")
          .iterator();
    }
  }

  private TokenVariables() {}

  /**
   * Writes the value for a variable: for Microsoft's NuGet credential provider a list of feeds, for
   * a registry of Cargo's a header's value, for all others the token itself.
   *
   * @throws UserException when the variable wants the URL of a feed, and none was named
   */
  static void write(String variable, HandoffToken credential, SecretBuffer text)
      throws UserException {
    if (variable.endsWith("_EXTERNAL_FEED_ENDPOINTS")) {
      endpoints(credential, text);
    } else if (variable.startsWith("CARGO_REGISTR") && variable.endsWith("_TOKEN")) {
      cargo(credential, text);
    } else {
      text.add(credential.token());
    }
  }

  /** The list of feeds, of this one alone, for Microsoft's NuGet credential provider. */
  static void endpoints(HandoffToken credential, SecretBuffer text) throws UserException {
    HttpUrl feed = credential.feed("nuget", "nuget/v3/index.json");
    text.add("{\"endpointCredentials\":[{\"endpoint\":\"")
        .quoted(feed.url().getBytes(UTF_8))
        .add("\",\"username\":\"")
        .quoted(credential.namedUser().getBytes(UTF_8))
        .add("\",\"password\":\"")
        .quoted(credential.token())
        .add("\"}]}");
  }

  /** What Cargo sends as the Authorization header, as it is. */
  static void cargo(HandoffToken credential, SecretBuffer text) {
    String user = credential.whose().isAzure() ? "PAT" : credential.namedUser();
    text.add("Basic ").basic(user, credential.token());
  }
}
