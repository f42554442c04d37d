package io.github.gitcredentialpat.store.keychain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Pointer;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.ForeignEntry;
import io.github.gitcredentialpat.store.ForeignEntry.Program;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Other programs' items in the keychain, laid out as these programs do: git's osxkeychain helper,
 * Git Credential Manager and Python's keyring library.
 */
@DisabledOnOs(OS.WINDOWS)
final class ForeignItemsTest {
  @RegisterExtension static final StandInKeychain KEYCHAIN = new StandInKeychain();

  private static final EntryKey KEY = new EntryKey(Identity.ofOrganization("contoso"), null);
  private static final String INTERNET = "kSecClassInternetPassword";
  private static final String GENERIC = "kSecClassGenericPassword";

  private final String secret = UUID.randomUUID().toString();
  private final KeychainStore store =
      StandInKeychain.store(new Environment(Map.of(), false, new Deadline()));

  @AfterEach
  void mend() {
    StandInKeychain.framework().SecKeychainSetUserInteractionAllowed((byte) 1);
  }

  private static Map<String, Object> internet(
      String host, @Nullable Integer port, @Nullable String path, @Nullable String user) {
    SecurityFramework framework = StandInKeychain.framework();
    Map<String, Object> item = new LinkedHashMap<>();
    item.put("kSecAttrServer", host);
    item.put("kSecAttrProtocol", framework.kSec("kSecAttrProtocolHTTPS"));
    if (port != null) {
      item.put("kSecAttrPort", port);
    }
    if (path != null) {
      item.put("kSecAttrPath", path);
    }
    if (user != null) {
      item.put("kSecAttrAccount", user);
    }
    return item;
  }

  private static void add(String itemClass, Map<String, Object> attributes, String secret) {
    SecurityFramework framework = StandInKeychain.framework();
    try (CoreFoundationObjects objects = new CoreFoundationObjects(framework)) {
      Pointer item = objects.dictionary();
      set(framework, item, "kSecClass", framework.kSec(itemClass));
      attributes.forEach(
          (name, value) ->
              set(
                  framework,
                  item,
                  name,
                  value instanceof Integer number
                      ? objects.number(number)
                      : value instanceof Pointer constant
                          ? constant
                          : objects.string((String) value)));
      set(framework, item, "kSecValueData", objects.secret(secret.getBytes(UTF_8)));
      assertThat(framework.SecItemAdd(item)).isZero();
    }
  }

  private static void set(SecurityFramework framework, Pointer item, String name, Pointer value) {
    framework.CFDictionarySetValue(item, framework.kSec(name), value);
  }

  private List<ForeignEntry> list() throws StoreException {
    return store.foreignEntries().list();
  }

  private String read(ForeignEntry foreign) throws StoreException {
    return new String(store.foreignEntries().read(foreign, KEY).secret().bytes(), UTF_8);
  }

  private void isOnly(Program program, String host, @Nullable String path, @Nullable String user)
      throws Exception {
    ForeignEntry only = list().get(0);
    assertThat(list()).hasSize(1);
    assertThat(only)
        .isEqualTo(new ForeignEntry(program, "https", host, path, user, 0, only.handle()));
    assertThat(read(only)).isEqualTo(secret);
  }

  @Test
  void gitsHelperKeepsInternetPasswords() throws Exception {
    add(INTERNET, internet("dev.azure.com", null, "contoso/Web/_git/site", "alice"), secret);
    isOnly(Program.GIT, "dev.azure.com", "contoso/Web/_git/site", "alice");
  }

  @Test
  void aPortBelongsToTheHostAndGitsOwnLinesAreRead() throws Exception {
    add(
        INTERNET,
        internet("tfs.example", 8443, null, "bob"),
        secret + "\npassword_expiry_utc=1900000000");
    isOnly(Program.GIT, "tfs.example:8443", null, "bob");
    Entry entry = store.foreignEntries().read(list().get(0), KEY);
    assertThat(entry.expiry().at()).isEqualTo(1_900_000_000L);
  }

  @Test
  void theManagerKeepsGenericPasswords() throws Exception {
    add(
        GENERIC,
        Map.of("kSecAttrService", "git:https://dev.azure.com/contoso", "kSecAttrAccount", "alice"),
        secret);
    isOnly(Program.GIT_CREDENTIAL_MANAGER, "dev.azure.com", "contoso", "alice");
  }

  @Test
  void theAzureCliKeepsGenericPasswords() throws Exception {
    add(
        GENERIC,
        Map.of(
            "kSecAttrService",
            "azdevops-cli:https://dev.azure.com/contoso",
            "kSecAttrAccount",
            "Personal Access Token"),
        secret);
    add(GENERIC, Map.of("kSecAttrService", "azdevops-cli: default"), secret);
    isOnly(Program.AZURE_CLI, "dev.azure.com", "contoso", null);
  }

  @Test
  void whatIsNotForGitAndWhatIsOursIsNotListed() throws Exception {
    SecurityFramework framework = StandInKeychain.framework();
    Map<String, Object> form = internet("dev.azure.com", null, null, "alice");
    form.put("kSecAttrAuthenticationType", framework.kSec("kSecAttrAuthenticationTypeHTMLForm"));
    add(INTERNET, form, secret);
    add(INTERNET, Map.of("kSecAttrServer", "mail.example", "kSecAttrAccount", "alice"), secret);
    add(GENERIC, Map.of("kSecAttrService", "Wi-Fi", "kSecAttrAccount", "home"), secret);
    store.save(Entry.of(KEY, Secret.password(secret.getBytes(UTF_8)), 1));
    assertThat(list()).isEmpty();
  }

  @Test
  void onlyTheVeryItemIsReadAndDeleted() throws Exception {
    // What is absent in a query matches anything, so that attributes could not tell these apart.
    add(INTERNET, internet("dev.azure.com", null, null, "alice"), secret);
    add(INTERNET, internet("dev.azure.com", null, "contoso", "alice"), "with a path");
    add(INTERNET, internet("dev.azure.com", null, null, null), "without a user");
    store.save(Entry.of(KEY, Secret.password("ours".getBytes(UTF_8)), 1));
    ForeignEntry pathless =
        list().stream()
            .filter(entry -> entry.path() == null && entry.user() != null)
            .findAny()
            .orElseThrow();
    assertThat(read(pathless)).isEqualTo(secret);
    assertThat(store.foreignEntries().delete(pathless)).isTrue();
    assertThat(store.foreignEntries().delete(pathless)).isFalse();
    assertThat(store.foreignEntries().read(pathless, KEY)).isNull();
    assertThat(list()).hasSize(2).doesNotContain(pathless);
    assertThat(store.list()).containsExactly(KEY);
  }

  @Test
  void aLockedKeychainIsListedAndNotRead() throws Exception {
    add(INTERNET, internet("dev.azure.com", null, "contoso", "alice"), secret);
    StandInKeychain.call("standin_lock", 0);
    List<ForeignEntry> entries = list();
    assertThat(entries).hasSize(1);
    assertThatThrownBy(() -> read(entries.get(0)))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.LOCKED));
    assertThatThrownBy(() -> store.foreignEntries().delete(entries.get(0)))
        .isInstanceOf(StoreException.class);
    assertThat(StandInKeychain.count("standin_prompts")).isZero();
  }
}
