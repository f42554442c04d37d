package io.github.gitcredentialpat.store.keyutils;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import io.github.gitcredentialpat.Requires;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Payload;
import io.github.gitcredentialpat.store.Secret;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreContract;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On this user's own keyring, under random names. */
final class KeyutilsStoreTest extends StoreContract {

  @BeforeAll
  static void needsAKeyring() throws StoreException {
    try {
      new KeyutilsStore(60).list();
    } catch (StoreException e) {
      Requires.present(e.reason() != Reason.UNAVAILABLE, "kernel keyring: " + e.getMessage());
      throw e;
    }
  }

  @Override
  protected Store open() {
    return new KeyutilsStore(600);
  }

  @Override
  protected List<String> nativeLibraries() {
    return List.of("libkeyutils.so.1");
  }

  private static int serial(EntryKey key) {
    Keyctl kernel = new Keyctl();
    assertThat(kernel.link(Keyctl.USER_KEYRING, Keyctl.PROCESS_KEYRING)).isNotNegative();
    int serial = kernel.search(Keyctl.USER_KEYRING, Description.of(key));
    assertThat(serial).isPositive();
    return serial;
  }

  /** The line of /proc/keys: id, flags, usage, time left, permissions, and so on. */
  private static String timeLeft(EntryKey key) throws Exception {
    String id = String.format("%08x", serial(key));
    try (Stream<String> lines = Files.lines(Path.of("/proc/keys"))) {
      return lines.filter(line -> line.startsWith(id)).findFirst().orElseThrow().split("\\s+")[3];
    }
  }

  @Test
  void forgetsWhatWasNotUsedInTime() throws Exception {
    KeyutilsStore brief = new KeyutilsStore(1);
    Entry entry = entry("contoso", "alice", "secret");
    brief.save(entry);
    assertThat(brief.find(at("contoso"))).hasSize(1);
    Thread.sleep(2_100);
    assertThat(brief.find(at("contoso"))).isEmpty();
    assertThat(brief.list()).doesNotContain(entry.key());
    assertThat(brief.delete(entry.key())).isFalse();
    brief.save(entry);
    assertKept(entry);
  }

  @Test
  void eachUseRenewsTheTime() throws Exception {
    KeyutilsStore brief = new KeyutilsStore(2);
    Entry used = entry("contoso", "alice", "1");
    Entry unused = entry("fabrikam", "alice", "2");
    brief.save(used);
    brief.save(unused);
    for (int i = 0; i < 4; i++) {
      Thread.sleep(1_000);
      assertThat(brief.find(at("contoso"))).hasSize(1);
    }
    assertThat(brief.find(at("fabrikam"))).isEmpty();
  }

  @Test
  void listingRenewsNothing() throws Exception {
    Entry entry = entry("contoso", "alice", "1");
    new KeyutilsStore(100_000).save(entry);
    assertThat(timeLeft(entry.key())).isEqualTo("1d");
    new KeyutilsStore(600).list();
    assertThat(timeLeft(entry.key())).isEqualTo("1d");
    new KeyutilsStore(600).find(at("contoso"));
    assertThat(timeLeft(entry.key())).isIn("9m", "10m");
  }

  @Test
  void aReplacedEntryHasATimeLimitToo() throws Exception {
    store.save(entry("contoso", "alice", "1"));
    Entry entry = entry("contoso", "alice", "2");
    store.save(entry);
    assertThat(timeLeft(entry.key())).isIn("9m", "10m");
  }

  @Test
  void whatWasRevokedIsNotFound() throws Exception {
    Entry entry = entry("contoso", "alice", "1");
    store.save(entry);
    NativeLibrary.getInstance("libkeyutils.so.1")
        .getFunction("keyctl_revoke")
        .invokeInt(new Object[] {serial(entry.key())});
    assertThat(store.find(at("contoso"))).isEmpty();
    assertThat(store.list()).doesNotContain(entry.key());
    assertThat(store.delete(entry.key())).isFalse();
    store.save(entry);
    assertKept(entry);
  }

