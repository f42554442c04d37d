package io.github.gitcredentialpat.store.secretservice;

import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import org.jspecify.annotations.Nullable;

/** The one place that knows what errno(3) and D-Bus's error names mean for a store. */
final class BusFailure {
  private static final int EPERM = 1;
  private static final int EACCES = 13;
  private static final int ECONNRESET = 104;
  private static final int ENOTCONN = 107;
  private static final int ETIMEDOUT = 110;
  private static final int EPIPE = 32;

  private static final String DBUS = "org.freedesktop.DBus.Error.";
  private static final String SECRET = "org.freedesktop.Secret.Error.";

  private BusFailure() {}

  /** Whether the call's object is gone, which is an answer and not a failure. */
  static boolean isGone(@Nullable String name) {
    // GLib's providers know no other name for it than that of a method that is missing.
    return (DBUS + "UnknownObject").equals(name)
        || (DBUS + "UnknownMethod").equals(name)
        || (SECRET + "NoSuchObject").equals(name);
  }

  /** Whether the call needs an unlocked keyring. */
  static boolean isLocked(@Nullable String name) {
    return (SECRET + "IsLocked").equals(name);
  }

  /** There is no session bus, or it lets nobody in. */
  static StoreException noBus(int result) {
    if (result == -ETIMEDOUT) {
      return new StoreException(
          Reason.TIMEOUT,
          "the session bus did not answer in time; check DBUS_SESSION_BUS_ADDRESS or use another"
              + " store, such as --store file");
    }
    String why =
        result == -EPERM || result == -EACCES
            ? "the session bus belongs to another user"
            : "there is no session bus (error " + -result + ")";
    return unavailable(why);
  }

  /** There is a session bus, but no Secret Service on it. */
  static StoreException noProvider() {
    return unavailable("no keyring on the session bus");
  }

  /** The keyring has no place for new entries. */
  static StoreException noCollection() {
    return unavailable("the keyring is not set up (it has no default collection)");
  }

  /** No keyring here, for the reason that is given. */
  static StoreException unavailable(String why) {
    return new StoreException(
        Reason.UNAVAILABLE,
        why
            + "; start a keyring (gnome-keyring, KWallet, KeePassXC) in a desktop session or with"
            + " dbus-run-session, or use another store, such as --store file");
  }

  /** The library that speaks to the bus is missing. */
  static StoreException noLibrary(LinkageError cause) {
    return new StoreException(
        Reason.UNAVAILABLE,
        "cannot load libsystemd.so.0 or libelogind.so.0 for the session bus; install one of them or"
            + " use another store, such as --store file",
        cause);
  }

  /** The keyring is locked and stays so, for the reason that is given. */
  static StoreException locked(String subject, String why) {
    return new StoreException(
            Reason.LOCKED,
            "the keyring is locked for "
                + subject
                + why
                + "; unlock it in its window, or without a desktop with")
        .withHint("gnome-keyring-daemon --replace --unlock");
  }

  /** A person said no to the keyring's own question. */
  static StoreException dismissed(String subject) {
    return new StoreException(
        Reason.DENIED,
        "the keyring's prompt for " + subject + " was dismissed; try again and confirm it");
  }

  /** Nobody is there for the keyring's own question. */
  static StoreException unasked(String subject) {
    return new StoreException(
        Reason.DENIED,
        "the keyring needs to prompt for "
            + subject
            + "; run the command in a terminal of the desktop session");
  }

  /** The keyring did not answer; {@code writing} leaves open what it did. */
  static StoreException timeout(String subject, boolean writing) {
    return writing
        ? new StoreException(
                Reason.TIMEOUT,
                "the keyring did not confirm in time: the change for "
                    + subject
                    + " may or may not have been stored")
            .withHint("git-credential-pat list")
        : new StoreException(
            Reason.TIMEOUT,
            "the keyring did not answer in time for "
                + subject
                + "; check whether its window is waiting for you, then try again");
  }

  /**
   * Translates a failed call.
   *
   * @param result sd-bus's negative errno
   * @param name D-Bus's name of the error; absent when there is none
   * @param subject whose entry it was about
   * @param writing whether something was to be changed
   */
  static StoreException of(int result, @Nullable String name, String subject, boolean writing) {
    String error = name == null ? "" : name;
    if (isLocked(name)) {
      return locked(subject, "");
    }
    if (error.equals(DBUS + "ServiceUnknown")
        || error.equals(DBUS + "NameHasNoOwner")
        || error.equals(DBUS + "UnknownInterface")
        || error.startsWith(DBUS + "Spawn.")) {
      return noProvider();
    }
    boolean lost = result == -ENOTCONN || result == -ECONNRESET || result == -EPIPE;
    if (result == -ETIMEDOUT
        || error.equals(DBUS + "NoReply")
        || error.equals(DBUS + "Timeout")
        || error.equals(DBUS + "TimedOut")
        || (writing && (lost || error.equals(DBUS + "Disconnected")))) {
      return timeout(subject, writing);
    }
    if (lost || error.equals(DBUS + "Disconnected")) {
      return unavailable("the session bus closed the connection");
    }
    String what = " (" + (error.isEmpty() ? "error " + -result : error) + ")";
    if (error.equals(DBUS + "AccessDenied") || error.equals(DBUS + "AuthFailed")) {
      return new StoreException(
          Reason.DENIED, "the keyring denied access for " + subject + what + "; use another store");
    }
    if (error.equals(DBUS + "LimitsExceeded") || error.equals(DBUS + "NoMemory")) {
      return new StoreException(
          Reason.LIMIT,
          "the entry for "
              + subject
              + " is too large for the keyring"
              + what
              + "; use another store, such as --store file");
    }
    return new StoreException(
        Reason.FAILED, "the keyring failed for " + subject + what + "; see its log");
  }
}
