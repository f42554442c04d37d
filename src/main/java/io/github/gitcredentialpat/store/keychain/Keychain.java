package io.github.gitcredentialpat.store.keychain;

import com.sun.jna.Pointer;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Entries as items of the keychain; {@link KeychainStore} says how they are laid out. */
final class Keychain {
  /** "gcpt" as four characters in one number, which marks our items. */
  private static final int CREATOR = 0x67637074;

  private final SecurityFramework framework;

  Keychain(SecurityFramework framework) {
    this.framework = framework;
  }

  /** From now on no call shows a dialog. */
  void neverAsk() {
    framework.SecKeychainSetUserInteractionAllowed((byte) 0);
  }

  /** Opens the default keychain, to which new items go, with a dialog where it is locked. */
  void unlock() throws StoreException {
    check(framework.SecKeychainUnlock(), "your entries");
  }

  /** The keys of all our items, or of those of one host; reads no secret. */
  List<EntryKey> keys(@Nullable Identity where) throws StoreException {
    List<EntryKey> keys = new ArrayList<>();
    try (CoreFoundationObjects objects = new CoreFoundationObjects(framework)) {
      Pointer query = ours(objects);
      if (where != null) {
        set(query, "kSecAttrServer", objects.string(server(where)));
      }
      set(query, "kSecReturnAttributes", framework.kCFBooleanTrue());
      set(query, "kSecMatchLimit", framework.kSec("kSecMatchLimitAll"));
      Pointer items = match(query, objects, where == null ? "all entries" : where.display());
      if (items == null) {
        return keys;
      }
      Pointer name = framework.kSec("kSecAttrSecurityDomain");
      long count = framework.CFArrayGetCount(items);
      for (long i = 0; i < count; i++) {
        Pointer attributes = framework.CFArrayGetValueAtIndex(items, i);
        String text =
            CoreFoundationObjects.text(framework, framework.CFDictionaryGetValue(attributes, name));
        EntryKey key = text == null ? null : ItemName.parse(text);
        // The same item may lie in two keychains of the search list.
        if (key != null && !keys.contains(key)) {
          keys.add(key);
        }
      }
    }
    return keys;
  }

  /** An item's secret; absent when there is no such item. The caller wipes it. */
  byte @Nullable [] secret(EntryKey key) throws StoreException {
    try (CoreFoundationObjects objects = new CoreFoundationObjects(framework)) {
      Pointer query = exactly(key, objects);
      set(query, "kSecReturnData", framework.kCFBooleanTrue());
      Pointer data = match(query, objects, key.identity().display());
      return data == null ? null : objects.secretOf(data);
    }
  }

  /** Adds an item. Returns false when there is one with this key. */
  boolean add(EntryKey key, byte[] secret) throws StoreException {
    Identity identity = key.identity();
    try (CoreFoundationObjects objects = new CoreFoundationObjects(framework)) {
      Pointer item = exactly(key, objects);
      set(item, "kSecAttrLabel", objects.string("git-credential-pat: " + identity.display()));
      if (key.user() != null) {
        set(item, "kSecAttrAccount", objects.string(key.user()));
      }
      if (identity.path() != null) {
        set(item, "kSecAttrPath", objects.string(identity.path()));
      }
      String host = identity.host();
      int port = ItemName.portStart(host);
      if (port < host.length()) {
        set(item, "kSecAttrPort", objects.number(Integer.parseInt(host.substring(port + 1))));
      }
      if (identity.protocol().equals("https")) {
        set(item, "kSecAttrProtocol", framework.kSec("kSecAttrProtocolHTTPS"));
      } else if (identity.protocol().equals("http")) {
        set(item, "kSecAttrProtocol", framework.kSec("kSecAttrProtocolHTTP"));
      }
      set(item, "kSecValueData", objects.secret(secret));
      int status = framework.SecItemAdd(item);
      if (status == KeychainFailure.DUPLICATE) {
        return false;
      }
      check(status, identity.display());
      return true;
    }
  }

  /** Gives an item another secret. Returns false when there is no such item. */
  boolean update(EntryKey key, byte[] secret) throws StoreException {
    try (CoreFoundationObjects objects = new CoreFoundationObjects(framework)) {
      Pointer query = exactly(key, objects);
      Pointer changes = objects.dictionary();
      set(changes, "kSecValueData", objects.secret(secret));
      return isFound(framework.SecItemUpdate(query, changes), key.identity().display());
    }
  }

  /** Deletes an item. Returns false when there is no such item. */
  boolean delete(EntryKey key) throws StoreException {
    try (CoreFoundationObjects objects = new CoreFoundationObjects(framework)) {
      return isFound(framework.SecItemDelete(exactly(key, objects)), key.identity().display());
    }
  }

  // --- items of other programs ---

  /** The attributes of an item, without its secret. */
  interface Item {
    /** An attribute that is text, by its name in C; null when it has none. */
    @Nullable String text(String attribute);

    /** An attribute that is a number; 0 when it has none. */
    int number(String attribute);

    /** Whether a text attribute has the value of that constant. */
    boolean is(String attribute, String constant);

    /** The attributes that identify exactly this item. */
    byte[] reference();
  }

