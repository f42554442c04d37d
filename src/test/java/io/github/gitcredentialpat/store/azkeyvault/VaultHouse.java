package io.github.gitcredentialpat.store.azkeyvault;

import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import io.github.gitcredentialpat.entra.FakeEntra;
import io.github.gitcredentialpat.keyvault.FakeKeyVault;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.StoreChain;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A vault, and an agent whose workload identity may use it. */
final class VaultHouse implements AutoCloseable {
  static final String HOST = "contoso.vault.azure.net";

  final FakeAzureDevOps fake = new FakeAzureDevOps();
  final String tenant = UUID.randomUUID().toString();
  final FakeKeyVault vault = new FakeKeyVault(HOST, tenant);
  final Map<String, String> environment = new HashMap<>();
  final List<String> issued = new ArrayList<>();
  final ByteArrayOutputStream lines = new ByteArrayOutputStream();
  final FakeEntra entra = new FakeEntra(tenant, fake::now, this::accept);

  /**
   * Opens it.
   *
   * @param home the agent's home folder
   */
  VaultHouse(Path home) throws Exception {
    fake.on(HOST, vault);
    fake.on("login.microsoftonline.com", entra);
    entra.serve("https://vault.azure.net");
    entra.federate("the platform's token");
    Path file = home.resolve("platform-token");
    Files.writeString(file, "the platform's token");
    // A container has no keyring of its own, and these tests leave nothing in one.
    environment.put("container", "a test's");
    environment.put("HOME", home.toString());
    environment.put("PATH", home.resolve("bin").toString());
    environment.put("GIT_CONFIG_NOSYSTEM", "1");
    // Nobody answers there.
    environment.put("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:1");
    environment.put("AZURE_FEDERATED_TOKEN_FILE", file.toString());
    environment.put("AZURE_CLIENT_ID", entra.clientId());
    environment.put("AZURE_TENANT_ID", tenant);
    environment.put("GIT_CREDENTIAL_PAT_VAULT", "contoso");
    environment.putAll(fake.environment());
  }

  private void accept(String token) {
    issued.add(token);
    vault.accept(token);
  }

  /** The store, as another process would open it. */
  KeyVaultStore store() {
    return store(new Deadline());
  }

  KeyVaultStore store(Deadline deadline) {
    Environment surroundings =
        new Environment(environment, false, deadline, new Console(lines, true));
    return new KeyVaultStore(surroundings, () -> new StoreChain(List.of(), false));
  }

  @Override
  public void close() throws IOException {
    fake.close();
  }
}
