package io.github.gitcredentialpat.store.openbao;

import io.github.gitcredentialpat.openbao.FakeOpenBao;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreContract;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The store on a server of its own, over TLS. */
@Timeout(120)
@Tag("slow")
final class OpenBaoStoreTest extends StoreContract {
  @TempDir private Path home;
  @AutoClose private final FakeOpenBao server = new FakeOpenBao();
  private final Map<String, String> environment = new HashMap<>();

  @Override
  protected Store open() {
    environment.put("HOME", home.toString());
    environment.put("PATH", "");
    environment.putAll(server.environment());
    environment.put("VAULT_TOKEN", server.root());
    return new OpenBaoStore(new Environment(environment, false, new Deadline()));
  }

  @Override
  protected int many() {
    return 200;
  }
}
