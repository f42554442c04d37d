package io.github.gitcredentialpat.store.keyutils;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Payload;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreContract;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.testing.Requires;
import java.io.File;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

// More than 400 lines: the store's contract, and the kernel's own traps.
/** On this user's own keyring, under random names. */
@Tag("slow")
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
    int serial = kernel.search(Keyctl.USER_KEYRING, KeyDescription.of(key));
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
    Entry entry = entry("contoso", "alice", "secret");
    new KeyutilsStore(1).save(entry);
    Thread.sleep(2_100);
    assertThat(store.find(at("contoso"))).isEmpty();
    assertThat(store.list()).doesNotContain(entry.key());
    assertThat(store.delete(entry.key())).isFalse();
    store.save(entry);
    assertKept(entry);
  }

  @Test
  void eachUseRenewsTheTime() throws Exception {
    Entry used = entry("contoso", "alice", "1");
    Entry unused = entry("fabrikam", "alice", "2");
    for (Entry entry : List.of(used, unused)) {
      store.save(entry);
      // Most of its time is over.
      assertThat(new Keyctl().setTimeout(serial(entry.key()), 120)).isZero();
    }
    for (int i = 0; i < 2; i++) {
      assertThat(store.find(at("contoso"))).hasSize(1);
      assertThat(timeLeft(used.key())).isIn("9m", "10m");
      assertThat(new Keyctl().setTimeout(serial(used.key()), 120)).isZero();
    }
    assertThat(timeLeft(unused.key())).isIn("1m", "2m");
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
    assertThat(keys)
        .allSatisfy(k -> assertThat(KeyDescription.parse(KeyDescription.of(k))).isEqualTo(k));
    assertThat(keys.stream().map(KeyDescription::of)).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://alice@%s/%%2F",
        "https://alice@%s/con%%74oso",
        "https://alice@%s/a%%",
        "https://%%3A@%s/contoso",
        "no address %s"
      })
  void aKeyThatIsNotDescribedAsWeDoIsNoEntry(String format) throws Exception {
    store.save(entry("contoso", "alice", "1"));
    Keyctl kernel = new Keyctl();
    kernel.link(Keyctl.USER_KEYRING, Keyctl.PROCESS_KEYRING);
    int ring = kernel.searchKeyring(Keyctl.USER_KEYRING, "git-credential-pat");
    int damaged = store.damaged();
    int foreign = kernel.addKey(format.formatted(host), "secret".getBytes(UTF_8), ring);
    assertThat(foreign).isPositive();
    try {
      // Whatever is listed can be deleted, and nothing else is.
      assertThat(store.find(at(null))).hasSize(1);
      for (EntryKey key : store.list()) {
        if (key.identity().host().equals(host)) {
          assertThat(store.delete(key)).isTrue();
        }
      }
      assertThat(store.damaged()).isEqualTo(damaged + 1);
      assertThat(kernel.unlink(foreign, ring)).isZero();
    } finally {
      kernel.unlink(foreign, ring);
    }
  }

  /** A quota is of a user id, and root's is hardly ever reached: so as another user. */
  @Test
  void asAnOrdinaryUserItKeepsWhatItDeclaresAndThenSaysThatItIsFull(@TempDir Path folder)
      throws Exception {
    assertThat(asOrdinaryUser(folder, OrdinaryUser.class))
        .contains("kept all, then LIMIT, then kept one more");
  }

  @Test
  void aQuotaThatIsUsedUpKeepsNothingFromBeingReadAndDeleted(@TempDir Path folder)
      throws Exception {
    quotaIsUsedUp(folder);
  }

  private void quotaIsUsedUp(Path folder, String... before) throws Exception {
    // Each in a process, as operations are: with one ends what it has of the quota itself.
    assertThat(asOrdinaryUser(folder, TwoEntries.class, before)).contains("kept");
    assertThat(asOrdinaryUser(folder, UsedUp.class, before)).contains("full");
    assertThat(asOrdinaryUser(folder, FullQuota.class, before))
        .contains("found, listed, set aside, replaced, deleted, kept");
  }

  @Test
  void itIsTheSameInASessionOfAnotherUser(@TempDir Path folder) throws Exception {
    Requires.present(Files.isExecutable(Path.of("/usr/bin/keyctl")), "keyctl");
    quotaIsUsedUp(folder, "/usr/bin/keyctl", "session", "-");
  }

  /** What it says as another user than root, of whom nobody else makes use. */
  private String asOrdinaryUser(Path folder, Class<?> program, String... before) throws Exception {
    Requires.present(
        Files.isExecutable(Path.of("/usr/bin/setpriv"))
            && Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0),
        "root and setpriv");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path jna = folder.resolve("jna.jar");
    Files.copy(
        Path.of(Native.class.getProtectionDomain().getCodeSource().getLocation().toURI()),
        jna,
        StandardCopyOption.REPLACE_EXISTING);
    Path classes = folder.resolve("classes");
    for (Class<?> type : List.of(KeyutilsStore.class, program)) {
      copy(Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()), classes);
    }
    List<String> command = new ArrayList<>(List.of(before));
    command.addAll(
        List.of(
            "/usr/bin/setpriv",
            "--reuid=64999",
            "--regid=64999",
            "--clear-groups",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Djna.tmpdir=/tmp",
            "-Duser.home=/tmp",
            "-cp",
            classes + File.pathSeparator + jna,
            program.getName(),
            host));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("JAVA_") || name.contains("OPTIONS"));
    Process process = builder.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return said;
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

  /** What a child process runs to begin with. */
  static final class TwoEntries {
    public static void main(String[] args) throws Exception {
      KeyutilsStore store = new KeyutilsStore(60);
      store.save(OrdinaryUser.entry(args[0], "contoso", "s".repeat(84)));
      store.save(OrdinaryUser.entry(args[0], "fabrikam", "s".repeat(84)));
      System.out.println("kept");
    }
  }

  /** What another one runs then: it leaves no room for any key. */
  static final class UsedUp {
    public static void main(String[] args) throws Exception {
      Keyctl kernel = new Keyctl();
      int count = 0;
      for (int size = 4_000; size > 0; size /= 2) {
        while (kernel.addKey("fill-" + count, new byte[size], Keyctl.USER_KEYRING) >= 0) {
          count++;
        }
      }
      System.out.println("full");
    }
  }

  /** What a third one runs. */
  static final class FullQuota {
    public static void main(String[] args) throws Exception {
      KeyutilsStore store = new KeyutilsStore(60);
      Entry entry = OrdinaryUser.entry(args[0], "contoso", "s".repeat(84));
      Entry newer = OrdinaryUser.entry(args[0], "contoso", "t".repeat(84));
      Entry other = OrdinaryUser.entry(args[0], "fabrikam", "s".repeat(84));
      try {
        StringBuilder done = new StringBuilder();
        done.append(only(store, entry) ? "found" : "not found");
        done.append(store.list().contains(entry.key()) ? ", listed" : ", not listed");
        store.save(entry.setAsideAt(1_800_000_000L));
        boolean isAside = store.find(entry.key().identity()).get(0).setAsideAt() == 1_800_000_000L;
        done.append(isAside ? ", set aside" : ", not set aside");
        store.save(newer);
        done.append(only(store, newer) ? ", replaced" : ", not replaced");
        boolean isDeleted = store.delete(entry.key()) && !store.delete(entry.key());
        done.append(isDeleted ? ", deleted" : ", not deleted");
        done.append(only(store, other) ? ", kept" : ", not kept");
        System.out.println(done);
      } finally {
        removeAll();
      }
    }

    private static boolean only(KeyutilsStore store, Entry entry) throws Exception {
      List<Entry> found = store.find(entry.key().identity());
      return found.size() == 1 && found.get(0).secret().sameAs(entry.secret());
    }

    /** This user id has no other keys. */
    private static void removeAll() {
      Keyctl kernel = new Keyctl();
      byte[] serials = new byte[4_096];
      int length = kernel.read(Keyctl.USER_KEYRING, serials);
      ByteBuffer buffer = ByteBuffer.wrap(serials).order(ByteOrder.nativeOrder());
      for (int i = 0; i < length / Integer.BYTES; i++) {
        kernel.unlink(buffer.getInt(), Keyctl.USER_KEYRING);
      }
    }
  }
}