  /** Shows all items of a class, such as {@code kSecClassGenericPassword}, that are not ours. */
  void foreign(String itemClass, Consumer<Item> visitor) throws StoreException {
    try (CoreFoundationObjects objects = new CoreFoundationObjects(framework)) {
      Pointer query = objects.dictionary();
      set(query, "kSecClass", framework.kSec(itemClass));
      set(query, "kSecReturnAttributes", framework.kCFBooleanTrue());
      set(query, "kSecReturnPersistentRef", framework.kCFBooleanTrue());
      set(query, "kSecMatchLimit", framework.kSec("kSecMatchLimitAll"));
      Pointer items = match(query, objects, "other programs' entries");
      long count = items == null ? 0 : framework.CFArrayGetCount(items);
      for (long i = 0; i < count; i++) {
        Attributes item = new Attributes(framework.CFArrayGetValueAtIndex(items, i));
        if (item.number("kSecAttrCreator") != CREATOR) {
          visitor.accept(item);
        }
      }
    }
  }

  /** The secret of one of them; absent when it is gone. The caller wipes it. */
  byte @Nullable [] foreignSecret(String itemClass, byte[] reference, String subject)
      throws StoreException {
    try (CoreFoundationObjects objects = new CoreFoundationObjects(framework)) {
      Pointer query = objects.dictionary();
      set(query, "kSecClass", framework.kSec(itemClass));
      set(query, "kSecValuePersistentRef", objects.data(reference));
      set(query, "kSecReturnData", framework.kCFBooleanTrue());
      Pointer data = match(query, objects, subject);
      return data == null ? null : objects.secretOf(data);
    }
  }

  /** Deletes one of them. Returns false when it is gone. */
  boolean deleteForeign(String itemClass, byte[] reference, String subject) throws StoreException {
    try (CoreFoundationObjects objects = new CoreFoundationObjects(framework)) {
      Pointer query = objects.dictionary();
      set(query, "kSecClass", framework.kSec(itemClass));
      // SecItemDelete takes a reference on macOS in a list only.
      set(query, "kSecMatchItemList", objects.array(objects.data(reference)));
      return isFound(framework.SecItemDelete(query), subject);
    }
  }

  private final class Attributes implements Item {
    private final Pointer dictionary;

    Attributes(Pointer dictionary) {
      this.dictionary = dictionary;
    }

    private @Nullable Pointer value(String attribute) {
      return framework.CFDictionaryGetValue(dictionary, framework.kSec(attribute));
    }

    @Override
    public @Nullable String text(String attribute) {
      return CoreFoundationObjects.text(framework, value(attribute));
    }

    @Override
    public int number(String attribute) {
      return CoreFoundationObjects.number(framework, value(attribute));
    }

    @Override
    public boolean is(String attribute, String constant) {
      String value = text(attribute);
      return value != null
          && value.equals(CoreFoundationObjects.text(framework, framework.kSec(constant)));
    }

    @Override
    public byte[] reference() {
      Pointer data = value("kSecValuePersistentRef");
      int length = data == null ? 0 : Math.toIntExact(framework.CFDataGetLength(data));
      return length == 0 ? new byte[0] : framework.CFDataGetBytePtr(data).getByteArray(0, length);
    }
  }

  // --- ours ---

  /** A query for all of our items. */
  private Pointer ours(CoreFoundationObjects objects) {
    Pointer query = objects.dictionary();
    set(query, "kSecClass", framework.kSec("kSecClassInternetPassword"));
    set(query, "kSecAttrCreator", objects.number(CREATOR));
    return query;
  }

  /** A query for one item; nothing in it is ever empty, for what is empty matches anything. */
  private Pointer exactly(EntryKey key, CoreFoundationObjects objects) {
    Pointer query = ours(objects);
    set(query, "kSecAttrServer", objects.string(server(key.identity())));
    set(query, "kSecAttrSecurityDomain", objects.string(ItemName.of(key)));
    return query;
  }

  private static String server(Identity identity) {
    String host = identity.host();
    return host.substring(0, ItemName.portStart(host));
  }

  private void set(Pointer dictionary, String key, Pointer value) {
    framework.CFDictionarySetValue(dictionary, framework.kSec(key), value);
  }

  /** The result of a query, released with the other objects; null when there is none. */
  private @Nullable Pointer match(Pointer query, CoreFoundationObjects objects, String subject)
      throws StoreException {
    long[] result = new long[1];
    int status = framework.SecItemCopyMatching(query, result);
    Pointer found = result[0] == 0 ? null : objects.own(new Pointer(result[0]));
    return isFound(status, subject) ? found : null;
  }

  private boolean isFound(int status, String subject) throws StoreException {
    if (status == KeychainFailure.NOT_FOUND) {
      return false;
    }
    check(status, subject);
    return true;
  }

  private void check(int status, String subject) throws StoreException {
    if (status == KeychainFailure.SUCCESS) {
      return;
    }
    Pointer message = framework.SecCopyErrorMessageString(status);
    String text = CoreFoundationObjects.text(framework, message);
    if (message != null) {
      framework.CFRelease(message);
    }
    throw KeychainFailure.of(status, text, subject);
  }
}
