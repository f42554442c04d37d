package io.github.gitcredentialpat.store.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an agent answers, line by line: git's attributes, blocks of them after {@code list}, and
 * what git has no attribute for: {@code error}, a word that says why there is no answer, {@code
 * message}, a line for a person, and {@code hint}, a command for them to type.
 */
final class AgentAnswer {
  private static final int MOST_MESSAGES = 10;

  private final List<EntryKey> keys = new ArrayList<>(1);
  private @Nullable String protocol;
  private @Nullable String host;
  private @Nullable String path;
  private @Nullable String user;
  private @Nullable String authtype;
  private byte @Nullable [] secret;
  private long expiry;
  private @Nullable String error;
  private @Nullable String hint;
  private final StringBuilder message = new StringBuilder();
  private int messages;

  /** Reads an answer; its secrets are copied, for {@link #entry} or {@link #wipe}. */
  AgentAnswer(byte[] answer) {
    int start = 0;
    while (start < answer.length) {
      int end = start;
      int equals = -1;
      while (end < answer.length && answer[end] != '\n') {
        equals = equals < 0 && answer[end] == '=' ? end : equals;
        end++;
      }
      if (end == start) {
        endBlock();
      } else if (equals > 0) {
        set(text(answer, start, equals), answer, equals + 1, end);
      }
      start = end + 1;
    }
    endBlock();
  }

  private void set(String attribute, byte[] answer, int start, int end) {
    switch (attribute) {
      case "protocol" -> protocol = text(answer, start, end);
      case "host" -> host = text(answer, start, end);
      case "path" -> path = text(answer, start, end);
      case "username" -> user = text(answer, start, end);
      case "authtype" -> authtype = text(answer, start, end);
      case "password", "credential" -> {
        wipe();
        secret = Arrays.copyOfRange(answer, start, end);
      }
      case "password_expiry_utc" -> expiry = seconds(text(answer, start, end));
      case "error" -> error = text(answer, start, end);
      case "hint" -> hint = text(answer, start, end);
      case "message" -> {
        if (messages++ < MOST_MESSAGES) {
          message.append(message.length() == 0 ? "" : "; ").append(text(answer, start, end));
        }
      }
      default -> {} // Of a newer agent.
    }
  }

  private static String text(byte[] answer, int start, int end) {
    return new String(answer, start, end - start, UTF_8);
  }

  private static long seconds(String text) {
    try {
      return Math.max(0, Long.parseLong(text));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private void endBlock() {
    if (protocol != null && host != null) {
      EntryKey key = new EntryKey(new Identity(protocol, host, path), user);
      if (key.isAnswerable()) {
        keys.add(key);
      }
      user = null;
    }
    protocol = null;
    host = null;
    path = null;
  }

  /** Why there is no answer, in one word; absent when there is nothing wrong. */
  @Nullable String error() {
    return error;
  }

  /** What the agent says to a person, in one line; empty for nothing. */
  String message() {
    return message.toString();
  }

  /** What the agent tells a person to type. */
  @Nullable String hint() {
    return hint;
  }

  /** The keys that {@code list} is answered with. */
  List<EntryKey> keys() {
    return keys;
  }

  /**
   * The entry that {@code get} is answered with.
   *
   * @param nobody the user name that stands for none where none was asked for
   * @return absent when there is none
   */
  @Nullable Entry entry(Identity where, @Nullable String nobody, long now) {
    if (secret == null) {
      return null;
    }
    EntryKey key = new EntryKey(where, user != null && user.equals(nobody) ? null : user);
    if (!key.isAnswerable()) {
      return null;
    }
    Secret found = authtype == null ? Secret.password(secret) : Secret.credential(authtype, secret);
    return Entry.of(key, found, now)
        .with(expiry == 0 ? null : new Expiry(expiry, Expiry.Source.AGENT), null);
  }

  /** Overwrites the secret with zeros. */
  void wipe() {
    if (secret != null) {
      Arrays.fill(secret, (byte) 0);
    }
  }
}
