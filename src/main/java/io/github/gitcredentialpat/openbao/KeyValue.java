package io.github.gitcredentialpat.openbao;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.gitcredentialpat.http.JsonTrees;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One secret of KV version 2 as it was at a time: its fields, and the version that a write has to
 * name, so that it replaces this and nothing that came later. Its texts cannot be wiped.
 */
public final class KeyValue {
  private final long version;
  private final @Nullable String createdAt;
  private final @Nullable ObjectNode fields;

  KeyValue(long version, @Nullable String createdAt, @Nullable ObjectNode fields) {
    this.version = version;
    this.createdAt = createdAt;
    this.fields = fields;
  }

  /** A key that nothing was ever written to. */
  public static KeyValue absent() {
    return new KeyValue(0, null, null);
  }

  /** Whether there is something: neither was it never written nor is it deleted. */
  public boolean isThere() {
    return fields != null;
  }

  /** The newest version; 0 when there never was one. */
  public long version() {
    return version;
  }

  /** When this version was written, as RFC 3339 has it; absent where the server did not say. */
  public @Nullable String createdAt() {
    return createdAt;
  }

  /** A field's text; absent when there is no such field, or it holds no text and no number. */
  public @Nullable String text(String field) {
    JsonNode value = fields == null ? null : fields.get(field);
    return value != null && (value.isTextual() || value.isNumber()) ? value.asText() : null;
  }

  /** The same version with nothing but the fields that are not among these. */
  public KeyValue without(Iterable<String> names) {
    ObjectNode rest = fields == null ? JsonTrees.object() : fields.deepCopy();
    for (String name : names) {
      rest.remove(name);
    }
    return new KeyValue(version, createdAt, rest);
  }

  /** The same version once it is deleted. */
  public KeyValue emptied() {
    return new KeyValue(version, createdAt, null);
  }

  @Nullable ObjectNode fields() {
    return fields;
  }

  /** The body of a write that adds these fields, only where this version is still the newest. */
  byte[] replacedBy(Map<String, String> added) {
    ObjectNode all = fields == null ? JsonTrees.object() : fields.deepCopy();
    added.forEach(all::put);
    ObjectNode body = JsonTrees.object();
    body.putObject("options").put("cas", version);
    body.set("data", all);
    return JsonTrees.bytes(body);
  }

  @Override
  public String toString() {
    return "KeyValue[version=" + version + "]";
  }
}
