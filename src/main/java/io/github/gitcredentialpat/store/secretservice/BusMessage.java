package io.github.gitcredentialpat.store.secretservice;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.github.gitcredentialpat.dbus.SdBus;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A D-Bus message that is being written or read; a value that does not fit ends in FAILED. */
final class BusMessage implements AutoCloseable {
  private final SdBus sd;
  private final Pointer handle;
  private final Pointer results;

  /**
   * Takes over a message.
   *
   * @param handle the {@code sd_bus_message}, given back by {@link #close}
   * @param results room for two pointers
   */
  BusMessage(SdBus sd, Pointer handle, Pointer results) {
    this.sd = sd;
    this.handle = handle;
    this.results = results;
  }

  Pointer handle() {
    return handle;
  }

  /** Has sd-bus wipe the message's memory before it goes back to the heap. */
  void keepSecret() {
    try {
      sd.sd_bus_message_sensitive(handle);
    } catch (UnsatisfiedLinkError e) {
      // Before systemd 247: the memory goes back as it is.
    }
  }

  /** Appends values whose types are given as D-Bus writes them; a String or an Integer each. */
  BusMessage append(String types, Object... values) throws StoreException {
    check(sd.sd_bus_message_append(handle, types, values));
    return this;
  }

  /** Appends an array of object paths, of any length: JNA passes at most 256 values at once. */
  BusMessage appendPaths(List<String> paths) throws StoreException {
    check(sd.sd_bus_message_open_container(handle, (byte) 'a', "o"));
    for (int i = 0; i < paths.size(); i++) {
      append("o", paths.get(i));
    }
    check(sd.sd_bus_message_close_container(handle));
    return this;
  }

  /** Appends a Secret structure of a plain session. */
  BusMessage appendSecret(String session, byte[] secret) throws StoreException {
    keepSecret();
    check(sd.sd_bus_message_open_container(handle, (byte) 'r', "oayays"));
    append("oay", session, 0);
    check(sd.sd_bus_message_append_array(handle, (byte) 'y', secret));
    append("s", isPlainText(secret) ? "text/plain" : "application/octet-stream");
    check(sd.sd_bus_message_close_container(handle));
    return this;
  }

  /**
   * Whether a secret comes back as it was from a provider that keeps texts as texts. KeePassXC
   * fills in what stands in braces, as in its own entries, and keeps only what is a character.
   */
  private static boolean isPlainText(byte[] secret) {
    boolean ascii = true;
    for (byte b : secret) {
      if (b == '{' || b == 0x7f || (b >= 0 && b < ' ' && b != '\n' && b != '\t')) {
        return false;
      }
      ascii &= b > 0;
    }
    return ascii || isUtf8(secret);
  }

  private static boolean isUtf8(byte[] bytes) {
    CharBuffer text = CharBuffer.allocate(bytes.length);
    CoderResult result =
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes), text, true);
    Arrays.fill(text.array(), '\0');
    return !result.isError();
  }

  /** Enters the next container, whose contents have these types; false if there is none. */
  boolean enter(char type, String contents) throws StoreException {
    return check(sd.sd_bus_message_enter_container(handle, (byte) type, contents)) > 0;
  }

  void exit() throws StoreException {
    check(sd.sd_bus_message_exit_container(handle));
  }

  void skip(String types) throws StoreException {
    check(sd.sd_bus_message_skip(handle, types));
  }

  /** The next string or object path; null at the end of an array. */
  @Nullable String readText(char type) throws StoreException {
    return check(sd.sd_bus_message_read_basic(handle, (byte) type, results)) > 0 ? text(0) : null;
  }

  boolean readBoolean() throws StoreException {
    check(sd.sd_bus_message_read_basic(handle, (byte) 'b', results));
    return results.getInt(0) != 0;
  }

  /** The next unsigned number of 64 bits. */
  long readLong() throws StoreException {
    check(sd.sd_bus_message_read_basic(handle, (byte) 't', results));
    return results.getLong(0);
  }

  /** The next key and value of a map of strings; null at its end. */
  String @Nullable [] readPair() throws StoreException {
    Pointer second = results.share(Native.POINTER_SIZE);
    if (check(sd.sd_bus_message_read(handle, "{ss}", results, second)) == 0) {
      return null;
    }
    return new String[] {text(0), text(Native.POINTER_SIZE)};
  }

  byte[] readBytes() throws StoreException {
    Pointer second = results.share(Native.POINTER_SIZE);
    check(sd.sd_bus_message_read_array(handle, (byte) 'y', results, second));
    int size = second.getInt(0);
    if (Native.POINTER_SIZE == 8) {
      size = Math.toIntExact(second.getLong(0));
    }
    return size == 0 ? new byte[0] : results.getPointer(0).getByteArray(0, size);
  }

  /** What the call has that this answers; 0 when it answers none. */
  long answered() {
    return sd.sd_bus_message_get_reply_cookie(handle, results) < 0 ? 0 : results.getLong(0);
  }

  /** D-Bus's name of the error that this is; absent when it is none. */
  @Nullable String error() {
    Pointer error =
        sd.sd_bus_message_is_method_error(handle, null) > 0
            ? sd.sd_bus_message_get_error(handle)
            : null;
    return error == null ? null : error.getPointer(0).getString(0, "UTF-8");
  }

  boolean isSignal(String interfaceName, String member) {
    return sd.sd_bus_message_is_signal(handle, interfaceName, member) > 0;
  }

  /** The object that a signal comes from. */
  @Nullable String path() {
    Pointer path = sd.sd_bus_message_get_path(handle);
    return path == null ? null : path.getString(0, "UTF-8");
  }

  @Override
  public void close() {
    sd.sd_bus_message_unref(handle);
  }

  private String text(int offset) {
    return results.getPointer(offset).getString(0, "UTF-8");
  }

  private static int check(int result) throws StoreException {
    if (result < 0) {
      throw new StoreException(
          Reason.FAILED,
          "the keyring's messages do not fit the Secret Service (error "
              + -result
              + "); use another store, such as --store file");
    }
    return result;
  }
}
