package io.github.gitcredentialpat.store.file;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Store;
import io.github.gitcredentialpat.store.StoreContract;
import io.github.gitcredentialpat.store.StoreException;
import io.github.gitcredentialpat.store.StoreException.Reason;
import io.github.gitcredentialpat.testing.Requires;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

// More than 400 lines: the store's contract, and what disks and other processes do.
@Tag("slow")
final class FileStoreTest extends StoreContract {
  @TempDir Path home;

  @Override
  protected Store open() {
    return new FileStore(surroundings(home));
  }

  private static Environment surroundings(Path home) {
    return new Environment(Map.of("HOME", home.toString()), false, new Deadline());
  }

  private Path data() {
    return home.resolve(".local/share/git-credential-pat");
  }

  private Path state() {
    return home.resolve(".local/state/git-credential-pat");
  }

  private Path key() {
    return state().resolve("key");
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  /** The only file in the data folder. */
  private Path onlyEntry() throws IOException {
    assertThat(files(data())).hasSize(1);
    return files(data()).get(0);
  }

  private Path fileOf(Entry entry) throws Exception {
    Set<Path> before = new HashSet<>(Files.exists(data()) ? files(data()) : List.of());
    store.save(entry);
    List<Path> added = new ArrayList<>(files(data()));
    added.removeAll(before);
    assertThat(added).hasSize(1);
    return added.get(0);
  }

  private StoreException failureOfFind(@Nullable String path) {
    return catchThrowableOfType(StoreException.class, () -> open().find(at(path)));
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void aMissMakesNothing() throws Exception {
    assertThat(open().find(at("contoso"))).isEmpty();
    assertThat(open().list()).isEmpty();
    assertThat(open().delete(new EntryKey(at("contoso"), null))).isFalse();
    assertThat(files(home)).isEmpty();
  }

  @Test
  void onlyTheOwnerMayReadOrEnter() throws Exception {
    store.save(entry("contoso", "alice", "secret"));
    assertThat(mode(data())).isEqualTo("rwx------");
    assertThat(mode(state())).isEqualTo("rwx------");
    assertThat(mode(home.resolve(".local"))).isEqualTo("rwx------");
    assertThat(mode(key())).isEqualTo("rw-------");
    assertThat(mode(onlyEntry())).isEqualTo("rw-------");
  }

  @Test
  void aWriteNarrowsWhatWasOpenToOthers() throws Exception {
    store.save(entry("contoso", "alice", "secret"));
    Files.setPosixFilePermissions(data(), PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setPosixFilePermissions(key(), PosixFilePermissions.fromString("rw-r--r--"));
    open().save(entry("contoso", "alice", "new"));
    assertThat(mode(data())).isEqualTo("rwx------");
    assertThat(mode(key())).isEqualTo("rw-------");
  }

  @Test
  void namesAndContentsRevealNothing() throws Exception {
    Entry alice = entry("contoso", "alice", "the-password");
    Path file = fileOf(alice);
    Path other = fileOf(entry("fabrikam", "alice", "the-password"));
    assertThat(file.getFileName().toString()).matches("[0-9a-f]{16}(-[0-9a-f]{24}){3}\\.entry");
    assertThat(new String(Files.readAllBytes(file), US_ASCII))
        .doesNotContain("contoso", "alice", "the-password", host);
    String[] parts = file.getFileName().toString().split("[-.]", -1);
    String[] otherParts = other.getFileName().toString().split("[-.]", -1);
    assertThat(otherParts[1]).as("the same host").isEqualTo(parts[1]);
    assertThat(otherParts[2]).as("another path").isNotEqualTo(parts[2]);
    assertThat(otherParts[3]).as("the same user elsewhere").isNotEqualTo(parts[3]);
    assertThat(Files.size(other)).as("a longer path").isEqualTo(Files.size(file));

    Path elsewhere = Files.createDirectory(home.resolve("elsewhere"));
    new FileStore(surroundings(elsewhere)).save(alice);
    Set<String> mine = Set.of(parts);
    Path same = files(elsewhere.resolve(".local/share/git-credential-pat")).get(0);
    for (String part : same.getFileName().toString().split("[-.]", -1)) {
      assertThat(part.equals("entry") || !mine.contains(part)).isTrue();
    }
  }

  @Test
  void eachWriteIsEncryptedAnew() throws Exception {
    Entry entry = entry("contoso", "alice", "secret");
    byte[] first = Files.readAllBytes(fileOf(entry));
    store.save(entry);
    byte[] second = Files.readAllBytes(onlyEntry());
    int same = 0;
    for (int i = 8; i < first.length; i++) {
      same += first[i] == second[i] ? 1 : 0;
    }
    assertThat(same).isLessThan(first.length / 8);
  }

  /** An independent reader, written from the Javadoc alone. */
  @Test
  void theFormatIsAsDocumented() throws Exception {
    Path file = fileOf(entry("contoso", null, "pässword"));
    String name = file.getFileName().toString();
    byte[] keyFile = Files.readAllBytes(key());
    assertThat(keyFile).hasSize(48).startsWith('g', 'c', 'p', 'K', 1, 0, 0, 0);
    byte[] master = Arrays.copyOfRange(keyFile, 16, 48);
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    sha256.update("git-credential-pat key id\0".getBytes(US_ASCII));
    String id = HexFormat.of().formatHex(sha256.digest(master), 0, 8);
    assertThat(HexFormat.of().formatHex(keyFile, 8, 16)).isEqualTo(id);
    assertThat(name).startsWith(id + "-");

    sha256.update("git-credential-pat names\0".getBytes(US_ASCII));
    byte[] names = sha256.digest(master);
    byte[] hostField = host.getBytes(UTF_8);
    sha256.update(names);
    sha256.update(
        ByteBuffer.allocate(1 + 4 + 5 + 4 + hostField.length + 4 + 7 + 4)
            .put((byte) 4)
            .putInt(5)
            .put("https".getBytes(UTF_8))
            .putInt(hostField.length)
            .put(hostField)
            .putInt(7)
            .put("contoso".getBytes(UTF_8))
            .putInt(-1)
            .array());
    String user = HexFormat.of().formatHex(sha256.digest(), 0, 12);
    assertThat(name).endsWith("-" + user + ".entry");

    byte[] content = Files.readAllBytes(file);
    assertThat(content).startsWith('g', 'c', 'p', 'E', 1, 1, 0, 0);
    sha256.update("git-credential-pat entries\0".getBytes(US_ASCII));
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        Cipher.DECRYPT_MODE,
        new SecretKeySpec(sha256.digest(master), "AES"),
        new GCMParameterSpec(128, content, 8, 12));
    cipher.updateAAD(content, 0, 8);
    cipher.updateAAD(name.getBytes(US_ASCII));
    ByteBuffer plaintext = ByteBuffer.wrap(cipher.doFinal(content, 20, content.length - 20));
    assertThat(plaintext.capacity()).isEqualTo(256);
    assertThat(text(plaintext)).isEqualTo("https");
    assertThat(text(plaintext)).isEqualTo(host);
    assertThat(text(plaintext)).isEqualTo("contoso");
    assertThat(plaintext.getInt()).isEqualTo(-1);
    assertThat(text(plaintext)).startsWith("pässword\n");
    while (plaintext.hasRemaining()) {
      assertThat(plaintext.get()).isZero();
    }
  }

  private static String text(ByteBuffer fields) {
    byte[] field = new byte[fields.getInt()];
    fields.get(field);
    return new String(field, UTF_8);
  }

  @Test
  void aChangeOfAnyByteIsNoticedAndNothingIsDeleted() throws Exception {
    Path file = fileOf(entry("contoso", "alice", "secret"));
    byte[] content = Files.readAllBytes(file);
    for (int i = 0; i < content.length; i++) {
      byte[] changed = content.clone();
      changed[i] ^= (byte) (1 << (i % 8));
      Files.write(file, changed);
      StoreException failure = failureOfFind("contoso");
      assertThat(failure).as("byte " + i).isNotNull();
      assertThat(failure.reason()).isEqualTo(Reason.DAMAGED);
      assertThat(failure).hasMessageContaining(file.toString());
      assertThat(Files.readAllBytes(file)).isEqualTo(changed);
    }
    Files.write(file, content);
    assertThat(open().find(at("contoso"))).hasSize(1);
  }

  @Test
  void aShorterFileIsNoticed() throws Exception {
    Path file = fileOf(entry("contoso", "alice", "secret"));
    byte[] content = Files.readAllBytes(file);
    for (int length = 0; length < content.length; length += 5) {
      Files.write(file, Arrays.copyOf(content, length));
      assertThat(failureOfFind("contoso")).hasMessageContaining(file.toString());
    }
    Files.write(file, Arrays.copyOf(content, content.length + 1));
    assertThat(failureOfFind("contoso")).hasMessageContaining(file.toString());
    Files.write(file, content);
    assertThat(open().find(at("contoso"))).hasSize(1);
  }

  @Test
  void aFileUnderAnotherEntrysNameIsNoticed() throws Exception {
    Path contoso = fileOf(entry("contoso", "alice", "secret"));
    Path fabrikam = fileOf(entry("fabrikam", "alice", "other"));
    Files.write(fabrikam, Files.readAllBytes(contoso));
    assertThat(failureOfFind("fabrikam")).hasMessageContaining(fabrikam.toString());
    assertThat(open().find(at("contoso"))).hasSize(1);
  }

  @Test
  void aDamagedFileDoesNotHideOthersAndCanBeReplacedOrDeleted() throws Exception {
    Entry contoso = entry("contoso", "alice", "secret");
    Entry fabrikam = entry("fabrikam", "alice", "other");
    Path file = fileOf(contoso);
    store.save(fabrikam);
    assertThat(open().damaged()).isZero();
    Files.write(file, new byte[10]);
    assertThat(open().damaged()).isOne();
    assertKept(fabrikam);
    assertThat(open().list()).containsExactly(fabrikam.key());
    assertThat(open().find(at(null))).hasSize(1);
    open().save(contoso);
    assertKept(contoso);
    Files.write(file, new byte[10]);
    assertThat(open().delete(contoso.key())).isTrue();
    assertThat(file).doesNotExist();
  }

  @Test
  void onlyRegularFilesAreRead() throws Exception {
    Entry entry = entry("contoso", "alice", "secret");
    Path file = fileOf(entry);
    Path aside = home.resolve("aside");
    Files.move(file, aside);
    Files.createSymbolicLink(file, aside);
    assertThat(failureOfFind("contoso")).hasMessageContaining(file.toString());
    Files.delete(file);
    Files.createDirectory(file);
    assertThat(failureOfFind("contoso")).hasMessageContaining(file.toString());
    Files.delete(file);
    assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
    assertThat(failureOfFind("contoso")).hasMessageContaining(file.toString());
    Files.delete(file);
    Files.move(aside, file);
    assertKept(entry);
  }

  @Test
  void theDataFolderMayBeASymbolicLink() throws Exception {
    Path real = Files.createDirectory(home.resolve("real"));
    Files.createDirectories(data().getParent());
    Files.createSymbolicLink(data(), real);
    Entry entry = entry("contoso", "alice", "secret");
    store.save(entry);
    assertKept(entry);
    assertThat(files(real)).hasSize(1);
    assertThat(mode(real)).isEqualTo("rwx------");
  }

  @Test
  void foreignFilesAreLeftAlone() throws Exception {
    Entry entry = entry("contoso", "alice", "secret");
    store.save(entry);
    Path readme = Files.writeString(data().resolve("README"), "mine");
    assertKept(entry);
    assertThat(open().list()).containsExactly(entry.key());
    assertThat(readme).hasContent("mine");
  }

  @Test
  void aLostKeyIsSaidAndNeverReplaced() throws Exception {
    Entry entry = entry("contoso", "alice", "secret");
    Path file = fileOf(entry);
    Path aside = home.resolve("aside");
    Files.move(key(), aside);
    assertUnavailable(failureOfFind("contoso"), key().toString());
    assertUnavailable(failureOf(() -> open().list()), key().toString());
    assertUnavailable(failureOf(() -> open().delete(entry.key())), key().toString());
    assertUnavailable(
        failureOf(() -> open().save(entry("contoso", "bob", "new"))), key().toString());
    assertThat(key()).doesNotExist();
    assertThat(file).exists();
    Files.move(aside, key());
    assertKept(entry);
  }

  @Test
  void entriesOfAnotherKeyAreSaidAndNeverBuried() throws Exception {
    Entry entry = entry("contoso", "alice", "secret");
    store.save(entry);
    byte[] right = Files.readAllBytes(key());
    Files.delete(key());
    Path elsewhere = Files.createDirectory(home.resolve("elsewhere"));
    new FileStore(surroundings(elsewhere)).save(entry);
    Files.copy(elsewhere.resolve(".local/state/git-credential-pat/key"), key());
    assertUnavailable(failureOfFind("contoso"), key().toString());
    assertUnavailable(failureOf(() -> open().save(entry)), key().toString());
    Files.write(key(), right);
    assertKept(entry);
  }

  @Test
  void aDamagedKeyFileIsSaid() throws Exception {
    Entry entry = entry("contoso", "alice", "secret");
    store.save(entry);
    byte[] right = Files.readAllBytes(key());
    for (int i = 0; i < right.length; i++) {
      byte[] changed = right.clone();
      changed[i] ^= (byte) (1 << (i % 8));
      Files.write(key(), changed);
      assertUnavailable(failureOfFind("contoso"), key().toString());
      Files.write(key(), Arrays.copyOf(right, i));
      assertUnavailable(failureOf(() -> open().save(entry)), key().toString());
    }
    Files.write(key(), right);
    assertKept(entry);
  }

  @Test
  void leftoversOfACrashGoOnceTheyAreOld() throws Exception {
    store.save(entry("contoso", "alice", "secret"));
    Path old = Files.write(data().resolve("unfinished-0000000000000000"), new byte[100]);
    Path young = Files.write(data().resolve("unfinished-1111111111111111"), new byte[100]);
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(90)));
    assertThat(open().find(at(null))).hasSize(1);
    assertThat(old).exists();
    open().save(entry("contoso", "bob", "secret"));
    assertThat(old).doesNotExist();
    assertThat(young).exists();
  }

