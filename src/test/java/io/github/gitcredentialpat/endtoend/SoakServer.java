package io.github.gitcredentialpat.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.gitcredentialpat.azure.FakeAzureDevOps;
import io.github.gitcredentialpat.azure.FakeOrganization;
import io.github.gitcredentialpat.azure.FakePats;
import io.github.gitcredentialpat.entra.FakeEntra;
import io.github.gitcredentialpat.keyvault.FakeKeyVault;
import io.github.gitcredentialpat.openbao.FakeOpenBao;
import io.github.gitcredentialpat.openbao.FakeOpenBao.Rule;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Azure DevOps and a vault for src/bench/soak.py, which tells it on standard input what happens.
 * The organization contoso hands out tokens by its interface; the others have the tokens that they
 * are told to make.
 */
public final class SoakServer {
  private static final String HOST = "soak.vault.azure.net";
  private static final String FOLDER = "git-credential-pat";

  private final FakeAzureDevOps fake = new FakeAzureDevOps();
  private final FakeOrganization contoso = fake.organization("contoso");
  private final FakePats pats = new FakePats(fake, "contoso");
  private final Map<String, String> environment = new HashMap<>();
  private final Map<String, String> granted = new HashMap<>();

  private SoakServer() {
    fake.on("vssps.dev.azure.com", pats);
    environment.putAll(fake.environment());
  }

  /** What is asked of a vault besides its interface. */
  private interface Vault {
    /** How often it was asked. */
    int requests();

    /** A line for each token: organization, token, how many versions it has. */
    String content() throws IOException;
  }

  /**
   * Serves until standard input ends.
   *
   * @param args a folder for files; the store
   */
  public static void main(String[] args) throws Exception {
    SoakServer server = new SoakServer();
    Path folder = Path.of(args[0]);
    switch (args[1]) {
      case "azkeyvault" -> server.serveKeyVault(folder);
      case "openbao" -> server.serveOpenBao(folder);
      default -> server.serve(null, null);
    }
  }

  private void serveKeyVault(Path folder) throws Exception {
    FakeKeyVault vault = new FakeKeyVault(HOST, contoso.tenant());
    fake.on(HOST, vault);
    FakeEntra entra = new FakeEntra(contoso.tenant(), fake::now, vault::accept);
    entra.serve("https://vault.azure.net");
    String platform = FakeOpenBao.newToken("");
    entra.federate(platform);
    fake.on("login.microsoftonline.com", entra);
    environment.put("GIT_CREDENTIAL_PAT_VAULT", "soak");
    environment.put(
        "AZURE_FEDERATED_TOKEN_FILE",
        Files.writeString(folder.resolve("platform-token"), platform).toString());
    environment.put("AZURE_CLIENT_ID", entra.clientId());
    environment.put("AZURE_TENANT_ID", contoso.tenant());
    // Only what leads to the vault can be cut.
    Relay relay = new Relay(URI.create(fake.proxy()).getPort(), "CONNECT " + HOST);
    environment.put("https_proxy", relay.address());
    serve(
        relay,
        new Vault() {
          @Override
          public int requests() {
            return (int) fake.requests().stream().filter(each -> each.host().equals(HOST)).count();
          }

          @Override
          public String content() {
            StringBuilder content = new StringBuilder();
            for (String name : vault.names()) {
              JsonNode secret = vault.current(name);
              String url = secret.path("tags").path("url").asText();
              content.append(url.substring(url.lastIndexOf('/') + 1)).append(' ');
              content.append(secret.path("value").asText()).append(' ');
              content.append(vault.versions(name)).append('\n');
            }
            return content.toString();
          }
        });
  }

  private void serveOpenBao(Path folder) throws Exception {
    FakeOpenBao vault = new FakeOpenBao();
    String projected = FakeOpenBao.newToken("");
    vault.letIn(
        "kubernetes",
        "fleet",
        projected,
        List.of(
            new Rule("secret/metadata/" + FOLDER + "/", Set.of("list")),
            new Rule("secret/data/" + FOLDER + "/", Set.of("read"))));
    Relay relay = new Relay(URI.create(vault.address()).getPort(), "");
    environment.putAll(vault.environment());
    environment.put("VAULT_ADDR", relay.address().replace("http:", "https:"));
    environment.put("no_proxy", "127.0.0.1");
    environment.put("VAULT_AUTH_ROLE", "fleet");
    environment.put("VAULT_AUTH_PATH", "kubernetes");
    environment.put(
        "VAULT_ID_TOKEN_FILE",
        Files.writeString(folder.resolve("projected"), projected).toString());
    environment.put("WRITER", vault.root());
    serve(
        relay,
        new Vault() {
          @Override
          public int requests() {
            return vault.requests().size();
          }

          @Override
          public String content() throws IOException {
            StringBuilder content = new StringBuilder();
            for (String path : vault.paths()) {
              JsonNode secret = new ObjectMapper().readTree(vault.current(path));
              content.append(path.split("/")[3]).append(' ');
              content.append(secret.path("token").asText()).append(' ');
              content.append(vault.version(path)).append('\n');
            }
            return content.toString();
          }
        });
  }

  private void serve(Relay relay, Vault vault) throws Exception {
    environment.forEach((name, value) -> System.out.println(name + "=" + value));
    System.out.println();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      System.out.println(
          switch (words[0]) {
            case "sign-in" -> pats.signIn();
            case "grant" -> grant(words[1]);
            case "is-good" ->
                words[1].equals("contoso")
                    ? pats.scopeOf(words[2]) != null
                    : words[2].equals(granted.get(words[1]));
            case "requests" -> vault.requests();
            case "content" -> vault.content();
            default -> relay.become(Relay.State.valueOf(words[0]));
          });
    }
    System.exit(0);
  }

  private String grant(String organization) {
    String token = fake.organization(organization).grant("vso.code_write");
    granted.put(organization, token);
    return token;
  }
}
