package io.github.gitcredentialpat.store.secretservice;

import static io.github.gitcredentialpat.store.ForeignEntryAssert.KEY;
import static io.github.gitcredentialpat.store.ForeignEntryAssert.assertIs;
import static io.github.gitcredentialpat.store.ForeignEntryAssert.password;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.ForeignEntries;
import io.github.gitcredentialpat.store.ForeignEntry;
import io.github.gitcredentialpat.store.ForeignEntry.Program;
import io.github.gitcredentialpat.store.ForeignEntryAssert;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.testing.CSources;
import io.github.gitcredentialpat.testing.PrivateBus;
import io.github.gitcredentialpat.testing.Requires;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What other programs keep in a real GNOME Keyring, written by these programs where they can be
 * had.
 */
@Timeout(60)
@Tag("slow")
final class ForeignItemsTest {
  private static final String IN_GIT = "contrib/credential/libsecret/git-credential-libsecret.c";

  private PrivateBus bus;
  private SecretServiceStore store;
  private ForeignEntries foreign;

  @BeforeEach
  void startKeyring() throws Exception {
    bus = new PrivateBus();
    bus.startKeyring();
    open();
  }

  private void open() {
    store = new SecretServiceStore(new Environment(bus.environment(), false, new Deadline()));
    foreign = store.foreignEntries();
  }

  @AfterEach
  void stopKeyring() throws Exception {
    if (store != null) {
      store.close();
    }
    if (bus != null) {
      bus.close();
    }
  }

  private ForeignEntry only() throws StoreException {
    return ForeignEntryAssert.only(foreign);
  }

  private static Path build(Path source) throws Exception {
    return CSources.program(source, "libsecret-1", "glib-2.0");
  }

  private static Path gits() throws Exception {
    Path source = Path.of("/usr/share/doc/git").resolve(IN_GIT);
    Requires.present(Files.exists(source), source + " (Debian's package git)");
    return build(source);
  }

  /** Keeps an item as libsecret does for programs that name a schema. */
  private void put(String secret, String... attributes) throws Exception {
    Requires.present(
        PrivateBus.isInstalled("secret-tool"), "secret-tool (Debian: libsecret-tools)");
    String[] command = new String[attributes.length + 3];
    command[0] = "secret-tool";
    command[1] = "store";
    command[2] = "--label=theirs";
    System.arraycopy(attributes, 0, command, 3, attributes.length);
    bus.filter(secret, command);
  }

  @Test
  void bringsOverWhatGitsOwnHelperKeeps() throws Exception {
    String gits = gits().toString();
    String where = "protocol=https\nhost=tfs.example:8443\npath=tfs/My Project\n";
    String password = "Gr\u00fc\u00dfe, \uD83D\uDD11";
    bus.filter(where + "username=alice\npassword=" + password + "\n", gits, "store");
    ForeignEntry entry = only();
    assertIs(entry, Program.GIT, "tfs.example:8443", "tfs/My Project", "alice");
    assertThat(store.list()).isEmpty();

    Entry read = foreign.read(entry, KEY);
    assertThat(read.key()).isEqualTo(KEY);
    assertThat(password(read)).isEqualTo(password);
    assertThat(read.expiry()).isNull();
    assertThat(read.storedAt()).isEqualTo(entry.storedAt());
    store.save(read);
    assertThat(foreign.delete(entry)).isTrue();
    assertThat(bus.filter(where, gits, "get")).doesNotContain("password");
    assertThat(foreign.list()).isEmpty();
    assertThat(password(store.find(KEY.identity()).get(0))).isEqualTo(password);
  }

