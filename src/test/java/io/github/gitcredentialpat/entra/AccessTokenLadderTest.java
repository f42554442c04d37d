package io.github.gitcredentialpat.entra;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import io.github.gitcredentialpat.http.Http;
import io.github.gitcredentialpat.http.ServiceException;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.InMemoryStore;
import io.github.gitcredentialpat.store.StoreChain;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Access tokens for another service than Azure DevOps; for that one the store's own test tells. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the Azure CLI's stand-in is a script for sh")
@Timeout(120)
@Tag("slow")
final class AccessTokenLadderTest {
  private static final String RESOURCE = "https://things.example.com";

  @TempDir private Path home;
  @TempDir private Path bin;
  private final Map<String, String> environment = new HashMap<>();
  private final String tenant = UUID.randomUUID().toString();
  private final List<String> issued = new ArrayList<>();
  private final InMemoryStore signIns = new InMemoryStore("memory");
  @AutoClose private final FakeAzureDevOps fake = new FakeAzureDevOps();
  @AutoClose private final FakeIdentityEndpoint machine = new FakeIdentityEndpoint(issued::add);
  private final FakeEntra entra = new FakeEntra(tenant, fake::now, issued::add);
  private List<AccessTokenLadder.Failure> failures = List.of();
  private boolean isInPublicCloud = true;

  @BeforeEach
  void start() {
    fake.on("login.microsoftonline.com", entra);
    entra.serve(RESOURCE);
    machine.serve(RESOURCE);
    environment.put("HOME", home.toString());
    environment.put("PATH", bin.toString());
    environment.put("GIT_CONFIG_NOSYSTEM", "1");
    // Nobody answers there.
    environment.put("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:1");
    environment.putAll(fake.environment());
  }

  private @Nullable IssuedToken climb() {
    Environment surroundings = new Environment(environment, false, new Deadline());
    AccessTokenLadder ladder =
        new AccessTokenLadder(
            surroundings,
            () -> new StoreChain(List.of(signIns), false),
            new Things(tenant, isInPublicCloud));
    IssuedToken token = ladder.climb(null);
    failures = ladder.failures();
    return token;
  }

  private String rung() {
    IssuedToken token = climb();
    assertThat(token).describedAs("%s", failures).isNotNull();
    return token.rung();
  }

  @Test
  void aWorkloadIdentityAsksForTheService() throws Exception {
    Path file = home.resolve("platform-token");
    Files.writeString(file, "first");
    entra.federate("first");
    environment.put("AZURE_FEDERATED_TOKEN_FILE", file.toString());
    environment.put("AZURE_CLIENT_ID", entra.clientId());
    environment.put("AZURE_TENANT_ID", tenant);
    assertThat(rung()).isEqualTo("workload identity");
    entra.serve("https://others.example.com");
    assertThat(climb()).isNull();
    assertThat(failures).hasSize(1);
  }

  @Test
  void anAppAndAVirtualMachineAskForTheService() {
    environment.putAll(machine.appService());
    assertThat(rung()).isEqualTo("App Service identity");
    environment.keySet().removeAll(machine.appService().keySet());
    environment.putAll(machine.virtualMachine());
    assertThat(rung()).isEqualTo("virtual machine identity");
  }

  @Test
  void theTokenOfAPipelineIsForNoOtherService() {
    environment.put("SYSTEM_ACCESSTOKEN", FakeEntra.newAccessToken(Instant.now().plusSeconds(600)));
    assertThat(climb()).isNull();
    assertThat(failures).isEmpty();
    environment.put("SYSTEM_COLLECTIONURI", "https://dev.azure.com/contoso/");
    assertThat(climb()).isNull();
    assertThat(failures).isEmpty();
  }

  @Test
  void theAzureCliIsAskedForTheServiceAndItsTenant() throws Exception {
    Path az = bin.resolve("az");
    Files.writeString(
        az,
        "#!/bin/sh\necho \"$*\" >'"
            + home
            + "/asked'\necho '"
            + FakeEntra.newAccessToken(Instant.now().plusSeconds(600))
            + "'\n");
    Files.setPosixFilePermissions(az, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(rung()).isEqualTo("Azure CLI");
    assertThat(home.resolve("asked"))
        .content()
        .contains("--resource " + RESOURCE + " ", "--tenant " + tenant);
  }

  @Test
  void aRememberedSignInIsGoodForAnotherServiceOfThePublicCloudOnly() throws Exception {
    environment.put("GIT_CREDENTIAL_PAT_CLIENT_ID", entra.clientId());
    signIns.save(
        Entry.of(
            new EntryKey(Identity.ofSignIn(tenant), entra.clientId()),
            Secret.password(entra.newRefreshToken().getBytes(UTF_8)),
            Instant.now().getEpochSecond()));
    assertThat(rung()).isEqualTo("remembered sign-in");
    isInPublicCloud = false;
    fake.forget();
    assertThat(climb()).isNull();
    assertThat(fake.requests()).isEmpty();
  }

  /** A service of that name. */
  private record Things(String named, boolean isInPublicCloud) implements Audience {
    @Override
    public String resource() {
      return RESOURCE;
    }

    @Override
    public Identity place() {
      return new Identity("https", "contoso.things.example.com", null);
    }

    @Override
    public String tenant(Http http, Duration limit) throws ServiceException {
      return named;
    }

    @Override
    public String requiredOfAccounts() {
      return "allowed to";
    }

    @Override
    public String commandAfterRejection() {
      return "git-credential-pat stores";
    }

    @Override
    public String commandWithoutGit() {
      return "git-credential-pat stores";
    }
  }
}
