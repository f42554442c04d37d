package io.github.gitcredentialpat.store.keychain;

import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreContract;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The contract on a Mac's real keychain, on a build server's: a person's own is left alone. */
@Tag("macos")
@EnabledOnOs(OS.MAC)
@EnabledIfEnvironmentVariable(named = "CI", matches = "true")
final class KeychainOnMacOsTest extends StoreContract {
  @Override
  protected Store open() {
    return new KeychainStore(new Environment(Map.of(), false, new Deadline()));
  }
}
