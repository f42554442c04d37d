package io.github.gitcredentialpat.store.secretservice;

import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

// More than 400 lines: one method for each call of the Secret Service's interface that is used.
/**
 * The Secret Service API of freedesktop.org, version 0.2, with a plain session: the secret passes
 * over the person's own bus socket, whose other users may ask for the secret anyway.
 *
 * <p>Objects are named by their D-Bus paths. Nothing here asks a person but {@link #unlock}, {@link
 * #createItem}, {@link #createDefaultCollection} and {@link #delete}, and these only when they may.
 */
final class SecretService implements AutoCloseable {
  private static final String NAME = "org.freedesktop.secrets";
  private static final String PATH = "/org/freedesktop/secrets";
  private static final String SERVICE = "org.freedesktop.Secret.Service";
  private static final String COLLECTION = "org.freedesktop.Secret.Collection";
  private static final String ITEM = "org.freedesktop.Secret.Item";
  private static final String PROMPT = "org.freedesktop.Secret.Prompt";
  private static final String BUS = "org.freedesktop.DBus";
  private static final String PROPERTIES = "org.freedesktop.DBus.Properties";
  private static final String DEFAULT_COLLECTION = PATH + "/aliases/default";

  /** KeePassXC's other name on the bus. */
  private static final String KEEPASSXC = "org.keepassxc.KeePassXC.MainWindow";

  /** The path that stands for none. */
  private static final String NONE = "/";

  /** How long one look for the end of a prompt takes; the deadline may change meanwhile. */
  private static final long LOOK_MILLIS = 1_000;

  /** How long a prompt that asks nobody may take. */
  private static final long UNASKED_MILLIS = 1_000;

  private final BusConnection connection;
  private final Deadline deadline;
  private final boolean mayPrompt;
  private @Nullable String session;

  /** Calls that go out with the login, and that were not waited for yet; 0 for none. */
  private long defaultAsked;

  private long sessionAsked;
  private boolean watching;

  /** How a prompt ended. */
  private enum End {
    ACCEPTED,
    DISMISSED,
    UNANSWERED
  }

  /**
   * What a search found.
   *
   * @param unlocked the items whose secrets can be read
   * @param locked the items that are seen, but whose secrets cannot be read
   * @param closed a collection that the search could not look into; null when there is none
   */
  record Found(List<String> unlocked, List<String> locked, @Nullable String closed) {
    /** Whether something is left to unlock. */
    boolean hasLocked() {
      return !locked.isEmpty() || closed != null;
    }

    /** The objects that still have to be unlocked. */
    List<String> allLocked() {
      List<String> all = new ArrayList<>(locked);
      if (closed != null) {
        all.add(closed);
      }
      return all;
    }
  }

  private SecretService(BusConnection connection, Deadline deadline, boolean mayPrompt) {
    this.connection = connection;
    this.deadline = deadline;
    this.mayPrompt = mayPrompt;
  }

  /**
   * Connects to the bus at this address; whether there is a provider shows with the first call.
   *
   * @throws StoreException UNAVAILABLE when there is no bus
   */
  static SecretService open(String address, Deadline deadline, boolean mayPrompt)
      throws StoreException {
    BusConnection connection = BusConnection.open(address, deadline);
    SecretService service = new SecretService(connection, deadline, mayPrompt);
    try {
      // What every search asks first, and what every secret needs: in one flight with the login.
      service.defaultAsked = connection.post(service.whenMade(DEFAULT_COLLECTION));
      service.sessionAsked = connection.post(service.newSession());
      connection.login();
    } catch (StoreException e) {
      connection.close();
      throw e;
    }
    return service;
  }

  /** Sets whose entry the next calls are about, for the messages of failures. */
  void about(String subject) {
    connection.about(subject);
  }

  /**
   * The items that have these attributes, given as name, value, name, value. Nobody is asked: where
   * the default collection is closed and no other is open, nothing is searched.
   */
  Found search(String... attributes) throws StoreException {
    String closed = isClosed(DEFAULT_COLLECTION) ? defaultCollection() : null;
    if (closed != null && !isAnyOpen()) {
      return new Found(List.of(), List.of(), closed);
    }
    Object[] values = new Object[attributes.length + 1];
    values[0] = attributes.length / 2;
    System.arraycopy(attributes, 0, values, 1, attributes.length);
    BusMessage request = toService("SearchItems").append("a{ss}", values);
    try (BusMessage answer = connection.call(request, false)) {
      return new Found(readPaths(answer), readPaths(answer), closed);
    }
  }

