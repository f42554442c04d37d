package io.github.gitcredentialpat.store.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gitcredentialpat.identity.Identity;
import io.github.gitcredentialpat.platform.Console;
import io.github.gitcredentialpat.platform.Deadline;
import io.github.gitcredentialpat.platform.Environment;
import io.github.gitcredentialpat.secret.Secret;
import io.github.gitcredentialpat.store.Entry;
import io.github.gitcredentialpat.store.EntryKey;
import io.github.gitcredentialpat.store.Expiry;
import io.github.gitcredentialpat.store.Payload;
import io.github.gitcredentialpat.store.StoreException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The encrypted file that carries entries to another machine. */
@Tag("slow")
final class ExportFileTest {
  private static final char[] PASSPHRASE = "correct hörse battery".toCharArray();

  @TempDir Path folder;
  private final String secret = UUID.randomUUID().toString();
  private Path path;
  private ExportFile file;

  @BeforeEach
  void name() {
    path = folder.resolve("tokens.gcpx");
    file = new ExportFile(new Environment(Map.of(), false, new Deadline()), path);
  }

  private List<Entry> entries() {
    Identity contoso = Identity.ofOrganization("contoso");
    byte[] token = secret.getBytes(UTF_8);
    return List.of(
        new Entry(
            new EntryKey(contoso, "alice"),
            Secret.password(token),
            new Expiry(1_900_000_000L, Expiry.Source.SERVICE),
            Secret.password("refresh".getBytes(UTF_8)),
            1_700_000_000L,
            1_800_000_000L,
            "laptop – größer",
            "vso.code vso.packaging",
            "00000000-1111-2222-3333-444444444444"),
        Entry.of(new EntryKey(contoso, null), Secret.password(token), 0),
        Entry.of(new EntryKey(contoso, ""), Secret.credential("Bearer", token), 7));
  }

  private void write() throws StoreException {
    file.write(entries(), PASSPHRASE.clone(), false);
  }

