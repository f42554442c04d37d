package io.github.gitcredentialpat.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.gitcredentialpat.identity.Identity;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What {@code --json} prints: one object with {@code "version": 1} and one array of objects. Times
 * are ISO 8601 in UTC; what is not known is absent.
 */
public final class JsonReport {
  private final ObjectNode root = JsonNodeFactory.instance.objectNode();
  private final ArrayNode array;

  /** A document with an empty array of this name. */
  public JsonReport(String name) {
    root.put("version", 1);
    array = root.putArray(name);
  }

  /** Adds an object to the array. */
  public Item add() {
    return new Item(array.addObject());
  }

  /** The document, with a line feed at its end. */
  public String text() {
    try {
      return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One object of the array. */
  public record Item(ObjectNode node) {
    /** Whose it is: {@code organization}, or {@code url} for a server or host. */
    public Item place(Identity identity) {
      return put(identity.isOrganization() ? "organization" : "url", identity.display());
    }

    public Item put(String key, @Nullable String value) {
      if (value != null && !value.isEmpty()) {
        node.put(key, value);
      }
      return this;
    }

    public Item put(String key, boolean value) {
      node.put(key, value);
      return this;
    }

    public Item put(String key, long value) {
      node.put(key, value);
      return this;
    }

    /** A time in seconds since the epoch; 0 is unknown. */
    public Item time(String key, long seconds) {
      return seconds == 0 ? this : put(key, Instant.ofEpochSecond(seconds).toString());
    }
  }
}