  /**
   * Whether a collection is locked so tightly that it does not even tell when it was made: a
   * database of KeePassXC's whose file is not open. What it holds no search can see, and by default
   * KeePassXC has a search that finds every database closed wait until a person opened one. GNOME
   * Keyring and KWallet search locked collections as well, and say when these were made.
   */
  private boolean isClosed(String collection) throws StoreException {
    long asked = collection.equals(DEFAULT_COLLECTION) ? defaultAsked : 0;
    try {
      BusMessage answer;
      if (asked == 0) {
        answer = connection.callIfThere(whenMade(collection), false);
      } else {
        defaultAsked = 0;
        answer = connection.await(asked);
      }
      if (answer != null) {
        answer.close();
      }
      return false;
    } catch (StoreException e) {
      if (e.reason() == Reason.TIMEOUT) {
        throw e;
      }
      // Whatever else is wrong shows with the search.
      return e.reason() == Reason.LOCKED;
    }
  }

  private BusMessage whenMade(String collection) throws StoreException {
    return connection
        .request(NAME, collection, PROPERTIES, "Get")
        .append("ss", COLLECTION, "Created");
  }

  /** Whether the default collection is there and locked. */
  boolean isDefaultLocked() throws StoreException {
    BusMessage request =
        connection
            .request(NAME, DEFAULT_COLLECTION, PROPERTIES, "Get")
            .append("ss", COLLECTION, "Locked");
    BusMessage answer = connection.callIfThere(request, false);
    if (answer == null) {
      return false;
    }
    try (answer) {
      answer.enter('v', "b");
      return answer.readBoolean();
    }
  }

  private boolean isAnyOpen() throws StoreException {
    List<String> collections;
    BusMessage request =
        connection.request(NAME, PATH, PROPERTIES, "Get").append("ss", SERVICE, "Collections");
    try (BusMessage answer = connection.call(request, false)) {
      answer.enter('v', "ao");
      collections = readPaths(answer);
    }
    for (int i = 0; i < collections.size(); i++) {
      if (!isClosed(collections.get(i))) {
        return true;
      }
    }
    return false;
  }

  /** The attributes of an item of ours, null when it is gone. */
  @Nullable Attributes attributes(String item) throws StoreException {
    Map<String, String> all = allAttributes(item);
    return all == null ? null : new Attributes(all);
  }

  /** All attributes of an item by their names, null when it is gone. */
  @Nullable Map<String, String> allAttributes(String item) throws StoreException {
    return readAttributes(propertyOf(item, "Attributes"));
  }

  /** Asks for the attributes of an item; what comes back is for {@link #attributes(long)}. */
  long askAttributes(String item) throws StoreException {
    return connection.post(property(item, "Attributes"));
  }

  /** The attributes that were asked for, null when the item is gone. */
  @Nullable Attributes attributes(long asked) throws StoreException {
    Map<String, String> all = readAttributes(connection.await(asked));
    return all == null ? null : new Attributes(all);
  }

  private static @Nullable Map<String, String> readAttributes(@Nullable BusMessage answer)
      throws StoreException {
    if (answer == null) {
      return null;
    }
    try (answer) {
      Map<String, String> attributes = new HashMap<>();
      answer.enter('v', "a{ss}");
      answer.enter('a', "{ss}");
      for (String[] pair = answer.readPair(); pair != null; pair = answer.readPair()) {
        attributes.put(pair[0], pair[1]);
      }
      return attributes;
    }
  }

  /** When an item was changed last, in seconds since the epoch; 0 when it is gone. */
  long modifiedAt(String item) throws StoreException {
    BusMessage answer = propertyOf(item, "Modified");
    if (answer == null) {
      return 0;
    }
    try (answer) {
      answer.enter('v', "t");
      return answer.readLong();
    }
  }

  /** Whether an item is there and locked. */
  boolean isLocked(String item) throws StoreException {
    BusMessage answer = propertyOf(item, "Locked");
    if (answer == null) {
      return false;
    }
    try (answer) {
      answer.enter('v', "b");
      return answer.readBoolean();
    }
  }

  private @Nullable BusMessage propertyOf(String item, String name) throws StoreException {
    return connection.callIfThere(property(item, name), false);
  }

  private BusMessage property(String item, String name) throws StoreException {
    return connection.request(NAME, item, PROPERTIES, "Get").append("ss", ITEM, name);
  }