  private List<String> names() throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(each -> each.getFileName().toString()).toList();
    }
  }

  @Test
  void carriesAllThatIsKnownAboutAnEntry() throws Exception {
    write();
    List<Entry> read = file.open(file.read(), PASSPHRASE.clone());
    List<Entry> written = entries();
    assertThat(read).hasSameSizeAs(written);
    for (int i = 0; i < written.size(); i++) {
      assertThat(read.get(i).key()).isEqualTo(written.get(i).key());
      assertThat(Payload.encode(read.get(i))).isEqualTo(Payload.encode(written.get(i)));
    }
  }

  @Test
  void isForItsOwnerOnlyAndHoldsNothingThatCanBeRead() throws Exception {
    write();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
    assertThat(new String(Files.readAllBytes(path), UTF_8))
        .startsWith("gcpX")
        .doesNotContain(secret, "contoso", "alice", "laptop");
    assertThat(Files.size(path)).isEqualTo(40 + 4096 + 16 + 32);
    assertThat(names()).containsExactly("tokens.gcpx");
  }

  @Test
  void anEmptyPassphraseIsRefusedAndAShortOneIsWarnedOf() throws Exception {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    ExportFile heard =
        new ExportFile(
            new Environment(Map.of(), false, new Deadline(), new Console(said, false)), path);
    assertThatThrownBy(() -> heard.write(entries(), new char[0], false))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("no passphrase");
    assertThat(path).doesNotExist();
    heard.write(entries(), PASSPHRASE.clone(), false);
    assertThat(said.toString(UTF_8)).isEmpty();
    heard.write(entries(), new char[] {'x'}, true);
    assertThat(said.toString(UTF_8)).contains("warning: the passphrase", "a single character");
    assertThat(heard.open(heard.read(), new char[] {'x'})).isNotEmpty();
  }

  @Test
  void anotherPassphraseOpensNothing() throws Exception {
    write();
    assertThat(file.open(file.read(), "correct horse battery".toCharArray())).isNull();
  }

  @Test
  void aFileThatIsDamagedOrCutIsToldFromAWrongPassphrase() throws Exception {
    write();
    byte[] whole = Files.readAllBytes(path);
    for (int cut : new int[] {5, 40, 100, whole.length - 1}) {
      Files.write(path, Arrays.copyOf(whole, cut));
      assertThatThrownBy(file::read).hasMessageContaining("incomplete");
    }
    for (int changed : new int[] {6, 9, 12, 30, 50, whole.length - 1}) {
      byte[] copy = whole.clone();
      copy[changed] ^= 1;
      Files.write(path, copy);
      assertThatThrownBy(file::read).hasMessageContaining("is damaged");
    }
  }

  @Test
  void whoMendsTheDigestOfAChangedFileOpensNothing() throws Exception {
    write();
    byte[] whole = Files.readAllBytes(path);
    // In the salt, the nonce and the ciphertext; a change of the rounds alone changes the key.
    for (int changed : new int[] {11, 12, 30, 50}) {
      byte[] copy = whole.clone();
      copy[changed] ^= 1;
      byte[] digest =
          java.security.MessageDigest.getInstance("SHA-256")
              .digest(Arrays.copyOf(copy, copy.length - 32));
      System.arraycopy(digest, 0, copy, copy.length - 32, 32);
      Files.write(path, copy);
      assertThat(file.open(file.read(), PASSPHRASE.clone())).describedAs("%d", changed).isNull();
    }
  }

  @Test
  void otherFilesAndThoseOfANewerVersionAreNamed() throws Exception {
    assertThatThrownBy(file::read).hasMessageContaining("no such file");
    Files.writeString(path, "gcpE and so on");
    assertThatThrownBy(file::read).hasMessageContaining("was not written by git-credential-pat");
    Files.writeString(path, "gcpX\2 and so on");
    assertThatThrownBy(file::read).hasMessageContaining("by a newer git-credential-pat");
    Files.delete(path);
    Files.createDirectory(path);
    assertThatThrownBy(file::read).hasMessageContaining("is not a file");
  }

  @Test
  void replacesOnlyAFileAndOnlyWhenTold() throws Exception {
    Files.writeString(path, "mine");
    assertThatThrownBy(this::write).hasMessageContaining("already exists");
    assertThat(path).hasContent("mine");
    file.write(entries(), PASSPHRASE.clone(), true);
    assertThat(file.open(file.read(), PASSPHRASE.clone())).hasSize(3);
    Files.delete(path);
    Files.createDirectory(path);
    assertThatThrownBy(() -> file.write(entries(), PASSPHRASE.clone(), true))
        .hasMessageContaining("already exists");
    assertThat(path).isEmptyDirectory();
    assertThat(names()).containsExactly("tokens.gcpx");
  }

  @Test
  void aFolderThatIsNotThereIsNamed() {
    Path absent = folder.resolve("absent").resolve("tokens");
    ExportFile nowhere = new ExportFile(new Environment(Map.of(), false, new Deadline()), absent);
    assertThatThrownBy(() -> nowhere.write(entries(), PASSPHRASE.clone(), false))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("cannot write " + absent);
  }

  @Test
  void aThousandEntriesFit() throws Exception {
    List<Entry> many = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      many.add(
          Entry.of(
              new EntryKey(Identity.ofOrganization("contoso" + i), "alice"),
              Secret.password(secret.getBytes(UTF_8)),
              i));
    }
    file.write(many, PASSPHRASE.clone(), false);
    assertThat(file.open(file.read(), PASSPHRASE.clone())).hasSize(1_000);
    many.set(
        0,
        Entry.of(
            new EntryKey(Identity.ofOrganization("contoso"), null),
            Secret.password(new byte[5 << 20]),
            0));
    assertThatThrownBy(() -> file.write(many, PASSPHRASE.clone(), true))
        .hasMessageContaining("over 4 MB");
  }

  // --- one that somebody made who knows the passphrase ---

  /** An export with this plaintext; its key is derived in one round. */
  private static byte[] made(byte[] plaintext) throws StoreException {
    byte[] header = {'g', 'c', 'p', 'X', 1, 1, 0, 0, 0, 0, 0, 1};
    byte[] associated = Arrays.copyOf(header, header.length + Passphrase.SALT);
    Passphrase passphrase =
        new Passphrase(new Environment(Map.of(), false, new Deadline()), Path.of("made"));
    byte[] key = passphrase.derive(PASSPHRASE.clone(), new byte[Passphrase.SALT], 1);
    byte[] nonce = AesGcm.nonce();
    byte[] sealed = AesGcm.seal(key, nonce, associated, plaintext);
    return ByteBuffer.allocate(associated.length + nonce.length + sealed.length + 32)
        .put(associated)
        .put(nonce)
        .put(sealed)
        .array();
  }

  private static byte[] fields(int count, Object... fields) {
    ByteBuffer buffer = ByteBuffer.allocate(4096).putInt(count);
    for (Object field : fields) {
      if (field instanceof Integer length) {
        buffer.putInt(length);
      } else if (field == null) {
        buffer.putInt(-1);
      } else {
        byte[] bytes = field.toString().getBytes(UTF_8);
        buffer.putInt(bytes.length).put(bytes);
      }
    }
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  @Test
  void lengthsBeyondTheEndAreAnError() throws Exception {
    List<byte[]> plaintexts =
        List.of(
            new byte[0],
            new byte[3],
            fields(1),
            fields(Integer.MAX_VALUE),
            fields(2, "https", "dev.azure.com", "contoso", "alice", "secret"),
            fields(1, Integer.MAX_VALUE),
            fields(1, "https", Integer.MAX_VALUE - 8),
            fields(1, "https", "dev.azure.com", "contoso", "alice", 7));
    for (byte[] plaintext : plaintexts) {
      assertThatThrownBy(() -> file.open(made(plaintext), PASSPHRASE.clone()))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("was not written by git-credential-pat export");
    }
  }

  @Test
  void entriesThatGitCannotBeAnsweredWithAreLeftOut() throws Exception {
    Object[] good = {"https", "dev.azure.com", "contoso", "alice", secret};
    List<Object[]> bad = new ArrayList<>();
    bad.add(new Object[] {null, "dev.azure.com", "contoso", "alice", secret});
    bad.add(new Object[] {"https", null, "contoso", "alice", secret});
    bad.add(new Object[] {"https", "dev.azure.com", "contoso", "alice", null});
    bad.add(new Object[] {"https", "", "contoso", "alice", secret});
    bad.add(new Object[] {"https", "dev.azure.com", "contoso", "al\nice", secret});
    bad.add(new Object[] {"https", "dev.azure.com", "contoso", "al\rice", secret});
    bad.add(new Object[] {"https", "dev.azure.com", "con\ntoso", "alice", secret});
    bad.add(new Object[] {"https", "git.example\nhost=x", null, "alice", secret});
    bad.add(new Object[] {"https", "git.example", null, "alice", "a\0b"});
    bad.add(new Object[] {"http", "dev.azure.com", "contoso", "alice", secret});
    bad.add(new Object[] {"https", "dev.azure.com", null, "alice", secret});
    bad.add(new Object[] {"https", "dev.azure.com", "Contoso", "alice", secret});
    bad.add(new Object[] {"https", "dev.azure.com.", "contoso", "alice", secret});
    for (Object[] entry : bad) {
      List<Object> both = new ArrayList<>(Arrays.asList(entry));
      both.addAll(Arrays.asList(good));
      byte[] content = made(fields(2, both.toArray()));
      List<Entry> read = file.open(content, PASSPHRASE.clone());
      assertThat(read).as(Arrays.toString(entry)).hasSize(1);
      assertThat(read.get(0).secret().bytes()).isEqualTo(secret.getBytes(UTF_8));
      assertThat(file.leftOut()).isEqualTo(1);
    }
  }

  @Test
  void whateverIsInAnExportIsReadOrRefused() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    long end = System.nanoTime() + 2_000_000_000L;
    byte[] whole =
        fields(
            2,
            "https",
            "dev.azure.com",
            "contoso",
            "alice",
            secret + "\nname=laptop\nstored_at=5",
            "https",
            "git.example",
            null,
            null,
            "\nauthtype=Bearer\ncredential=x");
    for (int i = 0; i < 20_000 && System.nanoTime() < end; i++) {
      byte[] plaintext = Arrays.copyOf(whole, random.nextInt(whole.length + 8));
      for (int changes = random.nextInt(6); changes > 0 && plaintext.length > 0; changes--) {
        plaintext[random.nextInt(plaintext.length)] = (byte) random.nextInt(256);
      }
      try {
        List<Entry> read = file.open(made(plaintext), PASSPHRASE.clone());
        for (Entry entry : read) {
          assertThat(entry.key().isAnswerable()).as("seed " + seed).isTrue();
        }
      } catch (StoreException e) {
        assertThat(e).as("seed " + seed).hasMessageContaining("was not written by");
      }
    }
  }
}
