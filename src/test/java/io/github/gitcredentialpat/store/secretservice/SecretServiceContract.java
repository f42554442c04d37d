package io.github.gitcredentialpat.store.secretservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.StoreContract;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.testing.OwnTime;
import io.github.gitcredentialpat.testing.PrivateBus;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;

/** The store contract on a bus with some real Secret Service. */
abstract class SecretServiceContract extends StoreContract {
  /** Connections that are closed after the test. */
  final List<AutoCloseable> opened = new ArrayList<>();

  /** The bus that the service is on. */
  abstract PrivateBus bus();

  @Override
  protected SecretServiceStore open() {
    Deadline deadline = new Deadline();
    // A test makes many calls; two minutes for all of them, each still with its own limit.
    deadline.promptShown();
    return open(mayPrompt(), deadline);
  }

  /** Whether a store may prompt unless a test says otherwise. */
  boolean mayPrompt() {
    return false;
  }

  final SecretServiceStore open(boolean mayPrompt, Deadline deadline) {
    SecretServiceStore store =
        new SecretServiceStore(new Environment(bus().environment(), mayPrompt, deadline));
    opened.add(store);
    return store;
  }

  @Override
  protected List<String> nativeLibraries() {
    return List.of("libsystemd.so.0");
  }

  /**
   * GNOME Keyring and KeePassXC write all that they have with each new entry, so that a thousand
   * take minutes; thousands that are there are in SecretServiceTroubleTest.
   */
  @Override
  protected int many() {
    return 200;
  }

  // Runs before the contract's own clean-up, which gets a store with time left.
  @AfterEach
  void closeConnections() throws Exception {
    for (AutoCloseable connection : opened) {
      connection.close();
    }
    store = open();
  }

  /** Asserts how a call ends, and that it leaves time for the stores that come after it. */
  static StoreException assertFails(Reason reason, ThrowingCallable call) {
    OwnTime time = new OwnTime();
    StoreException failure = catchThrowableOfType(StoreException.class, call);
    assertThat(time.millis()).isLessThan(4_000);
    assertThat(failure).isNotNull();
    assertThat(failure.reason()).as(failure.getMessage()).isEqualTo(reason);
    return failure;
  }
}