  @Test
  void anEntryThatIsTooLargeIsRefused() throws Exception {
    Entry large =
        Entry.of(new EntryKey(at(null), null), Secret.password(new byte[2_000_000]), 1_700_000_000);
    StoreException failure = failureOf(() -> store.save(large));
    assertThat(failure.reason()).isEqualTo(Reason.LIMIT);
    assertThat(failure).hasMessageContaining(host);
    assertThat(open().list()).isEmpty();
  }

  @Test
  void aFolderWhereNothingCanBeWrittenLetsTheChainGoOn() throws Exception {
    Requires.present(Files.isDirectory(Path.of("/proc/self")), "/proc");
    for (String variable : List.of("XDG_DATA_HOME", "XDG_STATE_HOME")) {
      Environment readOnly =
          new Environment(
              Map.of("HOME", home.toString(), variable, "/proc/self"), false, new Deadline());
      StoreException failure =
          failureOf(() -> new FileStore(readOnly).save(entry("contoso", "alice", "secret")));
      assertUnavailable(failure, "/proc/self");
      assertThat(new FileStore(readOnly).find(at(null))).isEmpty();
    }
    Path file = Files.createFile(home.resolve("file"));
    Environment noFolder = new Environment(Map.of("HOME", file.toString()), false, new Deadline());
    assertUnavailable(
        failureOf(() -> new FileStore(noFolder).save(entry(null, "alice", "secret"))),
        file.toString());
  }

