package io.github.gitcredentialpat.store.secretservice;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.github.gitcredentialpat.dbus.SdBus;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection to the session bus on which every call has a time limit. Calls that do not depend on
 * each other can be sent before the first of them is answered, and even before the login is.
 */
final class BusConnection implements AutoCloseable {
  /** No keyring that works takes this long, and a deadline of five seconds leaves no more. */
  private static final long CALL_MILLIS = 3_000;

  /** What is left of the deadline for the stores that come after this one. */
  private static final long RESERVED_MILLIS = 1_500;

  private final SdBus sd;
  private final Deadline deadline;

  /** Room for two results and an {@code sd_bus_error}. */
  private final Pointer results;

  private final Pointer error;
  private @Nullable Pointer bus;
  private String subject = "";

  /** What came while something else was waited for. */
  private final List<BusMessage> early = new ArrayList<>(4);

  private BusConnection(SdBus sd, Deadline deadline) {
    this.sd = sd;
    this.deadline = deadline;
    int places = 2 * Native.POINTER_SIZE;
    results = new Pointer(Native.malloc(places + SdBus.ERROR_SIZE));
    results.setMemory(0, places + SdBus.ERROR_SIZE, (byte) 0);
    error = results.share(places);
  }

  /**
   * Connects to the bus at this address. What is posted now goes out with the login.
   *
   * @throws StoreException UNAVAILABLE when there is no bus or no library to speak to it
   */
  static BusConnection open(String address, Deadline deadline) throws StoreException {
    BusConnection connection;
    try {
      connection = new BusConnection(new SdBus(), deadline);
    } catch (LinkageError e) {
      throw BusFailure.noLibrary(e);
    }
    int result = connection.start(address);
    if (result < 0) {
      connection.close();
      throw BusFailure.noBus(result);
    }
    return connection;
  }

  private int start(String address) {
    results.setPointer(0, null);
    int result = sd.start(results, address);
    bus = results.getPointer(0);
    return result;
  }

  /**
   * Waits for the end of the login.
   *
   * @throws StoreException UNAVAILABLE when the bus does not let us in, TIMEOUT when it is silent
   */
  void login() throws StoreException {
    int result = sd.login(bus, callLimit());
    if (result < 0) {
      throw BusFailure.noBus(result);
    }
  }

  /** Sets whose entry the next calls are about, for the messages of failures. */
  void about(String newSubject) {
    subject = newSubject;
  }

  String subject() {
    return subject;
  }

  /** A call to be filled in. */
  BusMessage request(String destination, String path, String interfaceName, String member)
      throws StoreException {
    int result =
        sd.sd_bus_message_new_method_call(bus, results, destination, path, interfaceName, member);
    if (result < 0) {
      throw BusFailure.of(result, null, subject, false);
    }
    return message();
  }

  /**
   * Sends a call and waits for the answer. Closes the request; the caller closes the answer.
   *
   * @param writing whether it changes something: after a timeout it is unknown whether it did
   */
  BusMessage call(BusMessage request, boolean writing) throws StoreException {
    BusMessage answer = callIfThere(request, writing);
    if (answer == null) {
      throw BusFailure.noProvider();
    }
    return answer;
  }

  /** The same for an object that may be gone; absent when it is. */
  @Nullable BusMessage callIfThere(BusMessage request, boolean writing) throws StoreException {
    try (request) {
      long limit = callLimit();
      if (limit == 0) {
        throw BusFailure.timeout(subject, false);
      }
      int result = sd.sd_bus_call(bus, request.handle(), limit, error, results);
      if (result >= 0) {
        return message();
      }
      Pointer text = error.getPointer(0);
      String name = text == null ? null : text.getString(0, "UTF-8");
      sd.sd_bus_error_free(error);
      if (BusFailure.isGone(name)) {
        return null;
      }
      throw BusFailure.of(result, name, subject, writing);
    }
  }

  /**
   * Sends a call without waiting for its answer. The request is closed.
   *
   * @return what {@link #await} wants
   */
  long post(BusMessage request) throws StoreException {
    try (request) {
      int result = sd.sd_bus_send(bus, request.handle(), results);
      if (result < 0) {
        throw BusFailure.of(result, null, subject, false);
      }
      return results.getLong(0);
    }
  }

  /**
   * The answer to a call that was posted, which changes nothing: the caller's; absent when its
   * object is gone.
   */
  @Nullable BusMessage await(long call) throws StoreException {
    for (int i = 0; i < early.size(); i++) {
      if (early.get(i).answered() == call) {
        return answer(early.remove(i));
      }
    }
    long limit = callLimit();
    long start = System.nanoTime();
    for (long left = limit; left > 0; left = limit - (System.nanoTime() - start) / 1_000) {
      BusMessage message = receive(left);
      if (message != null && message.answered() == call) {
        return answer(message);
      }
      if (message != null) {
        early.add(message);
      }
    }
    throw BusFailure.timeout(subject, false);
  }

  private @Nullable BusMessage answer(BusMessage message) throws StoreException {
    String error = message.error();
    if (error == null) {
      return message;
    }
    try (message) {
      if (BusFailure.isGone(error)) {
        return null;
      }
      throw BusFailure.of(-sd.sd_bus_message_get_errno(message.handle()), error, subject, false);
    }
  }

  /** Sends a call whose answer nobody waits for. */
  void send(BusMessage request) {
    try (request) {
      sd.sd_bus_send(bus, request.handle(), null);
    }
  }

  /** The next message that is not an answer, such as a signal; null when there was none in time. */
  @Nullable BusMessage next(long millis) throws StoreException {
    for (int i = 0; i < early.size(); i++) {
      if (early.get(i).answered() == 0) {
        return early.remove(i);
      }
    }
    BusMessage message = receive(millis * 1_000);
    if (message != null && message.answered() != 0) {
      early.add(message);
      return null;
    }
    return message;
  }

  private @Nullable BusMessage receive(long microseconds) throws StoreException {
    results.setPointer(0, null);
    int result = sd.sd_bus_process(bus, results);
    if (result == 0) {
      result = sd.sd_bus_wait(bus, microseconds);
    } else if (result > 0 && results.getPointer(0) != null) {
      return message();
    }
    if (result < 0) {
      throw BusFailure.of(result, null, subject, false);
    }
    return null;
  }

  private BusMessage message() {
    return new BusMessage(sd, results.getPointer(0), results);
  }

  /** How much of the deadline this store may still use, in milliseconds. */
  long limitMillis() {
    return Math.max(0, deadline.remainingMillis() - RESERVED_MILLIS);
  }

  /** How long the next call may take, in microseconds. */
  private long callLimit() {
    return Math.min(limitMillis(), CALL_MILLIS) * 1_000;
  }

  @Override
  public void close() {
    if (bus != null) {
      for (int i = 0; i < early.size(); i++) {
        early.get(i).close();
      }
      early.clear();
      // Without a flush, which would wait for a login that may never be answered.
      sd.sd_bus_close(bus);
      sd.sd_bus_unref(bus);
      bus = null;
      Native.free(Pointer.nativeValue(results));
    }
  }
}
