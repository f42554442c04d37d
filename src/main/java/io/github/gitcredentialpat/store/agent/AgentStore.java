package io.github.gitcredentialpat.store.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.secret.SecretBuffer;
import io.github.gitcredentialpat.store.Capacity;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that are stored elsewhere and answered by {@code git-credential-pat agent} over a Unix
 * socket: in a container, over ssh or in another WSL distribution. Only used when chosen; nothing
 * is kept here.
 *
 * <p>It has what git would get where the agent runs, for the organizations that the agent was
 * started for. What changes something is passed on, and the agent refuses it unless it was started
 * for that as well. Of an organization that it was not started for, it says so; any other host gets
 * nothing.
 *
 * <p>Who can read it: whoever may open the socket, while the agent runs.
 *
 * <p>Errors: {@code UNAVAILABLE} when nobody listens, and for what a read-only agent does not take;
 * {@code TIMEOUT} when the agent does not answer; {@code DENIED} when it, or the place of its
 * socket, is not to be trusted, or it refuses to answer.
 */
public final class AgentStore implements Store {
  /** What an answer has for a user where none is stored or asked for. */
  private static final String NOBODY = "pat";

  private final Environment surroundings;
  private final Path socket;
  private @Nullable String notice;

  /** A store that asks nobody until it is asked. */
  public AgentStore(Environment surroundings) {
    this.surroundings = surroundings;
    this.socket = AgentSocket.of(surroundings);
  }

  @Override
  public String name() {
    return "agent";
  }

  @Override
  public Capacity capacity() {
    return new Capacity(false, Capacity.LONGEST_LINE, 0);
  }

  @Override
  public boolean fetches() {
    return true;
  }

  @Override
  public String location() {
    return "the agent at " + socket + ", asked each time";
  }

  @Override
  public String readers() {
    return "whoever may open the socket, while the agent runs";
  }

  @Override
  public List<Entry> find(Identity where) throws StoreException {
    return find(where, null, new ArrayList<>(0));
  }

  @Override
  public List<Entry> find(Identity where, @Nullable String user) throws StoreException {
    return find(where, user, new ArrayList<>(0));
  }

  @Override
  public List<Entry> find(Identity where, List<StoreException> unread) throws StoreException {
    return find(where, null, unread);
  }

  @Override
  public List<Entry> find(Identity where, @Nullable String user, List<StoreException> unread)
      throws StoreException {
    notice = null;
    List<Entry> found = new ArrayList<>(1);
    if (where.path() != null) {
      get(where, user, found, unread);
      return found;
    }
    // All of a host: git asks with the path that the agent has it under.
    List<EntryKey> keys = keys(where);
    for (int i = 0; i < keys.size(); i++) {
      get(keys.get(i).identity(), keys.get(i).user(), found, unread);
    }
    return found;
  }

  private void get(
      Identity where, @Nullable String user, List<Entry> found, List<StoreException> unread)
      throws StoreException {
    AgentAnswer answer = ask("get", where, user, null);
    if (answer.error() != null) {
      if (answer.error().equals("organization") && !where.isOrganization()) {
        return;
      }
      throw problem(answer);
    }
    Entry entry = answer.entry(where, user == null ? NOBODY : null, now());
    if (entry != null) {
      found.add(entry);
      notice = answer.message().isEmpty() ? null : "agent: " + answer.message();
    } else if (!answer.message().isEmpty()) {
      StoreException why = new StoreException(Reason.FAILED, answer.message());
      unread.add(why.withHint(answer.hint()));
    }
  }

  @Override
  public @Nullable String notice() {
    return notice;
  }

  /** The keys of what the agent answers; it reads no secret for that. */
  @Override
  public List<EntryKey> list() throws StoreException {
    return keys(null);
  }

  private List<EntryKey> keys(@Nullable Identity where) throws StoreException {
    AgentAnswer answer = ask("list", where, null, null);
    if (answer.error() != null) {
      if (where != null && answer.error().equals("organization")) {
        return List.of();
      }
      throw problem(answer);
    }
    return answer.keys();
  }

