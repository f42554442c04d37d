package io.github.gitcredentialpat.store.keychain;

import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.ForeignEntries;
import io.github.gitcredentialpat.store.ForeignEntry;
import io.github.gitcredentialpat.store.ForeignEntry.Program;
import io.github.gitcredentialpat.store.StoreException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The items of other programs in the keychain. macOS asks the person before it gives out a secret
 * that another program stored.
 *
 * <table>
 * <caption>Whose item it is</caption>
 * <tr><td>git-credential-osxkeychain</td><td>an internet password for http or https that no web
 *   page's form belongs to; git's {@code key=value} lines may follow the password</td></tr>
 * <tr><td>Git Credential Manager</td><td>a generic password whose service is {@code
 *   git:https://github.com}</td></tr>
 * <tr><td>az devops</td><td>a generic password whose service is {@code
 *   azdevops-cli:https://dev.azure.com/contoso}</td></tr>
 * </table>
 */
final class ForeignItems implements ForeignEntries {
  private static final String INTERNET = "kSecClassInternetPassword";
  private static final String GENERIC = "kSecClassGenericPassword";

  private final Access access;

  ForeignItems(Access access) {
    this.access = access;
  }

  /** Access to the keychain, which may ask a person. */
  interface Access {
    /** The keychain, opened for this. */
    Keychain open(String purpose) throws StoreException;

    void promptMayCome();

    void promptIsGone();
  }

  @Override
  public List<ForeignEntry> list() throws StoreException {
    Keychain keychain = access.open("listing other programs' entries");
    List<ForeignEntry> entries = new ArrayList<>();
    keychain.foreign(INTERNET, item -> add(internet(item), entries));
    keychain.foreign(GENERIC, item -> add(generic(item), entries));
    return entries;
  }

  /** The same item may lie in two keychains of the search list, then each has its reference. */
  private static void add(@Nullable ForeignEntry entry, List<ForeignEntry> entries) {
    if (entry != null) {
      entries.add(entry);
    }
  }

  private static @Nullable ForeignEntry internet(Keychain.Item item) {
    String protocol =
        item.is("kSecAttrProtocol", "kSecAttrProtocolHTTPS")
            ? "https"
            : item.is("kSecAttrProtocol", "kSecAttrProtocolHTTP") ? "http" : null;
    String server = item.text("kSecAttrServer");
    if (protocol == null
        || server == null
        || server.isEmpty()
        || item.is("kSecAttrAuthenticationType", "kSecAttrAuthenticationTypeHTMLForm")) {
      return null;
    }
    int port = item.number("kSecAttrPort");
    String path = item.text("kSecAttrPath");
    return new ForeignEntry(
        Program.GIT,
        protocol,
        port == 0 ? server : server + ":" + port,
        path == null || path.isEmpty() ? null : path,
        item.text("kSecAttrAccount"),
        0,
        handle(INTERNET, item));
  }

  private static @Nullable ForeignEntry generic(Keychain.Item item) {
    String service = item.text("kSecAttrService");
    if (service == null) {
      return null;
    }
    if (service.startsWith(ForeignEntry.MANAGERS_PREFIX)) {
      return ForeignEntry.ofUrl(
          Program.GIT_CREDENTIAL_MANAGER,
          service.substring(ForeignEntry.MANAGERS_PREFIX.length()),
          item.text("kSecAttrAccount"),
          0,
          handle(GENERIC, item));
    }
    return service.startsWith(ForeignEntry.AZURE_PREFIX)
        ? ForeignEntry.ofUrl(
            Program.AZURE_CLI,
            service.substring(ForeignEntry.AZURE_PREFIX.length()),
            null,
            0,
            handle(GENERIC, item))
        : null;
  }

  @Override
  public @Nullable Entry read(ForeignEntry foreign, EntryKey key) throws StoreException {
    String subject = key.identity().display();
    Keychain keychain = access.open("reading another program's entry for " + subject);
    access.promptMayCome();
    try {
      byte[] payload = keychain.foreignSecret(itemClass(foreign), reference(foreign), subject);
      return payload == null ? null : foreign.as(key, payload);
    } finally {
      access.promptIsGone();
    }
  }

  @Override
  public boolean delete(ForeignEntry foreign) throws StoreException {
    Keychain keychain = access.open("deleting another program's entry for " + foreign.host());
    access.promptMayCome();
    try {
      return keychain.deleteForeign(itemClass(foreign), reference(foreign), foreign.host());
    } finally {
      access.promptIsGone();
    }
  }

  private static String handle(String itemClass, Keychain.Item item) {
    return itemClass + " " + HexFormat.of().formatHex(item.reference());
  }

  private static String itemClass(ForeignEntry foreign) {
    return foreign.handle().substring(0, foreign.handle().indexOf(' '));
  }

  private static byte[] reference(ForeignEntry foreign) {
    return HexFormat.of().parseHex(foreign.handle().substring(foreign.handle().indexOf(' ') + 1));
  }
}