  @Test
  @Tag("all")
  void readsExpiryAndRefreshTokenOfGitsNewestHelper() throws Exception {
    String source = System.getenv("GIT_CREDENTIAL_PAT_GIT_SOURCE");
    Requires.present(source != null, "GIT_CREDENTIAL_PAT_GIT_SOURCE");
    // Of the same name as the other one's source.
    Path copy = Path.of("target/native/git-credential-libsecret-newest.c");
    Files.createDirectories(copy.getParent());
    Files.copy(Path.of(source).resolve(IN_GIT), copy, StandardCopyOption.REPLACE_EXISTING);
    String request =
        """
        protocol=https
        host=dev.azure.com
        path=contoso
        username=alice
        password=one
        password_expiry_utc=1900000000
        oauth_refresh_token=again
        """;
    bus.filter(request, build(copy).toString(), "store");
    ForeignEntry entry = only();
    assertIs(entry, Program.GIT, "dev.azure.com", "contoso", "alice");
    Entry read = foreign.read(entry, KEY);
    assertThat(password(read)).isEqualTo("one");
    assertThat(read.expiry()).isEqualTo(new Expiry(1_900_000_000L, Expiry.Source.GIT));
    assertThat(read.refreshToken().sameAs(Secret.password("again".getBytes(UTF_8)))).isTrue();
  }

  @Test
  void readsWhatGitCredentialManagerKeeps() throws Exception {
    put(
        "one",
        "xdg:schema",
        "com.microsoft.GitCredentialManager",
        "service",
        "git:https://dev.azure.com/contoso",
        "account",
        "alice@example.com");
    ForeignEntry entry = only();
    assertIs(
        entry, Program.GIT_CREDENTIAL_MANAGER, "dev.azure.com", "contoso", "alice@example.com");
    assertThat(password(foreign.read(entry, KEY))).isEqualTo("one");
  }

  @Test
  void readsWhatTheAzureCliKeeps() throws Exception {
    String keep =
        """
        import keyring, sys
        for where in "https://dev.azure.com/contoso", " default":
            keyring.set_password("azdevops-cli:" + where, "Personal Access Token", sys.argv[1])
        """;
    Requires.present(
        bus.run("/usr/bin/python3", "-c", "import keyring, secretstorage") == 0,
        "the Python keyring library (Debian: python3-keyring)");
    bus.filter("", "/usr/bin/python3", "-c", keep, "one");
    ForeignEntry entry = only();
    assertIs(entry, Program.AZURE_CLI, "dev.azure.com", "contoso", null);
    assertThat(password(foreign.read(entry, KEY))).isEqualTo("one");
    assertThat(foreign.delete(entry)).isTrue();
    assertThat(foreign.list()).isEmpty();
  }

  @Test
  void leavesOutWhatIsNoEntryOfThese() throws Exception {
    store.save(Entry.of(KEY, Secret.password("ours".getBytes(UTF_8)), 1));
    put("1", "protocol", "https", "server", "h.example", "user", "alice");
    put("2", "xdg:schema", "org.gnome.keyring.NetworkPassword", "protocol", "smb", "server", "h");
    put("3", "xdg:schema", "org.gnome.keyring.NetworkPassword", "protocol", "https");
    put("4", "xdg:schema", "com.microsoft.GitCredentialManager", "service", "other:https://h");
    put("5", "application", "Python keyring library", "service", "pypi", "username", "alice");
    assertThat(foreign.list()).isEmpty();
  }

  @Test
  void whatIsGoneMeanwhileIsAbsent() throws Exception {
    bus.filter("protocol=https\nhost=h\nusername=a\npassword=1\n", gits().toString(), "store");
    ForeignEntry entry = only();
    assertThat(foreign.delete(entry)).isTrue();
    assertThat(foreign.delete(entry)).isFalse();
    assertThat(foreign.read(entry, KEY)).isNull();
  }

  @Test
  void aLockedKeyringIsNotAnEmptyOne() throws Exception {
    bus.filter("protocol=https\nhost=h\nusername=a\npassword=1\n", gits().toString(), "store");
    ForeignEntry entry = only();
    store.close();
    bus.startLockedKeyring();
    open();
    for (var call : List.<ThrowingCall>of(foreign::list, () -> foreign.read(entry, KEY))) {
      assertThatThrownBy(call::run)
          .isInstanceOfSatisfying(
              StoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.LOCKED));
    }
    store.close();
    bus.startKeyring();
    open();
    assertThat(password(foreign.read(only(), KEY))).isEqualTo("1");
  }

  private interface ThrowingCall {
    Object run() throws Exception;
  }
}
