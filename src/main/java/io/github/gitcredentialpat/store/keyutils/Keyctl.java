package io.github.gitcredentialpat.store.keyutils;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's key service (keyrings(7)) through libkeyutils, for keys of the type {@code user} and
 * keyrings: native names, no policy. Where a call returns an {@code int}, a negative one is {@code
 * -errno}.
 */
public final class Keyctl {
  /**
   * The keyring of this process, made when it is first named ({@code KEY_SPEC_PROCESS_KEYRING}).
   */
  public static final int PROCESS_KEYRING = -2;

  /** The keyring of the session, which may be another user's ({@code KEY_SPEC_SESSION_KEYRING}). */
  public static final int SESSION_KEYRING = -3;

  /** The keyring of this user id ({@code KEY_SPEC_USER_KEYRING}). */
  public static final int USER_KEYRING = -4;

  /** Every right for the possessor of the key, and none for anyone else ({@code KEY_POS_ALL}). */
  public static final int POSSESSOR_ONLY = 0x3f000000;

  /** A description has at most 4095 bytes; type, ids and permissions stand before it. */
  private static final int LONGEST_DESCRIPTION = 4096 + 128;

  /** Do not replace an existing key ({@code KEYCTL_MOVE_EXCL}, Linux 5.3). */
  private static final int MOVE_EXCL = 1;

  private final NativeLibrary library;

  /**
   * Loads the library.
   *
   * @throws LinkageError when this system has no libkeyutils, or JNA cannot run here
   */
  public Keyctl() {
    library = NativeLibrary.getInstance("libkeyutils.so.1");
  }

  /** Adds or updates the key with this description. Returns its serial number. */
  public int addKey(String description, byte[] payload, int keyring) {
    try (Memory type = text("user");
        Memory name = text(description);
        Memory bytes = new Memory(Math.max(1, payload.length))) {
      bytes.write(0, payload, 0, payload.length);
      int result =
          call("add_key", new Object[] {type, name, bytes, sizeT(payload.length), keyring});
      bytes.clear();
      return result;
    }
  }

  /**
   * Makes an empty keyring in another, in place of one with this name. Returns its serial number.
   */
  public int addKeyring(String name, int keyring) {
    try (Memory type = text("keyring");
        Memory description = text(name)) {
      return call("add_key", new Object[] {type, description, null, sizeT(0), keyring});
    }
  }

  /** Searches the keyring and those linked to it. Returns the key's serial number. */
  public int search(int keyring, String description) {
    return search(keyring, "user", description);
  }

  /** Searches the keyring and those linked to it for a keyring. Returns its serial number. */
  public int searchKeyring(int keyring, String name) {
    return search(keyring, "keyring", name);
  }

  private int search(int keyring, String type, String description) {
    try (Memory typeName = text(type);
        Memory name = text(description)) {
      return callLong("keyctl_search", new Object[] {keyring, typeName, name, 0});
    }
  }

  /**
   * Reads the key's payload, of a keyring the serial numbers of its keys, into an array as far as
   * it goes. Returns the payload's whole length.
   */
  public int read(int key, byte[] into) {
    try (Memory buffer = new Memory(Math.max(1, into.length))) {
      int length = callLong("keyctl_read", new Object[] {key, buffer, sizeT(into.length)});
      if (length > 0) {
        buffer.read(0, into, 0, Math.min(length, into.length));
      }
      buffer.clear();
      return length;
    }
  }

  /**
   * The key's {@code type;uid;gid;permissions;description}; absent when it cannot be seen, or is
   * not UTF-8.
   */
  public @Nullable String describe(int key) {
    try (Memory buffer = new Memory(LONGEST_DESCRIPTION)) {
      int length =
          callLong("keyctl_describe", new Object[] {key, buffer, sizeT(LONGEST_DESCRIPTION)});
      if (length <= 0 || length > LONGEST_DESCRIPTION) {
        return null;
      }
      // The length counts the NUL at its end.
      byte[] bytes = buffer.getByteArray(0, length - 1);
      String text = new String(bytes, StandardCharsets.UTF_8);
      boolean isText =
          text.indexOf('\uFFFD') < 0 || Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes);
      return isText ? text : null;
    }
  }

  /** The key's payload, absent when it cannot be read or is longer than {@code limit} bytes. */
  public byte @Nullable [] read(int key, int limit) {
    try (Memory buffer = new Memory(limit)) {
      int length = callLong("keyctl_read", new Object[] {key, buffer, sizeT(limit)});
      byte[] payload = length < 0 || length > limit ? null : buffer.getByteArray(0, length);
      buffer.clear();
      return payload;
    }
  }

  /** Gives the key another payload. */
  public int update(int key, byte[] payload) {
    try (Memory bytes = new Memory(Math.max(1, payload.length))) {
      bytes.write(0, payload, 0, payload.length);
      int result = callLong("keyctl_update", new Object[] {key, bytes, sizeT(payload.length)});
      bytes.clear();
      return result;
    }
  }

  /** Sets what the possessor, the user, the group and others may do with the key. */
  public int setPermissions(int key, int permissions) {
    return callLong("keyctl_setperm", new Object[] {key, permissions});
  }

  /** Lets the key expire after so many seconds from now. */
  public int setTimeout(int key, int seconds) {
    return callLong("keyctl_set_timeout", new Object[] {key, seconds});
  }

  /** Links the key, or keyring, into the keyring. */
  public int link(int key, int keyring) {
    return callLong("keyctl_link", new Object[] {key, keyring});
  }

  /**
   * Moves the key, or keyring, unless one with its description is there already.
   *
   * @throws LinkageError when libkeyutils is too old to know the call
   */
  public int move(int key, int from, int to) {
    return callLong("keyctl_move", new Object[] {key, from, to, MOVE_EXCL});
  }

  /** Unlinks the key from the keyring. */
  public int unlink(int key, int keyring) {
    return callLong("keyctl_unlink", new Object[] {key, keyring});
  }

  private int call(String name, Object[] arguments) {
    return orErrno(library.getFunction(name).invokeInt(arguments));
  }

  // These functions return a C long.
  private int callLong(String name, Object[] arguments) {
    Function function = library.getFunction(name);
    return orErrno(
        Native.LONG_SIZE == 8
            ? (int) function.invokeLong(arguments)
            : function.invokeInt(arguments));
  }

  private static int orErrno(int result) {
    return result < 0 ? -Native.getLastError() : result;
  }

  private static Object sizeT(int size) {
    if (Native.SIZE_T_SIZE == 8) {
      return (long) size;
    }
    return size;
  }

  private static Memory text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    byte[] terminated = Arrays.copyOf(bytes, bytes.length + 1);
    Memory memory = new Memory(terminated.length);
    memory.write(0, terminated, 0, terminated.length);
    return memory;
  }
}
