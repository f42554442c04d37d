package io.github.gitcredentialpat.store.secretservice;

import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.ForeignEntries;
import io.github.gitcredentialpat.store.ForeignEntry;
import io.github.gitcredentialpat.store.ForeignEntry.Program;
import io.github.gitcredentialpat.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The items of other programs in the desktop's keyring.
 *
 * <table>
 * <caption>Whose item it is</caption>
 * <tr><td>git-credential-libsecret</td><td>schema {@code org.git.Password}, up to git 2.42 {@code
 *   org.gnome.keyring.NetworkPassword}; attributes {@code protocol}, {@code server}, {@code port},
 *   {@code user}, and the path as {@code object}; git's {@code key=value} lines may follow the
 *   password</td></tr>
 * <tr><td>Git Credential Manager</td><td>schema {@code com.microsoft.GitCredentialManager};
 *   attributes {@code service}, as {@code git:https://github.com}, and {@code account}</td></tr>
 * <tr><td>az devops</td><td>an item of the Python keyring library whose {@code service} is {@code
 *   azdevops-cli:https://dev.azure.com/contoso}</td></tr>
 * </table>
 */
final class ForeignItems implements ForeignEntries {
  private static final String SCHEMA = "xdg:schema";
  private static final String GITS_SCHEMA = "org.git.Password";
  private static final String GITS_OLDER_SCHEMA = "org.gnome.keyring.NetworkPassword";
  private static final String MANAGERS_SCHEMA = "com.microsoft.GitCredentialManager";
  private static final String PYTHONS = "Python keyring library";

  private final Connector connector;

  ForeignItems(Connector connector) {
    this.connector = connector;
  }

  /** Connects to the service. */
  interface Connector {
    /**
     * The service.
     *
     * @param subject what it is asked for, for a person to read
     */
    SecretService service(String subject) throws StoreException;
  }

  @Override
  public List<ForeignEntry> list() throws StoreException {
    SecretService secrets = connector.service("other programs' entries");
    List<ForeignEntry> entries = new ArrayList<>();
    boolean locked = false;
    String[][] searches = {
      {"protocol", "https"},
      {"protocol", "http"},
      {SCHEMA, MANAGERS_SCHEMA},
      {"application", PYTHONS}
    };
    for (String[] search : searches) {
      SecretService.Found found = secrets.search(search);
      locked |= found.hasLocked();
      List<String> items = new ArrayList<>(found.unlocked());
      items.addAll(found.locked());
      for (String item : items) {
        Map<String, String> attributes = secrets.allAttributes(item);
        ForeignEntry entry = attributes == null ? null : entry(attributes, item, secrets);
        if (entry != null) {
          entries.add(entry);
        }
      }
    }
    if (entries.isEmpty() && (locked || secrets.isDefaultLocked())) {
      throw BusFailure.locked("other programs' entries", "");
    }
    return entries;
  }

  private static @Nullable ForeignEntry entry(
      Map<String, String> attributes, String item, SecretService secrets) throws StoreException {
    String schema = attributes.getOrDefault(SCHEMA, "");
    String service = attributes.getOrDefault("service", "");
    if (schema.equals(GITS_SCHEMA) || schema.equals(GITS_OLDER_SCHEMA)) {
      String protocol = attributes.get("protocol");
      String server = attributes.get("server");
      String port = attributes.get("port");
      return protocol == null || server == null
          ? null
          : new ForeignEntry(
              Program.GIT,
              protocol,
              port == null ? server : server + ":" + port,
              attributes.get("object"),
              attributes.get("user"),
              secrets.modifiedAt(item),
              item);
    }
    if (schema.equals(MANAGERS_SCHEMA) && service.startsWith(ForeignEntry.MANAGERS_PREFIX)) {
      return ForeignEntry.ofUrl(
          Program.GIT_CREDENTIAL_MANAGER,
          service.substring(ForeignEntry.MANAGERS_PREFIX.length()),
          attributes.get("account"),
          secrets.modifiedAt(item),
          item);
    }
    if (PYTHONS.equals(attributes.get("application"))
        && service.startsWith(ForeignEntry.AZURE_PREFIX)) {
      return ForeignEntry.ofUrl(
          Program.AZURE_CLI,
          service.substring(ForeignEntry.AZURE_PREFIX.length()),
          null,
          secrets.modifiedAt(item),
          item);
    }
    return null;
  }

  @Override
  public @Nullable Entry read(ForeignEntry foreign, EntryKey key) throws StoreException {
    SecretService secrets = connector.service(key.identity().display());
    List<String> item = List.of(foreign.handle());
    if (secrets.allAttributes(foreign.handle()) == null) {
      return null;
    }
    if (secrets.isLocked(foreign.handle())) {
      secrets.unlock(item);
    }
    byte[] payload = secrets.secrets(item)[0];
    return payload == null ? null : foreign.as(key, payload);
  }

  @Override
  public boolean delete(ForeignEntry foreign) throws StoreException {
    return connector.service(foreign.host()).delete(foreign.handle());
  }
}
