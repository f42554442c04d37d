package io.github.gitcredentialpat.dbus;

import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The part of libsystemd's sd-bus(3) that this program uses, under its own names. Results are what
 * C returns: negative is an errno(3), and nothing is decided here.
 *
 * <p>A {@code String} goes out as UTF-8 with a zero byte and a {@code byte[]} as it is, in memory
 * that the collector does not know and that lives exactly as long as the call; sd-bus copies what
 * it keeps. Other libraries than libsystemd carry the same calls on systems without systemd.
 */
@SuppressWarnings("MemberName") // The names are C's.
public final class SdBus {
  /** {@code sizeof(sd_bus_error)}: two pointers and an int, padded. */
  public static final int ERROR_SIZE = 3 * Native.POINTER_SIZE;

  private static final int ETIMEDOUT = 110;
  private static final String[] LIBRARIES = {"libsystemd.so.0", "libelogind.so.0"};

  /** Where JNA expects the number of fixed arguments of a variadic function among its flags. */
  private static final int FIXED_ARGUMENTS_SHIFT = 7;

  private final NativeLibrary library;

  /**
   * Loads the library.
   *
   * @throws UnsatisfiedLinkError when there is none
   */
  public SdBus() {
    library = load(0);
  }

  private static NativeLibrary load(int which) {
    try {
      return NativeLibrary.getInstance(LIBRARIES[which]);
    } catch (UnsatisfiedLinkError e) {
      if (which + 1 == LIBRARIES.length) {
        throw e;
      }
      return load(which + 1);
    }
  }

  private int sd_bus_new(Pointer bus) {
    return call("sd_bus_new", bus);
  }

  private int sd_bus_set_address(Pointer bus, String address) {
    return call("sd_bus_set_address", bus, address);
  }

  private int sd_bus_set_bus_client(Pointer bus, int yes) {
    return call("sd_bus_set_bus_client", bus, yes);
  }

  private int sd_bus_start(Pointer bus) {
    return call("sd_bus_start", bus);
  }

  private int sd_bus_is_ready(Pointer bus) {
    return call("sd_bus_is_ready", bus);
  }

  public int sd_bus_process(Pointer bus, @Nullable Pointer message) {
    return call("sd_bus_process", bus, message);
  }

  public int sd_bus_wait(Pointer bus, long microseconds) {
    return call("sd_bus_wait", bus, microseconds);
  }

  public int sd_bus_call(
      Pointer bus, Pointer message, long microseconds, Pointer error, Pointer answer) {
    return call("sd_bus_call", bus, message, microseconds, error, answer);
  }

  public int sd_bus_send(Pointer bus, Pointer message, @Nullable Pointer cookie) {
    return call("sd_bus_send", bus, message, cookie);
  }

  public int sd_bus_message_is_method_error(Pointer message, @Nullable String name) {
    return call("sd_bus_message_is_method_error", message, name);
  }

  /** The error that an answer is; belongs to the message. */
  public @Nullable Pointer sd_bus_message_get_error(Pointer message) {
    return library.getFunction("sd_bus_message_get_error").invokePointer(new Object[] {message});
  }

  /** Of the call that a message answers; negative where it answers none. */
  public int sd_bus_message_get_reply_cookie(Pointer message, Pointer cookie) {
    return call("sd_bus_message_get_reply_cookie", message, cookie);
  }

  public int sd_bus_message_get_errno(Pointer message) {
    return call("sd_bus_message_get_errno", message);
  }

  public void sd_bus_close(Pointer bus) {
    call("sd_bus_close", bus);
  }

  public void sd_bus_unref(Pointer bus) {
    call("sd_bus_unref", bus);
  }

  public void sd_bus_error_free(Pointer error) {
    call("sd_bus_error_free", error);
  }

  public int sd_bus_message_new_method_call(
      Pointer bus,
      Pointer message,
      String destination,
      String path,
      String interfaceName,
      String member) {
    return call(
        "sd_bus_message_new_method_call", bus, message, destination, path, interfaceName, member);
  }

  public void sd_bus_message_unref(Pointer message) {
    call("sd_bus_message_unref", message);
  }

  /** Since systemd 247. */
  public int sd_bus_message_sensitive(Pointer message) {
    return call("sd_bus_message_sensitive", message);
  }

  /** Variadic: {@code values} as {@code types} says, strings and ints. */
  public int sd_bus_message_append(Pointer message, String types, Object... values) {
    Object[] arguments = new Object[values.length + 2];
    arguments[0] = message;
    arguments[1] = types;
    System.arraycopy(values, 0, arguments, 2, values.length);
    return variadic("sd_bus_message_append", 2, arguments);
  }