  /** The secrets of items, in their order; null for one that is gone or was locked meanwhile. */
  byte[] @Nullable [] secrets(List<String> items) throws StoreException {
    String ownSession = session();
    BusMessage request = toService("GetSecrets");
    request.appendPaths(items);
    request.append("o", ownSession);
    byte[][] secrets = new byte[items.size()][];
    try (BusMessage answer = connection.call(request, false)) {
      answer.keepSecret();
      answer.enter('a', "{o(oayays)}");
      while (answer.enter('e', "o(oayays)")) {
        int which = items.indexOf(answer.readText('o'));
        answer.enter('r', "oayays");
        answer.skip("oay");
        byte[] secret = answer.readBytes();
        answer.skip("s");
        answer.exit();
        answer.exit();
        if (which >= 0) {
          secrets[which] = secret;
        }
      }
    }
    return secrets;
  }

  /** The collection that new items belong in, null when there is none. */
  @Nullable String defaultCollection() throws StoreException {
    BusMessage request = toService("ReadAlias").append("s", "default");
    try (BusMessage answer = connection.call(request, false)) {
      String collection = answer.readText('o');
      return NONE.equals(collection) ? null : collection;
    }
  }

  /** Makes a collection that new items belong in; the person is asked for its password. */
  void createDefaultCollection() throws StoreException {
    BusMessage request =
        toService("CreateCollection")
            .append("a{sv}s", 1, COLLECTION + ".Label", "s", "Login", "default");
    String prompt;
    try (BusMessage answer = connection.call(request, true)) {
      answer.skip("o");
      prompt = answer.readText('o');
    }
    confirm(prompt);
  }

  /**
   * Makes an item.
   *
   * @param replace whether an item that has all of these attributes, and perhaps more, is replaced
   */
  void createItem(
      String collection, String label, String[] attributes, byte[] secret, boolean replace)
      throws StoreException {
    String ownSession = session();
    Object[] properties = new Object[7 + attributes.length];
    properties[0] = 2;
    properties[1] = ITEM + ".Label";
    properties[2] = "s";
    properties[3] = label;
    properties[4] = ITEM + ".Attributes";
    properties[5] = "a{ss}";
    properties[6] = attributes.length / 2;
    System.arraycopy(attributes, 0, properties, 7, attributes.length);
    BusMessage request =
        connection
            .request(NAME, collection, COLLECTION, "CreateItem")
            .append("a{sv}", properties)
            .appendSecret(ownSession, secret)
            .append("b", replace ? 1 : 0);
    String prompt;
    try (BusMessage answer = connection.call(request, true)) {
      answer.skip("o");
      prompt = answer.readText('o');
    }
    confirmCreation(prompt);
  }

  /** Gives an item another secret and keeps all else. Returns false when the item is gone. */
  boolean setSecret(String item, byte[] secret) throws StoreException {
    String ownSession = session();
    BusMessage request =
        connection.request(NAME, item, ITEM, "SetSecret").appendSecret(ownSession, secret);
    BusMessage answer = connection.callIfThere(request, true);
    if (answer == null) {
      return false;
    }
    answer.close();
    return true;
  }

  /** Deletes an item. Returns false when it was gone already. */
  boolean delete(String item) throws StoreException {
    BusMessage answer =
        connection.callIfThere(connection.request(NAME, item, ITEM, "Delete"), true);
    if (answer == null) {
      return false;
    }
    String prompt;
    try (answer) {
      prompt = answer.readText('o');
    }
    confirm(prompt);
    return true;
  }

  /**
   * Asks the person to unlock items or collections.
   *
   * @throws StoreException LOCKED when nobody is there to be asked, or the prompt was dismissed
   */
  void unlock(List<String> objects) throws StoreException {
    if (!mayPrompt) {
      throw BusFailure.locked(connection.subject(), "");
    }
    // What was answered before is no longer so.
    defaultAsked = 0;
    BusMessage request = toService("Unlock");
    request.appendPaths(objects);
    String prompt;
    try (BusMessage answer = connection.call(request, false)) {
      answer.skip("ao");
      prompt = answer.readText('o');
    }
    if (!NONE.equals(prompt) && !ask(prompt)) {
      throw BusFailure.locked(connection.subject(), ", its prompt was dismissed");
    }
  }

  /** Asks the person to confirm a change, if the provider wants that. */
  private void confirm(@Nullable String prompt) throws StoreException {
    if (NONE.equals(prompt)) {
      return;
    }
    if (!mayPrompt) {
      throw BusFailure.unasked(connection.subject());
    }
    if (!ask(prompt)) {
      throw BusFailure.dismissed(connection.subject());
    }
  }

