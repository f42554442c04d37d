package io.github.gitcredentialpat.store.keychain;

import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The CoreFoundation objects of one call to the keychain: made or taken over here, and released
 * together when it is closed, secrets overwritten.
 */
final class CoreFoundationObjects implements AutoCloseable {
  private final SecurityFramework framework;
  private final List<Pointer> owned = new ArrayList<>();
  private @Nullable Pointer secret;

  CoreFoundationObjects(SecurityFramework framework) {
    this.framework = framework;
  }

  /** An empty dictionary. */
  Pointer dictionary() {
    return own(framework.CFDictionaryCreateMutable());
  }

  Pointer string(String text) {
    return own(
        framework.CFStringCreateWithBytes(
            text.getBytes(StandardCharsets.UTF_8), SecurityFramework.kCFStringEncodingUTF8));
  }

  Pointer number(int value) {
    return own(framework.CFNumberCreate(SecurityFramework.kCFNumberSInt32Type, new int[] {value}));
  }

  /** Bytes that are no secret. */
  Pointer data(byte[] bytes) {
    return own(framework.CFDataCreate(bytes));
  }

  Pointer array(Pointer value) {
    return own(framework.CFArrayCreate(new Pointer[] {value}));
  }

  /** The one secret of the call: written straight into the object, so that no copy is left. */
  Pointer secret(byte[] bytes) {
    Pointer data = own(framework.CFDataCreateMutable(bytes.length));
    framework.CFDataSetLength(data, bytes.length);
    framework.CFDataGetMutableBytePtr(data).write(0, bytes, 0, bytes.length);
    secret = data;
    return data;
  }

  /** Takes over an object that a Create or Copy function returned. */
  Pointer own(@Nullable Pointer object) {
    if (object == null) {
      throw new OutOfMemoryError("CoreFoundation made no object");
    }
    owned.add(object);
    return object;
  }

  /** The bytes of a data object that was taken over; its own are overwritten at the end. */
  byte[] secretOf(Pointer data) {
    secret = data;
    int length = Math.toIntExact(framework.CFDataGetLength(data));
    return length == 0 ? new byte[0] : framework.CFDataGetBytePtr(data).getByteArray(0, length);
  }

  /** The value of a number object; 0 when it is none. */
  static int number(SecurityFramework framework, @Nullable Pointer object) {
    int[] value = new int[1];
    if (object != null && framework.CFGetTypeID(object) == framework.CFNumberGetTypeID()) {
      framework.CFNumberGetValue(object, SecurityFramework.kCFNumberSInt32Type, value);
    }
    return value[0];
  }

  /** The text of a string object; null when it is none. */
  static @Nullable String text(SecurityFramework framework, @Nullable Pointer object) {
    if (object == null || framework.CFGetTypeID(object) != framework.CFStringGetTypeID()) {
      return null;
    }
    // A UTF-16 unit is at most three bytes of UTF-8.
    int most = Math.toIntExact(3 * framework.CFStringGetLength(object) + 1);
    byte[] buffer = new byte[most];
    if (framework.CFStringGetCString(object, buffer, SecurityFramework.kCFStringEncodingUTF8)
        == 0) {
      return null;
    }
    int end = 0;
    while (buffer[end] != 0) {
      end++;
    }
    return new String(buffer, 0, end, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    if (secret != null) {
      long length = framework.CFDataGetLength(secret);
      if (length > 0) {
        // The object is ours alone, and would be freed as it is.
        framework.CFDataGetBytePtr(secret).setMemory(0, length, (byte) 0);
      }
    }
    for (int i = owned.size() - 1; i >= 0; i--) {
      framework.CFRelease(owned.get(i));
    }
    owned.clear();
  }
}
