package io.github.gitcredentialpat.command.handoff;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.gitcredentialpat.cli.CommandContext;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.platform.UserException;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.secret.SecretBuffer;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.tokens.TokenKeeper;
import java.io.IOException;

/**
 * Cargo's credential provider protocol, version 1: Cargo starts the program with {@code
 * --cargo-plugin} and asks in lines of JSON. Its sparse registries only; Azure Artifacts has no
 * others.
 */
final class CargoPlugin {
  private static final String HELLO = "{\"v\":[1]}\n";
  private static final String SPARSE = "sparse+";

  private final CommandContext context;
  private final ObjectMapper mapper = new ObjectMapper();

  CargoPlugin(CommandContext context) {
    this.context = context;
  }

  /** Answers until Cargo closes the pipe. */
  int run() throws IOException {
    context.print(HELLO);
    LineReader lines = new LineReader(context.in());
    for (byte[] line = lines.next(); line != null; line = lines.next()) {
      try (SecretBuffer text = new SecretBuffer()) {
        answer(line, text);
        text.add("\n").writeTo(context.out());
      }
    }
    return 0;
  }

  private void answer(byte[] line, SecretBuffer text) throws IOException {
    try {
      JsonNode request = mapper.readTree(line);
      String index = request.path("registry").path("index-url").asText();
      if (request.path("v").asInt() != 1) {
        refuse(text, "other", "only version 1 of Cargo's credential protocol is supported");
        return;
      }
      String url = index.startsWith(SPARSE) ? index.substring(SPARSE.length()) : index;
      if (!FeedTokens.isAzure(url)) {
        refuse(text, "url-not-supported", null);
        return;
      }
      switch (request.path("kind").asText()) {
        case "get" -> get(url, text);
        case "login" -> login(url, request.path("token").asText(), text);
        case "logout" ->
            // Git and the other programs have the same token.
            refuse(text, "other", "run: git-credential-pat logout " + organization(url));
        default -> refuse(text, "operation-not-supported", null);
      }
    } catch (JsonProcessingException e) {
      // Its message would quote the line, which may hold a token.
      refuse(text, "other", "Cargo's request is not JSON");
    }
  }

  private void get(String url, SecretBuffer text) throws IOException {
    try (HandoffToken credential = FeedTokens.find(context, url, null)) {
      text.add("{\"Ok\":{\"kind\":\"get\",\"token\":\"");
      TokenVariables.cargo(credential, text);
      text.add("\",\"cache\":\"session\",\"operation_independent\":true}}");
    } catch (UserException e) {
      refuse(text, "not-found", e.inOneLine());
    }
  }

  /**
   * Stores the token given to {@code cargo login}; only {@code git-credential-pat login} asks for
   * one.
   */
  private void login(String url, String token, SecretBuffer text) throws IOException {
    Resolution whose = Resolution.parse(url);
    String login = "run: git-credential-pat login " + organization(url);
    byte[] secret = token.strip().getBytes(UTF_8);
    if (secret.length == 0 || token.startsWith("Basic ")) {
      refuse(text, "other", login);
      return;
    }
    Secret password = Secret.password(secret);
    try {
      Entry entry = Entry.of(new EntryKey(whose.identity(), null), password, context.run().now());
      boolean done = new TokenKeeper(context.run(), whose, null).keep(entry, null) != null;
      if (done) {
        text.add("{\"Ok\":{\"kind\":\"login\"}}");
      } else {
        refuse(text, "other", "no store can take the token; " + login);
      }
    } catch (StoreException e) {
      context.messages().trace(e);
      refuse(text, "other", e.inOneLine());
    } finally {
      password.wipe();
    }
  }

  private static String organization(String url) {
    return Resolution.parse(url).identity().display();
  }

  private void refuse(SecretBuffer text, String kind, String message) throws IOException {
    ObjectNode error = JsonNodeFactory.instance.objectNode();
    error.put("kind", kind);
    if (message != null) {
      error.put("message", message);
    }
    text.add(mapper.writeValueAsString(JsonNodeFactory.instance.objectNode().set("Err", error)));
  }
}
