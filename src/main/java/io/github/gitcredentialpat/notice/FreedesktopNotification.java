package io.github.gitcredentialpat.notice;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.github.gitcredentialpat.dbus.SdBus;
import io.github.gitcredentialpat.platform.Program;

/** A notification of the Desktop Notifications Specification 1.2, on the session bus. */
final class FreedesktopNotification {
  private static final String NAME = "org.freedesktop.Notifications";
  private static final String PATH = "/org/freedesktop/Notifications";
  private static final long LIMIT_MICROS = 5_000_000;

  /** App, id to replace, icon, title, text, actions, hints, and how long it is shown. */
  private static final String ARGUMENTS = "susssasa{sv}i";

  private static final int NORMAL = 1;
  private static final int CRITICAL = 2;
  private static final int AS_THE_DESKTOP_HAS_IT = -1;

  private FreedesktopNotification() {}

  /** Sends it, and returns whether somebody there took it. */
  static boolean send(Notice notice, String bus) {
    SdBus sd;
    try {
      sd = new SdBus();
    } catch (LinkageError e) {
      // No library to speak to the bus with.
      return false;
    }
    int places = 3 * Native.POINTER_SIZE;
    Pointer room = new Pointer(Native.malloc(places + SdBus.ERROR_SIZE));
    room.setMemory(0, places + SdBus.ERROR_SIZE, (byte) 0);
    try {
      return sd.open(room, bus, LIMIT_MICROS) >= 0 && send(sd, room, notice);
    } finally {
      Pointer handle = room.getPointer(0);
      if (handle != null) {
        sd.sd_bus_close(handle);
        sd.sd_bus_unref(handle);
      }
      Native.free(Pointer.nativeValue(room));
    }
  }

  /**
   * Sends it.
   *
   * @param room the bus, and room for a message, an answer and an error
   */
  private static boolean send(SdBus sd, Pointer room, Notice notice) {
    Pointer request = room.share(Native.POINTER_SIZE);
    Pointer answer = room.share(2L * Native.POINTER_SIZE);
    Pointer error = room.share(3L * Native.POINTER_SIZE);
    Pointer bus = room.getPointer(0);
    int result = sd.sd_bus_message_new_method_call(bus, request, NAME, PATH, NAME, "Notify");
    if (result < 0) {
      return false;
    }
    Pointer message = request.getPointer(0);
    try {
      result =
          sd.sd_bus_message_append(
              message,
              ARGUMENTS,
              Program.NAME,
              0,
              "dialog-password",
              notice.title(),
              markup(notice.text()),
              0,
              1,
              "urgency",
              "y",
              notice.isUrgent() ? CRITICAL : NORMAL,
              AS_THE_DESKTOP_HAS_IT);
      if (result >= 0) {
        result = sd.sd_bus_call(bus, message, LIMIT_MICROS, error, answer);
        sd.sd_bus_error_free(error);
      }
      if (answer.getPointer(0) != null) {
        sd.sd_bus_message_unref(answer.getPointer(0));
      }
      return result >= 0;
    } finally {
      sd.sd_bus_message_unref(message);
    }
  }

  /** The text may have tags in it, and so must not look like one. */
  private static String markup(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