  @Test
  void worksFromEveryThread() throws Exception {
    Entry entry = entry("contoso", "alice", "1");
    store.save(entry);
    List<Entry> found = new ArrayList<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                found.addAll(store.find(at("contoso")));
              } catch (StoreException e) {
                throw new IllegalStateException(e);
              }
            });
    thread.start();
    thread.join();
    assertThat(found).hasSize(1);
  }

  @Test
  void onlyItsPossessorHasRights() throws Exception {
    Entry entry = entry("contoso", "alice", "1");
    store.save(entry);
    assertThat(new Keyctl().describe(serial(entry.key()))).contains(";3f000000;");
  }

  @Test
  void anAddressOverFourThousandBytesIsALimit() throws Exception {
    Entry fits = entry("p".repeat(4_000), "alice", "1");
    store.save(fits);
    assertKept(fits);
    Entry entry = entry("p".repeat(4_096), "alice", "1");
    assertThatThrownBy(() -> store.save(entry))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.LIMIT));
  }

  @Test
  void whatIsKnownBesideASecretCountsToo() throws Exception {
    Entry entry =
        entry("contoso", "alice", "x".repeat(store.capacity().longestSecret()))
            .with(null, Secret.password(new byte[5_000]));
    assertThat(Payload.encode(entry).length).isGreaterThan(32_767);
    assertThatThrownBy(() -> store.save(entry))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.LIMIT));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a@b:c/d%41", "%", "%4", "\n\t", "a;b;c", "://"})
  void describesAnyTextSoThatItComesBack(String text) {
    List<EntryKey> keys = new ArrayList<>();
    for (String user : new String[] {null, "", text}) {
      for (String path : new String[] {null, "", text}) {
        keys.add(new EntryKey(new Identity("https", "[::1]:8443", path), user));
        keys.add(new EntryKey(new Identity(text, text, path), user));
      }
    }
    assertThat(keys).allSatisfy(k -> assertThat(Description.parse(Description.of(k))).isEqualTo(k));
    assertThat(keys.stream().map(Description::of)).doesNotHaveDuplicates();
  }

  /** A quota is of a user id, and root's is hardly ever reached: so as another user. */
  @Test
  void asAnOrdinaryUserItKeepsWhatItDeclaresAndThenSaysThatItIsFull(@TempDir Path folder)
      throws Exception {
    Requires.present(
        Files.isExecutable(Path.of("/usr/bin/setpriv"))
            && Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0),
        "root and setpriv");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path jna = folder.resolve("jna.jar");
    Files.copy(
        Path.of(Native.class.getProtectionDomain().getCodeSource().getLocation().toURI()), jna);
    Path classes = folder.resolve("classes");
    for (Class<?> type : List.of(KeyutilsStore.class, OrdinaryUser.class)) {
      copy(Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()), classes);
    }
    ProcessBuilder builder =
        new ProcessBuilder(
            "/usr/bin/setpriv",
            "--reuid=64999",
            "--regid=64999",
            "--clear-groups",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Djna.tmpdir=/tmp",
            "-Duser.home=/tmp",
            "-cp",
            classes + File.pathSeparator + jna,
            OrdinaryUser.class.getName(),
            host);
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("JAVA_") || name.contains("OPTIONS"));
    Process process = builder.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(said).contains("kept all, then LIMIT, then kept one more");
  }

  private static void copy(Path from, Path to) throws Exception {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  /** What the child process runs. */
  static final class OrdinaryUser {
    public static void main(String[] args) throws Exception {
      KeyutilsStore store = new KeyutilsStore(60);
      List<EntryKey> kept = new ArrayList<>();
      try {
        int most = store.capacity().mostEntries();
        Entry longest = entry(args[0], "longest", "x".repeat(store.capacity().longestSecret()));
        store.save(longest);
        // Replacing needs room for both.
        store.save(longest);
        if (store.find(longest.key().identity()).size() != 1 || !store.delete(longest.key())) {
          System.out.println("the longest secret is not kept");
        }
        for (int i = 0; i < most; i++) {
          Entry entry = entry(args[0], "organization-" + i, "s".repeat(84));
          store.save(entry);
          kept.add(entry.key());
        }
        System.out.println(most + " entries, " + store.list().size() + " listed");
        // Short-lived ones fill it up, and make room again once they expired.
        KeyutilsStore brief = new KeyutilsStore(1);
        for (int i = 0; ; i++) {
          Entry entry = entry(args[0], "more-" + i, "s".repeat(84));
          try {
            brief.save(entry);
            kept.add(entry.key());
          } catch (StoreException e) {
            System.out.println(i + " more, then: " + e.getMessage());
            Thread.sleep(2_100);
            store.save(entry);
            kept.add(entry.key());
            System.out.println("kept all, then " + e.reason() + ", then kept one more");
            return;
          }
        }
      } finally {
        for (EntryKey key : kept) {
          store.delete(key);
        }
      }
    }

    private static Entry entry(String host, String path, String secret) {
      return Entry.of(
          new EntryKey(new Identity("https", host, path), "alice@example.com"),
          Secret.password(secret.getBytes(UTF_8)),
          1_700_000_000L);
    }
  }
}