  @Test
  void aFullDiskIsSaidAndTheOldEntryStays() throws Exception {
    Path disk = Files.createDirectory(home.resolve("disk"));
    String script =
        "mount -t tmpfs -o size=32k tmpfs \"$1\" || exit 42; shift; \"$@\" %s old; "
            + "head -c 1000000 /dev/zero > \"$XDG_DATA_HOME/filler\"; \"$@\" %s new; "
            + "ls \"$XDG_DATA_HOME/git-credential-pat\"; ";
    List<String> command =
        new ArrayList<>(
            List.of(
                "unshare",
                "-m",
                "sh",
                "-c",
                script.replace("%s", "save " + host + " alice"),
                "sh",
                disk.toString()));
    command.addAll(FileStoreChild.command());
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(Map.of("HOME", home.toString(), "XDG_DATA_HOME", disk.toString()));
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    Requires.present(process.waitFor() == 0, "the right to mount a small disk");
    assertThat(output.lines().filter(line -> !line.startsWith("head")))
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("saved"),
            line -> assertThat(line).startsWith("LIMIT ").contains("the disk is full"),
            line -> assertThat(line).endsWith(".entry"));
  }

  @Test
  void fortyProcessesAgreeOnOneKey() throws Exception {
    Path go = home.resolve("go");
    List<Process> children = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      String user = i % 2 == 0 ? "user" + i : "shared";
      children.add(
          FileStoreChild.start(
              Map.of("HOME", home.toString()), "save", host, user, "secret" + i, go.toString()));
    }
    for (Process child : children) {
      assertThat(child.inputReader().readLine()).isEqualTo("ready");
    }
    assertThat(state()).doesNotExist();
    Files.createFile(go);
    for (Process child : children) {
      assertThat(child.inputReader().readLine()).isEqualTo("saved");
      assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
    List<Entry> found = open().find(at(null));
    assertThat(found).hasSize(21);
    for (Entry entry : found) {
      String secret = new String(entry.secret().bytes(), UTF_8);
      if (entry.key().user().equals("shared")) {
        assertThat(secret).matches("secret\\d*[13579]");
      } else {
        assertThat(entry.key().user()).isEqualTo(secret.replace("secret", "user"));
      }
    }
    assertThat(files(data())).hasSize(21);
    assertThat(files(state())).containsExactly(key());
  }

  @Test
  void readersAndDeletersMayMeet() throws Exception {
    List<EntryKey> keys = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      Entry entry = entry("contoso", "user" + i, "secret");
      store.save(entry);
      keys.add(entry.key());
    }
    Thread deleter =
        new Thread(
            () -> {
              try {
                for (EntryKey key : keys) {
                  open().delete(key);
                }
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    deleter.start();
    int last = keys.size();
    while (deleter.isAlive() || last > 0) {
      int found = open().find(at("contoso")).size();
      assertThat(found).isLessThanOrEqualTo(last);
      last = found;
    }
  }

  private interface Call {
    void run() throws Exception;
  }

  private static StoreException failureOf(Call call) {
    return catchThrowableOfType(StoreException.class, call::run);
  }

  private static void assertUnavailable(StoreException failure, String named) {
    assertThat(failure).isNotNull();
    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(failure).hasMessageContaining(named);
  }
}