  /**
   * KeePassXC returns a prompt for each new item, and with an open database that asks nobody; so it
   * is gone through even when nobody may be asked. One for deleting does ask.
   */
  private void confirmCreation(@Nullable String prompt) throws StoreException {
    if (mayPrompt || NONE.equals(prompt) || !isKeePassXc()) {
      confirm(prompt);
      return;
    }
    show(prompt);
    if (end(prompt, UNASKED_MILLIS) != End.ACCEPTED) {
      dismiss(prompt);
      throw BusFailure.unasked(connection.subject());
    }
  }

  private boolean isKeePassXc() throws StoreException {
    String provider = owner(NAME);
    return provider != null && provider.equals(owner(KEEPASSXC));
  }

  /** The connection behind a name; null when nobody has it. */
  private @Nullable String owner(String name) throws StoreException {
    BusMessage request =
        connection.request(BUS, "/org/freedesktop/DBus", BUS, "GetNameOwner").append("s", name);
    try (BusMessage answer = connection.call(request, false)) {
      return answer.readText('s');
    } catch (StoreException e) {
      if (e.reason() == Reason.UNAVAILABLE) {
        return null;
      }
      throw e;
    }
  }

  /** Shows a prompt and waits for its end. Returns whether the person agreed. */
  private boolean ask(String prompt) throws StoreException {
    deadline.promptShown();
    try {
      show(prompt);
      End end = end(prompt, Long.MAX_VALUE);
      if (end == End.UNANSWERED) {
        dismiss(prompt);
        throw BusFailure.locked(connection.subject(), ", nobody answered its prompt");
      }
      return end == End.ACCEPTED;
    } finally {
      deadline.restart();
    }
  }

  private void show(String prompt) throws StoreException {
    if (!watching) {
      // Once for all prompts: a connection may have 512 of these.
      match("interface='" + PROMPT + "',member='Completed'");
      match("interface='" + BUS + "',member='NameOwnerChanged',arg0='" + NAME + "'");
      watching = true;
    }
    BusMessage request = connection.request(NAME, prompt, PROMPT, "Prompt").append("s", "");
    connection.call(request, false).close();
  }

  /**
   * Waits for a prompt's end, for this long and within the deadline, which may change meanwhile.
   */
  private End end(String prompt, long millis) throws StoreException {
    long start = System.nanoTime();
    for (long left = millis; left > 0; left = millis - (System.nanoTime() - start) / 1_000_000) {
      left = Math.min(left, connection.limitMillis());
      if (left <= 0) {
        break;
      }
      BusMessage signal = connection.next(Math.min(left, LOOK_MILLIS));
      if (signal == null) {
        continue;
      }
      try (signal) {
        if (signal.isSignal(PROMPT, "Completed") && prompt.equals(signal.path())) {
          return signal.readBoolean() ? End.DISMISSED : End.ACCEPTED;
        }
        if (signal.isSignal(BUS, "NameOwnerChanged")) {
          throw BusFailure.locked(connection.subject(), ", it quit while asking");
        }
      }
    }
    return End.UNANSWERED;
  }

  private void dismiss(String prompt) throws StoreException {
    connection.send(connection.request(NAME, prompt, PROMPT, "Dismiss"));
  }

  private void match(String rule) throws StoreException {
    BusMessage request =
        connection
            .request(BUS, "/org/freedesktop/DBus", BUS, "AddMatch")
            .append("s", "type='signal'," + rule);
    connection.call(request, false).close();
  }

  private String session() throws StoreException {
    if (session == null) {
      long asked = sessionAsked == 0 ? connection.post(newSession()) : sessionAsked;
      sessionAsked = 0;
      BusMessage answer = connection.await(asked);
      if (answer == null) {
        throw BusFailure.noProvider();
      }
      try (answer) {
        answer.skip("v");
        session = answer.readText('o');
      }
    }
    return session;
  }

  private BusMessage newSession() throws StoreException {
    return toService("OpenSession").append("sv", "plain", "s", "");
  }

  private BusMessage toService(String method) throws StoreException {
    return connection.request(NAME, PATH, SERVICE, method);
  }

  private static List<String> readPaths(BusMessage message) throws StoreException {
    List<String> paths = new ArrayList<>(2);
    message.enter('a', "o");
    for (String path = message.readText('o'); path != null; path = message.readText('o')) {
      paths.add(path);
    }
    message.exit();
    return paths;
  }

  @Override
  public void close() {
    connection.close();
  }
}
