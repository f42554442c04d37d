package io.github.gitcredentialpat.command.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.gitcredentialpat.command.agent.Reply.Refusal;
import io.github.gitcredentialpat.http.JsonTrees;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.identity.Resolution;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.protocol.Request;
import io.github.gitcredentialpat.secret.SecretBuffer;
import io.github.gitcredentialpat.tokens.Wording;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Decides what a client gets, and asks this program for it. */
final class Answerer {
  /** What of git's attributes goes out: neither a refresh token nor a state. */
  private static final List<String> ATTRIBUTES =
      List.of(
          "username=",
          "password=",
          "password_expiry_utc=",
          "authtype=",
          "credential=",
          "capability[]=authtype");

  private static final String SAID = "git-credential-pat: ";
  private static final String HINT = "hint: ";

  private final Grant grant;
  private final Helper helper;

  Answerer(Grant grant, Helper helper) {
    this.grant = grant;
    this.helper = helper;
  }

  /** What a message is about, for the log: the operation, and whose token. */
  String describe(ClientMessage message) {
    Request request = message.request();
    Resolution whose = whose(request);
    String place =
        whose == null
            ? ""
            : whose.isAzure()
                ? " " + whose.identity().display()
                : " " + request.protocol() + "://" + request.host();
    return message.operation() + place;
  }

  private static @Nullable Resolution whose(Request request) {
    boolean isNamed =
        request.protocol() != null
            && !request.protocol().isEmpty()
            && request.host() != null
            && !request.host().isEmpty();
    return isNamed
        ? Resolution.resolve(request.protocol(), request.host(), request.path(), request.username())
        : null;
  }

  /** Answers a message of somebody who may ask. */
  Reply answer(ClientMessage message) throws IOException {
    if (message.operation().equals(ClientMessage.LIST)) {
      return list(message.request());
    }
    Resolution whose = whose(message.request());
    if (whose == null) {
      return Reply.refused(Refusal.REQUEST, "the request names no protocol or no host", null);
    }
    if (whose.kind() == Resolution.Kind.UNKNOWN_ORGANIZATION) {
      return Reply.refused(
          Refusal.ORGANIZATION,
          "git did not say which organization of " + message.request().host() + " it needs",
          Wording.USE_HTTP_PATH);
    }
    if (!grant.covers(whose)) {
      return Reply.refused(
          Refusal.ORGANIZATION, "the agent answers for " + grant.describe() + " only", null);
    }
    if (message.operation().equals(ClientMessage.GET)) {
      return get(message);
    }
    if (!grant.writable()) {
      boolean isStore = message.operation().equals(ClientMessage.STORE);
      return Reply.refused(
          Refusal.READ_ONLY,
          "the agent is read only; "
              + Wording.secretOf(whose)
              + (isStore ? " is not stored" : " stays as it is"),
          null);
    }
    return change(message);
  }

  private Helper.@Nullable Run run(ClientMessage message) throws IOException {
    byte[] request;
    try (SecretBuffer text = message.forHelper()) {
      request = text.bytes();
    }
    try {
      return helper.run(List.of(message.operation()), request);
    } finally {
      Arrays.fill(request, (byte) 0);
    }
  }

  private Reply get(ClientMessage message) throws IOException {
    Helper.Run run = run(message);
    if (run == null) {
      return Reply.busy();
    }
    byte[] output = run.output();
    try {
      if (!run.hasEnded()) {
        return late();
      }
      Reply reply = new Reply();
      boolean isAnswered = false;
      int start = 0;
      for (int end = lineEnd(output, start); end > start; end = lineEnd(output, start)) {
        byte[] line = Arrays.copyOfRange(output, start, end);
        if (isAttribute(line)) {
          reply.line(line);
          isAnswered |= startsWith(line, "password=") || startsWith(line, "credential=");
        }
        Arrays.fill(line, (byte) 0);
        start = end + 1;
      }
      passOn(run.errors(), reply);
      return reply.withOutcome(isAnswered ? "answered" : "no token");
    } finally {
      Arrays.fill(output, (byte) 0);
    }
  }

  private Reply change(ClientMessage message) throws IOException {
    Helper.Run run = run(message);
    if (run == null) {
      return Reply.busy();
    }
    if (!run.hasEnded()) {
      return late();
    }
    if (!run.hasSucceeded()) {
      Reply reply = Reply.refused(Refusal.FAILED, "it could not be done", null);
      passOn(run.errors(), reply);
      return reply;
    }
    Reply reply = new Reply();
    passOn(run.errors(), reply);
    return reply.withOutcome("done");
  }

  private static Reply late() {
    return Reply.refused(Refusal.LATE, "the agent's stores did not answer in time", null);
  }

  /** The keys of what is stored, without any secret. */
  private Reply list(Request request) throws IOException {
    String protocol = request.protocol() == null ? null : lower(request.protocol());
    String host = request.host() == null ? null : lower(request.host());
    if (host != null && (protocol == null || !grant.reaches(protocol, host))) {
      return Reply.refused(
          Refusal.ORGANIZATION, "the agent answers for " + grant.describe() + " only", null);
    }
    Helper.Run run = helper.run(List.of("list", "--json"), new byte[0]);
    if (run == null) {
      return Reply.busy();
    }
    if (!run.hasEnded()) {
      return late();
    }
    ObjectNode listed = JsonTrees.object(new String(run.output(), UTF_8));
    if (listed == null) {
      Reply reply = Reply.refused(Refusal.FAILED, "the tokens cannot be listed", null);
      passOn(run.errors(), reply);
      return reply;
    }
    Reply reply = new Reply();
    int keys = 0;
    for (JsonNode entry : listed.path("entries")) {
      String path = JsonTrees.text(entry, "path");
      Identity identity =
          new Identity(
              JsonTrees.text(entry, "protocol"),
              JsonTrees.text(entry, "host"),
              path.isEmpty() ? null : path);
      String user = JsonTrees.text(entry, "user");
      boolean isWanted =
          host == null || (identity.host().equals(host) && identity.protocol().equals(protocol));
      if (isWanted && grant.covers(identity) && isPlain(identity + user)) {
        reply.line("protocol", identity.protocol());
        reply.line("host", identity.host());
        if (identity.path() != null) {
          reply.line("path", identity.path());
        }
        if (!user.isEmpty()) {
          reply.line("username", user);
        }
        reply.endBlock();
        keys++;
      }
    }
    return reply.withOutcome(keys + " listed");
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  private static boolean isPlain(String text) {
    return Console.harmless(text).equals(text);
  }

  /** Hands on what this program said to a person. */
  private static void passOn(String errors, Reply reply) {
    errors
        .lines()
        .forEach(
            line -> {
              if (line.startsWith(SAID)) {
                reply.message(line.substring(SAID.length()));
              } else if (line.startsWith(HINT)) {
                reply.hint(line.substring(HINT.length()));
              }
            });
  }

  private static int lineEnd(byte[] text, int start) {
    int end = start;
    while (end < text.length && text[end] != '\n') {
      end++;
    }
    return end;
  }

  private static boolean isAttribute(byte[] line) {
    return ATTRIBUTES.stream().anyMatch(attribute -> startsWith(line, attribute));
  }

  private static boolean startsWith(byte[] line, String beginning) {
    byte[] first = beginning.getBytes(UTF_8);
    return line.length >= first.length
        && Arrays.equals(line, 0, first.length, first, 0, first.length);
  }
}
