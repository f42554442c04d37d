package io.github.gitcredentialpat.command.handoff;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.cli.GlobalOptions;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.secret.SecretBuffer;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * A credential plugin for NuGet, which finds it as {@code nuget-plugin-git-credential-pat} and
 * starts it with {@code -Plugin}: version 2.0.0 of its plugin protocol, one message of JSON a line,
 * each side with a handshake of its own. Every request but Close is answered, in order.
 */
@Command(
    name = "nuget-plugin",
    hidden = true,
    description = "Give tokens to NuGet, which starts it as a credential plugin.",
    footer = {"", "Example: git-credential-pat nuget-plugin -Plugin"})
final class NuGetPlugin implements Callable<Integer> {
  private static final String VERSION = "2.0.0";
  private static final int MAJOR = 2;

  private final GlobalOptions global;

  /** NuGet's own words, among them {@code -Plugin}. */
  @Unmatched private List<String> words;

  private final ObjectMapper mapper = new ObjectMapper();

  NuGetPlugin(GlobalOptions global) {
    this.global = global;
  }

  @Override
  public Integer call() throws UserException, IOException {
    if (words == null || !words.contains("-Plugin")) {
      throw UserException.couldNot("only NuGet starts this, with -Plugin");
    }
    // NuGet gives each request five seconds, and says only later whether anybody is there.
    CommandContext context = global.silentContext();
    ObjectNode versions = JsonNodeFactory.instance.objectNode();
    versions.put("ProtocolVersion", VERSION).put("MinimumProtocolVersion", VERSION);
    String id = UUID.randomUUID().toString();
    context.print(mapper.writeValueAsString(message(id, "Request", "Handshake", versions)) + "\n");
    LineReader lines = new LineReader(context.in());
    for (byte[] line = lines.next(); line != null; line = lines.next()) {
      JsonNode message = read(line);
      if (message == null) {
        context.say("ignoring a line from NuGet that is not JSON");
      } else if (message.path("Type").asText().equals("Request")) {
        if (message.path("Method").asText().equals("Close")) {
          return 0;
        }
        try (SecretBuffer text = new SecretBuffer()) {
          answer(context, message, text);
          text.add("\n").writeTo(context.out());
        }
      }
    }
    return 0;
  }

  /** Without a byte order mark, which .NET may send first. */
  private @Nullable JsonNode read(byte[] line) throws IOException {
    try {
      String text = new String(line, UTF_8);
      return mapper.readTree(text.startsWith("\ufeff") ? text.substring(1) : text);
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  private void answer(CommandContext context, JsonNode request, SecretBuffer text)
      throws IOException {
    JsonNode payload = request.path("Payload");
    String method = request.path("Method").asText();
    ObjectNode response = JsonNodeFactory.instance.objectNode();
    switch (method) {
      case "Handshake" -> handshake(payload, response);
      case "Initialize", "SetLogLevel", "SetCredentials", "MonitorNuGetProcessExit" ->
          response.put("ResponseCode", "Success");
      case "GetOperationClaims" -> claims(payload, response);
      case "GetAuthenticationCredentials" -> {
        credentials(context, request, payload.path("Uri").asText(), text);
        return;
      }
      default -> response.put("ResponseCode", "NotFound");
    }
    text.add(mapper.writeValueAsString(reply(request, response)));
  }

  private static void handshake(JsonNode payload, ObjectNode response) {
    int newest = major(payload.path("ProtocolVersion").asText());
    int oldest = major(payload.path("MinimumProtocolVersion").asText());
    if (oldest <= MAJOR && MAJOR <= newest) {
      response.put("ResponseCode", "Success").put("ProtocolVersion", VERSION);
    } else {
      response.put("ResponseCode", "Error");
    }
  }

  /** The first number of a version; 0 when it is not a version. */
  private static int major(String version) {
    try {
      int dot = version.indexOf('.');
      return Integer.parseInt(dot < 0 ? version : version.substring(0, dot));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** Credentials are asked for without a source; for one, packages would be offered. */
  private static void claims(JsonNode payload, ObjectNode response) {
    boolean anySource =
        payload.path("PackageSourceRepository").asText("").isEmpty()
            && !payload.path("ServiceIndex").isObject();
    var claims = response.putArray("Claims");
    if (anySource) {
      claims.add("Authentication");
    }
  }

  private void credentials(CommandContext context, JsonNode request, String uri, SecretBuffer text)
      throws IOException {
    ObjectNode response = JsonNodeFactory.instance.objectNode();
    try (HandoffToken credential = FeedTokens.find(context, uri, null)) {
      if (credential != null) {
        // The password is put in as bytes, where this mark of our own stands.
        String mark = UUID.randomUUID().toString();
        response.put("Username", credential.namedUser()).put("Password", mark);
        response.putArray("AuthenticationTypes").add("basic");
        response.put("ResponseCode", "Success");
        String json = mapper.writeValueAsString(reply(request, response));
        int at = json.indexOf(mark);
        text.add(json.substring(0, at))
            .quoted(credential.token())
            .add(json.substring(at + mark.length()));
        return;
      }
      response.put("ResponseCode", "NotFound");
    } catch (UserException e) {
      response.put("Message", e.inOneLine()).put("ResponseCode", "NotFound");
    }
    text.add(mapper.writeValueAsString(reply(request, response)));
  }

  private static ObjectNode reply(JsonNode request, ObjectNode payload) {
    return message(
        request.path("RequestId").asText(), "Response", request.path("Method").asText(), payload);
  }

  private static ObjectNode message(String id, String type, String method, ObjectNode payload) {
    ObjectNode message = JsonNodeFactory.instance.objectNode();
    message.put("RequestId", id).put("Type", type).put("Method", method).set("Payload", payload);
    return message;
  }
}
