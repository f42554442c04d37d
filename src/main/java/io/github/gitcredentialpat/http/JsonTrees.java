package io.github.gitcredentialpat.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** JSON as trees. Their texts cannot be wiped: Jackson holds them as strings. */
public final class JsonTrees {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private JsonTrees() {}

  /** An empty object. */
  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** Parses a text; absent when it is not a JSON object. */
  public static @Nullable ObjectNode object(String text) {
    try {
      return MAPPER.readTree(text) instanceof ObjectNode object ? object : null;
    } catch (JsonProcessingException e) {
      // Not handed on: it quotes the text, which may hold a secret.
      return null;
    }
  }

  /** The bytes to send. */
  public static byte[] bytes(ObjectNode object) {
    return object.toString().getBytes(UTF_8);
  }

  /** A field's text; empty when it, or the object, is absent, null or something else. */
  public static String text(@Nullable JsonNode object, String field) {
    return object != null && object.path(field).isTextual() ? object.path(field).textValue() : "";
  }
}
