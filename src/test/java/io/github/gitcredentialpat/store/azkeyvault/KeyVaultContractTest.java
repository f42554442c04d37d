package io.github.gitcredentialpat.store.azkeyvault;

import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A vault as a store like any other, but for what it does not take. */
@Timeout(300)
@Tag("slow")
final class KeyVaultContractTest extends StoreContract {
  private static VaultHouse house;

  @BeforeAll
  static void openHouse(@TempDir Path home) throws Exception {
    house = new VaultHouse(home);
  }

  @AfterAll
  static void closeHouse() throws Exception {
    house.close();
  }

  @Override
  protected Store open() {
    return house.store();
  }

  @Override
  protected boolean refusesAllButPasswords() {
    return true;
  }

  /** Each costs a request, and each reading of all of them one for 25. */
  @Override
  protected int many() {
    return 130;
  }
}
