package io.github.gitcredentialpat.store.cache;

import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreContract;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** A shared store that a person opened to change it keeps what any other keeps. */
final class SharedStoreContractTest extends StoreContract {
  @TempDir private Path home;
  private final InMemoryStore vault = new InMemoryStore("vault");

  @Override
  protected Store open() throws Exception {
    // So that nothing goes into the kernel's keyring, which outlives the test.
    Map<String, String> environment = Map.of("HOME", home.toString(), "container", "test");
    Environment surroundings = new Environment(environment, false, new Deadline());
    Files.createDirectories(home);
    return new SharedStore("vault", () -> vault, surroundings, 900, true);
  }
}
