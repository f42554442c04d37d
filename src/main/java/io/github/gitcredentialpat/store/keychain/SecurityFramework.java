package io.github.gitcredentialpat.store.keychain;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The part of macOS's Security and CoreFoundation frameworks that keeps passwords, under its own
 * names. Results are what C returns, and nothing is decided here.
 *
 * <p>What a function with Create or Copy in its name returns belongs to the caller, who releases
 * it; what one with Get returns does not, nor do constants. {@code CFIndex} and the enumerations
 * that are based on it are {@code long}, {@code Boolean} is a byte, {@code OSStatus} an int. A
 * {@code byte[]} is copied for the time of the call, so it must not hold a secret.
 */
@SuppressWarnings("MemberName") // The names are C's.
final class SecurityFramework {
  static final int kCFStringEncodingUTF8 = 0x08000100;
  static final long kCFNumberSInt32Type = 3;

  private final NativeLibrary security;
  private final NativeLibrary coreFoundation;

  /**
   * Loads both libraries.
   *
   * @throws UnsatisfiedLinkError when one is missing
   */
  SecurityFramework(String securityPath, String coreFoundationPath) {
    security = NativeLibrary.getInstance(securityPath);
    coreFoundation = NativeLibrary.getInstance(coreFoundationPath);
  }

  /** An object that Security exports in a variable, such as {@code kSecClass}. */
  Pointer kSec(String name) {
    return security.getGlobalVariableAddress(name).getPointer(0);
  }

  Pointer kCFBooleanTrue() {
    return coreFoundation.getGlobalVariableAddress("kCFBooleanTrue").getPointer(0);
  }

  int SecItemAdd(Pointer attributes) {
    return security("SecItemAdd").invokeInt(new Object[] {attributes, null});
  }

  int SecItemUpdate(Pointer query, Pointer attributesToUpdate) {
    return security("SecItemUpdate").invokeInt(new Object[] {query, attributesToUpdate});
  }

  /** {@code result} has one element, for the address of an object that the caller releases. */
  int SecItemCopyMatching(Pointer query, long[] result) {
    return security("SecItemCopyMatching").invokeInt(new Object[] {query, result});
  }

  int SecItemDelete(Pointer query) {
    return security("SecItemDelete").invokeInt(new Object[] {query});
  }

  @Nullable Pointer SecCopyErrorMessageString(int status) {
    return security("SecCopyErrorMessageString").invokePointer(new Object[] {status, null});
  }

  /** Whether the calls of this process may show a dialog. Deprecated, and without a successor. */
  int SecKeychainSetUserInteractionAllowed(byte state) {
    return security("SecKeychainSetUserInteractionAllowed").invokeInt(new Object[] {state});
  }

  /** Opens the default keychain, with a dialog where it is locked and one may be shown. */
  int SecKeychainUnlock() {
    return security("SecKeychainUnlock").invokeInt(new Object[] {null, 0, null, (byte) 0});
  }

  void CFRelease(Pointer object) {
    coreFoundation("CFRelease").invokeVoid(new Object[] {object});
  }

  long CFGetTypeID(Pointer object) {
    return coreFoundation("CFGetTypeID").invokeLong(new Object[] {object});
  }

  long CFStringGetTypeID() {
    return coreFoundation("CFStringGetTypeID").invokeLong(new Object[] {});
  }

  @Nullable Pointer CFStringCreateWithBytes(byte[] bytes, int encoding) {
    byte isExternalRepresentation = 0;
    return coreFoundation("CFStringCreateWithBytes")
        .invokePointer(
            new Object[] {null, bytes, (long) bytes.length, encoding, isExternalRepresentation});
  }

  /** In UTF-16 units. */
  long CFStringGetLength(Pointer string) {
    return coreFoundation("CFStringGetLength").invokeLong(new Object[] {string});
  }

  byte CFStringGetCString(Pointer string, byte[] buffer, int encoding) {
    return (byte)
        coreFoundation("CFStringGetCString")
            .invokeInt(new Object[] {string, buffer, (long) buffer.length, encoding});
  }

  @Nullable Pointer CFNumberCreate(long type, int[] value) {
    return coreFoundation("CFNumberCreate").invokePointer(new Object[] {null, type, value});
  }

  long CFNumberGetTypeID() {
    return coreFoundation("CFNumberGetTypeID").invokeLong(new Object[] {});
  }

  byte CFNumberGetValue(Pointer number, long type, int[] value) {
    return (byte) coreFoundation("CFNumberGetValue").invokeInt(new Object[] {number, type, value});
  }

  @Nullable Pointer CFDataCreate(byte[] bytes) {
    return coreFoundation("CFDataCreate")
        .invokePointer(new Object[] {null, bytes, (long) bytes.length});
  }

  /** An array that retains its values. */
  @Nullable Pointer CFArrayCreate(Pointer[] values) {
    Pointer callBacks = coreFoundation.getGlobalVariableAddress("kCFTypeArrayCallBacks");
    return coreFoundation("CFArrayCreate")
        .invokePointer(new Object[] {null, values, (long) values.length, callBacks});
  }

  @Nullable Pointer CFDataCreateMutable(long capacity) {
    return coreFoundation("CFDataCreateMutable").invokePointer(new Object[] {null, capacity});
  }

  void CFDataSetLength(Pointer data, long length) {
    coreFoundation("CFDataSetLength").invokeVoid(new Object[] {data, length});
  }

  long CFDataGetLength(Pointer data) {
    return coreFoundation("CFDataGetLength").invokeLong(new Object[] {data});
  }

  Pointer CFDataGetBytePtr(Pointer data) {
    return coreFoundation("CFDataGetBytePtr").invokePointer(new Object[] {data});
  }

  Pointer CFDataGetMutableBytePtr(Pointer data) {
    return coreFoundation("CFDataGetMutableBytePtr").invokePointer(new Object[] {data});
  }

  /** An empty dictionary that retains its keys and values. */
  @Nullable Pointer CFDictionaryCreateMutable() {
    Pointer keys = coreFoundation.getGlobalVariableAddress("kCFTypeDictionaryKeyCallBacks");
    Pointer values = coreFoundation.getGlobalVariableAddress("kCFTypeDictionaryValueCallBacks");
    return coreFoundation("CFDictionaryCreateMutable")
        .invokePointer(new Object[] {null, 0L, keys, values});
  }

  void CFDictionarySetValue(Pointer dictionary, Pointer key, Pointer value) {
    coreFoundation("CFDictionarySetValue").invokeVoid(new Object[] {dictionary, key, value});
  }

  @Nullable Pointer CFDictionaryGetValue(Pointer dictionary, Pointer key) {
    return coreFoundation("CFDictionaryGetValue").invokePointer(new Object[] {dictionary, key});
  }

  long CFArrayGetCount(Pointer array) {
    return coreFoundation("CFArrayGetCount").invokeLong(new Object[] {array});
  }

  Pointer CFArrayGetValueAtIndex(Pointer array, long index) {
    return coreFoundation("CFArrayGetValueAtIndex").invokePointer(new Object[] {array, index});
  }

  private Function security(String name) {
    return security.getFunction(name);
  }

  private Function coreFoundation(String name) {
    return coreFoundation.getFunction(name);
  }
}