  public int sd_bus_message_append_array(Pointer message, byte type, byte[] bytes) {
    // Length is a size_t, which is as wide as a pointer wherever sd-bus runs.
    Object length = Native.POINTER_SIZE == 8 ? (Object) (long) bytes.length : bytes.length;
    return call("sd_bus_message_append_array", message, type, bytes, length);
  }

  public int sd_bus_message_open_container(Pointer message, byte type, String contents) {
    return call("sd_bus_message_open_container", message, type, contents);
  }

  public int sd_bus_message_close_container(Pointer message) {
    return call("sd_bus_message_close_container", message);
  }

  public int sd_bus_message_enter_container(Pointer message, byte type, String contents) {
    return call("sd_bus_message_enter_container", message, type, contents);
  }

  public int sd_bus_message_exit_container(Pointer message) {
    return call("sd_bus_message_exit_container", message);
  }

  public int sd_bus_message_skip(Pointer message, String types) {
    return call("sd_bus_message_skip", message, types);
  }

  /** Variadic; here always with two places for results. */
  public int sd_bus_message_read(Pointer message, String types, Pointer first, Pointer second) {
    return variadic("sd_bus_message_read", 2, message, types, first, second);
  }

  public int sd_bus_message_read_basic(Pointer message, byte type, Pointer value) {
    return call("sd_bus_message_read_basic", message, type, value);
  }

  public int sd_bus_message_read_array(Pointer message, byte type, Pointer bytes, Pointer size) {
    return call("sd_bus_message_read_array", message, type, bytes, size);
  }

  public int sd_bus_message_is_signal(Pointer message, String interfaceName, String member) {
    return call("sd_bus_message_is_signal", message, interfaceName, member);
  }

  public @Nullable Pointer sd_bus_message_get_path(Pointer message) {
    return library.getFunction("sd_bus_message_get_path").invokePointer(new Object[] {message});
  }

  /**
   * What sd_bus_open_user(3) does, with a given address and a limit for the login's answers.
   *
   * @param bus room for the {@code sd_bus}, which is the caller's even when this fails
   * @param microseconds for all answers together
   */
  public int open(Pointer bus, String address, long microseconds) {
    int result = start(bus, address);
    return result < 0 ? result : login(bus.getPointer(0), microseconds);
  }

  /**
   * The first half of {@link #open}. What is sent then goes out as soon as the bus lets us in.
   *
   * @param bus room for the {@code sd_bus}, which is the caller's even when this fails
   */
  public int start(Pointer bus, String address) {
    int result = sd_bus_new(bus);
    if (result < 0) {
      return result;
    }
    Pointer handle = bus.getPointer(0);
    result = sd_bus_set_address(handle, address);
    if (result >= 0) {
      result = sd_bus_set_bus_client(handle, 1);
    }
    return result < 0 ? result : sd_bus_start(handle);
  }

  /**
   * The second half of {@link #open}: waits until the bus lets us in.
   *
   * @param microseconds for all answers together
   */
  public int login(Pointer bus, long microseconds) {
    long end = System.nanoTime() / 1_000 + microseconds;
    int result = 0;
    while (result >= 0 && sd_bus_is_ready(bus) == 0) {
      result = sd_bus_process(bus, null);
      long left = Math.max(0, end - System.nanoTime() / 1_000);
      if (result == 0 && sd_bus_wait(bus, left) == 0) {
        result = -ETIMEDOUT;
      }
    }
    return result;
  }

  private int call(String function, @Nullable Object... arguments) {
    return variadic(function, 0, arguments);
  }

  private int variadic(String name, int fixed, @Nullable Object... arguments) {
    Function function = library.getFunction(name, fixed << FIXED_ARGUMENTS_SHIFT);
    int size = 0;
    byte[][] texts = new byte[arguments.length][];
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i] instanceof String text) {
        texts[i] = text.getBytes(StandardCharsets.UTF_8);
      } else if (arguments[i] instanceof byte[] bytes) {
        texts[i] = bytes;
      }
      if (texts[i] != null) {
        size += texts[i].length + 1;
      }
    }
    if (size == 0) {
      return function.invokeInt(arguments);
    }
    long address = Native.malloc(size);
    if (address == 0) {
      throw new OutOfMemoryError("no native memory left");
    }
    Pointer block = new Pointer(address);
    try {
      block.setMemory(0, size, (byte) 0);
      int end = 0;
      for (int i = 0; i < arguments.length; i++) {
        if (texts[i] != null) {
          block.write(end, texts[i], 0, texts[i].length);
          arguments[i] = new Pointer(address + end);
          end += texts[i].length + 1;
        }
      }
      return function.invokeInt(arguments);
    } finally {
      block.setMemory(0, size, (byte) 0);
      Native.free(address);
    }
  }
}
