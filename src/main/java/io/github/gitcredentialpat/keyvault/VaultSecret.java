package io.github.gitcredentialpat.keyvault;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.gitcredentialpat.http.JsonTrees;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A secret of a vault, as it is listed or read.
 *
 * @param name its name, unique in a vault
 * @param value its value in UTF-8; absent where it is only listed
 * @param tags what else is said of it
 * @param enabled whether the vault gives its value to anybody
 * @param notBefore from when on it is good, in seconds since the epoch; 0 for always
 * @param expires when it ends, in seconds since the epoch; 0 for never
 * @param created when this version was written, in seconds since the epoch; 0 when unknown
 */
@SuppressWarnings("ArrayRecordComponent") // For bytes that can be wiped; nobody compares it.
public record VaultSecret(
    String name,
    byte @Nullable [] value,
    Map<String, String> tags,
    boolean enabled,
    long notBefore,
    long expires,
    long created) {

  /** Whether the vault means it to be used at this time, in seconds since the epoch. */
  public boolean isInUse(long now) {
    return enabled && notBefore <= now;
  }

  /** The same without the line end that a file brings along; its own value is wiped then. */
  public VaultSecret withoutLineEnd() {
    int end = value == null ? 0 : value.length;
    if (end == 0 || value[end - 1] != '\n') {
      return this;
    }
    end -= end > 1 && value[end - 2] == '\r' ? 2 : 1;
    byte[] line = Arrays.copyOf(value, end);
    Arrays.fill(value, (byte) 0);
    return new VaultSecret(name, line, tags, enabled, notBefore, expires, created);
  }

  /** Reads one; absent when it is not in the form of a secret. */
  static @Nullable VaultSecret of(JsonNode node) {
    String[] id = JsonTrees.text(node, "id").split("/");
    // https://VAULT/secrets/NAME, and of one version another part.
    if (!(node instanceof ObjectNode) || id.length < 5 || !id[3].equals("secrets")) {
      return null;
    }
    JsonNode attributes = node.path("attributes");
    Map<String, String> tags = new HashMap<>();
    JsonNode said = node.path("tags");
    for (Iterator<String> names = said.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      tags.put(name, JsonTrees.text(said, name));
    }
    return new VaultSecret(
        id[4],
        node.path("value").isTextual() ? JsonTrees.text(node, "value").getBytes(UTF_8) : null,
        tags,
        attributes.path("enabled").asBoolean(true),
        attributes.path("nbf").asLong(),
        attributes.path("exp").asLong(),
        attributes.path("created").asLong());
  }

  /** Without its value. */
  @Override
  public String toString() {
    return "VaultSecret[name=" + name + "]";
  }
}