  /**
   * Passes on what is new: that a server refused the token, or another token. What the agent has
   * already it is not told again, for git says so of each that worked.
   */
  @Override
  public void save(Entry entry) throws StoreException {
    Identity where = entry.key().identity();
    if (entry.setAsideAt() != 0) {
      change("erase", where, entry);
      return;
    }
    List<Entry> known = find(where, entry.key().user());
    boolean isKnown = !known.isEmpty() && known.get(0).secret().sameAs(entry.secret());
    wipe(known);
    if (!isKnown) {
      change("store", where, entry);
    }
  }

  @Override
  public boolean delete(EntryKey key) throws StoreException {
    List<Entry> known = find(key.identity(), key.user());
    boolean isKnown = !known.isEmpty();
    wipe(known);
    if (isKnown) {
      AgentAnswer answer = ask("erase", key.identity(), key.user(), null);
      if (answer.error() != null) {
        throw problem(answer);
      }
    }
    return isKnown;
  }

  private void change(String operation, Identity where, Entry entry) throws StoreException {
    AgentAnswer answer = ask(operation, where, entry.key().user(), entry);
    if (answer.error() != null) {
      throw problem(answer);
    }
  }

  private static void wipe(List<Entry> entries) {
    for (int i = 0; i < entries.size(); i++) {
      entries.get(i).wipe();
    }
  }

  private static StoreException problem(AgentAnswer answer) {
    answer.wipe();
    String said = answer.message().isEmpty() ? "the agent refused" : answer.message();
    Reason reason =
        switch (answer.error()) {
          case "organization", "user" -> Reason.DENIED;
          case "read-only" -> Reason.UNAVAILABLE;
          case "busy", "late" -> Reason.TIMEOUT;
          default -> Reason.FAILED;
        };
    StoreException problem = new StoreException(reason, said);
    return problem.withHint(answer.hint());
  }

  private AgentAnswer ask(
      String operation, @Nullable Identity where, @Nullable String user, @Nullable Entry entry)
      throws StoreException {
    if (!Files.exists(socket)) {
      throw new StoreException(
              Reason.UNAVAILABLE,
              "no agent at " + socket + "; start it where the tokens are stored")
          .withHint("git-credential-pat agent --for ORG");
    }
    try {
      String distrust = AgentSocket.distrust(socket, surroundings);
      if (distrust != null) {
        throw new StoreException(
            Reason.DENIED, "not asking the agent at " + socket + ": " + distrust);
      }
    } catch (IOException e) {
      throw new StoreException(Reason.DENIED, "cannot tell whose socket " + socket + " is", e);
    }
    byte[] answer = null;
    try (SecretBuffer question = question(operation, where, user, entry)) {
      answer = new AgentCall(socket, surroundings.deadline()).answerTo(question);
      return new AgentAnswer(answer);
    } finally {
      if (answer != null) {
        Arrays.fill(answer, (byte) 0);
      }
    }
  }

  private static SecretBuffer question(
      String operation, @Nullable Identity where, @Nullable String user, @Nullable Entry entry)
      throws StoreException {
    SecretBuffer question = new SecretBuffer();
    question.add(operation).add("\n");
    if (where != null) {
      line(question, "protocol", where.protocol());
      line(question, "host", where.host());
      line(question, "path", where.path());
    }
    line(question, "username", user);
    if (entry == null) {
      // What is stored with another scheme is answered as such.
      line(question, "capability[]", "authtype");
    } else {
      Secret secret = entry.secret();
      line(question, "authtype", secret.authtype());
      line(question, secret.authtype() == null ? "password" : "credential", secret.bytes());
      Expiry expiry = entry.expiry();
      if (expiry != null && expiry.source() == Expiry.Source.GIT) {
        line(question, "password_expiry_utc", Long.toString(expiry.at()));
      }
    }
    return question.add("\n");
  }

  private static void line(SecretBuffer question, String key, @Nullable String value)
      throws StoreException {
    if (value != null) {
      line(question, key, value.getBytes(UTF_8));
    }
  }

  private static void line(SecretBuffer question, String key, byte[] value) throws StoreException {
    for (byte b : value) {
      if (b == '\n' || b == '\r' || b == 0) {
        throw new StoreException(Reason.FAILED, "the " + key + " is longer than one line");
      }
    }
    question.add(key).add("=").add(value).add("\n");
  }

  private static long now() {
    return System.currentTimeMillis() / 1000;
  }
}
